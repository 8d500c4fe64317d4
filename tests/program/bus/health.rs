//! Health as the seed has it, every figure measured; and the same figures for Prometheus.

use super::poison::misspelt;
use super::tamper::Tamper;
use crate::support::{Client, World, eventually};

/// How the event bus is, once it is no longer healthy.
async fn ailing(world: &World) -> serde_json::Value {
    eventually("it is noticed", async || {
        let health = world.admin.get("/api/system/health").await.is(200).body;
        let bus = health["components"]["eventBus"].clone();
        (bus["status"] != "healthy").then_some(bus)
    })
    .await
}

#[tokio::test]
async fn eleven_handler_errors_are_degraded() {
    let mut world = World::on_file().await;
    misspelt(&mut world, 11).await;
    let bus = ailing(&world).await;
    let errors = bus["details"]["recentErrors"].as_u64().unwrap();
    assert!(errors >= 11, "{bus:#}");
    assert!(bus["status"] == "degraded" || errors > 50, "{bus:#}");
    Client::new(&world.server.base).get("/readyz").await.is(200);
}

#[tokio::test]
async fn fifty_one_handler_errors_are_unhealthy() {
    let mut world = World::on_file().await;
    misspelt(&mut world, 51).await;
    let bus = eventually("all have failed", async || {
        let bus = ailing(&world).await;
        (bus["details"]["recentErrors"].as_u64() > Some(50)).then_some(bus)
    })
    .await;
    assert_eq!(bus["status"], "unhealthy", "{bus:#}");
    let overall = world.admin.get("/api/system/health").await.is(200).body["overall"].clone();
    assert_eq!(overall, "unhealthy");
}

#[tokio::test]
async fn a_subscription_that_does_not_get_on_is_told_of_by_its_lag() {
    for (minutes, status) in [(2_i64, "degraded"), (11, "unhealthy")] {
        let mut world = World::on_file().await;
        stuck(&mut world, minutes).await;
        let bus = ailing(&world).await;
        assert_eq!(bus["status"], status, "{bus:#}");
        let mut lags = bus["details"]["lag"].as_array().unwrap().iter();
        let lag = lags.find(|lag| lag["subscription"] == "booking-created").unwrap();
        assert!(lag["seconds"].as_i64() >= Some(minutes * 60), "{lag}");
        assert_eq!(bus["details"]["recentErrors"], 0, "it is the lag alone: {bus:#}");
    }
}

/// Something that was to be read so long ago, and a database that does not let the subscription record its progress.
async fn stuck(world: &mut World, minutes: i64) {
    world.settle().await;
    super::poison::pause(world, "booking-created").await;
    world.draft().await;
    world.server.stop().await;
    world.home.rishi(&["subscriptions", "resume", "booking-created"]).ok();
    let tamper = Tamper::with(&world.home.database());
    // The next that it would read; what lies before it in the log is younger only here.
    let sql = "UPDATE events SET timestamp = timestamp - ?1 WHERE position = \
               (SELECT cursor + 1 FROM subscriptions WHERE name = 'booking-created')";
    tamper.change(1, sql, [minutes * 60 * 1_000_000]);
    tamper.forbid("UPDATE OF cursor ON subscriptions");
    drop(tamper);
    let server = world.home.serve().await;
    world.moved_to(server);
}

#[tokio::test]
async fn health_tells_of_what_is_there_and_of_nothing_else() {
    let world = World::on_file().await;
    world.settle().await;
    let answer = eventually("the figures of now are measured", async || {
        let answer = world.admin.get("/api/system/health").await.is(200);
        let handled = answer.body["components"]["eventBus"]["details"]["eventsProcessed"].as_u64();
        (handled > Some(0)).then_some(answer)
    })
    .await;
    let body = &answer.body;
    assert_eq!(body["overall"], "healthy", "{answer:#?}");
    let components = body["components"].as_object().unwrap();
    let names: Vec<&String> = components.keys().collect();
    assert_eq!(names.len(), 5, "what is not there is absent: {names:?}");
    for name in ["circuitBreakers", "database", "eventBus", "external", "memory"] {
        assert_eq!(components[name]["status"], "healthy", "{name}");
        assert_eq!(components[name]["lastCheck"], body["timestamp"], "{name}");
    }
    assert!(components["database"]["responseTime"].as_u64() < Some(1_000));
    let bus = &components["eventBus"]["details"];
    let all = world.admin.get("/api/system/subscriptions").await.is(200);
    let all = all.list("subscriptions");
    assert_eq!(bus["activeHandlers"].as_u64(), u64::try_from(all.len()).ok());
    assert_eq!(bus["recentErrors"], 0);
    let lag = bus["lag"].as_array().unwrap();
    assert!(lag.iter().any(|one| one["subscription"] == "booking-created"), "{bus:#}");
    let memory = &body["metrics"]["memoryUsage"];
    assert!(memory["resident"].as_u64() > Some(1_000_000), "{memory}");
    assert!(memory["resident"].as_u64() < memory["limit"].as_u64(), "{memory}");
    assert!(body["metrics"]["requestsProcessed"].as_u64() > Some(3));
    assert_eq!(body["metrics"]["errorsRecent"], 0);
}

#[tokio::test]
async fn metrics_are_prometheus_text_with_every_subscription() {
    let world = World::on_file().await;
    world.settle().await;
    let scraper = Client::new(&world.server.base);
    let text = eventually("the figures of now are measured", async || {
        let answer = scraper.get("/metrics").await.is(200);
        assert!(answer.header("content-type").starts_with("text/plain; version=0.0.4"));
        let handled = figure(
            &answer.text,
            "rishi_subscription_handled_total{subscription=\"booking-created\"}",
        );
        (handled > Some(0.0)).then_some(answer.text)
    })
    .await;
    let head = world.home.rishi(&["events", "checkpoint", "--json"]).json()["position"].as_f64();
    assert_eq!(figure(&text, "rishi_log_head"), head);
    for name in ["lag_events", "lag_seconds", "waiting", "retrying", "dead", "failed_total"] {
        let name = format!("rishi_subscription_{name}{{subscription=\"booking-created\"}}");
        assert_eq!(figure(&text, &name), Some(0.0), "{name}\n{text}");
    }
    assert!(figure(&text, "rishi_http_requests_total{status=\"2xx\"}") > Some(0.0), "{text}");
    assert!(text.contains("# TYPE rishi_subscription_handled_total counter"), "{text}");
    assert!(text.contains("# HELP rishi_log_head "), "{text}");
}

/// The value of one series.
fn figure(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map(|value| value.parse().unwrap())
}
