//! PostgreSQL restarts, drops its connections, dies and is replaced, in the middle of work.

use std::time::Duration;

use super::load::Load;
use super::primary::Primary;
use super::rounds;
use crate::cluster::{NODE, Town};
use crate::nats_fixture::free_port;
use crate::support::Home;

/// Two nodes on a database at this address.
async fn town(url: &str) -> Town {
    Town::in_home(Home::at(url), 2, &NODE).await
}

#[tokio::test]
async fn i1_i3_i4_a_database_that_restarts_immediately_loses_nothing() {
    let mut primary = Primary::start().await;
    let town = town(&primary.url()).await;
    let mut load = Load::on(&town, "restarts");
    for _ in 0..rounds() {
        load.goes_on(&town, "before").await;
        primary.stop_immediately();
        primary.up().await;
        load.goes_on(&town, "restarted").await;
    }
    load.ends_well(&town).await;
}

#[tokio::test]
async fn i1_i3_i4_connections_that_are_ended_in_a_loop_lose_nothing() {
    let primary = Primary::start().await;
    let town = town(&primary.url()).await;
    let mut load = Load::on(&town, "ended connections");
    load.goes_on(&town, "before").await;
    let client = primary.connect().await;
    let end_all = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let mut ended = 0;
    for _ in 0..30 * rounds() {
        ended += client.query_one(end_all, &[]).await.unwrap().get::<_, i64>(0);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    eprintln!("{ended} connections were ended");
    assert!(ended > 30, "{ended}");
    load.goes_on(&town, "left alone").await;
    load.ends_well(&town).await;
}

#[tokio::test]
async fn i1_i3_i4_a_promoted_synchronous_standby_has_all_that_was_acknowledged() {
    let mut first = Primary::start().await;
    let mut second = first.followed(free_port()).await;
    // Whichever of them is written to, as libpq takes it.
    let hosts = format!("{},{}", first.host(), second.host());
    let town =
        town(&format!("postgres://rishi@{hosts}/postgres?target_session_attrs=read-write")).await;
    let mut load = Load::on(&town, "promotions");
    for round in 0..rounds() {
        load.goes_on(&town, "before").await;
        first.kill();
        second.promote();
        load.goes_on(&town, "promoted").await;
        if round + 1 < rounds() {
            // The one that died begins anew, as the other's standby on its old port.
            first = second.followed(first.port).await;
            std::mem::swap(&mut first, &mut second);
        }
    }
    load.ends_well(&town).await;
}
