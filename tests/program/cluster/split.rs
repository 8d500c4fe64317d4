//! Nodes that do one thing or the other, and databases that nobody shares.

use serde_json::{Value, json};

use super::{NODE, Town};
use crate::support::{Home, World};

#[tokio::test]
async fn postgres_one_node_answers_and_another_works() {
    let home = Home::on_postgres().await;
    home.rishi(&["migrate"]).ok();
    let [api, worker] = ["api", "worker"].map(|role| [NODE[0], ("RISHI_ROLES", role)]);
    let mut town = Town::configured(1, &api).await;
    let booking = town.world.draft().await.id();
    let seen = town.world.admin.get("/api/system/cluster").await.is(200).body;
    assert_eq!(seen["nodes"][0]["roles"], json!(["api"]));
    assert_eq!(seen["nodes"][0]["leases"], 0);
    let services = town.world.admin.get("/api/system/services").await.is(200);
    let names: Vec<&str> =
        services.list("services").iter().filter_map(|one| one["name"].as_str()).collect();
    assert!(
        !names.iter().any(|name| name.contains("subscription") || *name == "webhooks"),
        "{names:?}"
    );
    assert!(World::inbox_about(&town.world.manager, &booking).await.is_empty());
    assert!(town.told().is_empty());

    town.beside.push(town.world.home.serve_with(&worker).await);
    town.told_once(std::slice::from_ref(&booking)).await;
    town.noted_once(&[booking]).await;
    let base = town.beside[0].base.clone();
    for (path, status) in
        [("/livez", 200), ("/readyz", 200), ("/metrics", 200), ("/api/bookings", 404), ("/", 404)]
    {
        let answer = reqwest::get(format!("{base}{path}")).await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        if status == 404 {
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "not_found", "{problem}");
        }
    }
    town.is_whole().await;
}

#[test]
fn a_database_in_a_file_has_one_process_that_does_everything() {
    let home = Home::new();
    if home.url().starts_with("postgres") {
        return;
    }
    for (arguments, names) in [
        (["serve", "--roles", "api"], "PostgreSQL"),
        (["serve", "--roles", "worker"], "PostgreSQL"),
        (["serve", "--roles", "cook"], "api,worker"),
    ] {
        let refused = home.rishi(&arguments);
        assert_eq!(refused.code, Some(1), "{refused:#?}");
        assert!(refused.stderr.contains("roles") && refused.stderr.contains(names), "{refused:#?}");
    }
}

#[tokio::test]
async fn the_cluster_of_a_file_is_the_one_process_that_answers() {
    let world = World::new().await;
    if world.home.url().starts_with("postgres") {
        return;
    }
    let seen = world.admin.get("/api/system/cluster").await.is(200).body;
    assert_eq!((&seen["shared"], &seen["leases"]), (&json!(false), &json!([])));
    assert_eq!(seen["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(seen["nodes"][0]["id"], seen["node"]);
    assert_eq!(seen["nodes"][0]["address"], world.server.address());
    let told = world.home.rishi(&["cluster", "status", "--json"]).json();
    assert_eq!((&told["shared"], &told["nodes"]), (&json!(false), &json!([])));
    assert!(told["sequencer"]["head"].as_u64() > Some(0), "{told}");
    let told = world.home.rishi(&["cluster", "status"]).ok().stdout;
    assert!(told.contains("one process"), "{told}");
}
