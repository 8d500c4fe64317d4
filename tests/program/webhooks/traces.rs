//! One trace, from the caller's request to the call that it leads to, as a collector sees it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use reqwest::Method;

use super::Hook;
use super::receiver::Receiver;
use crate::support::client::demand;
use crate::support::{Client, World, booking, eventually};

const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACE: u128 = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736;

/// A collector that keeps what it is sent.
struct Collector {
    endpoint: String,
    spans: Arc<Mutex<Vec<Span>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Collector {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("it has an address"));
        let spans: Arc<Mutex<Vec<Span>>> = Arc::default();
        let router = Router::new().route("/v1/traces", post(take)).with_state(Arc::clone(&spans));
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the collector serves");
        });
        Self { endpoint, spans, task }
    }

    /// The span of the caller's trace that has this name, once it has come.
    async fn span(&self, name: &str) -> Span {
        eventually(&format!("the span {name:?} has come"), async || {
            let spans = self.spans.lock().unwrap();
            let is_it = |span: &&Span| span.trace_id == TRACE.to_be_bytes() && span.name == name;
            spans.iter().find(is_it).cloned()
        })
        .await
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(State(spans): State<Arc<Mutex<Vec<Span>>>>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).expect("a request of OTLP");
    for resource in request.resource_spans {
        let attributes = resource.resource.expect("who says so").attributes;
        assert!(attributes.iter().any(|one| one.key == "service.name"), "{attributes:?}");
        for scope in resource.scope_spans {
            spans.lock().unwrap().extend(scope.spans);
        }
    }
}

/// What a span notes under a key.
fn note(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|one| one.key == key);
    let value = found.and_then(|one| one.value.clone()).and_then(|value| value.value);
    let Some(Any::StringValue(text)) = value else { panic!("no {key} in {span:#?}") };
    text
}

fn traceparent(span: &Span) -> String {
    let id = u64::from_be_bytes(span.span_id.clone().try_into().expect("eight bytes"));
    format!("00-{TRACE:032x}-{id:016x}-01")
}

#[tokio::test]
async fn a_trace_leads_from_the_request_through_commit_and_policy_to_the_effect() {
    let (collector, receiver) = (Collector::new().await, Receiver::willing().await);
    let mut world = World::configured(&[
        ("RISHI_OTLP_ENDPOINT", &collector.endpoint),
        ("RISHI_WEBHOOK_ALLOW_LOOPBACK", "on"),
        // Nobody takes mail there; the attempt is what counts.
        ("RISHI_SMTP_URL", "smtp://127.0.0.1:1"),
        ("RISHI_MAIL_FROM", "Rishi <rishi@example.org>"),
    ])
    .await;
    Hook::new(&world.manager, &world.organization, &receiver.url, &["BOOKING_CREATED"]).await;
    let body = booking(&world.organization, None, 1, 2);
    let request = world.manager.request(Method::POST, "/api/bookings").json(&body);
    let made = demand(request.header("traceparent", CALLER)).await.is(201);

    let request = collector.span("POST /api/bookings").await;
    assert_eq!(request.parent_span_id, 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes());
    assert_eq!(note(&request, "http.response.status_code"), "201");
    assert_eq!(note(&request, "rishi.request.id"), made.header("x-request-id"));
    assert_eq!(note(&request, "rishi.organization.id"), world.organization);
    let commit = collector.span("commit").await;
    assert_eq!(commit.parent_span_id, request.span_id);
    let story = world.story(&made.id()).await;
    assert_eq!(story[0]["traceparent"], traceparent(&commit).as_str(), "it stands on the event");
    let policy = collector.span("policy booking-created").await;
    assert_eq!(policy.parent_span_id, commit.span_id);
    assert_eq!(note(&policy, "rishi.event.id"), story[0]["id"].as_str().unwrap());
    let effect = collector.span("effect notification-mail").await;
    assert_eq!(effect.parent_span_id, policy.span_id);

    // Whoever is called is told where the trace stands.
    let call = collector.span("POST webhook").await;
    assert_eq!(call.parent_span_id, commit.span_id);
    let heard = receiver.has("BOOKING_CREATED", 1).await;
    assert_eq!(heard[0].headers["traceparent"], traceparent(&call));
    assert_eq!(heard[0].event()["traceparent"], traceparent(&commit).as_str());

    // Nothing that anybody has written is in any of them.
    let told = format!("{:?}", collector.spans.lock().unwrap());
    for text in ["Harvest week", "@example.com", "rishi_pat_"] {
        assert!(!told.contains(text), "{text}");
    }
    // What was done last is told before the end.
    let before = collector.spans.lock().unwrap().len();
    world.manager.get("/api/auth/me").await.is(200);
    world.server.stop().await;
    let spans = collector.spans.lock().unwrap();
    assert!(spans[before..].iter().any(|span| span.name == "GET /api/auth/me"));
}

#[tokio::test]
async fn a_collector_that_is_down_slows_nobody_and_what_it_misses_is_counted() {
    let world = World::configured(&[("RISHI_OTLP_ENDPOINT", "http://127.0.0.1:1")]).await;
    let mut times = Vec::new();
    for _ in 0..100 {
        let begun = Instant::now();
        world.manager.get("/api/auth/me").await.is(200);
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    assert!(times[98] < Duration::from_secs(1), "{times:?}");
    let scraper = Client::new(&world.server.base);
    eventually("what is missed is counted", async || {
        let text = scraper.get("/metrics").await.is(200).text;
        let line = "rishi_trace_spans_total{outcome=\"dropped\"} ";
        let count = text.lines().find_map(|one| one.strip_prefix(line)?.parse::<f64>().ok());
        (count >= Some(100.0)).then_some(())
    })
    .await;
    scraper.get("/readyz").await.is(200);
    let circuits = world.admin.get("/api/system/circuits").await.is(200);
    let found = circuits.list("circuits").iter().find(|one| one["name"] == "otlp");
    assert!(found.is_some_and(|one| one["totals"]["failed"].as_u64() > Some(0)), "{circuits:#?}");
}

#[tokio::test]
async fn without_a_collector_the_callers_trace_stands_on_events_and_goes_on_to_who_is_called() {
    let receiver = Receiver::willing().await;
    let world = super::world().await;
    Hook::new(&world.manager, &world.organization, &receiver.url, &["BOOKING_CREATED"]).await;
    let body = booking(&world.organization, None, 1, 2);
    let request = world.manager.request(Method::POST, "/api/bookings").json(&body);
    let made = demand(request.header("traceparent", CALLER)).await.is(201);
    assert_eq!(world.story(&made.id()).await[0]["traceparent"], CALLER);
    let heard = receiver.has("BOOKING_CREATED", 1).await;
    assert_eq!(heard[0].headers["traceparent"], CALLER);
}
