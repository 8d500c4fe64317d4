//! The log, read by those who may.

use std::sync::Arc;

use rishi_app::commit::Change;
use rishi_app::events::subject;
use rishi_app::store::EventFilter;
use rishi_app::{Commit, Store};
use rishi_bus::{Envelope, Ledger, NewEvent, Subject};
use rishi_domain::location::Location;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::things::at;
use crate::world::{Fixture, World};

/// A log with three stories: two of the client's and one of the stranger's.
struct Stories {
    first: Uuid,
    second: Uuid,
    theirs: Uuid,
}

async fn stories<F: Fixture>() -> (World<F>, Stories) {
    let world = World::<F>::new().await;
    let stories = Stories { first: world.id(), second: world.id(), theirs: world.id() };
    let tell = |story: Uuid, event_type: &str, organization: Uuid| {
        world
            .event(Subject::new("booking", story), event_type)
            .with_correlation(story)
            .with_organization(organization)
    };
    let (ours, theirs) = (world.client.id.0, world.stranger.id.0);
    let events: Vec<NewEvent> = vec![
        tell(stories.first, "BOOKING_CREATED", ours),
        tell(stories.theirs, "BOOKING_CREATED", theirs),
        tell(stories.first, "BOOKING_UPDATED", ours),
        tell(stories.second, "BOOKING_CREATED", ours),
        tell(stories.first, "BOOKINGX", ours),
        tell(stories.first, "STAFF_ASSIGNED", ours),
        tell(stories.second, "BOOKING_UPDATED", ours),
        tell(stories.theirs, "BOOKING_UPDATED", theirs),
    ];
    for event in events {
        world.commit(Commit { events: vec![event], ..Commit::default() }).await.unwrap();
    }
    (world, stories)
}

fn types(events: &[Arc<Envelope>]) -> Vec<&str> {
    events.iter().map(|event| &*event.event_type).collect()
}

pub(crate) async fn every_field_of_an_event_is_read_back<F: Fixture>() {
    let world = World::<F>::new().await;
    let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
    let full = NewEvent::new(
        world.id(),
        "SOMETHING_SAID",
        "rishi/tests ü",
        Subject::new("circuit-breaker", world.id()),
        at("2030-01-01T00:00:00.123456789Z"),
        raw("{ \"kept\" : [1.10, \"ü\"] }"),
    )
    .with_schema_version(7)
    .with_correlation(world.id::<Uuid>())
    .with_causation(world.id::<Uuid>())
    .with_user(world.id::<Uuid>())
    .with_organization(world.id::<Uuid>())
    .with_metadata(raw("{\"m\":1}"))
    .with_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned());
    let bare = world.event(Subject::new("booking", world.id()), "SOMETHING_SAID");
    let (full_id, bare_id) = (full.id, bare.id);
    world.commit(Commit { events: vec![full.clone(), bare], ..Commit::default() }).await.unwrap();
    let all = world.all();
    let found = Store::event(&*world.store, &all, full_id).await.unwrap().unwrap();
    assert_eq!(found.data.get(), "{ \"kept\" : [1.10, \"ü\"] }");
    assert_eq!(found.timestamp, at("2030-01-01T00:00:00.123456Z"));
    let wanted = Envelope { timestamp: found.timestamp, ..full.into_envelope(found.position, 1) };
    let as_json = |event: &Envelope| serde_json::to_value(event).unwrap();
    assert_eq!(as_json(&found), as_json(&wanted));
    // What is handed on from memory is what is on the disk.
    let tail = world.store.read(found.position - 1, 2).await.unwrap();
    assert_eq!(as_json(&tail[0]), as_json(&found));
    let bare = Store::event(&*world.store, &all, bare_id).await.unwrap().unwrap();
    assert_eq!(as_json(&tail[1]), as_json(&bare));
    assert!(bare.metadata.is_none() && bare.correlation_id.is_none() && bare.user_id.is_none());
}

pub(crate) async fn filters_choose_events_alone_and_together<F: Fixture>() {
    let (world, stories) = stories::<F>().await;
    let all = world.all();
    let found = |filter: EventFilter| {
        let (store, all) = (world.store.clone(), all.clone());
        async move {
            let events = store.events(&all, &filter, 100).await.unwrap();
            let count = store.event_count(&all, &filter).await.unwrap();
            assert_eq!(events.len() as u64, count, "{filter:?}");
            // Whoever follows the log is told the same, wherever it comes from.
            for after in 0..9 {
                let filter = EventFilter { after: Some(after), ..filter.clone() };
                for limit in [1, 3, 100] {
                    let read = store.events(&all, &filter, limit).await.unwrap();
                    let followed = store.tail(&all, &filter, limit).await.unwrap();
                    assert_eq!(types(&read), types(&followed), "{filter:?}");
                }
            }
            types(&events).join(" ")
        }
    };
    let typed = |types: &[&str]| EventFilter {
        types: types.iter().map(|&one| one.to_owned()).collect(),
        ..EventFilter::default()
    };
    let first = EventFilter { correlation: Some(stories.first), ..EventFilter::default() };
    assert_eq!(
        found(first.clone()).await,
        "BOOKING_CREATED BOOKING_UPDATED BOOKINGX STAFF_ASSIGNED"
    );
    let by_subject = EventFilter {
        subject: Some(Subject::new("booking", stories.second)),
        ..EventFilter::default()
    };
    assert_eq!(found(by_subject).await, "BOOKING_CREATED BOOKING_UPDATED");
    assert_eq!(found(typed(&["STAFF_ASSIGNED"])).await, "STAFF_ASSIGNED");
    let prefixed = found(typed(&["BOOKING_*"])).await;
    assert!(!prefixed.contains("BOOKINGX") && prefixed.contains("BOOKING_UPDATED"), "{prefixed}");
    let either = EventFilter { types: typed(&["BOOKINGX", "STAFF_*"]).types, ..first.clone() };
    assert_eq!(found(either).await, "BOOKINGX STAFF_ASSIGNED");
    let wildcard = EventFilter { types: typed(&["*"]).types, ..first.clone() };
    assert_eq!(found(wildcard).await, found(first.clone()).await);
    assert_eq!(found(typed(&["BOOKING"])).await, "");
    let theirs = EventFilter { organization: Some(world.stranger.id), ..typed(&["BOOKING_*"]) };
    assert_eq!(found(theirs).await, "BOOKING_CREATED BOOKING_UPDATED");
    let mixed = EventFilter { organization: Some(world.stranger.id), ..first };
    assert_eq!(found(mixed).await, "");
}

pub(crate) async fn windows_go_forward_and_backward<F: Fixture>() {
    let (world, stories) = stories::<F>().await;
    let all = world.all();
    let whole = EventFilter { correlation: Some(stories.first), ..EventFilter::default() };
    let events = world.store.events(&all, &whole, 100).await.unwrap();
    let positions: Vec<u64> = events.iter().map(|event| event.position).collect();
    assert!(positions.is_sorted());
    let after = EventFilter { after: Some(positions[0]), ..whole.clone() };
    let page = world.store.events(&all, &after, 2).await.unwrap();
    assert_eq!(types(&page), ["BOOKING_UPDATED", "BOOKINGX"]);
    let before = EventFilter { before: Some(positions[3]), ..whole.clone() };
    let page = world.store.events(&all, &before, 2).await.unwrap();
    assert_eq!(types(&page), ["BOOKINGX", "BOOKING_UPDATED"]);
    // The count is of what matches, wherever the window is.
    for filter in [after, before] {
        assert_eq!(world.store.event_count(&all, &filter).await.unwrap(), 4);
    }
    let between = EventFilter { after: Some(positions[0]), before: Some(positions[2]), ..whole };
    let page = world.store.events(&all, &between, 10).await.unwrap();
    assert_eq!(types(&page), ["BOOKING_UPDATED"]);
}

pub(crate) async fn reading_the_log_is_gap_free_in_any_page_size<F: Fixture>() {
    let (world, _) = stories::<F>().await;
    let head = world.log_length().await as u64;
    for size in [1, 2, 3, 7, 100] {
        let mut reached = 0;
        while reached < head {
            let page = world.store.read(reached, size).await.unwrap();
            assert!(page.len() == size || page.last().unwrap().position == head);
            for event in page {
                assert_eq!(event.position, reached + 1);
                reached += 1;
            }
        }
        assert!(world.store.read(head, size).await.unwrap().is_empty());
    }
}

pub(crate) async fn an_event_is_found_by_position_and_id<F: Fixture>() {
    let (world, _) = stories::<F>().await;
    for event in world.log().await {
        let by_position = Ledger::event(&*world.store, event.position).await.unwrap().unwrap();
        let by_id = Store::event(&*world.store, &world.all(), event.id).await.unwrap().unwrap();
        assert_eq!((by_position.id, by_id.position), (event.id, event.position));
    }
    let head = world.log_length().await as u64;
    for nowhere in [0, head + 1, u64::MAX] {
        assert!(Ledger::event(&*world.store, nowhere).await.unwrap().is_none(), "{nowhere}");
    }
    assert!(Store::event(&*world.store, &world.all(), world.id()).await.unwrap().is_none());
}

pub(crate) async fn absurd_positions_are_simply_beyond_the_log<F: Fixture>() {
    let world = World::<F>::new().await;
    let place = Location { id: world.id(), ..world.place.clone() };
    world.put([Change::Location(Box::new(place.clone()))]).await;
    let all = world.all();
    let beyond = EventFilter { after: Some(u64::MAX), ..EventFilter::default() };
    assert!(world.store.events(&all, &beyond, 10).await.unwrap().is_empty());
    let before = EventFilter {
        before: Some(u64::MAX),
        subject: Some(subject::location(place.id)),
        ..EventFilter::default()
    };
    assert_eq!(world.store.events(&all, &before, u32::MAX).await.unwrap().len(), 1);
    assert!(world.store.read(u64::MAX, 10).await.unwrap().is_empty());
    let all_of_it = world.store.read(0, usize::MAX).await.unwrap();
    assert_eq!(all_of_it.len(), world.log_length().await);
}
