//! Circuits before an operator: held open, held closed, left to themselves, and told in the log.

use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::{Client, World, eventually};

async fn circuit(admin: &Client, name: &str) -> Value {
    let answer = admin.get("/api/system/circuits").await.is(200);
    let found = answer.list("circuits").iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is there: {answer:#?}")).clone()
}

#[tokio::test]
async fn a_circuit_is_listed_with_its_state_its_counts_and_its_settings() {
    let world = World::new().await;
    world.settle().await;
    let database = circuit(&world.admin, "database").await;
    assert_eq!((&database["state"], &database["mode"]), (&json!("closed"), &json!("auto")));
    assert!(database["totals"]["succeeded"].as_u64() > Some(10), "{database}");
    assert_eq!((&database["failureCount"], &database["totals"]["failed"]), (&json!(0), &json!(0)));
    let settings = json!({
        "failures": 5, "percent": 50, "calls": 20, "timeoutSeconds": 10, "openSeconds": 60, "probes": 3,
    });
    assert_eq!(database["settings"], settings);
    assert_eq!(database["window"]["seconds"], 30);
    world.manager.get("/api/system/circuits").await.refused(403, "forbidden");
}

#[tokio::test]
async fn held_open_the_database_is_refused_at_once_and_the_log_is_untouched() {
    let world = World::new().await;
    let booking = world.draft().await.id();
    world.settle().await;
    let path = "/api/system/circuits/database";
    let held = world.admin.post(&format!("{path}/open"), &json!({})).await.is(200);
    assert_eq!(held.body, json!({ "name": "database", "state": "open", "mode": "open" }));
    let before = Database::of(&world.home).events().len();

    let scraper = Client::new(&world.server.base);
    let read = world.manager.get(&format!("/api/bookings/{booking}")).await;
    let listed = world.manager.get("/api/bookings").await;
    let written = world.draft_by(&world.manager).await;
    for answer in [read, listed, written] {
        let answer = answer.refused(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "60", "{answer:#?}");
    }
    assert_eq!(Database::of(&world.home).events().len(), before);
    scraper.get("/livez").await.is(200);
    scraper.get("/readyz").await.is(503);
    let health = world.admin.get("/api/system/health").await.is(200);
    let breakers = &health.body["components"]["circuitBreakers"];
    assert_eq!(
        (&breakers["status"], &breakers["details"]["openCircuits"]),
        (&json!("degraded"), &json!(1))
    );
    assert_eq!(health.body["components"]["database"]["status"], "healthy", "it is only not asked");
    let metrics = scraper.get("/metrics").await.is(200).text;
    let open = "rishi_circuit_state{circuit=\"database\",state=\"open\"} 1";
    assert!(metrics.contains(open), "{metrics}");
    assert!(circuit(&world.admin, "database").await["totals"]["refused"].as_u64() >= Some(3));

    world.admin.post(&format!("{path}/close"), &json!({})).await.is(200);
    world.draft().await;
    scraper.get("/readyz").await.is(200);
    let freed = world.admin.post(&format!("{path}/auto"), &json!({})).await.is(200);
    assert_eq!(freed.body, json!({ "name": "database", "state": "closed", "mode": "auto" }));
    // What was booked while it was open was told to nobody; what was booked before and after was.
    world.settle().await;
    let told = eventually("the log is told of the changes", async || {
        let told = events(&world.admin).await;
        (told.len() == 5).then_some(told)
    })
    .await;
    let mut types: Vec<&str> = told.iter().map(|one| one["type"].as_str().unwrap()).collect();
    types.sort_unstable();
    let expected =
        ["CIRCUIT_CLOSED", "CIRCUIT_FORCED", "CIRCUIT_FORCED", "CIRCUIT_FORCED", "CIRCUIT_OPENED"];
    assert_eq!(types, expected);
    for event in &told {
        assert_eq!(event["data"]["circuit"], "database", "{event}");
        let by_hand = event["type"] == "CIRCUIT_FORCED";
        assert_eq!(event["userId"].is_string(), by_hand, "an operator's word has a name: {event}");
        let address = &event["metadata"]["address"];
        assert_eq!(*address == "127.0.0.1", by_hand, "and a place: {event}");
    }
}

#[tokio::test]
async fn holding_is_for_super_administrators_and_for_what_is_there() {
    let world = World::new().await;
    let internal = world.person("internal_admin", None).client;
    internal.get("/api/system/circuits").await.is(200);
    for verb in ["open", "close", "auto"] {
        let path = format!("/api/system/circuits/database/{verb}");
        internal.post(&path, &json!({})).await.refused(403, "forbidden");
        let path = format!("/api/system/circuits/nothing/{verb}");
        world.admin.post(&path, &json!({})).await.refused(404, "not_found");
    }
    // Saying what holds already changes nothing and is told to nobody.
    world.admin.post("/api/system/circuits/database/auto", &json!({})).await.is(200);
    assert_eq!(events(&world.admin).await, Vec::<Value>::new());
}

async fn events(admin: &Client) -> Vec<Value> {
    let answer = admin.get("/api/events?type=CIRCUIT_*&limit=50").await.is(200);
    answer.list("events").clone()
}
