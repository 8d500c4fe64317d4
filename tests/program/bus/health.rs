//! Health as the seed has it, every figure measured; and the same figures for Prometheus.

use crate::support::{Client, World, eventually};

#[tokio::test]
async fn health_tells_of_what_is_there_and_of_nothing_else() {
    let world = World::new().await;
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
    assert_eq!(names.len(), 4, "what is not there is absent: {names:?}");
    for name in ["circuitBreakers", "database", "eventBus", "memory"] {
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
    let world = World::new().await;
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
