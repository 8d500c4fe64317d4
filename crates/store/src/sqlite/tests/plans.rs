//! The hot queries take the index that is meant for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rishi_app::bookings::{BookingFilter, Cursor, CursorKey, Sort, SortField, Window};
use rishi_app::commit::ReceiptKey;
use rishi_app::credentials::{SessionKey, TokenFilter};
use rishi_app::scope::Scope;
use rishi_app::staffing::PeopleQuery;
use rishi_app::store::{EventFilter, Paging};
use rishi_bus::LetterFilter;
use rishi_domain::booking::BookingStatus;
use rishi_domain::id::{NotificationId, OrganizationId, SessionId, TokenId, UserId};
use rishi_domain::permission::{Capability, Role};
use rishi_domain::time::TimeRange;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use uuid::Uuid;

use super::House;
use crate::recent::Recent;
use crate::records::Records;
use crate::sqlite::read::{
    access, assignable, bookings, events, notifications, people, places, staff,
};
use crate::sqlite::{connection, ledger, letters, log, timers};

/// How SQLite goes about each statement that `work` runs, triggers included: one line a step.
pub(in crate::sqlite) fn plans(db: &mut Connection, work: impl FnOnce(&Connection)) -> String {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noting = Arc::clone(&seen);
    let note = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(statement, text) = event
            && !text.starts_with("--")
        {
            noting.lock().unwrap().push(statement.sql().into_owned());
        }
    };
    db.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(note)).unwrap();
    work(db);
    db.trace_v2(TraceEventCodes::empty(), None::<fn(TraceEvent<'_>)>).unwrap();
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRIGGER_EQP, true).unwrap();
    let mut plans = String::new();
    for sql in seen.lock().unwrap().iter() {
        plans.push_str("> ");
        plans.extend(sql.split_whitespace().flat_map(|word| [word, " "]));
        plans.push('\n');
        let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().unwrap() {
            plans.push_str(&row.get::<_, String>(3).unwrap());
            plans.push('\n');
        }
    }
    plans
}

/// Fails where a whole table is gone through or rows are sorted that an index could bring in order.
pub(in crate::sqlite) fn assert_walks_indexes(name: &str, plans: &str) {
    for step in plans.lines().filter(|line| !line.starts_with('>')) {
        // A subquery is gone through that was itself found by an index; a constant row is no table.
        let found = ["SCAN (subquery", "SCAN CONSTANT ROW"];
        let whole = step.starts_with("SCAN") && !found.iter().any(|one| step.starts_with(one));
        assert!(!whole && !step.contains("TEMP B-TREE"), "{name}: {step} in\n{plans}");
    }
}

/// The one booking filter that the others are made from.
pub(in crate::sqlite) fn filter(organization: OrganizationId) -> BookingFilter {
    BookingFilter { organization: Some(organization), ..BookingFilter::default() }
}

/// Reads a list of which nothing is kept.
fn list(db: &Connection, scope: &Scope, filter: &BookingFilter) {
    let none = Records::new(Arc::new(Recent::new(0)));
    bookings::bookings(db, &none, scope, filter).unwrap();
}

#[tokio::test]
async fn a_list_of_bookings_is_read_in_the_order_of_an_index() {
    let house = House::new().await;
    let all = house.member(Role::SuperAdmin).await.scope(Capability::ReadBookings);
    let mut db = connection::reader(house.store.path()).unwrap();
    let whole = filter(house.organization);
    let window = Window::After(Cursor { key: CursorKey::Integer(5), id: Uuid::nil().into() });
    let descending = Sort { field: SortField::ScheduledStart, descending: true };
    let now = Some(jiff::Timestamp::UNIX_EPOCH);
    let (by_start, by_status) = ("bookings_by_start", "bookings_by_status");
    let cases = [
        ("all", by_start, whole.clone()),
        ("latest", by_start, BookingFilter { sort: descending, ..whole.clone() }),
        ("after", by_start, BookingFilter { window: window.clone(), ..whole.clone() }),
        ("before", by_start, BookingFilter { window, sort: descending, ..whole.clone() }),
        ("range", by_start, BookingFilter { from: now, to: now, ..whole.clone() }),
        ("status", by_status, BookingFilter { statuses: vec![BookingStatus::Draft], ..whole }),
    ];
    for (name, index, filter) in cases {
        let plans = plans(&mut db, |db| list(db, &all, &filter));
        assert_walks_indexes(name, &plans);
        // Only the end of a booking is not in the index.
        let covering = if filter.from.is_some() { "" } else { "COVERING " };
        let search = format!("SEARCH b USING {covering}INDEX {index}");
        assert!(plans.contains(&search), "{name}: {plans}");
    }
}

#[tokio::test]
async fn a_persons_bookings_are_found_by_the_person() {
    let house = House::new().await;
    let all = house.member(Role::SuperAdmin).await.scope(Capability::ReadBookings);
    let agent = house.member(Role::BrandAgent).await.scope(Capability::ReadBookings);
    let mut db = connection::reader(house.store.path()).unwrap();
    let whole = filter(house.organization);
    let theirs = BookingFilter { assigned_staff: vec![Uuid::nil().into()], ..whole.clone() };
    let by_staff = plans(&mut db, |db| list(db, &all, &theirs));
    let anywhere = BookingFilter { organization: None, ..whole };
    let in_sight = plans(&mut db, |db| list(db, &agent, &anywhere));
    let one = plans(&mut db, |db| {
        bookings::booking(db, &agent, Uuid::nil().into()).unwrap();
        places::location(db, &agent, Uuid::nil().into()).unwrap();
    });
    // What one person is on is few enough to be sorted.
    for (name, plans) in [("staff", &by_staff), ("in sight", &in_sight), ("one", &one)] {
        let whole = plans.replace("SCAN CONSTANT ROW", "");
        assert!(!whole.contains("SCAN"), "{name}: {plans}");
    }
    assert!(by_staff.contains("assignments_by_staff (staff_id=?)"), "{by_staff}");
    for plans in [in_sight, one] {
        assert!(plans.contains("assignments_by_person (staff_id=?)"), "{plans}");
    }
}

#[tokio::test]
async fn people_in_question_are_found_with_their_shifts_by_person() {
    let house = House::new().await;
    let all = house.member(Role::SuperAdmin).await.scope(Capability::ReadStaffProfiles);
    let mut db = connection::reader(house.store.path()).unwrap();
    let around = TimeRange {
        start: jiff::Timestamp::UNIX_EPOCH,
        end: jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(1),
    };
    let people = Some(vec![UserId(Uuid::nil())]);
    let query = PeopleQuery { organization: house.organization, people, around };
    let plans = plans(&mut db, |db| {
        assignable::people(db, &all, &query).unwrap();
        let somebody = HashMap::from([(Uuid::nil(), 0)]);
        assignable::shifts(db, &somebody, &mut [], around).unwrap();
        assignable::reliability(db, &somebody, &mut [], around).unwrap();
        assignable::assignment(db, Uuid::nil().into(), Uuid::nil().into()).unwrap();
        staff::one(db, &all, UserId(Uuid::nil())).unwrap();
    });
    assert!(!plans.contains("SCAN"), "{plans}");
    for index in ["assignments_by_staff", "assignments_by_history"] {
        let range = format!("{index} (staff_id=? AND scheduled_start>? AND scheduled_start<?");
        assert!(plans.contains(&range), "{plans}");
    }
}

#[tokio::test]
async fn the_log_is_read_in_position_order_by_whatever_narrows_it_most() {
    let house = House::new().await;
    let all = house.member(Role::SuperAdmin).await.scope(Capability::ReadEvents);
    let mut db = connection::reader(house.store.path()).unwrap();
    let types = |types: &[&str]| EventFilter {
        types: types.iter().map(|&one| one.to_owned()).collect(),
        ..EventFilter::default()
    };
    let organization = Some(house.organization);
    let story = EventFilter { correlation: Some(Uuid::nil()), ..EventFilter::default() };
    let own = EventFilter { organization, ..types(&["A*", "B"]) };
    let cases = [
        ("events_by_correlation", story.clone()),
        ("events_by_correlation", EventFilter { organization, ..story.clone() }),
        ("events_by_correlation", EventFilter { after: Some(3), ..story.clone() }),
        ("events_by_correlation", EventFilter { types: own.types.clone(), ..story }),
        ("events_by_organization", EventFilter { organization, ..EventFilter::default() }),
        ("events_by_organization", EventFilter { before: Some(3), ..own.clone() }),
        ("events_by_organization", own),
        ("events_by_type", types(&["A"])),
        ("events_by_type", EventFilter { after: Some(3), ..types(&["A"]) }),
        ("INTEGER PRIMARY KEY", EventFilter { after: Some(3), ..types(&["A*"]) }),
        ("INTEGER PRIMARY KEY", EventFilter { after: Some(3), ..types(&["A", "B"]) }),
        ("INTEGER PRIMARY KEY", EventFilter { before: Some(3), ..EventFilter::default() }),
    ];
    for (index, filter) in cases {
        let plans = plans(&mut db, |db| drop(events::events(db, &all, &filter, 10).unwrap()));
        assert_walks_indexes(index, &plans);
        assert!(plans.contains(index), "{filter:?}: {plans}");
        let counting = plans_of_count(&mut db, &all, &filter);
        assert!(!counting.contains("SCAN events\n"), "{filter:?}: {counting}");
    }
}

fn plans_of_count(db: &mut Connection, scope: &Scope, filter: &EventFilter) -> String {
    plans(db, |db| drop(events::count(db, scope, filter)))
}

#[tokio::test]
async fn what_is_owed_is_found_by_its_key() {
    let house = House::new().await;
    let mut db = connection::reader(house.store.path()).unwrap();
    let next = plans(&mut db, |db| drop(ledger::next(db, "name", "key").unwrap()));
    assert_walks_indexes("next", &next);
    assert!(next.contains("deliveries_by_key (subscription=? AND key=?)"), "{next}");
    let heads = plans(&mut db, |db| drop(ledger::heads(db, "name").unwrap()));
    assert!(heads.contains("SEARCH deliveries USING INDEX deliveries_by_key"), "{heads}");
    assert!(!heads.contains("B-TREE FOR GROUP BY"), "{heads}");
}

#[tokio::test]
async fn everyday_reads_go_by_key() {
    let house = House::new().await;
    let all = house.member(Role::SuperAdmin).await.scope(Capability::ReadUsers);
    let mut db = connection::reader(house.store.path()).unwrap();
    let nobody = UserId(Uuid::nil());
    let paging = Paging { limit: 10, offset: 0 };
    let key = ReceiptKey { scope: String::new(), key: String::new() };
    let plans = plans(&mut db, |db| {
        access::token(db, &[0; 32]).unwrap();
        access::session(db, SessionKey::Digest([0; 32])).unwrap();
        access::session(db, SessionKey::Id(SessionId(Uuid::nil()))).unwrap();
        access::sessions(db, nobody, Timestamp::MIN, Timestamp::MIN, paging).unwrap();
        access::account(db, "x@example.com").unwrap();
        access::link(db, &[0; 32]).unwrap();
        access::token_of(db, TokenId(Uuid::nil())).unwrap();
        for filter in [
            TokenFilter { user: Some(nobody), organization: None },
            TokenFilter { user: None, organization: Some(house.organization) },
        ] {
            access::tokens(db, &filter, paging).unwrap();
        }
        people::user(db, &all, nobody).unwrap();
        people::user_by_email(db, "x@example.com").unwrap();
        for unread in [false, true] {
            notifications::inbox(db, nobody, unread, paging).unwrap();
        }
        notifications::newest_unread(db, nobody).unwrap();
        notifications::recipient(db, nobody).unwrap();
        notifications::preferences(db, nobody).unwrap();
        notifications::parcel(db, NotificationId(Uuid::nil())).unwrap();
        notifications::notification(db, nobody, NotificationId(Uuid::nil())).unwrap();
        places::organization_of_any(db, house.organization).unwrap();
        log::receipt(db, &key).unwrap();
        log::after(db, 3, 10).unwrap();
        log::head(db).unwrap();
    });
    assert_walks_indexes("everyday", &plans);
}

#[tokio::test]
async fn what_operators_and_timers_ask_for_every_second_goes_by_key() {
    let house = House::new().await;
    let mut db = connection::reader(house.store.path()).unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let plans = plans(&mut db, |db| {
        timers::next(db).unwrap();
        timers::due(db, now, 10).unwrap();
        log::tip(db).unwrap();
        log::anchor(db).unwrap();
        log::by_id(db, Uuid::nil()).unwrap();
        letters::one(db, "name", 3).unwrap();
    });
    assert_walks_indexes("operated", &plans);
}

#[tokio::test]
async fn dead_letters_are_found_without_what_is_merely_owed() {
    let house = House::new().await;
    let mut db = connection::reader(house.store.path()).unwrap();
    let every = LetterFilter::default();
    let plans = plans(&mut db, |db| drop(letters::page(db, &every, 10, 0).unwrap()));
    let walks = plans.matches("SCAN deliveries USING INDEX deliveries_dead").count();
    assert_eq!(walks, 2, "{plans}");
    assert!(!plans.contains("TEMP B-TREE"), "{plans}");
}
