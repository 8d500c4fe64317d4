//! What the writer is asked to do, the way to it, and the answers.
//!
//! A job keeps its outcome until the batch is on the disk, so that a batch can be done over. With the
//! answer goes back what was asked for: memory is given back fastest where it was taken.

use jiff::Timestamp;
use rishi_app::commit::{Commit, CommitError, Committed};
use rishi_bus::{LedgerError, Refused, Registration, Settlement, Start};
use tokio::sync::oneshot;

use crate::sqlite::error::StoreError;

/// An answer, with what was asked.
pub(in crate::sqlite) type Answer<W, T, E> = (Result<T, E>, W);

/// Work for the writer, its outcome so far, and where the answer goes.
pub(in crate::sqlite) struct Asked<W, T, E> {
    pub(super) work: W,
    outcome: Option<Result<T, E>>,
    to: oneshot::Sender<Answer<W, T, E>>,
}

/// A use case's change.
pub(in crate::sqlite) type AskedCommit = Asked<Commit, Committed, CommitError>;
/// Something of the bus.
pub(in crate::sqlite) type AskedStep<W, T> = Asked<W, T, LedgerError>;

/// Something for the writer to do.
pub(in crate::sqlite) enum Job {
    /// A use case's change.
    Commit(Box<AskedCommit>),
    /// A subscription's progress.
    Settle(Box<AskedStep<Settlement<Commit>, Vec<Refused>>>),
    /// A subscription's first appearance, or its return; answers where it stands.
    Register(AskedStep<(String, Start), Registration>),
    /// Timers that are due by now, so many at most; answers how many there were.
    Fire(AskedStep<(Timestamp, usize), usize>),
    /// Commits to be tried and taken back; answers of each whether it would be made.
    Rehearse(AskedStep<Vec<Commit>, Vec<Result<(), String>>>),
}

impl<W, T, E: Unavailable> Asked<W, T, E> {
    /// Work, and where its answer will come.
    pub(in crate::sqlite) fn new(work: W) -> (Self, oneshot::Receiver<Answer<W, T, E>>) {
        let (to, answer) = oneshot::channel();
        (Self { work, outcome: None, to }, answer)
    }

    /// What came of it, if its batch can be written.
    pub(super) fn came_to(&mut self, outcome: Result<T, E>) {
        self.outcome = Some(outcome);
    }

    /// The batch is on the disk, or it `failed` as a whole and changed nothing. Whoever asked may have
    /// gone: then the answer is dropped and the change stays.
    fn answer(self, failed: Option<&str>) {
        let outcome = match (failed, self.outcome) {
            (None, Some(outcome)) => outcome,
            (failed, _) => Err(E::unavailable(failed.unwrap_or("the batch was not written"))),
        };
        drop(self.to.send((outcome, self.work)));
    }
}

impl Job {
    /// The batch is on the disk.
    pub(super) fn send(self) {
        self.answer(None);
    }

    /// The batch failed as a whole and changed nothing.
    pub(super) fn fail(self, why: &str) {
        self.answer(Some(why));
    }

    fn answer(self, failed: Option<&str>) {
        match self {
            Self::Commit(asked) => asked.answer(failed),
            Self::Settle(asked) => asked.answer(failed),
            Self::Register(asked) => asked.answer(failed),
            Self::Fire(asked) => asked.answer(failed),
            Self::Rehearse(asked) => asked.answer(failed),
        }
    }
}

/// The way to the writer.
pub(in crate::sqlite) struct Jobs(std::sync::Mutex<Option<flume::Sender<Job>>>);

impl Jobs {
    pub(super) fn new(sender: flume::Sender<Job>) -> Self {
        Self(std::sync::Mutex::new(Some(sender)))
    }

    fn sender(&self) -> Option<flume::Sender<Job>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// How many jobs wait.
    pub(in crate::sqlite) fn waiting(&self) -> usize {
        self.sender().map_or(0, |sender| sender.len())
    }

    /// How many may.
    pub(in crate::sqlite) fn most(&self) -> usize {
        self.sender().and_then(|sender| sender.capacity()).unwrap_or(0)
    }

    /// Hands in a job unless too many wait already.
    pub(in crate::sqlite) fn offer(&self, job: Job) -> Result<(), CommitError> {
        let sender = self.sender().ok_or_else(closed)?;
        sender.try_send(job).map_err(|error| match error {
            flume::TrySendError::Full(_) => {
                CommitError::Unavailable("too many writes are waiting".to_owned())
            }
            flume::TrySendError::Disconnected(_) => closed(),
        })
    }

    /// Hands in a job of the bus, waiting for room and then for the answer.
    pub(in crate::sqlite) async fn ask<W, T>(
        &self,
        work: W,
        job: impl FnOnce(AskedStep<W, T>) -> Job,
    ) -> Result<T, LedgerError> {
        let (asked, answer) = Asked::new(work);
        let sender = self.sender().ok_or(StoreError::Closed)?;
        sender.send_async(job(asked)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(LedgerError::new)?.0
    }

    /// Takes no more jobs; those handed in are still done.
    pub(in crate::sqlite) fn close(&self) {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    }
}

/// The answer when nobody is there to write any more.
pub(in crate::sqlite) fn closed() -> CommitError {
    CommitError::Unavailable("the database is closed".to_owned())
}

/// An error that can say that the batch changed nothing.
pub(in crate::sqlite) trait Unavailable {
    fn unavailable(why: &str) -> Self;
}

impl Unavailable for CommitError {
    fn unavailable(why: &str) -> Self {
        Self::Unavailable(why.to_owned())
    }
}

impl Unavailable for LedgerError {
    fn unavailable(why: &str) -> Self {
        Self::new(why.to_owned())
    }
}
