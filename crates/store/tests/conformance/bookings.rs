//! Lists of bookings: which, and how many.

use jiff::Timestamp;
use rishi_app::Store as _;
use rishi_app::bookings::{BookingFilter, BookingView, SortField, Window};
use rishi_app::commit::Change;
use rishi_bus::Ledger as _;
use rishi_domain::assignment::{Assignment, AssignmentStatus};
use rishi_domain::booking::{Booking, BookingStatus, OperationType, Priority};
use rishi_domain::id::{BookingId, UserId};
use rishi_domain::money::Money;
use rishi_domain::permission::{Capability, Role};

use crate::things::{self, filter, hour, put};
use crate::world::{Fixture, Member, World};

async fn ids<F: Fixture>(world: &World<F>, filter: &BookingFilter) -> Vec<BookingId> {
    let listed = world.store.bookings(&world.all(), filter).await.unwrap();
    assert_eq!(listed.total, listed.items.len() as u64, "{filter:?}");
    listed.items.iter().map(|record| record.booking.id).collect()
}

/// A condition of a filter, said once for the engine and once in plain Rust.
type Part = (&'static str, fn(&mut BookingFilter, &Named), fn(&Booking, &Named) -> bool);

struct Named {
    own: rishi_domain::id::OrganizationId,
    place: rishi_domain::id::LocationId,
    staff: UserId,
    staffed: Vec<BookingId>,
    from: Timestamp,
    to: Timestamp,
}

const PARTS: [Part; 9] = [
    (
        "organization",
        |filter, named| filter.organization = Some(named.own),
        |booking, named| booking.organization_id == named.own,
    ),
    (
        "statuses",
        |filter, _| filter.statuses = vec![BookingStatus::Approved, BookingStatus::Draft],
        |booking, _| matches!(booking.status, BookingStatus::Approved | BookingStatus::Draft),
    ),
    (
        "location",
        |filter, named| filter.location = Some(named.place),
        |booking, named| booking.location_id == Some(named.place),
    ),
    (
        "from",
        |filter, named| filter.from = Some(named.from),
        |booking, named| booking.scheduled_end > named.from,
    ),
    (
        "to",
        |filter, named| filter.to = Some(named.to),
        |booking, named| booking.scheduled_start < named.to,
    ),
    (
        "staff",
        |filter, named| filter.assigned_staff = vec![UserId(uuid::Uuid::nil()), named.staff],
        |booking, named| named.staffed.contains(&booking.id),
    ),
    (
        "priority",
        |filter, _| filter.priority = Some(Priority::High),
        |booking, _| booking.priority == Priority::High,
    ),
    (
        "operation type",
        |filter, _| filter.operation_type = Some(OperationType::Retail),
        |booking, _| booking.operation_type == OperationType::Retail,
    ),
    (
        "search",
        |filter, _| filter.search = Some("gala".to_owned()),
        |booking, _| booking.title.contains("Gala"),
    ),
];

pub(crate) async fn each_filter_alone_and_all_together_choose_the_bookings_they_name<F: Fixture>() {
    let world = World::<F>::new().await;
    let staff = world.member(&world.house, Role::BrandAgent, &[]).await.user.id;
    let mut all = Vec::new();
    for number in 0_i64..96 {
        let bit = |mask: i64| number & mask != 0;
        let pick = |yes: bool, a, b| if yes { a } else { b };
        let booking = Booking {
            organization_id: pick(number % 5 == 0, world.stranger.id, world.client.id),
            location_id: (bit(1) && number % 5 != 0).then_some(world.place.id),
            status: [BookingStatus::Approved, BookingStatus::Draft, BookingStatus::Completed]
                [usize::try_from(number % 3).unwrap()],
            priority: if bit(2) { Priority::High } else { Priority::Low },
            operation_type: if bit(4) { OperationType::Retail } else { OperationType::General },
            title: if bit(8) { "A Gala evening" } else { "Tasting" }.to_owned(),
            ..world.booking(number * 2, number * 2 + 2)
        };
        world.put([put(&booking)]).await;
        all.push(booking);
    }
    let mut staffed = Vec::new();
    for booking in all.iter().filter(|booking| booking.version == 1).step_by(3) {
        let assignment = things::assignment(world.id(), booking, staff);
        world.put([Change::Assignment(Box::new(assignment))]).await;
        staffed.push(booking.id);
    }
    let named = Named {
        own: world.client.id,
        place: world.place.id,
        staff,
        staffed,
        from: hour(41),
        to: hour(150),
    };
    let wanted = |parts: &[Part]| -> Vec<BookingId> {
        let fits = |booking: &&Booking| parts.iter().all(|(_, _, holds)| holds(booking, &named));
        all.iter().filter(fits).map(|booking| booking.id).collect()
    };
    for (number, first) in PARTS.into_iter().enumerate() {
        for second in PARTS.into_iter().skip(number) {
            let parts = [first, second];
            let mut filter = filter();
            for (_, narrow, _) in parts {
                narrow(&mut filter, &named);
            }
            let name = format!("{} and {}", parts[0].0, parts[1].0);
            let wanted = wanted(&parts);
            assert!(!wanted.is_empty() && wanted.len() < all.len(), "{name}");
            assert_eq!(ids(&world, &filter).await, wanted, "{name}");
        }
    }
    let mut everything = filter();
    for (_, narrow, _) in PARTS {
        narrow(&mut everything, &named);
    }
    assert_eq!(ids(&world, &everything).await, wanted(&PARTS));
    assert_eq!(wanted(&PARTS).len(), 1, "the whole filter leaves something to be found");
}

pub(crate) async fn a_range_takes_what_overlaps_it_and_not_what_touches_it<F: Fixture>() {
    let world = World::<F>::new().await;
    let hours = [(0, 10), (10, 20), (5, 15), (0, 30), (20, 30), (12, 13), (-31 * 24 + 11, 11)];
    let bookings = hours.map(|(from, to)| world.booking(from, to));
    world.put(bookings.iter().map(put)).await;
    let range = BookingFilter { from: Some(hour(10)), to: Some(hour(20)), ..filter() };
    let mut found = ids(&world, &range).await;
    found.sort_unstable();
    let mut wanted = [1, 2, 3, 5, 6].map(|index: usize| bookings[index].id);
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

pub(crate) async fn staff_who_left_a_booking_do_not_match_it<F: Fixture>() {
    let world = World::<F>::new().await;
    let staff = world.member(&world.house, Role::BrandAgent, &[]).await.user.id;
    let booking = world.booking(0, 1);
    let assignment = things::assignment(world.id(), &booking, staff);
    world.put([put(&booking), Change::Assignment(Box::new(assignment.clone()))]).await;
    let theirs = BookingFilter { assigned_staff: vec![staff], ..filter() };
    assert_eq!(ids(&world, &theirs).await, [booking.id]);
    let released = Assignment { status: AssignmentStatus::Released, version: 2, ..assignment };
    world.put([Change::Assignment(Box::new(released))]).await;
    assert_eq!(ids(&world, &theirs).await, []);
}

pub(crate) async fn the_record_carries_location_creator_and_everyone_ever_assigned<F: Fixture>() {
    let world = World::<F>::new().await;
    let booking = world.booking_there(0, 1);
    let plain = world.booking(5, 6);
    world.put([put(&booking), put(&plain)]).await;
    let mut people = Vec::new();
    for status in [AssignmentStatus::Assigned, AssignmentStatus::Declined] {
        let member = world.member(&world.house, Role::BrandAgent, &[]).await;
        let assignment = Assignment {
            status,
            hourly_rate: Some(Money::from_minor(2_550)),
            ..things::assignment(world.id(), &booking, member.user.id)
        };
        world.put([Change::Assignment(Box::new(assignment))]).await;
        people.push((member.user.id, member.user.display_name, status));
    }
    let one = world.store.booking(&world.all(), booking.id).await.unwrap().unwrap();
    let listed = world.store.bookings(&world.all(), &filter()).await.unwrap().items;
    assert_eq!(listed.len(), 2);
    for record in [&one, &listed[0]] {
        assert_eq!(record.booking, booking);
        let location = record.location.as_ref().unwrap();
        assert_eq!((location.id, location.name.as_str()), (world.place.id, "Main Street"));
        assert_eq!(record.creator.display_name, world.author.display_name);
        let staff: Vec<_> = record
            .staff
            .iter()
            .map(|brief| (brief.staff.id, brief.staff.display_name.clone(), brief.status))
            .collect();
        assert_eq!(staff, people);
        assert_eq!(record.staff[0].hourly_rate, Some(Money::from_minor(2_550)));
    }
    assert!(listed[1].location.is_none() && listed[1].staff.is_empty());
}

pub(crate) async fn totals_are_true_whatever_the_page<F: Fixture>() {
    let world = World::<F>::new().await;
    let bookings = (0..25).map(|at| Booking {
        status: if at % 5 == 0 { BookingStatus::Approved } else { BookingStatus::Draft },
        ..world.booking(at, at + 1)
    });
    let changes: Vec<Change> = bookings.map(|booking| put(&booking)).collect();
    world.put(changes).await;
    let own = BookingFilter { organization: Some(world.client.id), limit: 2, ..filter() };
    let variants = [
        (own.clone(), 25),
        (BookingFilter { window: Window::Offset(24), ..own.clone() }, 25),
        (BookingFilter { statuses: vec![BookingStatus::Approved], ..own.clone() }, 5),
        (BookingFilter { organization: None, ..own.clone() }, 25),
        (BookingFilter { search: Some("nothing like it".to_owned()), ..own.clone() }, 0),
        (BookingFilter { organization: Some(world.stranger.id), ..own }, 0),
    ];
    for (mut filter, total) in variants {
        for (field, _) in SortField::ALL {
            filter.sort.field = field;
            let listed = world.store.bookings(&world.all(), &filter).await.unwrap();
            assert_eq!(listed.total, total, "{filter:?}");
            assert!(listed.items.len() <= 2);
        }
    }
}

/// One after the other, people who differ in what they see list what the others have just read.
pub(crate) async fn a_list_shows_each_booking_as_reading_it_alone_does<F: Fixture>() {
    let world = World::<F>::new().await;
    let serves = [world.client.id];
    let mut members = Vec::new();
    for role in Role::ALL {
        let (home, serves) =
            if role.is_client() { (&world.client, &[][..]) } else { (&world.house, &serves[..]) };
        let serves = if role.is_field() { serves } else { &[] };
        members.push(world.member(home, role, serves).await);
    }
    let agent = members.iter().find(|one| one.user.display_name.starts_with("brand_agent"));
    let agent = agent.unwrap().user.id;
    let rate = |amount| Some(Money::from_minor(amount));
    let mut changes = Vec::new();
    for (number, status) in BookingStatus::ALL.into_iter().enumerate() {
        let at = i64::try_from(number).unwrap() * 5;
        let booking = Booking { status, ..world.booking_there(at, at + 1) };
        changes.push(put(&booking));
        let staff =
            [(agent, rate(2_550)), (world.author.id, rate(900)), (members[0].user.id, None)];
        for (person, hourly_rate) in staff.into_iter().skip(number % 4) {
            let assignment = things::assignment(world.id(), &booking, person);
            changes.push(Change::Assignment(Box::new(Assignment { hourly_rate, ..assignment })));
        }
    }
    world.put(changes).await;
    for round in 0..2 {
        for Member { principal, user } in &members {
            let listed = world.app.bookings(principal, &filter()).await.unwrap();
            for item in &listed.items {
                let one = world.app.booking(principal, item.booking().id).await.unwrap();
                let mut text = String::new();
                item.write(&mut text).unwrap();
                // What the staff costs is told of a single booking only.
                let wanted = BookingView { staff_cost: None, ..one };
                let wanted = serde_json::to_string(&wanted).unwrap();
                assert_eq!(text, wanted, "{} in round {round}", user.display_name);
            }
            assert_eq!(listed.total, listed.items.len() as u64);
        }
        let all = world.app.bookings(&members[0].principal, &filter()).await.unwrap();
        assert_eq!(all.total, BookingStatus::ALL.len() as u64);
    }
}

/// Whatever happens, a list that was read before says what one says that is read for the first time.
pub(crate) async fn a_list_is_true_after_any_change<F: Fixture>() {
    let world = World::<F>::new().await;
    let (other, fresh) = (world.fixture.open().await, world.fixture.open().await);
    let agent = world.member(&world.house, Role::BrandAgent, &[]).await;
    let scopes = [world.all(), agent.sees(Capability::ReadBookings)];
    let mut bookings = [0, 10, 20].map(|at| world.booking_there(at, at + 1));
    let mut shifts =
        bookings.each_ref().map(|booking| things::assignment(world.id(), booking, agent.user.id));
    let (mut place, mut author) = (world.place.clone(), world.author.clone());
    world.put(bookings.iter().map(put)).await;
    world.put(shifts.iter().map(|shift| Change::Assignment(Box::new(shift.clone())))).await;
    for number in 0..60 {
        let name = format!("Name {number}");
        let (booking, shift) = (&mut bookings[number % 3], &mut shifts[number % 3]);
        let change = match number * 7 % 5 {
            0 => {
                (place.name, place.version) = (name, place.version + 1);
                Change::Location(Box::new(place.clone()))
            }
            1 => {
                (author.display_name, author.version) = (name, author.version + 1);
                Change::User(Box::new(author.clone()))
            }
            2 => {
                use AssignmentStatus::{Assigned, Declined};
                shift.status = if shift.status == Declined { Assigned } else { Declined };
                shift.version += 1;
                Change::Assignment(Box::new(shift.clone()))
            }
            _ => {
                (booking.title, booking.version) = (name, booking.version + 1);
                put(booking)
            }
        };
        let by = if number % 2 == 0 { &world.store } else { &other };
        by.commit(world.told(vec![change])).await.unwrap();
        fresh.refresh_head().await.unwrap();
        for scope in &scopes {
            let story = async |engine: &F::Engine| {
                let listed = engine.bookings(scope, &filter()).await.unwrap();
                listed.items.iter().map(|record| format!("{:?}", ***record)).collect::<Vec<_>>()
            };
            assert_eq!(story(&world.store).await, story(&fresh).await, "{number}");
        }
    }
}
