//! Who may see the system and who may steer it: the row of the role table, route by route.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::demand;
use crate::support::{Answer, Client, World};

const READS: [&str; 6] = [
    "/api/system/health",
    "/api/system/subscriptions",
    "/api/system/subscriptions/booking-created/rehearsal?after=0",
    "/api/system/subscriptions/booking-created/comparison?with=booking-created",
    "/api/system/dead-letters",
    "/api/system/dead-letters/groups",
];

/// Each with the status for who may: what is not there is 404.
fn writes() -> [(&'static str, Value, u16); 9] {
    [
        ("/api/system/subscriptions/booking-created/pause", json!({}), 200),
        ("/api/system/subscriptions/booking-created/resume", json!({}), 200),
        ("/api/system/subscriptions/booking-created/replay", json!({ "after": 0 }), 200),
        ("/api/system/subscriptions/booking-created/swap", json!({ "with": "nobody" }), 404),
        ("/api/system/subscriptions/booking-created/forget", json!({}), 409),
        ("/api/system/dead-letters/redrive", json!({}), 200),
        ("/api/system/dead-letters/discard", json!({ "reason": "a trial" }), 200),
        ("/api/system/dead-letters/booking-created:1/redrive", json!({}), 404),
        ("/api/system/dead-letters/booking-created:1/discard", json!({ "reason": "a trial" }), 404),
    ]
}

async fn bare_post(client: &Client, path: &str) -> Answer {
    demand(client.request(Method::POST, path)).await
}

/// The newest order in the log; denials are events too, of their own type.
async fn orders(world: &World) -> Value {
    let path = "/api/events?limit=1&before=9007199254740991&type=SUBSCRIPTION*&type=DEAD_LETTERS*";
    world.admin.get(path).await.is(200).body["events"].clone()
}

#[tokio::test]
async fn a_super_admin_steers_an_internal_admin_looks_on_and_nobody_else_sees() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    for (role, member_of, sees, steers) in [
        ("super_admin", None, true, true),
        ("internal_admin", None, true, false),
        ("internal_field_manager", None, false, false),
        ("field_coordinator", None, false, false),
        ("brand_agent", organization, false, false),
        ("client_manager", organization, false, false),
        ("client_user", organization, false, false),
    ] {
        let client = world.person(role, member_of).client;
        for path in READS {
            let answer = client.get(path).await;
            assert_eq!(answer.status, if sees { 200 } else { 403 }, "{role} {path}: {answer:#?}");
        }
        let head = orders(&world).await;
        for (path, body, status) in writes() {
            let answer = client.post(path, &body).await;
            let expected = if steers { status } else { 403 };
            assert_eq!(answer.status, expected, "{role} {path}: {answer:#?}");
        }
        let after = orders(&world).await;
        assert_eq!(head == after, !steers, "{role}: {after:#?}");
    }
}

#[tokio::test]
async fn without_a_token_only_probes_and_metrics_answer() {
    let world = World::new().await;
    let nobody = Client::new(&world.server.base);
    for path in READS {
        nobody.get(path).await.refused(401, "unauthenticated");
    }
    for (path, body, _) in writes() {
        nobody.post(path, &body).await.refused(401, "unauthenticated");
    }
    nobody.get("/metrics").await.is(200);
}

#[tokio::test]
async fn an_order_that_says_all_in_its_path_needs_no_body_and_takes_no_other() {
    let world = World::new().await;
    let path = "/api/system/subscriptions/booking-created/pause";
    bare_post(&world.admin, path).await.is(200);
    world.admin.post(path, &json!({ "for": "ever" })).await.refused(400, "validation_failed");
    world.admin.post(path, &json!("stop")).await.problem(400);
}
