//! Three servers that are one.

use crate::fixture::Nats;
use crate::support::{Log, assert_holds, eventually};

#[tokio::test]
async fn guarantee_7_a_cluster_that_loses_its_leader_goes_on() {
    let mut cluster = Nats::cluster().await;
    let log = Log::default();
    let servers = cluster.iter().map(Nats::url).collect();
    let _relay = log.relay_to(servers, 3).await;
    let head = log.publish(300);
    log.relayed(head).await;
    let stream = cluster[0].jetstream().await.get_stream("RISHI").await.unwrap();
    let info = stream.get_info().await.unwrap();
    assert_eq!(info.config.num_replicas, 3);
    let leader = info.cluster.unwrap().leader.unwrap();
    let leader = cluster.iter().position(|nats| nats.is_named(&leader)).unwrap();
    log.publish(300);
    cluster[leader].kill();
    let head = log.publish(300);
    log.relayed(head).await;
    let other = (leader + 1) % 3;
    assert_holds(&cluster[other], &log, 0).await;
    cluster[leader].up().await;
    let head = log.publish(10);
    log.relayed(head).await;
    eventually("all three have all", async || {
        let stream = cluster[other].jetstream().await.get_stream("RISHI").await.ok()?;
        let cluster = stream.get_info().await.ok()?.cluster?;
        cluster.replicas.iter().all(|one| one.current).then_some(())
    })
    .await;
}
