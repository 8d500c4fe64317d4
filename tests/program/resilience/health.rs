//! Health for machines: a media type of its own, and a command for container probes.

use reqwest::Method;
use serde_json::json;

use super::disk::SmallDisk;
use crate::support::client::send;
use crate::support::{Client, Home, World, eventually};

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

    world.server.stop().await;
    let gone = eventually("nobody answers", async || {
        let run = ask(&world.home, &["--timeout", "1"]);
        (run.code == Some(1)).then_some(run)
    })
    .await;
    assert!(gone.stderr.contains(&address), "{gone:?}");
    assert!(world.home.database().exists(), "it opens no database and harms none");
}

#[tokio::test]
async fn mail_that_is_down_is_told_of_and_keeps_nobody_out() {
    let mail = [
        ("RISHI_SMTP_URL", "smtp://127.0.0.1:1"),
        ("RISHI_MAIL_FROM", "Rishi <rishi@example.org>"),
    ];
    let world = World::configured(&mail).await;
    let visitor = Client::new(&world.server.base);
    let told = eventually("it is noticed", async || {
        let body = world.admin.get("/api/system/health").await.is(200).body;
        (body["components"]["external"]["status"] == "degraded").then_some(body)
    })
    .await;
    let [smtp] = &told["components"]["external"]["details"]["dependencies"].as_array().unwrap()[..]
    else {
        panic!("one dependency: {told:#}")
    };
    assert_eq!(smtp["name"], "smtp", "{told:#}");
    assert_eq!(told["overall"], "degraded", "{told:#}");
    visitor.get("/readyz").await.is(200);
    world.draft().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_written_stops_the_start_with_one_clear_line() {
    let home = Home::new();
    let folder = home.path("disk");
    std::fs::create_dir(&folder).unwrap();
    let Some(disk) = SmallDisk::over(&folder) else {
        println!("skipped: mounting takes root");
        return;
    };
    let url = format!("sqlite:{}", folder.join("rishi.db").display());
    let environment = [("RISHI_DATABASE_URL", url.as_str())];
    let mut server = home.serve_with(&environment).await;
    server.stop().await;
    disk.becomes_read_only();
    let run = home.rishi_with(&environment, &["serve"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("cannot be written"), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
}
