//! Events to a broker, events of others from there: what both need of whoever holds the data.
//!
//! The broker is never believed. It carries what is in the log already, and what it brings is judged before it gets there;
//! so it may lose, repeat and reorder as it likes. How far events have been relayed is in the database, where every
//! node finds it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{LedgerError, Position};

/// Where the relay stands, as the database has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelayState {
    /// The broker has acknowledged every event up to here.
    pub position: Position,
    /// When it came there.
    pub moved_at: Option<Timestamp>,
    /// Whether whoever relays had the broker when it last spoke.
    pub connected: bool,
    /// What kept it from relaying last, and when.
    pub error: Option<(String, Timestamp)>,
}

/// Keeps where the relay stands.
#[async_trait]
pub trait RelayBook: Send + Sync + 'static {
    /// Where it stands.
    async fn state(&self) -> Result<RelayState, LedgerError>;

    /// Moves it, durably, if it still stands at `from`; false when somebody else has moved it meanwhile.
    async fn advance(&self, from: Position, to: Position) -> Result<bool, LedgerError>;

    /// Keeps what became of trying: nothing when the broker is there.
    async fn tell(&self, error: Option<String>) -> Result<(), LedgerError>;
}

/// A message that somebody else has published.
#[derive(Clone, Debug)]
pub struct Message {
    /// Whose it is, by the subject that it was published to: who may publish there is the broker's to know.
    pub organization: Uuid,
    /// What it is said to be, by the same.
    pub event_type: String,
    /// A `CloudEvent` in JSON.
    pub body: Vec<u8>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is in the log now.
    Fresh,
    /// It was there already.
    Known,
}

/// Why a message is not in the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It can never be: for this reason, in a word and in a sentence.
    #[error("{text}")]
    Refused {
        /// For counting.
        reason: &'static str,
        /// For whoever has published it.
        text: String,
    },
    /// Not now; it is to be tried again.
    #[error("not now: {0}")]
    Later(String),
}

/// Judges messages of others and takes them into the log, each once.
#[async_trait]
pub trait Ingress: Send + Sync + 'static {
    /// Takes one.
    async fn take(&self, message: Message) -> Result<Taken, NotTaken>;
}

/// What a process has to do with the broker, in figures.
#[derive(Debug, Default)]
pub struct TransportFigures {
    connected: AtomicBool,
    relaying: AtomicBool,
    cursor: AtomicU64,
    published: AtomicU64,
    repeated: AtomicU64,
    resumed: AtomicU64,
    woken: AtomicU64,
    gaps: AtomicU64,
    taken: AtomicU64,
    known: AtomicU64,
    postponed: AtomicU64,
    refused: Mutex<BTreeMap<&'static str, u64>>,
}

/// The figures at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransportCounts {
    /// Whether there is a connection that can be used.
    pub connected: bool,
    /// Whether this process relays.
    pub relaying: bool,
    /// As far as this process knows, every event up to here is with the broker.
    pub cursor: Position,
    /// Events that the broker has taken from this process.
    pub published: u64,
    /// Of those it had already.
    pub repeated: u64,
    /// How often the relay had to find its place in the stream again.
    pub resumed: u64,
    /// How often a message made this process look into the log.
    pub woken: u64,
    /// Messages that did not follow the one before them.
    pub gaps: u64,
    /// Messages of others that entered the log.
    pub taken: u64,
    /// Messages of others that were in the log already.
    pub known: u64,
    /// Messages of others that have to come again.
    pub postponed: u64,
    /// Messages of others that were refused, by reason.
    pub refused: Vec<(&'static str, u64)>,
}

/// What is counted.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "see the fields of the same names")]
pub enum Count {
    Published,
    Repeated,
    Resumed,
    Woken,
    Gaps,
    Taken,
    Known,
    Postponed,
}

impl TransportFigures {
    /// It happened once more.
    pub fn add(&self, what: Count) {
        let counter = match what {
            Count::Published => &self.published,
            Count::Repeated => &self.repeated,
            Count::Resumed => &self.resumed,
            Count::Woken => &self.woken,
            Count::Gaps => &self.gaps,
            Count::Taken => &self.taken,
            Count::Known => &self.known,
            Count::Postponed => &self.postponed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// A message was refused.
    pub fn refused(&self, reason: &'static str) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner).entry(reason).or_default() +=
            1;
    }

    /// Whether there is a connection.
    pub fn set_connected(&self, connected: bool) {
        self.connected.store(connected, Ordering::Relaxed);
    }

    /// Whether this process relays.
    pub fn set_relaying(&self, relaying: bool) {
        self.relaying.store(relaying, Ordering::Relaxed);
    }

    /// How far the relay has come.
    pub fn set_cursor(&self, cursor: Position) {
        self.cursor.store(cursor, Ordering::Relaxed);
    }

    /// Whether this process relays.
    pub fn is_relaying(&self) -> bool {
        self.relaying.load(Ordering::Relaxed)
    }

    /// All of them now.
    pub fn now(&self) -> TransportCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        TransportCounts {
            connected: self.connected.load(Ordering::Relaxed),
            relaying: self.is_relaying(),
            cursor: read(&self.cursor),
            published: read(&self.published),
            repeated: read(&self.repeated),
            resumed: read(&self.resumed),
            woken: read(&self.woken),
            gaps: read(&self.gaps),
            taken: read(&self.taken),
            known: read(&self.known),
            postponed: read(&self.postponed),
            refused: refused.iter().map(|(reason, count)| (*reason, *count)).collect(),
        }
    }
}
