//! The relay's cursor, and messages of others.

use rishi_app::commit::{Change, CommitError};
use rishi_app::transport::{Book, Gate, Received, RelayStanding, TransportChange};
use rishi_app::{Commit, Store as _};
use rishi_bus::Ledger as _;
use rishi_bus::Subject;
use rishi_bus::relay::{Ingress as _, Message, NotTaken, RelayBook as _, Taken};
use serde_json::json;
use uuid::Uuid;

use crate::things::hour;
use crate::world::{Fixture, World};

fn book<F: Fixture>(world: &World<F>) -> Book {
    Book::new(world.app.store.clone(), world.app.clock.clone())
}

async fn standing<F: Fixture>(world: &World<F>) -> RelayStanding {
    world.app.relay().await.unwrap()
}

pub(crate) async fn the_relays_cursor_moves_only_from_where_it_stands<F: Fixture>() {
    let world = World::<F>::new().await;
    let book = book(&world);
    let before = standing(&world).await;
    assert_eq!((before.state.position, before.state.connected), (0, false));
    assert!(before.head > 3 && before.lag() == before.head && before.oldest.is_some());
    assert!(book.advance(0, 3).await.unwrap());
    assert!(!book.advance(0, 2).await.unwrap(), "it does not stand there any more");
    assert!(!book.advance(4, 5).await.unwrap());
    assert!(book.advance(3, before.head).await.unwrap());
    let after = standing(&world).await;
    assert_eq!((after.state.position, after.lag(), after.oldest), (before.head, 0, None));
    assert!(after.state.moved_at.is_some());
    assert!(book.advance(before.head, 1).await.unwrap(), "back as well, where it has to");
    let head = world.store.refresh_head().await.unwrap();
    assert_eq!(head, before.head, "moving it tells no event");
}

pub(crate) async fn what_kept_the_relay_stays_until_the_next_time<F: Fixture>() {
    let world = World::<F>::new().await;
    let book = book(&world);
    book.tell(Some("x".repeat(1_000))).await.unwrap();
    let state = standing(&world).await.state;
    let (error, _) = state.error.unwrap();
    assert!(!state.connected && error.len() == 500);
    book.tell(None).await.unwrap();
    let state = standing(&world).await.state;
    assert!(state.connected && state.error.is_some(), "what was last is still to be seen");
}

fn message(organization: Uuid, id: &str, subject: Option<&str>) -> Message {
    let event_type = "EXTERNAL_DOOR_OPENED".to_owned();
    let body = json!({
        "specversion": "1.0", "id": id, "source": "/doors", "type": event_type, "subject": subject,
        "correlationid": Uuid::from_u128(9), "data": { "door": id },
    });
    Message { organization, event_type, body: body.to_string().into_bytes() }
}

pub(crate) async fn a_message_of_others_enters_the_log_once<F: Fixture>() {
    let world = World::<F>::new().await;
    let gate = Gate::new(world.app.clone());
    let client = world.client.id.0;
    let before = world.store.refresh_head().await.unwrap();
    let all = [
        gate.take(message(client, "1", Some("door/7"))).await,
        gate.take(message(client, "1", Some("door/8"))).await,
        gate.take(message(client, "2", Some("door/7"))).await,
        gate.take(message(world.stranger.id.0, "1", Some("door/7"))).await,
    ];
    assert_eq!(all, [Ok(Taken::Fresh), Ok(Taken::Known), Ok(Taken::Fresh), Ok(Taken::Fresh)]);
    world.store.refresh_head().await.unwrap();
    let events = world.store.read(before, 10).await.unwrap();
    let [one, two, other] = &events[..] else { panic!("{events:?}") };
    assert_eq!(one.organization_id, Some(client));
    assert_eq!(
        (&*one.event_type, one.source.as_str()),
        ("EXTERNAL_DOOR_OPENED", "external//doors")
    );
    assert_eq!(one.correlation_id, Some(Uuid::from_u128(9)));
    assert_eq!((one.subject.kind(), one.version, two.version), ("external", 1, 2));
    assert_eq!(one.subject, two.subject, "the same thing of the same source");
    assert_ne!(one.subject, other.subject, "another's is another");
    let metadata: serde_json::Value =
        serde_json::from_str(one.metadata.as_deref().unwrap().get()).unwrap();
    assert_eq!(metadata["ingress"]["id"], "1");
    assert_eq!(metadata["ingress"]["subject"], "door/7");
}

pub(crate) async fn many_at_once_take_a_message_once<F: Fixture>() {
    let world = World::<F>::new().await;
    let gate = Gate::new(world.app.clone());
    let client = world.client.id.0;
    let taking = (0..16).map(|_| gate.take(message(client, "1", None)));
    let taken = futures::future::join_all(taking).await;
    let fresh = taken.iter().filter(|one| **one == Ok(Taken::Fresh)).count();
    let known = taken.iter().filter(|one| **one == Ok(Taken::Known)).count();
    assert_eq!((fresh, known), (1, 15), "{taken:?}");
}

pub(crate) async fn nobody_is_told_for_an_organization_that_is_not_there<F: Fixture>() {
    let world = World::<F>::new().await;
    let gate = Gate::new(world.app.clone());
    let refused = gate.take(message(Uuid::from_u128(77), "1", None)).await.unwrap_err();
    assert!(matches!(refused, NotTaken::Refused { reason: "organization", .. }), "{refused:?}");
}

pub(crate) async fn a_message_without_its_event_is_malformed<F: Fixture>() {
    let world = World::<F>::new().await;
    let received = Received {
        organization: world.client.id,
        source: "x".to_owned(),
        id: "1".to_owned(),
        event: Uuid::from_u128(1),
        subject: Subject::new("external", Uuid::from_u128(2)),
        at: hour(0),
    };
    let changes = vec![Change::Transport(TransportChange::Received(Box::new(received)))];
    let refused = world.store.commit(Commit { changes, ..Commit::default() }).await.unwrap_err();
    assert!(matches!(refused, CommitError::Malformed(_)), "{refused:?}");
}
