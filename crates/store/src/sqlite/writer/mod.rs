//! The writer thread: group commit.
//!
//! It takes whatever waits, up to a batch, applies all of it in one transaction, commits once (one
//! flush) and only then answers, so many callers share the price of one flush. A refused job takes
//! nothing with it, see [`apply`].
//!
//! When a flush fails or the device reports an I/O error, the outcome is unknown: the process aborts
//! without an answer. A full disk is known to have changed nothing: the batch is answered as
//! unavailable and the platform goes on reading.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::checkpoint::{RESTART_PAGES, Signal, WORTHWHILE_PAGES, log_length, restart_log};
use super::error::{OpenError, StoreError};
use super::files::Files;
use super::known::Known;
use super::{SqliteOptions, log};
use crate::figures::Figures;
use crate::recent::Recent;
use crate::refusal::Refusal as _;
use crate::signals::Signals;

mod access;
mod append;
mod apply;
mod availability;
mod bookings;
mod calendar;
mod counters;
mod gather;
mod guards;
mod hot;
mod job;
mod notifications;
mod orders;
mod receipts;
mod rows;
mod series;
mod settle;
mod staff;
#[cfg(test)]
mod tests;
mod timers;
mod transport;
mod webhooks;

pub(super) use guards::taken;
pub(super) use job::{Asked, AskedStep, Job, Jobs, closed};

use append::Trace;
use apply::{Batch, End, Manner};
use gather::Gather;

/// How soon writing is tried again after it failed.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// How many batches pass between two looks at the log's length.
const LOOK_EVERY: u32 = 16;

struct Writer {
    connection: Connection,
    files: Files,
    jobs: flume::Receiver<Job>,
    batch: usize,
    signals: Signals,
    recent: Arc<Recent>,
    known: Arc<Known>,
    figures: Arc<Figures>,
    checkpoint: Option<Signal>,
    until_look: u32,
    gather: Gather,
}

/// Starts the thread.
pub(super) fn start(
    connection: Connection,
    options: &SqliteOptions,
    signals: Signals,
    recent: Arc<Recent>,
    known: Arc<Known>,
    figures: Arc<Figures>,
    checkpoint: Option<Signal>,
) -> Result<(Jobs, JoinHandle<()>), OpenError> {
    let (sender, jobs) = flume::bounded(options.queue.max(1));
    let batch = options.batch.max(1);
    let mut writer = Writer {
        connection,
        files: Files::of(&options.path),
        jobs,
        batch,
        signals,
        recent,
        known,
        figures,
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
    Ok((Jobs::new(sender), thread))
}

impl Writer {
    fn run(&mut self) {
        while let Some(first) = self.next_job() {
            let mut jobs = self.gather.batch(first, &self.jobs, self.batch);
            match self.transact(&mut jobs) {
                Ok(done) => {
                    self.figures.batches.add(jobs.len() as u64);
                    self.tell(done);
                    jobs.into_iter().for_each(Job::send);
                    self.tend_log();
                }
                Err(error) => self.give_up_batch(error, jobs),
            }
        }
    }

    /// The next job; none once nobody can hand one in. While nothing can be written, that is tried again now and
    /// then, so that it is known as soon as it can.
    fn next_job(&self) -> Option<Job> {
        while self.figures.unwritable().is_some() {
            match self.jobs.recv_timeout(TRY_AGAIN) {
                Ok(job) => return Some(job),
                Err(flume::RecvTimeoutError::Disconnected) => return None,
                Err(flume::RecvTimeoutError::Timeout) => self.try_writing(),
            }
        }
        self.jobs.recv().ok()
    }

    /// Writes a row over with what is in it.
    fn try_writing(&self) {
        if self.files.are_read_only() {
            return;
        }
        let sql = "UPDATE organizations SET name = name \
                   WHERE id = (SELECT id FROM organizations LIMIT 1)";
        match self.connection.execute(sql, []).map_err(StoreError::from) {
            Ok(_) => self.figures.written(),
            Err(error) if error.is_fatal() => self.give_up_batch(error, Vec::new()),
            Err(error) => tracing::debug!(cause = ?error, "the database still cannot be written"),
        }
    }

    /// Makes known what is on the disk.
    fn tell(&self, done: Trace) {
        if let Some(through) = done.removed {
            self.recent.remove(through);
        }
        if let Some(newest) = done.events.last().map(|event| event.position) {
            self.recent.extend(done.events);
            self.signals.raise(newest);
        }
        if done.ordered {
            self.signals.controls.send_modify(|count| *count += 1);
        }
        if done.timed {
            self.signals.timers.send_modify(|count| *count += 1);
        }
    }

    /// One transaction over everything that waits; what it did, once it is on the disk.
    fn transact(&mut self, jobs: &mut [Job]) -> Result<Trace, StoreError> {
        if self.files.are_read_only() {
            return Err(StoreError::ReadOnly);
        }
        let mut manner = Manner::Hopeful;
        loop {
            match self.transact_once(jobs, manner) {
                Err(End::Undo) => manner = Manner::Careful,
                Err(End::Failed(error)) => return Err(error),
                Ok(done) => return Ok(done),
            }
        }
    }

    /// The same in one manner. Whatever ends it takes everything back.
    fn transact_once(&mut self, jobs: &mut [Job], manner: Manner) -> Result<Trace, End> {
        let changes = self.connection.total_changes();
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let tip = log::tip(&transaction)?;
        if tip.position > *self.signals.head.borrow() {
            // Another process has written: perhaps what is kept here.
            self.known.forget();
        }
        let mut batch = Batch::new(&transaction, tip, manner);
        jobs.iter_mut().try_for_each(|job| batch.run(job))?;
        let touched = batch.touched;
        let done = batch.finish()?;
        self.gather.flushing(&self.figures.flushes, || transaction.commit())?;
        if touched {
            self.known.forget();
        }
        // A batch of refusals writes nothing, and proves nothing.
        if self.connection.total_changes() > changes {
            self.figures.written();
        }
        Ok(done)
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

    /// Answers a batch that changed nothing; stops the process when that is not certain.
    fn give_up_batch(&self, error: StoreError, jobs: Vec<Job>) {
        let error = if self.files.explain(&error) { StoreError::ReadOnly } else { error };
        if error.is_fatal() {
            tracing::error!(%error, cause = ?error, "the disk failed: what is on it is unknown, so the process stops");
            std::process::abort();
        }
        let why = error.passing().unwrap_or("the database failed");
        self.figures.refused(why);
        tracing::warn!(cause = ?error, jobs = jobs.len(), "a batch of writes changed nothing");
        for job in jobs {
            job.fail(why);
        }
    }
}
