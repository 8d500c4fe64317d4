//! The sequencer: gives events their positions.
//!
//! A transaction's number says when it began, not when it was committed: whoever reads a log by such numbers
//! skips what is committed late. So a commit leaves its events in the table `unsequenced`. A sequencer takes the row
//! of `log_head`, which one process at a time can hold, and then moves what it sees to the log, in the order of batches:
//! with positions that have no gap, the versions of each subject, and the chain of hashes. What is committed
//! later gets later positions, and nobody waits for a long transaction.
//!
//! Any process sequences what is there, whoever left it: a transaction does it along with itself right before its end,
//! if nobody is at it just then ([`Sequencer::turn`]); for the others there is a task in every process, and those that wait for
//! their positions share a round. A process that dies in the middle leaves nothing: the server takes its transaction back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rishi_bus::{Checkpoint, Envelope, NewEvent, Position, Subject, chain};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_postgres::Row;
use uuid::Uuid;

use self::sweep::Sweeper;
use super::columns::{Unreadable, count, get, in_table, instant, number, stored, text};
use super::connection::{Db, Pool, Values};
use super::error::StoreError;
use super::log;
use crate::figures::Figures;
use crate::recent::Recent;
use crate::signals::Signals;

mod sweep;

/// How soon a round is tried again after it failed.
const TRY_AGAIN: Duration = Duration::from_millis(100);
/// How many events a round takes, more or less: batches are taken whole.
const EVENTS: i64 = 1_024;

const HOLD: &str = "SELECT position, hash FROM log_head WHERE one = 1 FOR UPDATE";
/// The same for who goes on without it when somebody else holds it.
const HOLD_IF_FREE: &str =
    "SELECT position, hash FROM log_head WHERE one = 1 FOR UPDATE SKIP LOCKED";
/// The first so many by the index, with all that belongs to the last one's batch. Whatever asks for more reads the table, and
/// with it what was moved before and is not swept up yet.
const WAITING: &str =
    "SELECT u.id, u.type, u.source, u.subject_kind, u.subject_id, u.schema_version,
        u.organization_id, u.user_id, u.correlation_id, u.causation_id, u.timestamp, u.data,
        u.metadata, u.traceparent, u.batch,
        coalesce((SELECT max(e.version) FROM events e
                   WHERE e.subject_id = u.subject_id AND e.subject_kind = u.subject_kind),
                 (SELECT r.version FROM retained_subjects r
                   WHERE r.id = u.subject_id AND r.kind = u.subject_kind), 0)
   FROM (SELECT * FROM unsequenced ORDER BY batch FETCH FIRST ($1::bigint) ROWS WITH TIES) u
  ORDER BY u.batch, u.number";
/// Moves events to the end of the log, which ends with them then.
const MOVE: &str = "WITH moved AS (DELETE FROM unsequenced WHERE id = ANY($1) RETURNING *),
    ended AS (UPDATE log_head SET position = $5, hash = $6 WHERE one = 1)
 INSERT INTO events (position, id, type, source, subject_kind, subject_id, version, schema_version,
        organization_id, user_id, correlation_id, causation_id, timestamp, data, metadata, traceparent,
        hash)
 SELECT place.position, moved.id, type, source, subject_kind, subject_id, place.version,
        schema_version, organization_id, user_id, correlation_id, causation_id, timestamp, data,
        metadata, traceparent, place.hash
   FROM moved JOIN unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bytea[])
        AS place (id, position, version, hash) ON place.id = moved.id";

/// Asks for a round, and perhaps for where an event stands after it.
struct Request {
    event: Option<Uuid>,
    answer: oneshot::Sender<Option<Position>>,
}

/// What tells this process of sequenced events.
struct Told {
    signals: Signals,
    recent: Arc<Recent>,
    figures: Arc<Figures>,
    /// Whoever holds it sequences: in a process one at a time, until the others know.
    turn: tokio::sync::Mutex<Sweeper>,
}

/// The right to sequence along with a transaction.
pub(super) struct Turn<'s> {
    told: &'s Told,
    sweeper: tokio::sync::MutexGuard<'s, Sweeper>,
}

/// Events that a transaction has sequenced; they stand in the log once it is committed.
pub(super) type Moved = Vec<Arc<Envelope>>;

/// The way to the sequencer of this process.
pub(super) struct Sequencer {
    told: Arc<Told>,
    requests: Mutex<Option<mpsc::UnboundedSender<Request>>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Sequencer {
    /// Starts it.
    pub(super) fn start(
        pool: Arc<Pool>,
        signals: Signals,
        recent: Arc<Recent>,
        figures: Arc<Figures>,
    ) -> Self {
        let (sender, requests) = mpsc::unbounded_channel();
        let turn = tokio::sync::Mutex::new(Sweeper::new(Arc::clone(&pool)));
        let told = Arc::new(Told { signals, recent, figures, turn });
        let rounds = Rounds { pool, told: Arc::clone(&told), requests };
        let task = tokio::spawn(rounds.run());
        Self { told, requests: Mutex::new(Some(sender)), task: Mutex::new(Some(task)) }
    }

    /// The right to sequence, unless somebody in this process has it.
    pub(super) fn turn(&self) -> Option<Turn<'_>> {
        let sweeper = self.told.turn.try_lock().ok()?;
        Some(Turn { told: &self.told, sweeper })
    }

    /// Counts how long a commit took to be on the server's disk.
    pub(super) fn flushed(&self, took: Duration) {
        self.told.figures.flushes.took(took);
    }

    /// Where a committed event stands, once it stands there; nothing when that cannot be found out now.
    pub(super) async fn place(&self, event: Uuid) -> Option<Position> {
        self.ask(Some(event))?.await.ok().flatten()
    }

    /// Has it look for events that others may have left.
    pub(super) fn nudge(&self) {
        drop(self.ask(None));
    }

    fn ask(&self, event: Option<Uuid>) -> Option<oneshot::Receiver<Option<Position>>> {
        let (answer, answered) = oneshot::channel();
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.as_ref()?.send(Request { event, answer }).ok()?;
        Some(answered)
    }

    /// Finishes what was asked for and ends.
    pub(super) async fn stop(&self) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).take();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Err(error)) = match task {
            Some(task) => Some(task.await),
            None => None,
        } {
            tracing::error!(%error, "the sequencer had ended");
        }
    }
}

impl Turn<'_> {
    /// Sequences what waits, the transaction's own events too, unless another process does so.
    pub(super) async fn sequence(&self, db: &Db<'_>) -> Result<Moved, StoreError> {
        ready(db, HOLD_IF_FREE).await?;
        let (tip, rows) =
            tokio::join!(db.optional(HOLD_IF_FREE, &[]), db.query(WAITING, &[&EVENTS]));
        match (tip?, rows?) {
            (Some(tip), rows) if !rows.is_empty() => moved(db, &tip, &rows).await,
            _ => Ok(Moved::new()),
        }
    }

    /// Makes known what was sequenced, now that it is committed.
    pub(super) fn tell(mut self, moved: Moved) {
        let Some(newest) = moved.last().map(|event| event.position) else { return };
        self.told.figures.batches.add(moved.len() as u64);
        self.sweeper.moved(moved.len());
        self.told.recent.extend(moved);
        self.told.signals.raise(newest);
    }
}

struct Rounds {
    pool: Arc<Pool>,
    told: Arc<Told>,
    requests: mpsc::UnboundedReceiver<Request>,
}

impl Rounds {
    async fn run(mut self) {
        while let Some(first) = self.requests.recv().await {
            let mut waiting = vec![first];
            while !waiting.is_empty() {
                while let Ok(more) = self.requests.try_recv() {
                    waiting.push(more);
                }
                // tidy: because it measures a round, and no decision rests on it
                let took = tokio::time::Instant::now();
                match self.round(&mut waiting).await {
                    Ok(()) => self.told.figures.flushes.took(took.elapsed()),
                    Err(error) => {
                        tracing::warn!(cause = ?error, "events could not be sequenced; it is tried again");
                        waiting.retain(|one| one.event.is_some() && !one.answer.is_closed());
                        tokio::time::sleep(TRY_AGAIN).await;
                    }
                }
            }
        }
    }

    /// One round; who got what was asked for waits no longer.
    async fn round(&mut self, waiting: &mut Vec<Request>) -> Result<(), StoreError> {
        let turn = Turn { told: &self.told, sweeper: self.told.turn.lock().await };
        let own = self.pool.own().await?;
        let db = own.db()?;
        let moved = sequence(&db).await?;
        let mut places: HashMap<Uuid, Position> =
            moved.iter().map(|event| (event.id, event.position)).collect();
        turn.tell(moved);
        // What another process has sequenced meanwhile is in the log.
        let others: Vec<Uuid> = waiting
            .iter()
            .filter_map(|one| one.event)
            .filter(|id| !places.contains_key(id))
            .collect();
        if !others.is_empty() {
            let found = found(&db, &others).await?;
            self.told.signals.raise(found.values().copied().max().unwrap_or_default());
            places.extend(found);
        }
        own.rest();
        let left = std::mem::take(waiting).into_iter().filter_map(|one| match one.event {
            Some(event) if !places.contains_key(&event) => Some(one),
            event => {
                // Whoever asked may have gone.
                one.answer.send(event.and_then(|event| places.get(&event).copied())).ok();
                None
            }
        });
        waiting.extend(left);
        Ok(())
    }
}

/// What is sent together must not have to be prepared first.
async fn ready(db: &Db<'_>, hold: &str) -> Result<(), StoreError> {
    for sql in [hold, WAITING, MOVE] {
        db.prepare(sql).await?;
    }
    Ok(())
}

/// Moves what waits to the log, in one transaction; what was moved, with its places.
async fn sequence(db: &Db<'_>) -> Result<Moved, StoreError> {
    ready(db, HOLD).await?;
    let begun = db.simply("BEGIN ISOLATION LEVEL READ COMMITTED");
    let (begun, tip, rows) = tokio::join!(begun, db.one(HOLD, &[]), db.query(WAITING, &[&EVENTS]));
    begun?;
    let rows = rows?;
    if rows.is_empty() {
        db.simply("ROLLBACK").await?;
        return Ok(Moved::new());
    }
    let moved = moved(db, &tip?, &rows).await;
    db.simply(if moved.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
    moved
}

/// Moves these rows to the end of the log.
async fn moved(db: &Db<'_>, tip: &Row, rows: &[Row]) -> Result<Moved, StoreError> {
    let mut tip = in_table("log_head", tip, log::checkpoint(tip))?;
    let mut versions = HashMap::<Subject, u64>::new();
    let mut events = Vec::with_capacity(rows.len());
    let mut hashes = Vec::with_capacity(rows.len());
    for row in rows {
        let (event, newest) = in_table("unsequenced", row, waiting(row))?;
        let version = versions.entry(event.subject.clone()).or_insert(newest);
        *version += 1;
        let envelope = event.into_envelope(tip.position + 1, *version);
        let hash = chain::link(&tip.hash, &envelope);
        tip = Checkpoint { position: envelope.position, hash };
        hashes.push(hash.to_vec());
        events.push(Arc::new(envelope));
    }
    let ids: Vec<Uuid> = events.iter().map(|event| event.id).collect();
    let positions: Vec<i64> = events.iter().map(|event| count(event.position)).collect();
    let given: Result<Vec<i64>, StoreError> =
        events.iter().map(|event| stored(event.version)).collect();
    let (given, end, hash) = (given?, count(tip.position), tip.hash.to_vec());
    let places: &Values<'_> = &[&ids, &positions, &given, &hashes, &end, &hash];
    if db.execute(MOVE, places).await? != events.len() as u64 {
        return Err(StoreError::Unstorable("events that somebody else has taken".to_owned()));
    }
    Ok(events)
}

/// An event that has no place yet, and the newest version of its subject in the log.
fn waiting(row: &Row) -> Result<(NewEvent, u64), Unreadable> {
    let event = NewEvent {
        id: get(row, 0)?,
        event_type: text(row, 1)?.into(),
        source: get(row, 2)?,
        subject: log::subject(row, 3, 4)?,
        schema_version: number(row, 5)?,
        organization_id: get(row, 6)?,
        user_id: get(row, 7)?,
        correlation_id: get(row, 8)?,
        causation_id: get(row, 9)?,
        timestamp: instant(row, 10)?,
        data: log::raw(row, 11)?,
        metadata: log::optional_raw(row, 12)?,
        traceparent: get(row, 13)?,
    };
    Ok((event, number(row, 15)?))
}

/// Where events stand in the log.
async fn found(db: &Db<'_>, ids: &[Uuid]) -> Result<HashMap<Uuid, Position>, StoreError> {
    let rows = db.query("SELECT id, position FROM events WHERE id = ANY($1)", &[&ids]).await?;
    let place = |row| in_table("events", row, get(row, 0).and_then(|id| Ok((id, number(row, 1)?))));
    rows.iter().map(place).collect()
}
