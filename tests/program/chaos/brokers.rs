//! Three NATS servers that are one: each dies in turn, and what the stream holds is thrown away.

use super::load::Load;
use super::rounds;
use crate::cluster::{NODE, Town};
use crate::nats_fixture::Nats;
use crate::support::{Home, eventually};

#[tokio::test]
async fn postgres_i13_brokers_that_die_in_turn_and_a_stream_that_is_erased_cost_nothing() {
    let mut cluster = Nats::cluster().await;
    let servers = cluster.each_ref().map(Nats::url).join(",");
    let nats = [("RISHI_NATS_URL", servers.as_str()), ("RISHI_NATS_REPLICAS", "3")];
    let environment = [NODE.as_slice(), &nats].concat();
    let town = Town::in_home(Home::on_postgres().await, 2, &environment).await;
    let mut load = Load::on(&town, "brokers");
    load.goes_on(&town, "before").await;
    for _ in 0..rounds() {
        for broker in &mut cluster {
            broker.kill();
            load.goes_on(&town, "a broker is dead").await;
            broker.up().await;
        }
        eventually("the stream is there, three times", async || {
            let stream = cluster[0].jetstream().await.get_stream("RISHI").await.ok()?;
            let peers = stream.get_info().await.ok()?.cluster?.replicas;
            (peers.len() == 2 && peers.iter().all(|one| one.current)).then_some(())
        })
        .await;
        let jetstream = cluster[0].jetstream().await;
        jetstream.get_stream("RISHI").await.unwrap().purge().await.unwrap();
        load.goes_on(&town, "the stream is purged").await;
        jetstream.delete_stream("RISHI").await.unwrap();
        load.goes_on(&town, "the stream is deleted").await;
    }
    load.ends_well(&town).await;
    // Whoever reads the stream reads on: it is there again, without a gap, to the end of the log.
    let end = crate::nats::figure(&town.world.admin, "rishi_log_head").await;
    eventually("the end of the log is in the stream", async || {
        cluster[1].jetstream().await.get_stream("RISHI").await.ok()?;
        let all = cluster[1].stored().await;
        assert!(all.windows(2).all(|pair| pair[1].previous == pair[0].position), "no gap");
        (all.last()?.position >= end).then_some(())
    })
    .await;
}
