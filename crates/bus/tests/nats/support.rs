//! A log in memory, a book for the relay, and what lies in the stream.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_bus::nats::{Link, Relay, Settings};
use rishi_bus::relay::{RelayBook, RelayState, TransportFigures};
use rishi_bus::testing::MemoryLedger;
use rishi_bus::{Jitter, LedgerError, NewEvent, Position, Subject};
use rishi_resilience::{BreakerSettings, Circuit, Circuits};
use serde_json::value::RawValue;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::fixture::Nats;

/// Waits for what is to come.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_mins(1), found).await;
    found.unwrap_or_else(|_| panic!("within a minute: {what}"))
}

#[derive(Default)]
pub(crate) struct Book(Mutex<RelayState>);

impl Book {
    pub(crate) fn now(&self) -> RelayState {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl RelayBook for Book {
    async fn state(&self) -> Result<RelayState, LedgerError> {
        Ok(self.now())
    }

    async fn advance(&self, from: Position, to: Position) -> Result<bool, LedgerError> {
        let mut state = self.0.lock().unwrap();
        let moved = state.position == from;
        if moved {
            state.position = to;
        }
        Ok(moved)
    }

    async fn tell(&self, error: Option<String>) -> Result<(), LedgerError> {
        let mut state = self.0.lock().unwrap();
        state.connected = error.is_none();
        if let Some(error) = error {
            state.error = Some((error, Timestamp::UNIX_EPOCH));
        }
        Ok(())
    }
}

pub(crate) fn jitter() -> Jitter {
    Arc::new(|| 0.5)
}

/// A circuit that opens and closes soon.
pub(crate) fn circuit() -> Arc<Circuit> {
    let begun = std::sync::OnceLock::new();
    let elapsed = Arc::new(move || {
        let begun = begun.get_or_init(tokio::time::Instant::now);
        begun.elapsed()
    });
    let settings = BreakerSettings { open: Duration::from_secs(1), ..BreakerSettings::default() };
    Circuits::new(elapsed).of("nats", settings)
}

pub(crate) fn settings(servers: Vec<String>, replicas: usize) -> Settings {
    Settings {
        servers,
        credentials: None,
        ca: None,
        certificate: None,
        stream: "RISHI".to_owned(),
        replicas,
        max_age: Duration::from_hours(1),
        max_bytes: 64 << 20,
    }
}

pub(crate) async fn link(servers: Vec<String>, replicas: usize) -> Arc<Link> {
    linked(servers, replicas, Arc::default()).await
}

pub(crate) async fn linked(
    servers: Vec<String>,
    replicas: usize,
    figures: Arc<TransportFigures>,
) -> Arc<Link> {
    Link::open(settings(servers, replicas), circuit(), figures, jitter()).await.unwrap()
}

/// A log, and how far it was relayed.
#[derive(Clone, Default)]
pub(crate) struct Log {
    pub(crate) ledger: Arc<MemoryLedger>,
    pub(crate) book: Arc<Book>,
}

pub(crate) struct Running {
    pub(crate) figures: Arc<TransportFigures>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// As a process that is killed.
    pub(crate) fn kill(self) {
        self.task.abort();
    }
}

impl Log {
    /// Relays it to a server.
    pub(crate) async fn relay(&self, nats: &Nats) -> Running {
        self.relay_to(vec![nats.url()], 1).await
    }

    pub(crate) async fn relay_to(&self, servers: Vec<String>, replicas: usize) -> Running {
        let figures = Arc::new(TransportFigures::default());
        let link = linked(servers, replicas, Arc::clone(&figures)).await;
        let (ledger, book) = (Arc::clone(&self.ledger), Arc::clone(&self.book));
        let stop = CancellationToken::new();
        let relay = Relay::new(link, ledger, book, jitter());
        let task = tokio::spawn(relay.run(stop.clone()));
        Running { figures, stop, task }
    }

    /// Publishes so many events; the log's new head.
    pub(crate) fn publish(&self, count: u64) -> Position {
        self.ledger.publish((0..count).map(|_| event())).unwrap()
    }

    /// Waits until the cursor is there.
    pub(crate) async fn relayed(&self, position: Position) {
        eventually("the cursor arrives", async || {
            (self.book.now().position == position).then_some(())
        })
        .await;
    }

    pub(crate) fn ids(&self) -> Vec<String> {
        self.ledger.log().iter().map(|event| event.id.to_string()).collect()
    }
}

pub(crate) fn event() -> NewEvent {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let subject = Subject::new("kettle", Uuid::from_u128(1));
    let data = RawValue::from_string(format!(r#"{{"litres":{count}}}"#)).unwrap();
    let id = Uuid::from_u128(0xabc << 64 | u128::from(count));
    NewEvent::new(id, "KETTLE_BOILED", "kitchen", subject, Timestamp::UNIX_EPOCH, data)
}

/// Demands that the stream holds the events from a position on, each once and in order.
pub(crate) async fn assert_holds(nats: &Nats, log: &Log, after: Position) {
    let ids: Vec<String> = nats.stored().await.into_iter().map(|one| one.id).collect();
    let expected = log.ids().split_off(usize::try_from(after).unwrap());
    let differs = ids.iter().zip(&expected).position(|(found, wanted)| found != wanted);
    assert!(differs.is_none(), "each event once, in the order of the log: {differs:?}");
    assert_eq!(ids.len(), expected.len(), "each event once");
}
