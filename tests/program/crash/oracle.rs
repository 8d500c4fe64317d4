//! Holds the journal, the API and the database file against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::journal::{State, expectations};
use crate::support::database::{Database, StoredEvent, assert_gap_free};
use crate::support::{Client, World, eventually};

/// The events that tell of a change of the booking itself; the others follow from these.
const CHANGES: [&str; 3] = ["BOOKING_CREATED", "BOOKING_UPDATED", "BOOKING_STATUS_CHANGED"];

/// Demands of a server that has been killed often and runs again all that it ever promised.
pub(crate) async fn ask(world: &World, managers: &[Client], journal: &Path) {
    let path = format!("/api/bookings?organizationId={}", world.organization);
    let bookings = everything(&world.admin, &path, "bookings").await;
    let by_name = one_each(&bookings);
    let acknowledged = assert_nothing_is_lost(&by_name, journal);
    println!("{} bookings, {acknowledged} of them acknowledged", by_name.len());
    assert!(acknowledged > 0, "the workers got something done");

    let database = Database::of(&world.home);
    assert_eq!(database.integrity(), "ok");
    assert_eq!(database.overlaps(), []);
    let events = database.events();
    assert_gap_free(&events);
    assert_events_match(&bookings, &events);
    for manager in managers {
        assert_told_once(manager, &bookings).await;
    }
    eventually("every subscription is done with every event", async || {
        (database.unhandled() == 0).then_some(())
    })
    .await;
}

/// All pages of a list.
async fn everything(reader: &Client, path: &str, plural: &str) -> Vec<Value> {
    let separator = if path.contains('?') { '&' } else { '?' };
    let mut all = Vec::new();
    for page in 1.. {
        let path = format!("{path}{separator}limit=200&page={page}");
        // A database that was away a moment ago may be so once more.
        let answer = eventually("the list is answered", async || {
            Some(reader.get(&path).await).filter(|answer| answer.status != 503)
        });
        let answer = answer.await.is(200);
        all.extend(answer.list(plural).iter().cloned());
        let total = answer.body["pagination"]["total"].as_u64().expect("a true total");
        if all.len() as u64 >= total || answer.list(plural).is_empty() {
            break;
        }
    }
    all
}

/// No name twice: a request that was sent again had one effect.
fn one_each(bookings: &[Value]) -> BTreeMap<&str, &Value> {
    let mut by_name = BTreeMap::new();
    for booking in bookings {
        let name = booking["title"].as_str().expect("a booking has a title");
        let twin = by_name.insert(name, booking);
        assert!(twin.is_none(), "made twice: {name}");
    }
    by_name
}

/// Every acknowledged write is there with its exact state; of the others, all or nothing.
fn assert_nothing_is_lost(found: &BTreeMap<&str, &Value>, journal: &Path) -> usize {
    let expected = expectations(journal);
    for (name, booking) in &expected {
        let state = found.get(name.as_str()).map(|booking| State::of(booking));
        let as_acknowledged = state == booking.certain;
        let as_asked = state.is_some() && state == booking.possible;
        assert!(as_acknowledged || as_asked, "{name} is {state:?} and must be {booking:?}");
        if let (Some(id), Some(found)) = (&booking.id, found.get(name.as_str())) {
            assert_eq!(found["id"], *id.as_str(), "{name} is still the same booking");
        }
    }
    for name in found.keys() {
        assert!(expected.contains_key(*name), "nobody asked for {name}");
    }
    expected.values().filter(|booking| booking.certain.is_some()).count()
}

/// Each booking was created once, and each of its versions is told by one event.
fn assert_events_match(bookings: &[Value], events: &[StoredEvent]) {
    let mut stories = BTreeMap::<&str, Vec<&str>>::new();
    for event in events.iter().filter(|event| CHANGES.contains(&event.kind.as_str())) {
        stories.entry(&event.subject).or_default().push(&event.kind);
    }
    for booking in bookings {
        let subject = format!("booking/{}", booking["id"].as_str().unwrap_or_default());
        let story = stories.remove(subject.as_str()).unwrap_or_default();
        assert_eq!(story.first(), Some(&"BOOKING_CREATED"), "{subject}: {story:?}");
        let births = story.iter().filter(|kind| **kind == "BOOKING_CREATED").count();
        assert_eq!(births, 1, "{subject}: {story:?}");
        assert_eq!(booking["version"], story.len(), "one event a change, {subject}: {story:?}");
    }
    assert!(stories.is_empty(), "events of bookings that are not there: {stories:?}");
}

/// After the restart the reactions go on where they were: each booking is announced, each once.
async fn assert_told_once(manager: &Client, bookings: &[Value]) {
    let wanted: BTreeSet<&str> = bookings.iter().filter_map(|row| row["id"].as_str()).collect();
    let told = eventually("every booking has been announced", async || {
        let rows = everything(manager, "/api/notifications", "notifications").await;
        // What comes in between two pages moves the last of one to the next.
        let rows: BTreeMap<&str, &Value> =
            rows.iter().filter_map(|row| Some((row["id"].as_str()?, row))).collect();
        let news: Vec<String> = rows
            .values()
            .filter(|row| row["title"] == "New Booking Created")
            .filter_map(|row| row["relatedEntityId"].as_str().map(str::to_owned))
            .collect();
        (news.len() >= wanted.len()).then_some(news)
    })
    .await;
    let distinct: BTreeSet<&str> = told.iter().map(String::as_str).collect();
    assert_eq!(told.len(), distinct.len(), "i4: nobody is told twice");
    assert_eq!(distinct, wanted, "i4: everybody is told of all");
}
