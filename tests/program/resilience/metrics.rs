//! What operators look at is there: every metric that a dashboard or an alert names, and some figures.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{Client, Home, World, booking, workspace};

/// The names of metrics in a text: words that begin with `rishi_`.
fn names(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = text.split(|c| !is_name(c)).filter(|word| word.starts_with("rishi_"));
    words.map(str::to_owned).collect()
}

/// The value of one series.
fn figure(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map(|value| value.parse().unwrap())
}

#[tokio::test]
async fn every_metric_that_a_dashboard_or_an_alert_names_is_served() {
    let world = World::new().await;
    world.settle().await;
    let scraper = Client::new(&world.server.base);
    let served = names(&scraper.get("/metrics").await.is(200).text);
    let folder = observability();
    let mut named = BTreeSet::new();
    for file in ["dashboard.json", "alerts.yml"] {
        let text = std::fs::read_to_string(folder.join(file)).expect(file);
        let found = names(&text);
        assert!(found.len() > 8, "{file} names metrics: {found:?}");
        named.extend(found);
    }
    let missing: Vec<&String> = named.difference(&served).collect();
    assert!(missing.is_empty(), "not served: {missing:?}");
}

#[tokio::test]
async fn every_metric_that_the_table_of_bounds_names_is_served() {
    // With all that has a bound.
    let world = World::configured(&[
        ("RISHI_RATE_LIMIT", "on"),
        ("RISHI_RATE_LIMIT_GENERAL", "1000000"),
        ("RISHI_OTLP_ENDPOINT", "http://127.0.0.1:1"),
        ("RISHI_REDIS_URL", "redis://127.0.0.1:1"),
    ])
    .await;
    world.settle().await;
    let served = names(&Client::new(&world.server.base).get("/metrics").await.is(200).text);
    let text = std::fs::read_to_string(workspace().join("docs/operations.md")).unwrap();
    let (_, rest) = text.split_once("\n## Capacity\n").expect("the table is there");
    let (table, _) = rest.split_once("\n## ").expect("more comes after it");
    let named = names(table);
    assert!(named.len() > 12, "{named:?}");
    let missing: Vec<&String> = named.difference(&served).collect();
    assert!(missing.is_empty(), "not served: {missing:?}");
}

#[tokio::test]
async fn routes_sign_ins_and_commits_are_counted() {
    let world = World::new().await;
    let made = world.draft().await.id();
    world.manager.get(&format!("/api/bookings/{made}")).await.is(200);
    world.manager.get("/api/bookings/00000000-0000-7000-8000-000000000000").await.is(404);
    let wrong = serde_json::json!({ "email": "nobody@example.com", "password": "wrong password" });
    Client::new(&world.server.base).post("/api/auth/login", &wrong).await.is(401);
    let own = booking(&world.organization, Some(&world.location), 1, 2);
    world.manager.post("/api/bookings", &own).await.is(201);
    let text = Client::new(&world.server.base).get("/metrics").await.is(200).text;
    let read = "method=\"GET\",route=\"/api/bookings/{id}\"";
    for (series, expected) in [
        (format!("rishi_http_route_requests_total{{{read},status=\"2xx\"}}"), 1.0),
        (format!("rishi_http_route_requests_total{{{read},status=\"4xx\"}}"), 1.0),
        (format!("rishi_http_request_seconds_count{{{read}}}"), 2.0),
        (format!("rishi_http_request_seconds_bucket{{{read},le=\"+Inf\"}}"), 2.0),
        ("rishi_sign_ins_total{outcome=\"refused\"}".to_owned(), 1.0),
        ("rishi_sign_ins_total{outcome=\"succeeded\"}".to_owned(), 0.0),
        ("rishi_database_writable".to_owned(), 1.0),
        ("rishi_http_requests_shed_total".to_owned(), 0.0),
    ] {
        assert_eq!(figure(&text, &series), Some(expected), "{series}\n{text}");
    }
    for series in [
        "rishi_commit_batch_size_count",
        "rishi_commit_flush_seconds_count",
        "rishi_http_connections",
    ] {
        assert!(figure(&text, series) > Some(0.0), "{series}\n{text}");
    }
    assert!(!text.contains(&made), "no ids in labels");
}

fn observability() -> PathBuf {
    workspace().join("deploy/observability")
}

/// Has promtool look; it is there where `make deps` could install it.
fn promtool(arguments: &[&str], file: &Path) {
    let output = match Command::new("promtool").args(arguments).arg(file).output() {
        Ok(output) => output,
        Err(error) => {
            println!("not run: promtool is missing ({error}); `make deps` installs it");
            return;
        }
    };
    assert!(output.status.success(), "{arguments:?} {}: {output:?}", file.display());
}

#[test]
fn the_alerts_go_off_when_they_should_and_only_then() {
    promtool(&["check", "config"], &observability().join("prometheus.yml"));
    promtool(&["check", "rules"], &observability().join("alerts.yml"));
    promtool(&["test", "rules"], &observability().join("alerts.test.yml"));
}

#[test]
fn every_panel_of_the_dashboard_asks_something_that_prometheus_understands() {
    let text = std::fs::read_to_string(observability().join("dashboard.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.filter_map(|panel| panel["targets"].as_array()).flatten();
    let mut rules = String::from("groups:\n  - name: dashboard\n    rules:\n");
    let mut count = 0;
    for target in targets {
        let expression = target["expr"].as_str().expect("a target asks something");
        let asked = expression.replace("$__rate_interval", "5m").replace("$instance", ".*");
        let asked = Value::from(asked);
        writeln!(rules, "      - record: panel:number{count}\n        expr: {asked}").unwrap();
        count += 1;
    }
    assert!(count > 20, "{count} questions");
    let home = Home::new();
    let file = home.path("dashboard.yml");
    std::fs::write(&file, rules).unwrap();
    promtool(&["check", "rules"], &file);
}
