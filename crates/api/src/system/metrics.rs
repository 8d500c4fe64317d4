//! GET /metrics: Prometheus text, for scrapers, without sign-in.
//!
//! What is told lies in the database and in the dispatcher already, so nothing is collected beside
//! it: each scrape writes the present figures into a recorder of its own. A subscription that is gone
//! is gone from the answer as well.

use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;
use rishi_app::operations::SubscriptionView;
use rishi_app::operations::circuits::{CircuitState, Mode, Snapshot};
use rishi_app::operations::services::{ServiceState, ServiceView};
use rishi_app::operations::storage::Distribution;

use super::health::Figures;
use crate::shared::Shared;
use crate::tally::RouteFigures;

mod distributions;
mod transport;
mod under_way;

use distributions::Unit as Measure;

/// Prometheus text exposition format, version 0.0.4.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The classes of status.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

pub(super) async fn handle(State(shared): State<Shared>) -> Response {
    let figures = shared.measured().get(&shared).await;
    ([(CONTENT_TYPE, TEXT)], text(&shared, &figures)).into_response()
}

fn text(shared: &Shared, figures: &Figures) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    with_local_recorder(&recorder, || {
        describe();
        transport::describe();
        under_way::describe();
        process(shared, figures);
        edge(shared);
        under_way::write(shared);
        storage(figures);
        for view in figures.subscriptions.iter().flatten() {
            subscription(view);
        }
        if let Some(tracer) = &shared.app.tracer {
            let figures = tracer.figures();
            counter!("rishi_trace_spans_total", "outcome" => "exported").absolute(figures.exported);
            counter!("rishi_trace_spans_total", "outcome" => "dropped").absolute(figures.dropped);
            gauge!("rishi_trace_spans_waiting").set(float(figures.waiting));
        }
        leases(shared);
        if let Some(figures) = &shared.app.transport {
            transport::write(&figures.now());
        }
        for view in (shared.services)() {
            service(view);
        }
        for view in &figures.circuits {
            circuit(&view.now);
        }
    });
    let mut text = handle.render();
    histograms(shared, figures, &mut text);
    text
}

fn histograms(shared: &Shared, figures: &Figures, text: &mut String) {
    let labels = |one: &RouteFigures| format!("method=\"{}\",route=\"{}\"", one.method, one.route);
    let routes = shared.tally().routes();
    let times: Vec<_> = routes.iter().map(|one| (labels(one), one.times.clone())).collect();
    let help = "Time from a request's head to the beginning of its answer.";
    distributions::write(text, "rishi_http_request_seconds", help, Measure::Seconds, &times);
    let storage = &figures.storage;
    let one = |distribution: &Distribution| [(String::new(), distribution.clone())];
    let help = "Changes that shared a flush to the disk.";
    let batches = one(&storage.batches);
    distributions::write(text, "rishi_commit_batch_size", help, Measure::Count, &batches);
    let help = "Time of a flush to the disk.";
    let flushes = one(&storage.flushes);
    distributions::write(text, "rishi_commit_flush_seconds", help, Measure::Seconds, &flushes);
}

fn describe() {
    describe_gauge!("rishi_log_head", "Position of the newest event.");
    describe_counter!("rishi_trace_spans_total", "Spans of traces, by what became of them.");
    describe_gauge!("rishi_trace_spans_waiting", "Spans that wait to be sent; at most 4,096.");
    describe_gauge!("rishi_up", "Whether the database answered a trivial query within a second.");
    describe_gauge!("rishi_uptime_seconds", Unit::Seconds, "Time since the process started.");
    describe_gauge!("rishi_memory_resident_bytes", Unit::Bytes, "Memory that the process holds.");
    describe_gauge!("rishi_memory_limit_bytes", Unit::Bytes, "Memory that it may hold.");
    describe_counter!("rishi_http_requests_total", "Requests answered, by class of status.");
    describe_counter!("rishi_denied_requests_total", "Requests refused for want of a right.");
    describe_counter!("rishi_limited_requests_total", "Requests refused because of their number.");
    describe_gauge!("rishi_limited_callers", "Callers and addresses whose requests are counted.");
    describe_counter!(
        "rishi_limits_shared_total",
        "Requests that were to be counted with all other nodes, by whether they could be."
    );
    describe_gauge!("rishi_subscription_lag_events", "Events after the cursor.");
    describe_gauge!(
        "rishi_subscription_lag_seconds",
        Unit::Seconds,
        "Age of the oldest event that is not handled."
    );
    describe_gauge!("rishi_subscription_waiting", "Events that wait for their turn.");
    describe_gauge!("rishi_subscription_retrying", "Events that failed and will be tried again.");
    describe_gauge!("rishi_subscription_dead", "Dead letters.");
    describe_gauge!("rishi_subscription_paused", "Whether an operator has paused it.");
    describe_counter!("rishi_subscription_handled_total", "Events handled by this process.");
    describe_counter!("rishi_subscription_failed_total", "Runs of handlers that failed here.");
    describe_counter!(
        "rishi_http_route_requests_total",
        "Requests answered, by method, route as declared and class of status."
    );
    describe_counter!("rishi_sign_ins_total", "Attempts to sign in with a password, by outcome.");
    describe_gauge!("rishi_writes_waiting", "Changes that wait for the writer.");
    describe_gauge!("rishi_writes_waiting_limit", "How many may.");
    describe_gauge!("rishi_reads_waiting", "Queries that wait for a connection.");
    describe_gauge!("rishi_reads_waiting_limit", "How many may.");
    describe_gauge!("rishi_database_writable", "Whether the newest change could be written.");
    describe_counter!(
        "rishi_failed_batches_total",
        "Batches of changes that could not be written."
    );
    describe_counter!(
        "rishi_notification_template_failures_total",
        "Texts of an organization's own that could not be filled in."
    );
    describe_gauge!("rishi_leases_held", "Leases that this node holds.");
    describe_counter!(
        "rishi_lease_changes_total",
        "Leases that this node took, gave back or lost."
    );
    describe_gauge!("rishi_service_up", "Whether a service of this process is at work.");
    describe_counter!("rishi_service_restarts_total", "How often it had to be started again.");
    describe_gauge!("rishi_circuit_state", "Which of its states a circuit is in.");
    describe_gauge!("rishi_circuit_held", "Whether an operator decides about the circuit.");
    describe_counter!("rishi_circuit_calls_total", "Calls by what became of them.");
    describe_counter!("rishi_circuit_opened_total", "How often a circuit opened by itself.");
}

fn process(shared: &Shared, figures: &Figures) {
    gauge!("rishi_log_head").set(float(*shared.head.borrow()));
    gauge!("rishi_up").set(if figures.database.is_some() { 1.0 } else { 0.0 });
    let uptime = shared.tally().uptime(shared.app.clock.now());
    gauge!("rishi_uptime_seconds").set(float(uptime) / 1_000.0);
    let failures = shared.app.template_failures.load(Ordering::Relaxed);
    counter!("rishi_notification_template_failures_total").absolute(failures);
    if let Some(memory) = figures.memory {
        gauge!("rishi_memory_resident_bytes").set(float(memory.resident));
        gauge!("rishi_memory_limit_bytes").set(float(memory.limit));
    }
    for (class, count) in CLASSES.into_iter().zip(shared.tally().by_class()) {
        counter!("rishi_http_requests_total", "status" => class).absolute(count);
    }
}

fn edge(shared: &Shared) {
    for one in shared.tally().routes() {
        for (class, count) in CLASSES.into_iter().zip(one.by_class).filter(|(_, count)| *count > 0)
        {
            let route = one.route.clone();
            counter!(
                "rishi_http_route_requests_total",
                "method" => one.method, "route" => route, "status" => class
            )
            .absolute(count);
        }
    }
    for (outcome, count) in shared.tally().signed_in() {
        counter!("rishi_sign_ins_total", "outcome" => outcome).absolute(count);
    }
    for (reason, count) in shared.denials.totals() {
        counter!("rishi_denied_requests_total", "reason" => reason.as_str()).absolute(count);
    }
    for (code, count) in shared.tally().limited() {
        counter!("rishi_limited_requests_total", "code" => code).absolute(count);
    }
    if let Some(limits) = shared.limits() {
        gauge!("rishi_limited_callers").set(float(limits.callers()));
        for (outcome, count) in limits.shared().into_iter().flatten() {
            counter!("rishi_limits_shared_total", "outcome" => outcome).absolute(count);
        }
    }
}

fn storage(figures: &Figures) {
    let storage = &figures.storage;
    gauge!("rishi_writes_waiting").set(float(storage.waiting_writes));
    gauge!("rishi_writes_waiting_limit").set(float(storage.most_waiting_writes));
    gauge!("rishi_reads_waiting").set(float(storage.waiting_reads));
    gauge!("rishi_reads_waiting_limit").set(float(storage.most_waiting_reads));
    let writable = if storage.unwritable.is_none() { 1.0 } else { 0.0 };
    gauge!("rishi_database_writable").set(writable);
    counter!("rishi_failed_batches_total").absolute(storage.failed_batches);
}

fn subscription(view: &SubscriptionView) {
    let name = || view.standing.name.clone();
    let set = |metric: &'static str, value: u64| {
        gauge!(metric, "subscription" => name()).set(float(value));
    };
    set("rishi_subscription_lag_events", view.lag_events());
    set("rishi_subscription_lag_seconds", view.lag_seconds());
    set("rishi_subscription_waiting", view.standing.waiting);
    set("rishi_subscription_retrying", view.standing.retrying);
    set("rishi_subscription_dead", view.standing.dead);
    set("rishi_subscription_paused", u64::from(view.standing.paused_since.is_some()));
    if let Some(live) = &view.live {
        counter!("rishi_subscription_handled_total", "subscription" => name())
            .absolute(live.handled);
        counter!("rishi_subscription_failed_total", "subscription" => name()).absolute(live.failed);
    }
}

/// Where work is shared among nodes.
fn leases(shared: &Shared) {
    if shared.membership.leases.is_none() {
        return;
    }
    let figures = (shared.membership.figures)();
    gauge!("rishi_leases_held").set(float(figures.held.len() as u64));
    let ways = [("taken", figures.taken), ("given", figures.given), ("lost", figures.lost)];
    for (way, count) in ways {
        counter!("rishi_lease_changes_total", "way" => way).absolute(count);
    }
}

fn service(view: ServiceView) {
    let up = if view.state == ServiceState::Running { 1.0 } else { 0.0 };
    gauge!("rishi_service_up", "service" => view.name.clone()).set(up);
    counter!("rishi_service_restarts_total", "service" => view.name).absolute(view.restarts);
}

fn circuit(now: &Snapshot) {
    let name = || now.name.to_string();
    for state in [CircuitState::Closed, CircuitState::HalfOpen, CircuitState::Open] {
        let is = if now.state == state { 1.0 } else { 0.0 };
        gauge!("rishi_circuit_state", "circuit" => name(), "state" => state.as_str()).set(is);
    }
    let held = if now.mode == Mode::Auto { 0.0 } else { 1.0 };
    gauge!("rishi_circuit_held", "circuit" => name()).set(held);
    let totals = now.totals;
    for (outcome, count) in [
        ("succeeded", totals.succeeded),
        ("failed", totals.failed),
        ("uncounted", totals.uncounted),
        ("refused", totals.refused),
    ] {
        counter!("rishi_circuit_calls_total", "circuit" => name(), "outcome" => outcome)
            .absolute(count);
    }
    counter!("rishi_circuit_opened_total", "circuit" => name()).absolute(totals.opened);
}

#[expect(clippy::cast_precision_loss, reason = "Prometheus has no other numbers")]
fn float(value: u64) -> f64 {
    value as f64
}
