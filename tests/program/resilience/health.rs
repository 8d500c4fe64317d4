//! Health for machines: a media type of its own, and a command for container probes.

use reqwest::Method;
use serde_json::json;

use crate::support::client::send;
use crate::support::{Home, World, eventually};

#[tokio::test]
async fn whoever_asks_for_health_json_gets_the_same_report_in_its_words() {
    let world = World::new().await;
    world.settle().await;
    let request = world.admin.request(Method::GET, "/api/system/health");
    let request = request.header("Accept", "application/health+json");
    let answer = send(request).await.unwrap().is(200);
    assert_eq!(answer.header("content-type"), "application/health+json");
    assert_eq!(answer.body["status"], "pass", "{answer:#?}");
    let checks = answer.body["checks"].as_object().unwrap();
    for name in [
        "database:responseTime",
        "eventBus:recentErrors",
        "circuitBreakers:open",
        "memory:utilization",
    ] {
        let check = &checks[name][0];
        assert_eq!(check["status"], "pass", "{name}: {check}");
        assert!(check["observedValue"].is_number() && check["time"].is_string(), "{name}: {check}");
    }
    let plain = world.admin.get("/api/system/health").await.is(200);
    assert_eq!(plain.header("content-type"), "application/json");
    let external = &plain.body["components"]["external"];
    assert_eq!(
        (&external["status"], &external["details"]),
        (&json!("healthy"), &json!({ "dependencies": [] }))
    );
}

#[tokio::test]
async fn the_health_command_says_by_its_exit_code_whether_the_server_wants_requests() {
    let mut world = World::new().await;
    let address = world.server.address();
    let ask = |home: &Home, more: &[&str]| {
        let arguments: Vec<&str> = ["health"].iter().chain(more).copied().collect();
        home.rishi_with(&[("RISHI_HTTP_ADDR", &address)], &arguments)
    };
    assert_eq!(ask(&world.home, &[]).ok().stdout, "ready\n");
    assert_eq!(ask(&world.home, &["--json"]).json(), json!({ "status": "ready" }));
    assert_eq!(ask(&world.home, &["--live"]).ok().stdout, "alive\n");

    world.admin.post("/api/system/circuits/database/open", &json!({})).await.is(200);
    let unready = ask(&world.home, &[]);
    assert_eq!(unready.code, Some(1), "{unready:?}");
    assert!(unready.stderr.contains("unavailable"), "{unready:?}");
    ask(&world.home, &["--live"]).ok();

    // While it drains it says so to those who are connected already; others are not let in.
    world.server.stop().await;
    let gone = eventually("nobody answers", async || {
        let run = ask(&world.home, &["--timeout", "1"]);
        (run.code == Some(1)).then_some(run)
    })
    .await;
    assert!(gone.stderr.contains(&address), "{gone:?}");
    assert!(world.home.database().exists(), "it opens no database and harms none");
}
