use std::sync::atomic::{AtomicBool, Ordering};

use rishi_app::bookings::BookingFilter;
use rishi_app::commit::Change;
use rishi_app::events::subject;
use rishi_app::scope::Scope;
use rishi_app::{Commit, Store as _};
use rishi_bus::{Ledger as _, NewEvent, Order, Subject};
use rishi_domain::assignment::{Assignment, AssignmentStatus};
use rishi_domain::booking::{Booking, BookingStatus, OperationType, Priority};
use rishi_domain::location::{Address, Location, LocationStatus, LocationType};
use rishi_domain::permission::{Capability, Role};
use rishi_domain::user::{User, UserStatus};
use serde_json::value::RawValue;

use super::*;
use crate::recent::Recent;
use crate::records::are_told_apart;
use crate::sqlite::read::bookings::{bookings, in_view};
use crate::sqlite::tests::House;
use crate::sqlite::tests::plans::filter;
use crate::sqlite::{Sqlite, SqliteOptions, connection};

/// A house with a place, somebody to work there, and bookings.
struct Desk {
    house: House,
    all: Scope,
    agent: Scope,
    place: Location,
    /// Who works on the bookings, and who made them.
    people: [User; 2],
    bookings: Vec<Booking>,
    shifts: Vec<Assignment>,
    filter: BookingFilter,
}

impl Desk {
    async fn new(count: i64) -> Self {
        let house = House::new().await;
        let (author, agent) =
            (house.member(Role::SuperAdmin).await, house.member(Role::BrandAgent).await);
        let now = house.app.clock.now();
        let people = [&agent, &author].map(|principal| User {
            id: principal.user_id(),
            email: principal.email().to_owned(),
            display_name: principal.display_name().to_owned(),
            status: UserStatus::Active,
            locale: "en".to_owned(),
            timezone: "UTC".to_owned(),
            created_at: now,
            updated_at: now,
            version: 1,
        });
        let place = place(house.app.ids.next(), now);
        let filter = filter(house.organization);
        let [all, agent] = [author, agent].map(|who| who.scope(Capability::ReadBookings));
        let (bookings, shifts) = (Vec::new(), Vec::new());
        let mut desk = Self { house, all, agent, place, people, bookings, shifts, filter };
        desk.put(vec![Change::Location(Box::new(desk.place.clone()))]).await;
        for number in 0..count {
            let booking = desk.booking(number);
            let shift = desk.shift(&booking);
            let changes = vec![
                Change::Booking(Box::new(booking.clone())),
                Change::Assignment(Box::new(shift.clone())),
            ];
            desk.put(changes).await;
            desk.bookings.push(booking);
            desk.shifts.push(shift);
        }
        desk
    }

    fn booking(&self, number: i64) -> Booking {
        let now = self.house.app.clock.now();
        let start = now + jiff::SignedDuration::from_hours(number);
        Booking {
            id: self.house.app.ids.next(),
            organization_id: self.house.organization,
            title: format!("Tasting {number}"),
            description: None,
            operation_type: OperationType::General,
            activity_type: None,
            priority: Priority::Medium,
            location_id: Some(self.place.id),
            scheduled_start: start,
            scheduled_end: start + jiff::SignedDuration::from_hours(1),
            timezone: "UTC".to_owned(),
            budget: None,
            actual_cost: None,
            requirements: None,
            staff_requirements: None,
            equipment_requirements: None,
            status: BookingStatus::Draft,
            notes: None,
            created_by: self.people[1].id,
            submitted_by: None,
            series: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    fn shift(&self, booking: &Booking) -> Assignment {
        Assignment {
            id: self.house.app.ids.next(),
            booking_id: booking.id,
            staff_id: self.people[0].id,
            role: "host".to_owned(),
            hourly_rate: None,
            special_requirements: Vec::new(),
            status: AssignmentStatus::Assigned,
            checked_in_at: None,
            checked_out_at: None,
            check_in: None,
            check_out: None,
            created_at: booking.created_at,
            updated_at: booking.updated_at,
            version: 1,
        }
    }

    fn told(&self, changes: Vec<Change>) -> Commit {
        let mut events: Vec<NewEvent> = Vec::new();
        for about in changes.iter().map(about) {
            if events.iter().all(|event| event.subject != about) {
                events.push(self.event(about));
            }
        }
        Commit { changes, events, ..Commit::default() }
    }

    fn event(&self, about: Subject) -> NewEvent {
        let data = RawValue::from_string("{}".to_owned()).unwrap();
        let app = &self.house.app;
        NewEvent::new(app.ids.next(), "SOMETHING_PUT", "test", about, app.clock.now(), data)
    }

    async fn put(&self, changes: Vec<Change>) {
        self.put_by(&self.house.store, changes).await;
    }

    async fn put_by(&self, store: &Sqlite, changes: Vec<Change>) {
        store.commit(self.told(changes)).await.unwrap();
    }

    /// The next change of a kind to a booking or to what is shown beside it.
    fn change(&mut self, number: usize) -> Vec<Change> {
        let which = number % self.bookings.len();
        let name = format!("Name {number}");
        vec![match number % 7 {
            0 => {
                self.place =
                    Location { name, version: self.place.version + 1, ..self.place.clone() };
                Change::Location(Box::new(self.place.clone()))
            }
            1 => {
                let person = &mut self.people[number / 7 % 2];
                (person.display_name, person.version) = (name, person.version + 1);
                Change::User(Box::new(person.clone()))
            }
            2 | 3 => {
                let shift = &mut self.shifts[which];
                shift.status = match shift.status {
                    AssignmentStatus::Declined => AssignmentStatus::Assigned,
                    _ => AssignmentStatus::Declined,
                };
                shift.version += 1;
                Change::Assignment(Box::new(shift.clone()))
            }
            _ => {
                let booking = &mut self.bookings[which];
                booking.title = name;
                booking.version += 1;
                Change::Booking(Box::new(booking.clone()))
            }
        }]
    }

    fn reader(&self) -> Connection {
        connection::reader(self.house.store.path()).unwrap()
    }

    fn titles(&self, view: &View<'_>) -> Vec<String> {
        let listed = in_view(view, &self.house.store.records, &self.all, &self.filter).unwrap();
        listed.items.iter().map(|record| record.booking.title.clone()).collect()
    }
}

fn place(id: rishi_domain::id::LocationId, now: jiff::Timestamp) -> Location {
    Location {
        id,
        organization_id: None,
        name: "Main Street".to_owned(),
        location_type: LocationType::Dispensary,
        address: Address {
            line1: "1 Main Street".to_owned(),
            line2: None,
            city: "Denver".to_owned(),
            region: "CO".to_owned(),
            postal_code: "80202".to_owned(),
            country: "US".to_owned(),
        },
        latitude: None,
        longitude: None,
        timezone: "UTC".to_owned(),
        capacity: None,
        amenities: Vec::new(),
        accessibility_features: Vec::new(),
        geofence_radius_meters: 200,
        status: LocationStatus::Active,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

fn about(change: &Change) -> Subject {
    match change {
        Change::Location(row) => subject::location(row.id),
        Change::User(row) => subject::user(row.id),
        Change::Booking(row) => subject::booking(row.id),
        Change::Assignment(row) => subject::booking(row.booking_id),
        other => panic!("{other:?}"),
    }
}

/// What a list holds, in words; `kept` takes part in reading it.
fn story(view: &View<'_>, kept: &Records, scope: &Scope, filter: &BookingFilter) -> Vec<String> {
    let listed = in_view(view, kept, scope, filter).unwrap();
    assert_eq!(listed.items.len() as u64, listed.total);
    listed.items.iter().map(|record| format!("{:?}", ***record)).collect()
}

fn nothing_kept() -> Records {
    Records::new(Arc::new(Recent::new(0)))
}

#[tokio::test]
async fn a_record_is_taken_from_memory_until_an_event_is_about_it() {
    let mut desk = Desk::new(2).await;
    let db = desk.reader();
    let take = |desk: &Desk| {
        let listed = bookings(&db, &desk.house.store.records, &desk.all, &desk.filter).unwrap();
        <[Arc<SharedRecord>; 2]>::try_from(listed.items).unwrap()
    };
    let [one, two] = take(&desk);
    let again = take(&desk);
    assert!(Arc::ptr_eq(&one, &again[0]) && Arc::ptr_eq(&two, &again[1]));
    let change = desk.change(4);
    desk.put(change).await;
    let [changed, same] = take(&desk);
    assert!(!Arc::ptr_eq(&one, &changed) && Arc::ptr_eq(&two, &same));
    assert_eq!(changed.booking, desk.bookings[0]);
}

#[tokio::test]
async fn an_older_view_is_not_shown_what_was_committed_after_it() {
    let mut desk = Desk::new(2).await;
    let (early, late) = (desk.reader(), desk.reader());
    let before = View::open(&early).unwrap();
    assert_eq!(desk.titles(&before), ["Tasting 0", "Tasting 1"]);
    let change = desk.change(4);
    desk.put(change).await;
    let after = View::open(&late).unwrap();
    assert_eq!(desk.titles(&after), ["Name 4", "Tasting 1"]);
    assert_eq!(desk.titles(&before), ["Tasting 0", "Tasting 1"]);
    assert_eq!(desk.titles(&after), ["Name 4", "Tasting 1"], "the older view left nothing behind");
}

#[tokio::test]
async fn what_was_read_before_a_change_is_not_kept_after_it() {
    let mut desk = Desk::new(1).await;
    for number in 0..7 {
        let (early, late) = (desk.reader(), desk.reader());
        let kept = &Records::new(Arc::clone(&desk.house.store.recent));
        let before = View::open(&early).unwrap();
        records_of(kept, &before, &[], |_, _| panic!("nothing was asked for")).unwrap();
        let old = story(&before, &nothing_kept(), &desk.all, &desk.filter);
        let change = desk.change(number);
        desk.put(change).await;
        let after = View::open(&late).unwrap();
        // The change is heeded while the older view is still being read.
        records_of(kept, &after, &[], |_, _| panic!("nothing was asked for")).unwrap();
        assert_eq!(story(&before, kept, &desk.all, &desk.filter), old);
        let new = story(&after, &nothing_kept(), &desk.all, &desk.filter);
        assert_ne!(new, old, "{number}");
        assert_eq!(story(&after, kept, &desk.all, &desk.filter), new, "{number}");
    }
}

#[tokio::test]
async fn constant_writing_does_not_keep_the_memory_empty() {
    let mut desk = Desk::new(8).await;
    let (early, late) = (desk.reader(), desk.reader());
    let before = View::open(&early).unwrap();
    records_of(&desk.house.store.records, &before, &[], |_, _| panic!("nothing was asked for"))
        .unwrap();
    let busy = desk.bookings[0].id;
    let others = desk.bookings.iter().map(|booking| booking.id);
    let calm = others.into_iter().find(|id| are_told_apart(*id, busy)).unwrap();
    let change = desk.change(32);
    desk.put(change).await;
    let after = View::open(&late).unwrap();
    records_of(&desk.house.store.records, &after, &[], |_, _| panic!("nothing was asked for"))
        .unwrap();
    desk.titles(&before);
    let kept = &desk.house.store.records;
    assert!(kept.holds(calm) && !kept.holds(busy));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_view_is_shown_exactly_what_it_holds_while_two_processes_write() {
    let mut desk = Desk::new(12).await;
    let path = desk.house.store.path().to_owned();
    let other = Sqlite::open(SqliteOptions::new(&path)).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let watchers: Vec<_> = (0..2)
        .map(|_| {
            let (kept, stop) = (Arc::clone(&desk.house.store.records), Arc::clone(&stop));
            let (scopes, filter) = ([desk.all.clone(), desk.agent.clone()], desk.filter.clone());
            let db = desk.reader();
            tokio::task::spawn_blocking(move || {
                let mut views = 0;
                while !stop.load(Ordering::Relaxed) {
                    let view = View::open(&db).unwrap();
                    for scope in &scopes {
                        let shown = story(&view, &kept, scope, &filter);
                        assert_eq!(shown, story(&view, &nothing_kept(), scope, &filter));
                    }
                    views += 1;
                }
                views
            })
        })
        .collect();
    for number in 0..400 {
        let change = desk.change(number * 5 + number / 7);
        let by = if number % 3 == 0 { &other } else { &desk.house.store };
        desk.put_by(by, change).await;
        if number % 50 == 0 {
            desk.house.store.records.forget();
        }
        // What was answered is there for whoever asks now, whoever wrote it.
        let db = desk.reader();
        let view = View::open(&db).unwrap();
        let listed = in_view(&view, &desk.house.store.records, &desk.all, &desk.filter).unwrap();
        let shown: Vec<&Booking> = listed.items.iter().map(|record| &record.booking).collect();
        assert_eq!(shown, desk.bookings.iter().collect::<Vec<_>>());
    }
    stop.store(true, Ordering::Relaxed);
    for watcher in watchers {
        assert!(watcher.await.unwrap() > 0);
    }
}

#[tokio::test]
async fn what_another_process_committed_is_shown_at_once() {
    let mut desk = Desk::new(1).await;
    let other = Sqlite::open(SqliteOptions::new(desk.house.store.path())).await.unwrap();
    let db = desk.reader();
    for number in 0..14 {
        let before =
            story(&View::open(&db).unwrap(), &desk.house.store.records, &desk.all, &desk.filter);
        let change = desk.change(number);
        desk.put_by(&other, change).await;
        let view = View::open(&db).unwrap();
        let after = story(&view, &desk.house.store.records, &desk.all, &desk.filter);
        assert_ne!(after, before, "{number}");
        assert_eq!(after, story(&view, &nothing_kept(), &desk.all, &desk.filter));
    }
}

#[tokio::test]
async fn who_is_no_longer_on_a_booking_is_shown_it_no_more() {
    let mut desk = Desk::new(1).await;
    let db = desk.reader();
    let seen = |desk: &Desk| {
        let view = View::open(&db).unwrap();
        [&desk.all, &desk.agent]
            .map(|scope| story(&view, &desk.house.store.records, scope, &desk.filter).len())
    };
    assert_eq!(seen(&desk), [1, 1]);
    let declined = desk.change(2);
    desk.put(declined).await;
    assert_eq!(seen(&desk), [1, 0]);
    let assigned = desk.change(2);
    desk.put(assigned).await;
    assert_eq!(seen(&desk), [1, 1]);
}

#[tokio::test]
async fn what_happened_in_a_part_of_the_log_that_is_gone_is_not_missed() {
    let mut desk = Desk::new(1).await;
    let db = desk.reader();
    let kept = Records::new(Arc::new(Recent::new(0)));
    story(&View::open(&db).unwrap(), &kept, &desk.all, &desk.filter);
    let change = desk.change(4);
    desk.put(change).await;
    let through = desk.house.store.refresh_head().await.unwrap();
    let told = vec![desk.event(subject::system())];
    let retain =
        Commit { events: told, orders: vec![Order::Retain { through }], ..Commit::default() };
    desk.house.store.commit(retain).await.unwrap();
    let view = View::open(&db).unwrap();
    let shown = story(&view, &kept, &desk.all, &desk.filter);
    assert_eq!(shown, story(&view, &nothing_kept(), &desk.all, &desk.filter));
    assert!(shown[0].contains("Name 4"));
}

#[tokio::test]
async fn memory_is_bounded_by_what_the_records_weigh() {
    let mut desk = Desk::new(40).await;
    for number in 0..40 {
        let booking = &mut desk.bookings[number];
        let array = vec![serde_json::json!(number); 40_000];
        (booking.requirements, booking.version) = (Some(array.into()), booking.version + 1);
        desk.put(vec![Change::Booking(Box::new(desk.bookings[number].clone()))]).await;
    }
    let db = desk.reader();
    for _ in 0..3 {
        let listed =
            in_view(&View::open(&db).unwrap(), &desk.house.store.records, &desk.all, &desk.filter);
        assert_eq!(listed.unwrap().items.len(), 40);
        let (count, weight) = desk.house.store.records.weighed();
        assert!((1..40).contains(&count), "{count} weigh {weight}");
    }
}

#[tokio::test]
async fn what_somebody_wrote_past_the_door_is_shown_after_the_next_look_at_the_log() {
    let desk = Desk::new(1).await;
    let db = desk.reader();
    assert_eq!(desk.titles(&View::open(&db).unwrap()), ["Tasting 0"]);
    let writer = connection::writer(desk.house.store.path()).unwrap();
    writer.execute("UPDATE bookings SET title = 'Mended'", []).unwrap();
    desk.house.store.refresh_head().await.unwrap();
    assert_eq!(desk.titles(&View::open(&db).unwrap()), ["Mended"]);
}
