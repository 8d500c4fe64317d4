//! Receivers that fail, and what becomes of them.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::receiver::{Manner, Receiver};
use super::{Hook, attempted, stands, told, world};
use crate::support::database::Database;
use crate::support::drafts::instant;
use crate::support::{World, eventually};

const TYPES: [&str; 1] = ["BOOKING_CREATED"];

fn answer(status: u16) -> Manner {
    Manner::Answer(status, String::new())
}

async fn made(world: &World, receiver: &Receiver) -> Hook {
    Hook::new(&world.manager, &world.organization, &receiver.url, &TYPES).await
}

#[tokio::test]
async fn who_fails_is_tried_again_under_the_same_id_until_it_works() {
    let world = world().await;
    let receiver = Receiver::new(answer(500)).await;
    let hook = made(&world, &receiver).await;
    world.draft().await;
    let first = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    let waiting = hook.delivery(&world.manager, first.id(), attempted(1)).await;
    assert_eq!(
        (&waiting["status"], &waiting["lastError"]),
        (&json!("pending"), &json!("answered 500"))
    );
    let wait =
        instant(&waiting["nextAttemptAt"]).duration_since(instant(&waiting["lastAttemptAt"]));
    let seconds = wait.as_secs();
    assert!((15..=30).contains(&seconds), "30 s, or up to half less by chance: {seconds}");

    Database::hurry_webhooks(&world.home);
    receiver.has("BOOKING_CREATED", 2).await;
    hook.delivery(&world.manager, first.id(), attempted(2)).await;
    receiver.becomes(answer(200));
    Database::hurry_webhooks(&world.home);
    let done = hook.delivery(&world.manager, first.id(), stands("delivered")).await;
    assert_eq!((&done["attempts"], done.get("lastError")), (&json!(3), None));
    let all = receiver.messages();
    assert!(all.iter().all(|message| message.id() == first.id() && message.body == first.body));
}

#[tokio::test]
async fn who_asks_for_time_gets_it() {
    let world = world().await;
    let receiver = Receiver::new(Manner::Answer(503, "Retry-After: 3600\r\n".to_owned())).await;
    let hook = made(&world, &receiver).await;
    world.draft().await;
    let message = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    let waiting = hook.delivery(&world.manager, message.id(), attempted(1)).await;
    let wait = instant(&waiting["nextAttemptAt"]).duration_since(Timestamp::now());
    assert!(wait > SignedDuration::from_mins(59), "{waiting}");
}

#[tokio::test]
async fn a_redirect_is_not_followed_wherever_it_leads() {
    let world = world().await;
    let inside = Receiver::willing().await;
    let to = |url: &str| Manner::Answer(307, format!("Location: {url}\r\n"));
    let receiver = Receiver::new(to("http://169.254.169.254/latest/meta-data/")).await;
    let hook = made(&world, &receiver).await;
    world.draft().await;
    let message = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    let waiting = hook.delivery(&world.manager, message.id(), attempted(1)).await;
    assert_eq!(waiting["lastError"], "redirects are not followed");
    receiver.becomes(to(&inside.url));
    Database::hurry_webhooks(&world.home);
    hook.delivery(&world.manager, message.id(), attempted(2)).await;
    assert!(inside.messages().is_empty());
}

#[tokio::test]
async fn of_ten_gigabytes_nothing_is_read() {
    let world = world().await;
    let receiver = Receiver::new(Manner::Endless).await;
    let hook = made(&world, &receiver).await;
    world.draft().await;
    let message = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    let done = hook.delivery(&world.manager, message.id(), stands("delivered")).await;
    assert!(done["durationMs"].as_u64() < Some(5_000), "{done}");
}

#[tokio::test]
async fn who_is_gone_for_good_is_disabled_and_its_managers_are_told() {
    let world = world().await;
    let receiver = Receiver::new(answer(410)).await;
    let hook = made(&world, &receiver).await;
    world.draft().await;
    let message = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    hook.delivery(&world.manager, message.id(), stands("failed")).await;
    let off = eventually("it is disabled", async || {
        Some(hook.read(&world.manager).await).filter(|one| one.body["status"] == "disabled")
    });
    assert_eq!(off.await.body["disabledReason"], "gone");
    assert_eq!(
        told(&world, &hook).await.last().map(String::as_str),
        Some("WEBHOOK_ENDPOINT_DISABLED")
    );
    let id = hook.path.rsplit('/').next().unwrap();
    let notice = eventually("the manager is told", async || {
        World::inbox_about(&world.manager, id).await.pop()
    });
    assert_eq!(notice.await["type"], "webhook_disabled");
    world.settle().await;
    assert_eq!(receiver.messages().len(), 1, "it is told nothing more");
}

#[tokio::test]
async fn after_five_days_of_failure_an_endpoint_is_disabled_and_can_be_enabled_again() {
    let world = world().await;
    let receiver = Receiver::new(answer(500)).await;
    let hook = made(&world, &receiver).await;
    world.draft().await;
    let message = receiver.has("BOOKING_CREATED", 1).await.remove(0);
    hook.delivery(&world.manager, message.id(), attempted(1)).await;
    // Four days and 23 hours are not enough.
    Database::fail_webhooks_since(&world.home, 4 * 24 + 23);
    Database::hurry_webhooks(&world.home);
    hook.delivery(&world.manager, message.id(), attempted(2)).await;
    assert_eq!(hook.read(&world.manager).await.body["status"], "enabled");
    Database::fail_webhooks_since(&world.home, 5 * 24);
    Database::hurry_webhooks(&world.home);
    let off = eventually("it is disabled", async || {
        Some(hook.read(&world.manager).await).filter(|one| one.body["status"] == "disabled")
    })
    .await;
    assert_eq!(off.body["disabledReason"], "failing");
    let id = hook.path.rsplit('/').next().unwrap();
    eventually("the manager is told", async || World::inbox_about(&world.manager, id).await.pop())
        .await;

    receiver.becomes(answer(200));
    Database::hurry_webhooks(&world.home);
    let on = json!({ "status": "enabled" });
    world.manager.patch(&hook.path, off.version(), &on).await.is(200);
    let done = hook.delivery(&world.manager, message.id(), stands("delivered")).await;
    assert_eq!(done["attempts"], 4);
}
