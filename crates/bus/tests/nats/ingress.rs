//! Messages of others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use rishi_bus::nats::Intake;
use rishi_bus::relay::{Ingress, Message, NotTaken, Taken, TransportFigures};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::fixture::Nats;
use crate::support::{eventually, jitter, linked};

const ORGANIZATION: Uuid = Uuid::from_u128(5);

/// Takes what says `good`, refuses what says `bad`, and fails twice for what says `later`.
#[derive(Default)]
struct Judge(Mutex<HashMap<String, u32>>);

impl Judge {
    fn seen(&self, body: &str) -> u32 {
        self.0.lock().unwrap().get(body).copied().unwrap_or_default()
    }
}

#[async_trait]
impl Ingress for Judge {
    async fn take(&self, message: Message) -> Result<Taken, NotTaken> {
        assert_eq!(message.organization, ORGANIZATION);
        let body = String::from_utf8(message.body).unwrap();
        let mut seen = self.0.lock().unwrap();
        let count = seen.entry(body.clone()).or_default();
        *count += 1;
        match body.split(' ').next().unwrap() {
            "good" if *count == 1 => Ok(Taken::Fresh),
            "good" => Ok(Taken::Known),
            "later" if *count < 3 => Err(NotTaken::Later("the database is down".to_owned())),
            "later" => Ok(Taken::Fresh),
            _ => Err(NotTaken::Refused { reason: "type", text: "so it\ncannot be".to_owned() }),
        }
    }
}

struct Running {
    judge: Arc<Judge>,
    figures: Arc<TransportFigures>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

async fn start(nats: &Nats) -> Running {
    let (judge, figures) = (Arc::new(Judge::default()), Arc::new(TransportFigures::default()));
    let link = linked(vec![nats.url()], 1, Arc::clone(&figures)).await;
    let stop = CancellationToken::new();
    let intake = Intake::new(link, judge.clone(), jitter());
    let task = tokio::spawn(intake.run(stop.clone()));
    eventually("the stream is there", async || {
        nats.jetstream().await.get_stream("RISHI_INGRESS").await.ok().map(drop)
    })
    .await;
    Running { judge, figures, stop, task }
}

async fn publish(nats: &Nats, body: &str) {
    let name = format!("rishi.ingress.{ORGANIZATION}.EXTERNAL_X");
    let jetstream = nats.jetstream().await;
    jetstream.publish(name, body.to_owned().into()).await.unwrap().await.unwrap();
}

async fn left(nats: &Nats) -> u64 {
    let stream = nats.jetstream().await.get_stream("RISHI_INGRESS").await.unwrap();
    stream.get_info().await.unwrap().state.messages
}

#[tokio::test]
async fn bad_messages_are_ended_with_a_reason_and_block_nobody() {
    let nats = Nats::start().await;
    let running = start(&nats).await;
    let client = nats.client().await;
    let mut advisories =
        client.subscribe("$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>").await.unwrap();
    client.flush().await.unwrap();
    for number in 0..20 {
        publish(&nats, &format!("bad {number}")).await;
    }
    publish(&nats, "later 1").await;
    publish(&nats, "good 1").await;
    let jetstream = nats.jetstream().await;
    jetstream.publish("rishi.ingress.x.y.z", "bad".into()).await.unwrap().await.unwrap();
    eventually("the good one is taken", async || (running.judge.seen("good 1") == 1).then_some(()))
        .await;
    eventually("the late one as well", async || (running.judge.seen("later 1") == 3).then_some(()))
        .await;
    eventually("nothing is left", async || (left(&nats).await == 0).then_some(())).await;
    for number in 0..20 {
        assert_eq!(running.judge.seen(&format!("bad {number}")), 1, "it does not come again");
    }
    let counts = running.figures.now();
    assert_eq!(counts.refused, [("subject", 1), ("type", 20)]);
    assert_eq!((counts.taken, counts.postponed), (2, 2));
    let advisory = advisories.next().await.unwrap();
    let advisory: serde_json::Value = serde_json::from_slice(&advisory.payload).unwrap();
    assert_eq!(advisory["reason"], "type: so it cannot be");
}

#[tokio::test]
async fn a_stop_finishes_and_a_new_start_takes_what_came_meanwhile() {
    let nats = Nats::start().await;
    let running = start(&nats).await;
    publish(&nats, "good 1").await;
    eventually("it is taken", async || (running.judge.seen("good 1") == 1).then_some(())).await;
    running.stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), running.task).await.expect("it ends").unwrap();
    publish(&nats, "good 2").await;
    let running = start(&nats).await;
    eventually("it is taken", async || (running.judge.seen("good 2") == 1).then_some(())).await;
    assert_eq!(running.judge.seen("good 1"), 0, "what was acknowledged does not come again");
}

#[tokio::test]
async fn guarantee_7_a_deleted_stream_and_a_killed_broker_are_got_over() {
    let mut nats = Nats::start().await;
    let running = start(&nats).await;
    let jetstream = nats.jetstream().await;
    jetstream.delete_stream("RISHI_INGRESS").await.unwrap();
    eventually("it is there again", async || {
        jetstream.get_stream("RISHI_INGRESS").await.ok().map(drop)
    })
    .await;
    publish(&nats, "good 1").await;
    eventually("it is taken", async || (running.judge.seen("good 1") > 0).then_some(())).await;
    nats.kill();
    nats.up().await;
    publish(&nats, "good 2").await;
    eventually("it is taken", async || (running.judge.seen("good 2") > 0).then_some(())).await;
}
