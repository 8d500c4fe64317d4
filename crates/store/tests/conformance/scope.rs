//! No query tells one organization about another.

use rishi_app::Store;
use rishi_app::bookings::{BookingFilter, StatisticsQuery};
use rishi_app::commit::Change;
use rishi_app::events::subject;
use rishi_app::store::EventFilter;
use rishi_domain::assignment::{Assignment, AssignmentStatus};
use rishi_domain::booking::Booking;
use rishi_domain::id::BookingId;
use rishi_domain::location::Location;
use rishi_domain::organization::Organization;
use rishi_domain::permission::{Capability, Role};

use crate::things::{self, filter, put};
use crate::world::{ALL, Fixture, Member, World};

/// A world with one booking at the client's place.
async fn booked<F: Fixture>() -> (World<F>, Booking) {
    let world = World::<F>::new().await;
    let booking = world.booking_there(0, 1);
    world.put([put(&booking)]).await;
    (world, booking)
}

/// The bookings that somebody sees, one by one and in lists, which must agree.
async fn seen<F: Fixture>(world: &World<F>, by: &Member, of: &[&Booking]) -> Vec<BookingId> {
    let scope = by.sees(Capability::ReadBookings);
    let store = &world.store;
    let listed = store.bookings(&scope, &filter()).await.unwrap();
    assert_eq!(listed.total, listed.items.len() as u64);
    let mut ids: Vec<_> = listed.items.iter().map(|record| record.booking.id).collect();
    for booking in of {
        let visible = ids.contains(&booking.id);
        let one = store.booking(&scope, booking.id).await.unwrap();
        assert_eq!(one.is_some(), visible);
        assert_eq!(store.booking_row(&scope, booking.id).await.unwrap().is_some(), visible);
        let named = BookingFilter { organization: Some(booking.organization_id), ..filter() };
        let named = store.bookings(&scope, &named).await.unwrap();
        assert_eq!(named.items.iter().any(|record| record.booking.id == booking.id), visible);
        assert_eq!(named.total, named.items.len() as u64);
    }
    ids.sort_unstable();
    ids
}

async fn assign<F: Fixture>(world: &World<F>, booking: &Booking, to: &Member) -> Assignment {
    let assignment = things::assignment(world.id(), booking, to.user.id);
    world.put([Change::Assignment(Box::new(assignment.clone()))]).await;
    assignment
}

pub(crate) async fn i9_a_stranger_sees_nothing_in_any_query<F: Fixture>() {
    let (world, booking) = booked::<F>().await;
    let stranger = world.member(&world.stranger, Role::ClientManager, &[]).await;
    assert_eq!(seen(&world, &stranger, &[&booking]).await, []);
    let store = &world.store;
    let scope = stranger.sees(Capability::ReadOrganizations);
    assert_eq!(store.organization(&scope, world.client.id).await.unwrap(), None);
    let organizations = store.organizations(&scope, ALL).await.unwrap();
    assert_eq!((organizations.items, organizations.total), (vec![world.stranger.clone()], 1));

    let scope = stranger.sees(Capability::ReadUsers);
    assert_eq!(store.user(&scope, world.author.id).await.unwrap(), None);
    let people = store.users(&scope, None, ALL).await.unwrap();
    assert_eq!((people.items, people.total), (vec![stranger.user.clone()], 1));

    let scope = stranger.sees(Capability::ReadLocations);
    assert_eq!(store.location(&scope, world.place.id).await.unwrap(), None);
    assert_eq!(store.locations(&scope, None, None, ALL).await.unwrap().total, 0);
    let search = store.locations(&scope, None, Some("main"), ALL).await.unwrap();
    assert_eq!(search.total, 0);

    let scope = stranger.sees(Capability::ReadEvents);
    let theirs = [Some(world.stranger.id.0)];
    let follow = EventFilter { after: Some(0), ..EventFilter::default() };
    let followed = store.tail(&scope, &follow, 200).await.unwrap();
    let read = store.events(&scope, &EventFilter::default(), 200).await.unwrap();
    assert_eq!(followed.len(), read.len(), "whoever follows the log sees no more of it");
    for event in read.into_iter().chain(followed) {
        assert!(theirs.contains(&event.organization_id), "{event:?}");
    }
    for event in world.log().await {
        let visible = Store::event(&**store, &scope, event.id).await.unwrap().is_some();
        assert_eq!(visible, theirs.contains(&event.organization_id));
    }
}

pub(crate) async fn i9_naming_a_foreign_organization_opens_nothing<F: Fixture>() {
    let (world, booking) = booked::<F>().await;
    let stranger = world.member(&world.stranger, Role::ClientManager, &[]).await;
    let (store, foreign) = (&world.store, Some(world.client.id));
    let scope = stranger.sees(Capability::ReadBookings);
    let filters = [
        BookingFilter { organization: foreign, ..filter() },
        BookingFilter { organization: foreign, search: Some("tasting".to_owned()), ..filter() },
        BookingFilter { location: Some(world.place.id), ..filter() },
    ];
    for filter in filters {
        let listed = store.bookings(&scope, &filter).await.unwrap();
        assert_eq!((listed.items.len(), listed.total), (0, 0), "{filter:?}");
    }
    let users = stranger.sees(Capability::ReadUsers);
    assert_eq!(store.users(&users, foreign, ALL).await.unwrap().total, 0);
    let locations = stranger.sees(Capability::ReadLocations);
    assert_eq!(store.locations(&locations, foreign, None, ALL).await.unwrap().total, 0);
    let events = stranger.sees(Capability::ReadEvents);
    let filters = [
        EventFilter { organization: foreign, ..EventFilter::default() },
        EventFilter { subject: Some(subject::booking(booking.id)), ..EventFilter::default() },
        EventFilter { correlation: Some(booking.id.0), ..EventFilter::default() },
    ];
    for filter in filters {
        assert!(store.events(&events, &filter, 100).await.unwrap().is_empty(), "{filter:?}");
        assert_eq!(store.event_count(&events, &filter).await.unwrap(), 0, "{filter:?}");
        assert!(store.event_count(&world.all(), &filter).await.unwrap() > 0, "{filter:?}");
    }
    let figures = stranger.sees(Capability::ReadStatistics);
    for from in [None, Some(things::hour(-1))] {
        let query = StatisticsQuery { organization: world.client.id, from, to: None };
        let figures = store.statistics(&figures, &query).await.unwrap();
        assert_eq!((figures.total_bookings, figures.by_status.len()), (0, 0));
        let known = store.statistics(&world.all(), &query).await.unwrap();
        assert_eq!(known.total_bookings, 1);
    }
}

pub(crate) async fn i9_many_who_read_at_once_see_each_their_own<F: Fixture>() {
    let (world, booking) = booked::<F>().await;
    let theirs = Booking { organization_id: world.stranger.id, ..world.booking(0, 1) };
    world.put([put(&theirs)]).await;
    let own = world.member(&world.client, Role::ClientManager, &[]).await;
    let stranger = world.member(&world.stranger, Role::ClientManager, &[]).await;
    let agent = world.member(&world.house, Role::BrandAgent, &[]).await;
    assign(&world, &theirs, &agent).await;
    let mut running = tokio::task::JoinSet::new();
    // Four queries each: fewer than may wait.
    for number in 0..99 {
        let (who, sees, not) = match number % 3 {
            0 => (&own, &booking, &theirs),
            1 => (&stranger, &theirs, &booking),
            _ => (&agent, &theirs, &booking),
        };
        let (scope, sees, not) = (who.sees(Capability::ReadBookings), sees.id, not.id);
        let store = world.store.clone();
        running.spawn(async move {
            let whole = filter();
            let (one, row, other, list) = tokio::join!(
                store.booking(&scope, sees),
                store.booking_row(&scope, sees),
                store.booking(&scope, not),
                store.bookings(&scope, &whole),
            );
            let list: Vec<_> = list.unwrap().items.iter().map(|one| one.booking.id).collect();
            assert!(one.unwrap().is_some() && row.unwrap().is_some() && other.unwrap().is_none());
            assert_eq!(list, [sees]);
        });
    }
    running.join_all().await;
}

pub(crate) async fn who_serves_a_client_sees_it_and_no_other<F: Fixture>() {
    let (world, booking) = booked::<F>().await;
    let theirs = Booking { organization_id: world.stranger.id, ..world.booking(0, 1) };
    world.put([put(&theirs)]).await;
    for role in [Role::InternalFieldManager, Role::FieldCoordinator] {
        let member = world.member(&world.house, role, &[world.client.id]).await;
        assert_eq!(seen(&world, &member, &[&booking, &theirs]).await, [booking.id]);
        let scope = member.sees(Capability::ReadOrganizations);
        let organizations = world.store.organizations(&scope, ALL).await.unwrap();
        let names: Vec<_> = organizations.items.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["Client", "House"]);
    }
    // Many served organizations are no other matter than one.
    let many = (0..70).map(|number| Organization {
        id: world.id(),
        name: format!("Client {number:02}"),
        ..world.client.clone()
    });
    let many: Vec<Organization> = many.collect();
    let changes = many.iter().cloned().map(|one| Change::Organization(Box::new(one)));
    world.put(changes).await;
    let mut serves: Vec<_> = many.iter().map(|one| one.id).collect();
    serves.push(world.client.id);
    let member = world.member(&world.house, Role::InternalFieldManager, &serves).await;
    assert_eq!(seen(&world, &member, &[&booking, &theirs]).await, [booking.id]);
}

pub(crate) async fn a_brand_agent_sees_assigned_bookings_wherever_they_are<F: Fixture>() {
    let (world, booking) = booked::<F>().await;
    let agent = world.member(&world.house, Role::BrandAgent, &[]).await;
    let own = Booking {
        organization_id: world.house.id,
        created_by: agent.user.id,
        ..world.booking(5, 6)
    };
    let elsewhere = Booking { organization_id: world.house.id, ..world.booking(7, 8) };
    let foreign = Booking { created_by: agent.user.id, ..world.booking(9, 10) };
    world.put([put(&own), put(&elsewhere), put(&foreign)]).await;
    let of = [&booking, &own, &elsewhere, &foreign];
    assert_eq!(seen(&world, &agent, &of).await, [own.id]);
    let locations = agent.sees(Capability::ReadLocations);
    assert_eq!(world.store.location(&locations, world.place.id).await.unwrap(), None);

    let assignment = assign(&world, &booking, &agent).await;
    let mut wanted = [booking.id, own.id];
    wanted.sort_unstable();
    assert_eq!(seen(&world, &agent, &of).await, wanted);
    // With the booking goes the place where it is, and no other.
    let other = Location { id: world.id(), ..world.place.clone() };
    world.put([Change::Location(Box::new(other.clone()))]).await;
    let found = world.store.location(&locations, world.place.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&world.place));
    assert_eq!(world.store.location(&locations, other.id).await.unwrap(), None);
    assert_eq!(world.store.locations(&locations, None, None, ALL).await.unwrap().total, 1);
    // A shift that is over stays visible.
    let over = Assignment { status: AssignmentStatus::Completed, version: 2, ..assignment };
    world.put([Change::Assignment(Box::new(over))]).await;
    assert_eq!(seen(&world, &agent, &of).await, wanted);
}

pub(crate) async fn a_brand_agent_sees_nothing_after_declining<F: Fixture>() {
    let (world, booking) = booked::<F>().await;
    for status in [AssignmentStatus::Declined, AssignmentStatus::Released] {
        let agent = world.member(&world.house, Role::BrandAgent, &[]).await;
        let assignment = assign(&world, &booking, &agent).await;
        assert_eq!(seen(&world, &agent, &[&booking]).await, [booking.id]);
        let gone = Assignment { status, version: 2, ..assignment };
        world.put([Change::Assignment(Box::new(gone))]).await;
        assert_eq!(seen(&world, &agent, &[&booking]).await, []);
        let locations = agent.sees(Capability::ReadLocations);
        assert_eq!(world.store.location(&locations, world.place.id).await.unwrap(), None);
    }
}

pub(crate) async fn drafts_are_seen_by_their_maker_alone_where_only_own_ones_may_be_seen<
    F: Fixture,
>() {
    let (world, theirs) = booked::<F>().await;
    let maker = world.member(&world.client, Role::ClientUser, &[]).await;
    let own = Booking { created_by: maker.user.id, ..world.booking(5, 6) };
    world.put([put(&own)]).await;
    // What a client user may cancel are own drafts.
    let scope = maker.sees(Capability::CancelBookings);
    let listed = world.store.bookings(&scope, &filter()).await.unwrap();
    let ids: Vec<_> = listed.items.iter().map(|record| record.booking.id).collect();
    assert_eq!(ids, [own.id]);
    assert_eq!(world.store.booking_row(&scope, theirs.id).await.unwrap(), None);
    let named = BookingFilter { organization: Some(world.client.id), ..filter() };
    assert_eq!(world.store.bookings(&scope, &named).await.unwrap().total, 1);
}
