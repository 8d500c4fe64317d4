//! What the relay puts into the stream.

use async_nats::jetstream::stream::StorageType;
use rishi_bus::nats::subject;
use uuid::Uuid;

use crate::fixture::Nats;
use crate::support::{Log, assert_holds, event, eventually};

#[tokio::test]
async fn events_lie_in_the_stream_in_the_order_of_the_log_with_their_places() {
    let (nats, log) = (Nats::start().await, Log::default());
    let organization = Uuid::from_u128(5);
    log.ledger.publish([event().with_organization(organization), event()]).unwrap();
    let relay = log.relay(&nats).await;
    log.relayed(2).await;
    let told = nats.stored().await;
    assert_eq!(told[0].subject, format!("rishi.events.{organization}.KETTLE_BOILED"));
    assert_eq!(told[1].subject, "rishi.events.platform.KETTLE_BOILED");
    assert_eq!(
        told.iter().map(|one| (one.position, one.previous)).collect::<Vec<_>>(),
        [(1, 0), (2, 1)]
    );
    assert_eq!(told[0].event["specversion"], "1.0");
    assert_eq!(told[0].event["id"], told[0].id);
    assert_eq!(told[0].event["organizationid"], organization.to_string());
    let head = log.publish(1_000);
    log.relayed(head).await;
    assert_holds(&nats, &log, 0).await;
    let counts = relay.figures.now();
    assert!(counts.connected && counts.relaying, "{counts:?}");
    assert_eq!((counts.cursor, counts.published, counts.repeated), (head, head, 0));
    relay.stop().await;
    let stream = nats.jetstream().await.get_stream("RISHI").await.unwrap();
    let config = &stream.cached_info().config;
    assert_eq!(
        (config.storage, config.subjects.clone()),
        (StorageType::File, vec![subject::EVENTS.to_owned()])
    );
}

#[tokio::test]
async fn a_stop_writes_the_cursor_down_and_the_next_start_goes_on_there() {
    let (nats, log) = (Nats::start().await, Log::default());
    let relay = log.relay(&nats).await;
    let head = log.publish(10);
    eventually("all are published", async || (relay.figures.now().published == head).then_some(()))
        .await;
    relay.stop().await;
    assert_eq!(log.book.now().position, head);
    let again = log.relay(&nats).await;
    let head = log.publish(10);
    log.relayed(head).await;
    assert_eq!(again.figures.now().published, 10, "only what was not there");
    assert_holds(&nats, &log, 0).await;
}

#[tokio::test]
async fn what_a_killed_process_had_not_written_down_is_known_by_its_id() {
    let (nats, log) = (Nats::start().await, Log::default());
    let relay = log.relay(&nats).await;
    let head = log.publish(50);
    eventually("all are published", async || (relay.figures.now().published == head).then_some(()))
        .await;
    relay.kill();
    // At the worst nothing at all was written down.
    let before = Log { ledger: log.ledger.clone(), ..Log::default() };
    let again = before.relay(&nats).await;
    before.relayed(head).await;
    assert_eq!(again.figures.now().repeated, head);
    assert_holds(&nats, &log, 0).await;
}

#[tokio::test]
async fn two_relays_at_once_publish_each_event_once_and_in_order() {
    let (nats, log) = (Nats::start().await, Log::default());
    let both = [log.relay(&nats).await, log.relay(&nats).await];
    let mut head = 0;
    for _ in 0..40 {
        head = log.publish(50);
        tokio::task::yield_now().await;
    }
    log.relayed(head).await;
    assert_holds(&nats, &log, 0).await;
    // One of them stands by, until the other is gone.
    let [one, other] = both;
    let (working, standing) = if one.figures.is_relaying() { (one, other) } else { (other, one) };
    working.kill();
    let head = log.publish(5);
    log.relayed(head).await;
    eventually("the other has taken over", async || standing.figures.is_relaying().then_some(()))
        .await;
    assert_holds(&nats, &log, 0).await;
}

#[tokio::test]
async fn what_somebody_else_puts_into_the_stream_is_in_nobodys_way() {
    let (nats, log) = (Nats::start().await, Log::default());
    let relay = log.relay(&nats).await;
    let head = log.publish(20);
    log.relayed(head).await;
    let forged = nats.jetstream().await;
    let mut told = 0;
    for number in 0..200_u32 {
        let sent = forged.publish("rishi.events.platform.FORGED", "{}".into()).await.unwrap();
        sent.await.unwrap();
        if number % 20 == 0 {
            told = log.publish(7);
        }
    }
    log.relayed(told).await;
    let jetstream = nats.jetstream().await;
    let stream = jetstream.get_stream("RISHI").await.unwrap();
    stream.purge().filter("rishi.events.platform.FORGED").await.unwrap();
    assert_holds(&nats, &log, 0).await;
    assert!(relay.figures.now().resumed > 0, "it was misplaced and found its place again");
}
