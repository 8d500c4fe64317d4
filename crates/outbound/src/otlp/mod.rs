//! Traces for a collector, by OTLP over HTTP with protobuf (OpenTelemetry protocol 1, `POST …/v1/traces`).
//!
//! A step that ends is put into a queue of bounded length; [`Exporter::run`] sends what waits, many at a time, behind the
//! circuit `otlp`. What finds no room, and what the collector does not take, is left out and counted: nobody
//! waits for a trace, and one that is lost is no loss of anything else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use prost::Message;
use reqwest::header::CONTENT_TYPE;
use rishi_app::trace::{Step, StepKind, TraceFigures, Tracer};
use rishi_resilience::{CallError, Circuit, Verdict};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::client::{NoTls, plain};

mod context;
mod wire;

use context::Context;

/// How many spans wait at most.
const WAITING: usize = 4_096;
/// How many are sent together at most.
const TOGETHER: usize = 512;
/// How long a span waits for others to be sent with.
const GATHER: Duration = Duration::from_millis(500);
/// How long the last are waited for when the process stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// What time it is.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Where ids come from: each another.
pub type NextId = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// A step that has ended.
#[derive(Debug)]
pub(crate) struct Span {
    context: Context,
    parent: Option<[u8; 8]>,
    kind: StepKind,
    name: String,
    begun: Timestamp,
    ended: Timestamp,
    notes: Vec<(&'static str, String)>,
    failure: Option<String>,
}

/// What steps and exporter share.
struct Shared {
    queue: mpsc::Sender<Span>,
    now: Now,
    next_id: NextId,
    exported: AtomicU64,
    dropped: AtomicU64,
}

/// Keeps steps and sends them.
pub struct Exporter {
    shared: Arc<Shared>,
    waiting: Mutex<mpsc::Receiver<Span>>,
    http: reqwest::Client,
    circuit: Arc<Circuit>,
    address: String,
}

impl Exporter {
    /// For the collector at `endpoint`, behind its circuit.
    pub fn new(
        endpoint: &str,
        circuit: Arc<Circuit>,
        now: Now,
        next_id: NextId,
    ) -> Result<Self, NoTls> {
        let (queue, waiting) = mpsc::channel(WAITING);
        let http = plain()?.timeout(circuit.timeout()).build();
        let http = http.map_err(|error| NoTls(Box::new(error)))?;
        let (exported, dropped) = (AtomicU64::new(0), AtomicU64::new(0));
        let shared = Arc::new(Shared { queue, now, next_id, exported, dropped });
        let address = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
        Ok(Self { shared, waiting: Mutex::new(waiting), http, circuit, address })
    }

    /// Sends what ends, until `stop`; then what is left, within a few seconds.
    pub async fn run(&self, stop: CancellationToken) {
        let mut waiting = self.waiting.lock().await;
        loop {
            let mut spans = Vec::with_capacity(TOGETHER);
            let next = waiting.recv_many(&mut spans, TOGETHER);
            if stop.run_until_cancelled(next).await.is_none() {
                break;
            }
            if spans.len() < TOGETHER {
                let _ = stop.run_until_cancelled(tokio::time::sleep(GATHER)).await;
                gather(&mut waiting, &mut spans);
            }
            let count = spans.len();
            let mut sending = std::pin::pin!(self.send(spans));
            let in_time = match stop.run_until_cancelled(&mut sending).await {
                Some(()) => true,
                // What is on its way is waited for, but a collector that hangs holds nothing back.
                None => tokio::time::timeout(FAREWELL, sending).await.is_ok(),
            };
            if !in_time {
                self.lost(count);
                break;
            }
        }
        let farewell = async {
            loop {
                let mut spans = Vec::new();
                gather(&mut waiting, &mut spans);
                if spans.is_empty() {
                    break;
                }
                self.send(spans).await;
            }
        };
        let _ = tokio::time::timeout(FAREWELL, farewell).await;
    }

    async fn send(&self, spans: Vec<Span>) {
        let count = spans.len();
        let body = wire::request(spans).encode_to_vec();
        let request = self.http.post(&self.address).header(CONTENT_TYPE, "application/x-protobuf");
        let sending = async {
            let answer = request.body(body).send().await;
            answer.map_err(|_| "no answer".to_owned()).map(|answer| answer.status())
        };
        let judge = |sent: &Result<http::StatusCode, String>| match sent {
            Ok(status) if status.is_server_error() => {
                Verdict::Failed(format!("it answered {status}"))
            }
            Ok(_) => Verdict::Works,
            Err(why) => Verdict::Failed(why.clone()),
        };
        match self.circuit.call(sending, judge).await {
            Ok(status) if status.is_success() => {
                self.shared.exported.fetch_add(count as u64, Ordering::Relaxed);
                return;
            }
            Ok(status) => {
                tracing::warn!(%status, count, "the collector of traces does not take them");
            }
            // The circuit has told of it.
            Err(CallError::Open(_)) => {}
            Err(error) => {
                tracing::warn!(%error, count, "the collector of traces cannot be reached");
            }
        }
        self.lost(count);
    }

    fn lost(&self, count: usize) {
        self.shared.dropped.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// Takes what waits, up to as many as are sent together.
fn gather(waiting: &mut mpsc::Receiver<Span>, spans: &mut Vec<Span>) {
    while spans.len() < TOGETHER
        && let Ok(span) = waiting.try_recv()
    {
        spans.push(span);
    }
}

impl Tracer for Exporter {
    fn begin(&self, kind: StepKind, name: String, parent: Option<&str>) -> Box<dyn Step> {
        let shared = Arc::clone(&self.shared);
        let parent = parent.and_then(Context::parse);
        let context = match &parent {
            Some(parent) => parent.child((shared.next_id)()),
            None => Context::root((shared.next_id)(), (shared.next_id)()),
        };
        let now = (shared.now)();
        let span = Span {
            context,
            parent: parent.map(|parent| parent.span),
            kind,
            name,
            begun: now,
            ended: now,
            notes: Vec::new(),
            failure: None,
        };
        Box::new(Open { span: Some(span), shared })
    }

    fn figures(&self) -> TraceFigures {
        TraceFigures {
            exported: self.shared.exported.load(Ordering::Relaxed),
            dropped: self.shared.dropped.load(Ordering::Relaxed),
            waiting: WAITING.saturating_sub(self.shared.queue.capacity()) as u64,
        }
    }
}

/// A step that is under way.
struct Open {
    /// There until it is dropped.
    span: Option<Span>,
    shared: Arc<Shared>,
}

impl Step for Open {
    fn traceparent(&self) -> String {
        self.span.as_ref().map(|span| span.context.to_string()).unwrap_or_default()
    }

    fn rename(&mut self, name: String) {
        if let Some(span) = &mut self.span {
            span.name = name;
        }
    }

    fn note(&mut self, key: &'static str, value: String) {
        if let Some(span) = &mut self.span {
            span.notes.push((key, value));
        }
    }

    fn failed(&mut self, why: &str) {
        if let Some(span) = &mut self.span {
            span.failure = Some(why.to_owned());
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(mut span) = self.span.take() else { return };
        // Whoever began the trace has said that it is not kept.
        if !span.context.sampled {
            return;
        }
        span.ended = (self.shared.now)();
        if self.shared.queue.try_send(span).is_err() {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
