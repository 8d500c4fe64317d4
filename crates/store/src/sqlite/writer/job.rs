//! What the writer is asked to do, the way to it, and the answers.

use jiff::Timestamp;
use rishi_app::commit::{Commit, CommitError, Committed};
use rishi_bus::{LedgerError, Refused, Registration, Settlement, Start};
use tokio::sync::oneshot;

use crate::sqlite::error::StoreError;

/// Where an answer goes.
pub(in crate::sqlite) type To<T, E> = oneshot::Sender<Result<T, E>>;

/// Something for the writer to do.
pub(in crate::sqlite) enum Job {
    /// A use case's change.
    Commit(Box<Commit>, To<Committed, CommitError>),
    /// A subscription's progress.
    Settle(Box<Settlement<Commit>>, To<Vec<Refused>, LedgerError>),
    /// A subscription's first appearance, or its return; answers where it stands.
    Register(String, Start, To<Registration, LedgerError>),
    /// Timers that are due by now, so many at most; answers how many there were.
    Fire(Timestamp, usize, To<usize, LedgerError>),
    /// Commits to be tried and taken back; answers of each whether it would be made.
    Rehearse(Vec<Commit>, To<Vec<Result<(), String>>, LedgerError>),
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
    pub(in crate::sqlite) async fn ask<T>(
        &self,
        job: impl FnOnce(To<T, LedgerError>) -> Job,
    ) -> Result<T, LedgerError> {
        let (to, answer) = oneshot::channel();
        let sender = self.sender().ok_or(StoreError::Closed)?;
        sender.send_async(job(to)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(LedgerError::new)?
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

/// An answer that waits for the flush. Whoever asked may have gone: then it is dropped, the change stays.
pub(super) struct Reply(Box<Answering>);

/// Sends the answer, or why there is none.
type Answering = dyn FnOnce(Option<&str>);

impl Reply {
    /// What is to be answered when the batch is on the disk.
    pub(super) fn new<T: 'static, E: Unavailable>(to: To<T, E>, answer: Result<T, E>) -> Self {
        Self(Box::new(move |failed| {
            drop(to.send(match failed {
                None => answer,
                Some(why) => Err(E::unavailable(why)),
            }));
        }))
    }

    /// Of a job that its batch never came to.
    pub(super) fn unstarted(job: Job) -> Self {
        match job {
            Job::Commit(_, to) => Self::unanswered(to),
            Job::Settle(_, to) => Self::unanswered(to),
            Job::Register(_, _, to) => Self::unanswered(to),
            Job::Fire(_, _, to) => Self::unanswered(to),
            Job::Rehearse(_, to) => Self::unanswered(to),
        }
    }

    fn unanswered<T: 'static, E: Unavailable>(to: To<T, E>) -> Self {
        Self::new(to, Err(E::unavailable("the batch was not written")))
    }

    /// The outcome of a job, or the end of its batch with a reply that can be failed.
    pub(super) fn of<T: 'static, E: Unavailable>(
        to: To<T, E>,
        done: Result<Result<T, E>, StoreError>,
    ) -> Result<Self, Box<(Self, StoreError)>> {
        match done {
            Ok(answer) => Ok(Self::new(to, answer)),
            Err(error) => Err(Box::new((Self::unanswered(to), error))),
        }
    }

    /// The batch is on the disk.
    pub(super) fn send(self) {
        self.0(None);
    }

    /// The batch failed as a whole and changed nothing.
    pub(super) fn fail(self, why: &str) {
        self.0(Some(why));
    }
}

/// An error that can say that the batch changed nothing.
pub(super) trait Unavailable: 'static {
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
