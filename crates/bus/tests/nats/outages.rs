//! Guarantee 7: the broker is killed, purged, deleted, and set back.

use std::process::Command;
use std::time::Duration;

use crate::fixture::Nats;
use crate::support::{Log, assert_holds, eventually};

#[tokio::test]
async fn guarantee_7_a_killed_broker_gets_what_it_has_missed() {
    let (mut nats, log) = (Nats::start().await, Log::default());
    let relay = log.relay(&nats).await;
    for round in 0..3 {
        log.publish(500);
        // In the middle of it, more or less.
        eventually("some are published", async || {
            (relay.figures.now().published > round * 700).then_some(())
        })
        .await;
        nats.kill();
        log.publish(200);
        eventually("it is noticed", async || log.book.now().error.map(drop)).await;
        nats.up().await;
        let head = log.publish(0);
        log.relayed(head).await;
    }
    assert_holds(&nats, &log, 0).await;
    assert!(log.book.now().connected);
}

#[tokio::test]
async fn guarantee_7_a_purged_stream_goes_on_from_the_cursor() {
    let (nats, log) = (Nats::start().await, Log::default());
    let _relay = log.relay(&nats).await;
    let head = log.publish(20);
    log.relayed(head).await;
    nats.jetstream().await.get_stream("RISHI").await.unwrap().purge().await.unwrap();
    let after = log.publish(20);
    log.relayed(after).await;
    assert_holds(&nats, &log, head).await;
}

#[tokio::test]
async fn guarantee_7_a_deleted_stream_is_made_again_and_goes_on_from_the_cursor() {
    let (nats, log) = (Nats::start().await, Log::default());
    let _relay = log.relay(&nats).await;
    let head = log.publish(20);
    log.relayed(head).await;
    let jetstream = nats.jetstream().await;
    for _ in 0..2 {
        let before = log.book.now().position;
        jetstream.delete_stream("RISHI").await.unwrap();
        let after = log.publish(20);
        log.relayed(after).await;
        assert_holds(&nats, &log, before).await;
    }
}

#[tokio::test]
async fn guarantee_7_a_stream_that_lost_its_end_gets_it_again() {
    let (mut nats, log) = (Nats::start().await, Log::default());
    let relay = log.relay(&nats).await;
    let head = log.publish(20);
    log.relayed(head).await;
    // A copy of an earlier state, as a disk leaves it that had not kept what was acknowledged.
    nats.kill();
    let (store, copy) = (nats.store(), nats.store().with_file_name("copy"));
    let run = |program: &str, from: &std::path::Path, to: &std::path::Path| {
        let done = Command::new(program).args(["-a", "-T"]).args([from, to]).status().unwrap();
        assert!(done.success());
    };
    run("cp", &store, &copy);
    nats.up().await;
    let head = log.publish(30);
    log.relayed(head).await;
    nats.kill();
    relay.stop().await;
    std::fs::remove_dir_all(&store).unwrap();
    run("cp", &copy, &store);
    nats.up().await;
    let _relay = log.relay(&nats).await;
    eventually("the end is there again", async || {
        let state =
            nats.jetstream().await.get_stream("RISHI").await.ok()?.get_info().await.ok()?.state;
        (state.messages == head).then_some(())
    })
    .await;
    assert_holds(&nats, &log, 0).await;
}

#[tokio::test]
async fn a_broker_that_comes_later_gets_everything() {
    let (mut nats, log) = (Nats::start().await, Log::default());
    nats.kill();
    let head = log.publish(300);
    let relay = log.relay(&nats).await;
    eventually("it is told why", async || {
        log.book.now().error.filter(|(text, _)| text.contains("NATS is not connected"))
    })
    .await;
    assert!(!relay.figures.now().connected);
    tokio::time::sleep(Duration::from_secs(2)).await;
    nats.up().await;
    log.relayed(head).await;
    assert_holds(&nats, &log, 0).await;
}
