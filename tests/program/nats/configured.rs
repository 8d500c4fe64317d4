//! What is configured wrongly is told before anything starts, what the broker lacks in health.

use serde_json::Value;

use super::standing;
use crate::nats_fixture::Nats;
use crate::support::{Home, World, eventually};

#[tokio::test]
async fn config_check_names_what_is_wrong_and_hides_what_is_secret() {
    let home = Home::new();
    let check = |pairs: &[(&str, &str)]| home.rishi_with(pairs, &["config", "check", "--json"]);
    let url = ("RISHI_NATS_URL", "nats://me:hunter2@127.0.0.1:4222,nats://tok3n@broker:4222");
    let found = check(&[url]).json();
    let shown = found.to_string();
    assert!(
        found["valid"] == true && !shown.contains("hunter2") && !shown.contains("tok3n"),
        "{found}"
    );
    let line = found["values"].as_array().unwrap().iter().find(|line| line["key"] == "nats_url");
    let expected = "nats://***@127.0.0.1:4222,nats://***@broker:4222";
    assert_eq!(line.unwrap()["value"], expected);
    for (name, value, says) in [
        ("RISHI_NATS_URL", "http://me:hunter2@broker", "nats://HOST:4222"),
        ("RISHI_NATS_STREAM", "a.b", "no name of a stream"),
        ("RISHI_NATS_REPLICAS", "2", "3 or 5 in a cluster"),
        ("RISHI_NATS_MAX_AGE_DAYS", "0", "1 to 3650"),
        ("RISHI_NATS_MAX_MEGABYTES", "much", "not a number"),
        ("RISHI_NATS_CA", "/nowhere/ca.pem", "cannot be read"),
        ("RISHI_NATS_CERTIFICATE", "/dev/null", "nats_certificate_key as well"),
        ("RISHI_NATS_CREDENTIALS", "hunter2", ".creds file"),
        ("RISHI_NATS_INGRESS", "perhaps", "neither on nor off"),
    ] {
        let url = if name == url.0 { (name, value) } else { url };
        let run = check(&[url, (name, value)]);
        assert_eq!(run.code, Some(1), "{name}: {run:?}");
        let found: Value = serde_json::from_str(&run.stdout).unwrap();
        let errors = found["errors"].to_string();
        assert!(errors.contains(says) && errors.contains(&name.to_lowercase()[6..]), "{errors}");
        assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
    }
    let alone = check(&[("RISHI_NATS_CA", "/dev/null")]);
    assert!(alone.stdout.contains("nats_url as well"), "{alone:?}");
}

#[tokio::test]
async fn a_broker_without_jetstream_is_told_in_health_with_what_to_do() {
    let nats = Nats::with(&[]).await;
    let world = World::configured(&[("RISHI_NATS_URL", &nats.url())]).await;
    world.book(0, 2).await.is(201);
    let told = eventually("it is told", async || {
        let standing = standing(&world).await;
        standing.to_string().contains("JetStream").then_some(standing)
    })
    .await;
    assert_eq!(told["status"], "degraded");
    world.admin.get("/readyz").await.is(200);
}

#[tokio::test]
async fn user_and_password_of_the_address_are_used() {
    let nats = Nats::with(&["-js", "--user", "rishi", "--pass", "hunter2"]).await;
    let url = nats.url().replace("nats://", "nats://rishi:hunter2@");
    let mut world = World::configured(&[("RISHI_NATS_URL", &url)]).await;
    eventually("it is connected", async || {
        (standing(&world).await["status"] == "healthy").then_some(())
    })
    .await;
    world.server.stop().await;
    let log = world.server.log();
    assert!(!log.contains("hunter2") && log.contains("connected to NATS"), "{log}");
    assert!(!log.contains(" WARN "), "neither beginning nor an end is anything to warn of: {log}");
}
