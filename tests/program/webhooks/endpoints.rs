//! Endpoints and their secrets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{Hook, told, world};
use crate::support::cli::text;
use crate::support::database::Database;
use crate::support::{Client, World};

const URL: &str = "https://hooks.invalid/rishi?key=hidden";

#[tokio::test]
async fn an_endpoint_is_made_read_changed_and_removed_and_every_step_is_an_event() {
    let world = World::new().await;
    let body = json!({
        "organizationId": world.organization, "url": URL, "description": "The warehouse",
        "eventTypes": ["LEAVE_*"], "ordered": true,
    });
    let made = world.manager.post_once("/api/webhooks", "once", &body).await.is(201);
    let secret = text(&made.body, "secret");
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{secret}");
    let again = world.manager.post_once("/api/webhooks", "once", &body).await.is(201);
    assert_eq!(again.id(), made.id());
    assert!(again.body["secret"].is_null(), "a secret is shown once");

    let hook = Hook { path: made.header("location").to_owned(), secret: secret.clone() };
    let read = hook.read(&world.manager).await;
    assert_eq!((&read.body["url"], &read.body["ordered"]), (&json!(URL), &json!(true)));
    assert_eq!((&read.body["status"], read.version()), (&json!("enabled"), 1));
    let list = world.manager.get("/api/webhooks").await.is(200);
    assert_eq!((list.list("webhooks").len(), &list.list("webhooks")[0]), (1, &read.body));
    for answer in [&read, &list] {
        assert!(!answer.text.contains("whsec_"), "{answer:#?}");
    }

    let change =
        json!({ "eventTypes": ["BOOKING_CREATED"], "description": null, "status": "disabled" });
    let changed = world.manager.patch(&hook.path, 1, &change).await.is(200);
    assert_eq!((&changed.body["disabledReason"], changed.version()), (&json!("by_hand"), 2));
    world.manager.patch(&hook.path, 1, &change).await.refused(412, "precondition_failed");
    world
        .manager
        .post(&format!("{}/test", hook.path), &json!({}))
        .await
        .refused(409, "webhook_disabled");
    let rotated =
        world.manager.post(&format!("{}/rotate-secret", hook.path), &json!({})).await.is(200);
    assert_ne!(text(&rotated.body, "secret"), secret);
    world.manager.delete(&hook.path).await.is(204);
    world.manager.get(&hook.path).await.refused(404, "not_found");

    let types = told(&world, &hook).await;
    let expected = [
        "WEBHOOK_ENDPOINT_CREATED",
        "WEBHOOK_ENDPOINT_UPDATED",
        "WEBHOOK_SECRET_ROTATED",
        "WEBHOOK_ENDPOINT_DELETED",
    ];
    assert_eq!(types, expected);
    let log = world.admin.get("/api/events?type=WEBHOOK_*&limit=200").await.is(200).text;
    assert!(log.contains("hooks.invalid") && !log.contains("hidden"), "{log}");
}

#[tokio::test]
async fn a_secret_does_not_lie_in_the_database_and_its_key_is_the_owners_alone() {
    let mut world = world().await;
    let hook = Hook::new(&world.manager, &world.organization, URL, &["LEAVE_*"]).await;
    world.server.stop().await;
    let secret = hook.secret.trim_start_matches("whsec_");
    let key = STANDARD.decode(secret).unwrap();
    let holds = |needle: &[u8]| Database::holds(&world.home, needle);
    assert!(holds(b"hooks.invalid"), "the endpoint is in the database");
    assert!(!holds(secret.as_bytes()) && !holds(&key), "its secret is not");
    // On a server the key is in nobody's keeping but the configuration's.
    if world.home.is_on_file() {
        let permissions = std::fs::metadata(world.home.path("rishi.db.key")).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777, 0o600);
    }
    assert!(!world.server.log().contains(secret));
}

#[tokio::test]
async fn addresses_inside_are_refused_when_an_endpoint_is_made_and_when_it_is_changed() {
    let world = World::new().await;
    let hook = Hook::new(&world.manager, &world.organization, URL, &["LEAVE_*"]).await;
    for url in [
        "http://hooks.invalid/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::ffff:169.254.169.254]/",
        "https://localhost/",
        "https://metadata.google.internal/",
        "https://me:secret@hooks.invalid/",
        "nonsense",
    ] {
        let body = json!({
            "organizationId": world.organization, "url": url, "eventTypes": ["NOTHING_SUCH"],
        });
        let made =
            world.manager.post("/api/webhooks", &body).await.refused(400, "validation_failed");
        let codes: Vec<&str> =
            made.list("errors").iter().filter_map(|error| error["code"].as_str()).collect();
        assert_eq!(codes, ["forbidden_address", "unknown_event_type"], "{url}");
        let changed = world.manager.patch(&hook.path, 1, &json!({ "url": url })).await;
        changed.refused(400, "validation_failed");
    }
}

#[tokio::test]
async fn an_organization_has_twenty_endpoints_at_most_and_sees_no_others() {
    let world = World::new().await;
    let mut last = None;
    for _ in 0..20 {
        last = Some(Hook::new(&world.manager, &world.organization, URL, &["LEAVE_*"]).await);
    }
    let body = json!({
        "organizationId": world.organization, "url": URL, "eventTypes": ["LEAVE_*"],
    });
    world.manager.post("/api/webhooks", &body).await.refused(409, "too_many_webhooks");
    let neighbour = world.neighbour(2).await;
    let stranger: Client = world.person("client_manager", Some(&neighbour)).client;
    let hook = last.unwrap();
    for path in [hook.path.clone(), format!("{}/deliveries", hook.path)] {
        stranger.get(&path).await.refused(404, "not_found");
    }
    for order in ["test", "rotate-secret"] {
        let path = format!("{}/{order}", hook.path);
        stranger.post(&path, &json!({})).await.refused(404, "not_found");
    }
    assert!(stranger.get("/api/webhooks").await.is(200).list("webhooks").is_empty());
    stranger.post("/api/webhooks", &body).await.refused(404, "not_found");
}
