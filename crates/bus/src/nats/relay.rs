//! The relay: publishes the log in its order.
//!
//! How far it has come is in the database and never passes an event that the broker has not acknowledged; it is written
//! down a few times a second, and an event that is published again after a crash is known by its id. So nothing is left out,
//! however the process, the broker or the connection ends.
//!
//! One node relays. Who finds that another has moved the cursor stands by, and takes over when the cursor stays behind for
//! a few seconds. Should two relay for a moment, the broker takes each event once, and in order: see [`publish`](super::publish).
//!
//! A stream that was deleted is made again and goes on from the cursor; what it held is still in the log, where the API
//! shows it. A stream that has lost its end (a server's disk that lost what it had acknowledged) gets it again.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::stream::Stream;
use rishi_resilience::Backoff;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::publish::Stopped;
use super::{Link, LinkError};
use crate::causes::chain;
use crate::relay::{Count, RelayBook};
use crate::{Envelope, Jitter, Ledger, LedgerError, Position};

/// Events on their way to the broker, at most.
const WINDOW: usize = 256;
/// Bytes of payload on their way, more or less.
const WINDOW_BYTES: usize = 4 << 20;
/// How often progress is written down while there is some.
const WRITE_DOWN: Duration = Duration::from_millis(200);
/// So many events are not published twice after a crash, more or less.
const UNWRITTEN: Position = 2_048;
/// How often a relay with nothing to do looks whether it still is the one.
const LOOK: Duration = Duration::from_secs(5);
/// How often one that stands by looks whether it is needed.
const STAND_BY: Duration = Duration::from_secs(2);
/// After being misplaced so often in a row, one event is published wherever the stream ends.
const MISPLACED: u32 = 3;
/// How long it waits after a failure.
const PAUSES: Backoff = Backoff {
    first: Duration::from_millis(250),
    factor: 2.0,
    max: Duration::from_secs(5),
    attempts: u32::MAX,
};

/// Publishes the log.
pub struct Relay<L: ?Sized> {
    link: Arc<Link>,
    ledger: Arc<L>,
    book: Arc<dyn RelayBook>,
    jitter: Jitter,
}

/// Why a session ended in good order.
enum Ended {
    Stopped,
    /// Another node relays.
    Elsewhere,
}

/// Why it did not.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// How far a session has come.
struct Progress {
    /// As the database has it.
    written: Position,
    /// As the broker has it.
    acked: Position,
    /// Where the stream ends, as far as that is known.
    sequence: Option<u64>,
    misplaced: u32,
}

impl<L: Ledger + ?Sized> Relay<L> {
    /// A relay of a log over a connection.
    pub fn new(link: Arc<Link>, ledger: Arc<L>, book: Arc<dyn RelayBook>, jitter: Jitter) -> Self {
        Self { link, ledger, book, jitter }
    }

    /// Relays until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut failures = 0_u32;
        let mut told: Option<String> = None;
        stop.run_until_cancelled(self.link.tried()).await;
        while !stop.is_cancelled() {
            let before = self.link.figures.now().published;
            let ended = self.session(&stop, &mut told).await;
            self.link.figures.set_relaying(false);
            match ended {
                Ok(Ended::Stopped) => return,
                Ok(Ended::Elsewhere) => {
                    failures = 0;
                    self.stand_by(&stop).await;
                }
                Err(trouble) => {
                    let moved = self.link.figures.now().published > before;
                    failures = if moved { 1 } else { failures + 1 };
                    self.mourn(&trouble, &mut told).await;
                    let pause = PAUSES.delay(failures, (self.jitter)()).unwrap_or(PAUSES.max);
                    let shut = self.link.wait().unwrap_or_default();
                    let wait = tokio::time::sleep(pause.max(shut.min(PAUSES.max)));
                    stop.run_until_cancelled(wait).await;
                }
            }
        }
    }

    /// Keeps what went wrong, once, where others can see it.
    async fn mourn(&self, trouble: &Trouble, told: &mut Option<String>) {
        let text = chain(trouble);
        if matches!(trouble, Trouble::Link(LinkError::Open(_))) || told.as_ref() == Some(&text) {
            return;
        }
        tracing::warn!(error = text, "events are not relayed to NATS now");
        if let Err(error) = self.book.tell(Some(text.clone())).await {
            tracing::debug!(error = chain(&error), "nor can that be written down");
            return;
        }
        *told = Some(text);
    }

    /// Relays until something ends it.
    async fn session(
        &self,
        stop: &CancellationToken,
        told: &mut Option<String>,
    ) -> Result<Ended, Trouble> {
        let Some(begun) = stop.run_until_cancelled(self.begin()).await else {
            return Ok(Ended::Stopped);
        };
        let Some((stream, mut progress)) = begun? else { return Ok(Ended::Elsewhere) };
        self.book.tell(None).await?;
        *told = None;
        self.link.figures.set_relaying(true);
        let mut head = self.ledger.head();
        loop {
            if stop.is_cancelled() {
                self.write_down(&mut progress).await?;
                return Ok(Ended::Stopped);
            }
            let newest = *head.borrow_and_update();
            if progress.acked >= newest {
                if !self.rest(&mut head, &mut progress, stop).await? {
                    return Ok(Ended::Elsewhere);
                }
                continue;
            }
            let taken = self.step(&stream, &mut progress).await;
            let due = progress.acked - progress.written >= UNWRITTEN || taken.is_err();
            if due && !self.write_down(&mut progress).await? {
                return Ok(Ended::Elsewhere);
            }
            if !taken? {
                return Ok(Ended::Elsewhere);
            }
        }
    }

    /// The stream, and where to go on; nothing when somebody else has moved the cursor.
    async fn begin(&self) -> Result<Option<(Stream, Progress)>, Trouble> {
        let stream = self.link.events().await?;
        let mut written = self.book.state().await?.position;
        let last = self.link.last(&stream).await?;
        if let Some((id, position)) = last.event.filter(|(_, position)| *position < written)
            && self.is_ours(&id, position).await?
        {
            tracing::warn!(
                position,
                "the stream ends before what it had acknowledged; the rest is published again"
            );
            if !self.book.advance(written, position).await? {
                return Ok(None);
            }
            written = position;
        }
        self.link.figures.set_cursor(written);
        let sequence = Some(last.sequence);
        Ok(Some((stream, Progress { written, acked: written, sequence, misplaced: 0 })))
    }

    /// Whether a message's id is that of the event at its position: else somebody else has put it there.
    async fn is_ours(&self, id: &str, position: Position) -> Result<bool, LedgerError> {
        let event = self.ledger.event(position).await?;
        Ok(event.is_some_and(|event| event.id.to_string() == id))
    }

    /// Publishes what comes next; false when another node has moved the cursor.
    async fn step(&self, stream: &Stream, progress: &mut Progress) -> Result<bool, Trouble> {
        let mut events = self.ledger.read(progress.acked, WINDOW).await?;
        events.truncate(fitting(&events));
        if progress.sequence.is_none() {
            events.truncate(1);
        }
        if events.is_empty() {
            return Err(LedgerError::new("the log ends before its head").into());
        }
        let sent = self.link.send(&events, progress.acked, progress.sequence).await?;
        if let Some(last) = sent.count.checked_sub(1).and_then(|last| events.get(last)) {
            progress.acked = last.position;
            progress.misplaced = 0;
            self.link.figures.set_cursor(progress.acked);
        }
        match sent.stopped {
            None => progress.sequence = Some(sent.sequence),
            Some(Stopped::Misplaced) => {
                self.link.figures.add(Count::Resumed);
                if self.book.state().await?.position != progress.written {
                    return Ok(false);
                }
                progress.misplaced += 1;
                let last = self.link.last(stream).await?;
                progress.sequence = (progress.misplaced < MISPLACED).then_some(last.sequence);
            }
            Some(Stopped::Gone) => {
                return Err(LinkError::Failed("the stream is gone; it is made again".into()).into());
            }
            Some(Stopped::Failed(error)) => return Err(error.into()),
        }
        Ok(true)
    }

    /// Waits for more, and writes down meanwhile how far it has come; false when another node relays.
    async fn rest(
        &self,
        head: &mut watch::Receiver<Position>,
        progress: &mut Progress,
        stop: &CancellationToken,
    ) -> Result<bool, Trouble> {
        let patience = if progress.acked > progress.written { WRITE_DOWN } else { LOOK };
        let changed = tokio::time::timeout(patience, head.changed());
        match stop.run_until_cancelled(changed).await {
            None | Some(Ok(Ok(()))) => Ok(true),
            // The ledger is closing.
            Some(Ok(Err(_))) => {
                stop.cancelled().await;
                Ok(true)
            }
            Some(Err(_)) if progress.acked > progress.written => self.write_down(progress).await,
            Some(Err(_)) => {
                self.link.ready()?;
                if !self.link.is_trusted() {
                    // Only calls that succeed close a circuit, and a quiet log makes none.
                    self.link.events().await?;
                }
                Ok(self.book.state().await?.position == progress.written)
            }
        }
    }

    async fn write_down(&self, progress: &mut Progress) -> Result<bool, Trouble> {
        if progress.acked == progress.written {
            return Ok(true);
        }
        let moved = self.book.advance(progress.written, progress.acked).await?;
        progress.written = progress.acked;
        Ok(moved)
    }

    /// Waits until the cursor stays behind.
    async fn stand_by(&self, stop: &CancellationToken) {
        tracing::debug!("another node relays events to NATS");
        let mut seen = None;
        loop {
            let pause = STAND_BY.mul_f64(1.0 + (self.jitter)() / 2.0);
            if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                return;
            }
            let Ok(state) = self.book.state().await else { continue };
            self.link.figures.set_cursor(state.position);
            let behind = state.position < *self.ledger.head().borrow();
            if behind && seen == Some(state.position) {
                tracing::info!("events stay behind; this node relays them to NATS");
                return;
            }
            seen = Some(state.position);
        }
    }
}

/// How many of these events may be on their way at once.
fn fitting(events: &[Arc<Envelope>]) -> usize {
    let mut bytes = 0;
    let fit = events.iter().take_while(|event| {
        bytes += event.data.get().len();
        bytes <= WINDOW_BYTES
    });
    fit.count().max(1)
}
