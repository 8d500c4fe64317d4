//! Changes that wait for others go together.
//!
//! A few workers take what waits, one transaction after the other. While one of them is free a change is made alone and at
//! once; when all are busy, what has come meanwhile and may be made beside each other shares the next transaction, so
//! that the more there is to do, the less each costs.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::join_all;
use rishi_app::commit::{Commit, CommitError, Committed};
use rishi_bus::Position;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use uuid::Uuid;

use super::error::StoreError;
use super::writer::{Company, Group, Refusal, Trace, transact};
use super::writing::Writing;

/// How many transactions are under way at once.
const WORKERS: usize = 4;
/// How many changes share a transaction at most.
const MOST: usize = 32;

/// What became of a change, and where its first event stands.
type Outcome = Result<(Committed, Option<Position>), Refusal>;

/// A change that waits, with its place among those that may.
struct Wanted {
    commit: Commit,
    answer: oneshot::Sender<Outcome>,
    room: OwnedSemaphorePermit,
}

/// The changes that wait.
#[derive(Default)]
pub(super) struct Gathering(Mutex<Line>);

#[derive(Default)]
struct Line {
    waiting: VecDeque<Wanted>,
    workers: usize,
}

impl Gathering {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a change in line; true when a worker has to be sent for it.
    fn enqueue(&self, wanted: Wanted) -> bool {
        let mut line = self.line();
        line.waiting.push_back(wanted);
        let more = line.workers < WORKERS;
        line.workers += usize::from(more);
        more
    }

    /// The next changes for one transaction; a worker that gets none has gone home.
    fn next(&self) -> Option<Vec<Wanted>> {
        let mut line = self.line();
        let group = line.take();
        if group.is_empty() {
            line.workers -= 1;
            return None;
        }
        Some(group)
    }
}

impl Line {
    /// The first that waits, with those behind it that may be made beside it.
    fn take(&mut self) -> Vec<Wanted> {
        let mut company = Company::default();
        let fits: Vec<bool> =
            self.waiting.iter().take(MOST).map(|one| company.admit(&one.commit)).collect();
        // Whoever may not be made beside others is made alone when it is first.
        let mut fits = match fits.first() {
            Some(false) => vec![true],
            _ => fits,
        };
        fits.resize(self.waiting.len(), false);
        let mut group = Vec::new();
        for (wanted, fits) in std::mem::take(&mut self.waiting).into_iter().zip(fits) {
            if fits {
                group.push(wanted);
            } else {
                self.waiting.push_back(wanted);
            }
        }
        group
    }
}

/// Makes a change, in tasks of its own; it holds its place until it is through.
pub(super) async fn gathered(
    room: OwnedSemaphorePermit,
    writing: Arc<Writing>,
    commit: Commit,
) -> Outcome {
    let (answer, answered) = oneshot::channel();
    if writing.gathering.enqueue(Wanted { commit, answer, room }) {
        tokio::spawn(work(Arc::clone(&writing)));
    }
    // Gone without an answer, it has panicked.
    answered.await.unwrap_or_else(|_| Err(StoreError::Unknown.into()))
}

async fn work(writing: Arc<Writing>) {
    while let Some(group) = writing.gathering.next() {
        let done = tokio::spawn(serve(Arc::clone(&writing), group)).await;
        if let Err(error) = done {
            tracing::error!(%error, "changes were not made to the end");
        }
    }
}

async fn serve(writing: Arc<Writing>, group: Vec<Wanted>) {
    let (commits, answers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|Wanted { commit, answer, room }| (commit, (answer, room))).unzip();
    let outcomes = writing.make(Group(commits)).await;
    for ((answer, room), outcome) in answers.into_iter().zip(outcomes) {
        // Whoever asked may have gone.
        answer.send(outcome).ok();
        drop(room);
    }
}

impl Writing {
    /// Makes changes that may be made beside each other; of each what became of it.
    async fn make(&self, mut group: Group) -> Vec<Outcome> {
        if group.0.len() > 1 {
            match transact(&self.pool, &self.sequencer, &group).await {
                Ok((done, trace)) => return self.placed(&group, done, &trace).await,
                // Nobody knows what became of any of them.
                Err(Refusal::Failed(StoreError::Unknown)) => {
                    return group.0.iter().map(|_| Err(StoreError::Unknown.into())).collect();
                }
                Err(refusal) => tracing::debug!(cause = ?refusal, "a company is made one by one"),
            }
        }
        join_all(group.0.drain(..).map(async |commit| self.take(&commit).await)).await
    }

    /// Finds out where the first events stand of what was made.
    async fn placed(
        &self,
        group: &Group,
        done: Vec<Result<Committed, CommitError>>,
        trace: &Trace,
    ) -> Vec<Outcome> {
        self.figures.written();
        let told = |commit: &Commit| -> Option<Uuid> { Some(commit.events.first()?.id) };
        join_all(group.0.iter().zip(done).map(async |(commit, done)| match done {
            Ok(done @ Committed::Fresh { .. }) => {
                let place = match told(commit) {
                    Some(event) => self.place(event, trace).await,
                    None => None,
                };
                if !commit.timers.is_empty() {
                    self.signals.timers.send_modify(|count| *count += 1);
                }
                Ok((done, place))
            }
            Ok(replayed) => Ok((replayed, None)),
            Err(refused) => Err(refused.into()),
        }))
        .await
    }
}
