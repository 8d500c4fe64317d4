//! The writer thread: group commit.
//!
//! It takes whatever waits, up to a batch, opens one transaction, applies each job in a savepoint of
//! its own, commits once (one flush) and only then answers. So a refused commit takes nothing with
//! it, and many callers share the price of one flush.
//!
//! When a flush fails or the device reports an I/O error, the outcome is unknown: the process aborts
//! without an answer. A full disk is known to have changed nothing: the batch is answered as
//! unavailable and the platform goes on reading.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread::JoinHandle;

use rishi_app::commit::{Commit, CommitError, Committed};
use rishi_bus::{Envelope, LedgerError, Position, Refused, Settlement, Start};
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{oneshot, watch};

use super::checkpoint::{RESTART_PAGES, Signal, WORTHWHILE_PAGES, log_length, restart_log};
use super::error::{OpenError, StoreError};
use super::recent::Recent;
use super::{SqliteOptions, log};

mod apply;
mod counters;
mod gather;
mod guards;
mod rows;
mod settle;
#[cfg(test)]
mod tests;

use apply::Batch;
use gather::Gather;

/// How many batches pass between two looks at the log's length.
const LOOK_EVERY: u32 = 16;

/// Something for the writer to do.
pub(super) enum Job {
    /// A use case's change.
    Commit(Box<Commit>, oneshot::Sender<Result<Committed, CommitError>>),
    /// A subscription's progress.
    Settle(Box<Settlement<Commit>>, oneshot::Sender<Result<Vec<Refused>, LedgerError>>),
    /// A subscription's first appearance; answers its cursor.
    Register(String, Start, oneshot::Sender<Result<Position, LedgerError>>),
}

/// The way to the writer.
pub(super) struct Jobs(std::sync::Mutex<Option<flume::Sender<Job>>>);

impl Jobs {
    fn sender(&self) -> Option<flume::Sender<Job>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Hands in a job unless too many wait already.
    pub(super) fn offer(&self, job: Job) -> Result<(), CommitError> {
        let sender = self.sender().ok_or_else(closed)?;
        sender.try_send(job).map_err(|error| match error {
            flume::TrySendError::Full(_) => {
                CommitError::Unavailable("too many writes are waiting".to_owned())
            }
            flume::TrySendError::Disconnected(_) => closed(),
        })
    }

    /// Hands in a job, waiting for room.
    pub(super) async fn send(&self, job: Job) -> Result<(), StoreError> {
        let sender = self.sender().ok_or(StoreError::Closed)?;
        sender.send_async(job).await.map_err(|_| StoreError::Closed)
    }

    /// Takes no more jobs; those handed in are still done.
    pub(super) fn close(&self) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    }
}

/// The answer when nobody is there to write any more.
pub(super) fn closed() -> CommitError {
    CommitError::Unavailable("the database is closed".to_owned())
}

struct Writer {
    connection: Connection,
    jobs: flume::Receiver<Job>,
    batch: usize,
    head: watch::Sender<Position>,
    recent: Arc<Recent>,
    checkpoint: Option<Signal>,
    until_look: u32,
    gather: Gather,
}

/// Starts the thread.
pub(super) fn start(
    connection: Connection,
    options: &SqliteOptions,
    head: watch::Sender<Position>,
    recent: Arc<Recent>,
    checkpoint: Option<Signal>,
) -> Result<(Jobs, JoinHandle<()>), OpenError> {
    let (sender, jobs) = flume::bounded(options.queue.max(1));
    let batch = options.batch.max(1);
    let mut writer = Writer {
        connection,
        jobs,
        batch,
        head,
        recent,
        checkpoint,
        until_look: LOOK_EVERY,
        gather: Gather::default(),
    };
    let thread = std::thread::Builder::new()
        .name("rishi-writer".to_owned())
        .spawn(move || {
            // A panic leaves commits without an answer and the platform without a writer.
            if std::panic::catch_unwind(AssertUnwindSafe(|| writer.run())).is_err() {
                tracing::error!("the database's writer panicked, so the process stops");
                std::process::abort();
            }
        })
        .map_err(OpenError::Thread)?;
    Ok((Jobs(std::sync::Mutex::new(Some(sender))), thread))
}

/// An answer that waits for the flush.
enum Reply {
    Commit(oneshot::Sender<Result<Committed, CommitError>>, Result<Committed, CommitError>),
    Settle(oneshot::Sender<Result<Vec<Refused>, LedgerError>>, Result<Vec<Refused>, LedgerError>),
    Register(oneshot::Sender<Result<Position, LedgerError>>, Result<Position, LedgerError>),
}

impl Reply {
    /// Whoever asked may have gone: then the answer is dropped, the change stays.
    fn send(self) {
        match self {
            Self::Commit(to, answer) => drop(to.send(answer)),
            Self::Settle(to, refused) => drop(to.send(refused)),
            Self::Register(to, cursor) => drop(to.send(cursor)),
        }
    }

    /// The batch failed as a whole and changed nothing.
    fn fail(self, why: &str) {
        match self {
            Self::Commit(to, _) => drop(to.send(Err(CommitError::Unavailable(why.to_owned())))),
            Self::Settle(to, _) => drop(to.send(Err(LedgerError::new(why.to_owned())))),
            Self::Register(to, _) => drop(to.send(Err(LedgerError::new(why.to_owned())))),
        }
    }
}

impl Writer {
    fn run(&mut self) {
        while let Ok(first) = self.jobs.recv() {
            let waiting = self.gather.batch(first, &self.jobs, self.batch);
            let mut replies = Vec::with_capacity(waiting.len());
            match self.transact(waiting, &mut replies) {
                Ok(events) => {
                    if let Some(newest) = events.last().map(|event| event.position) {
                        self.recent.extend(events);
                        super::raise(&self.head, newest);
                    }
                    replies.into_iter().for_each(Reply::send);
                    self.tend_log();
                }
                Err(error) => give_up_batch(&error, replies),
            }
        }
    }

    /// One transaction over everything that waits; its events, once it is on the disk. `replies` holds
    /// one for each job, also when this fails.
    fn transact(
        &mut self,
        jobs: Vec<Job>,
        replies: &mut Vec<Reply>,
    ) -> Result<Vec<Arc<Envelope>>, StoreError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let transaction = match transaction {
            Ok(transaction) => transaction,
            Err(error) => {
                replies.extend(jobs.into_iter().map(unstarted));
                return Err(error.into());
            }
        };
        let head = match log::head(&transaction) {
            Ok(head) => head,
            Err(error) => {
                replies.extend(jobs.into_iter().map(unstarted));
                return Err(error);
            }
        };
        let mut batch = Batch::new(&transaction, head);
        let mut jobs = jobs.into_iter();
        while let Some(job) = jobs.next() {
            match batch.run(job) {
                Ok(reply) => replies.push(reply),
                Err(end) => {
                    let (reply, error) = *end;
                    replies.push(reply);
                    replies.extend(jobs.map(unstarted));
                    return Err(error);
                }
            }
        }
        let events = batch.finish()?;
        self.gather.timed(|| transaction.commit())?;
        Ok(events)
    }

    /// Wakes the checkpoint thread when the log has grown, and starts the log over when it has become
    /// long although that thread does its work.
    fn tend_log(&mut self) {
        self.until_look -= 1;
        if self.until_look > 0 {
            return;
        }
        self.until_look = LOOK_EVERY;
        match log_length(&self.connection) {
            Ok(log) if log.pages >= RESTART_PAGES => restart_log(&self.connection),
            Ok(log) if log.pages - log.moved >= WORTHWHILE_PAGES => {
                if let Some(signal) = &self.checkpoint {
                    // A full signal means that the thread is awake already.
                    signal.try_send(()).ok();
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "cannot tell how long the write-ahead log is"),
        }
    }
}

fn unstarted(job: Job) -> Reply {
    match job {
        Job::Commit(_, to) => Reply::Commit(to, Err(closed())),
        Job::Settle(_, to) => Reply::Settle(to, Ok(Vec::new())),
        Job::Register(_, _, to) => Reply::Register(to, Ok(0)),
    }
}

/// Answers a batch that changed nothing; stops the process when that is not certain.
fn give_up_batch(error: &StoreError, replies: Vec<Reply>) {
    if error.is_fatal() {
        tracing::error!(%error, cause = ?error, "the disk failed: what is on it is unknown, so the process stops");
        std::process::abort();
    }
    let why = error.passing().unwrap_or("the database failed");
    tracing::warn!(cause = ?error, jobs = replies.len(), "a batch of writes changed nothing");
    for reply in replies {
        reply.fail(why);
    }
}
