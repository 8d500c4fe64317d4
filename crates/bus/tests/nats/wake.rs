//! Hints make a node look, and nothing more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_nats::HeaderMap;
use rishi_bus::nats::{Link, Wake, subject};
use rishi_bus::relay::TransportFigures;
use rishi_bus::testing::{Call, Fault, MemoryLedger};
use rishi_bus::{Ledger, Position};
use tokio_util::sync::CancellationToken;

use crate::fixture::Nats;
use crate::support::{event, eventually, jitter, linked};

struct Node {
    ledger: Arc<MemoryLedger>,
    figures: Arc<TransportFigures>,
    looks: Arc<AtomicU64>,
    _link: Arc<Link>,
}

impl Node {
    async fn start(nats: &Nats) -> Self {
        let (ledger, figures) = (Arc::new(MemoryLedger::default()), Arc::default());
        let looks = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&looks);
        ledger.on_call(move |call| {
            if matches!(call, Call::RefreshHead) {
                counted.fetch_add(1, Ordering::Relaxed);
            }
            Fault::None
        });
        let link = linked(vec![nats.url()], 1, Arc::clone(&figures)).await;
        let wake = Wake::new(Arc::clone(&link), Arc::clone(&ledger), jitter());
        tokio::spawn(wake.run(CancellationToken::new()));
        let node = Self { ledger, figures, looks, _link: link };
        // It listens when a hint reaches it.
        let client = nats.client().await;
        node.ledger.publish_unseen([event()]);
        eventually("it listens", async || {
            client.publish(subject::WAKE, "1".into()).await.unwrap();
            client.flush().await.unwrap();
            (node.head() == 1).then_some(())
        })
        .await;
        node
    }

    fn head(&self) -> Position {
        *self.ledger.head().borrow()
    }
}

fn headers(position: &str, previous: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(subject::POSITION, position);
    headers.insert(subject::PREVIOUS, previous);
    headers
}

#[tokio::test]
async fn a_relayed_event_wakes_a_node_within_milliseconds_and_a_gap_is_filled_from_the_log() {
    let nats = Nats::start().await;
    let (node, client) = (Node::start(&nats).await, nats.client().await);
    let name = "rishi.events.platform.KETTLE_BOILED";
    // Positions 2 to 4 are in the log; only the last is heard of.
    client.publish_with_headers(name, headers("1", "0"), "{}".into()).await.unwrap();
    node.ledger.publish_unseen([event(), event(), event()]);
    let mut head = node.ledger.head();
    client.publish_with_headers(name, headers("4", "3"), "{}".into()).await.unwrap();
    let woken = tokio::time::timeout(Duration::from_millis(500), head.wait_for(|head| *head == 4));
    woken.await.expect("sooner than the look of every second").unwrap();
    assert_eq!(node.figures.now().gaps, 1);
    assert_eq!(node.ledger.read(1, 10).await.unwrap().len(), 3, "nothing is missing");
}

#[tokio::test]
async fn guarantee_7_forged_repeated_and_reordered_messages_change_nothing() {
    let nats = Nats::start().await;
    let (node, client) = (Node::start(&nats).await, nats.client().await);
    let before = node.looks.load(Ordering::Relaxed);
    let begun = tokio::time::Instant::now();
    let name = "rishi.events.platform.FORGED";
    for number in 0..3_000_u64 {
        let far = (u64::MAX - number).to_string();
        client
            .publish_with_headers(name, headers(&far, "0"), "not even JSON".into())
            .await
            .unwrap();
        client.publish_with_headers(name, headers("1", "7"), "{}".into()).await.unwrap();
        client.publish_with_headers(name, headers("-1", "x"), "{}".into()).await.unwrap();
        client.publish(name, "{}".into()).await.unwrap();
        client.publish(subject::WAKE, "\u{fffd}".into()).await.unwrap();
    }
    client.flush().await.unwrap();
    // A true one among the lies is heard as well.
    node.ledger.publish_unseen([event()]);
    client.publish_with_headers(name, headers("2", "1"), "{}".into()).await.unwrap();
    eventually("the true one is heard", async || (node.head() == 2).then_some(())).await;
    assert_eq!(node.head(), 2, "nobody's word is taken for the log's head");
    let looks = node.looks.load(Ordering::Relaxed) - before;
    let most = 5 + 5 * begun.elapsed().as_secs();
    assert!(looks <= most, "{looks} looks in {:?}", begun.elapsed());
}
