//! Changes under way, in tasks of their own: whoever asked for one may go away, and it is made all the same, or not
//! at all.

use std::sync::Arc;

use rishi_app::commit::CommitError;
use rishi_bus::Position;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::connection::Pool;
use super::error::StoreError;
use super::gathering::Gathering;
use super::sequencer::Sequencer;
use super::writer::{Refusal, Step, Trace, transact};
use crate::figures::Figures;
use crate::guard::{Telling, Verdict};
use crate::recent::Recent;
use crate::refusal::Refusal as _;
use crate::signals::Signals;

/// How many changes may be under way or wait for a connection.
pub(super) const MOST_WRITES: u32 = 1_024;

/// What makes changes, and tells this process of them.
pub(super) struct Writing {
    pub(super) pool: Arc<Pool>,
    pub(super) sequencer: Sequencer,
    pub(super) signals: Signals,
    pub(super) recent: Arc<Recent>,
    pub(super) figures: Arc<Figures>,
    pub(super) gathering: Gathering,
    room: Arc<Semaphore>,
}

/// Takes a step in a task of its own, which holds its place until it is through.
pub(super) async fn detached<S: Step>(
    room: OwnedSemaphorePermit,
    writing: Arc<Writing>,
    step: S,
) -> Result<(S::Outcome, Option<Position>), Refusal> {
    let running = tokio::spawn(async move {
        let outcome = writing.take(&step).await;
        drop(room);
        outcome
    });
    match running.await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(StoreError::Closed.into()),
        },
    }
}

impl Telling for Refusal {
    fn verdict(&self) -> Verdict {
        match self {
            Self::Commit(_) => Verdict::Works,
            Self::Failed(error) => error.verdict(),
        }
    }
}

impl Writing {
    /// Nothing under way yet.
    pub(super) fn new(
        pool: Arc<Pool>,
        sequencer: Sequencer,
        signals: Signals,
        recent: Arc<Recent>,
        figures: Arc<Figures>,
    ) -> Self {
        let room = Arc::new(Semaphore::new(MOST_WRITES as usize));
        Self { pool, sequencer, signals, recent, figures, gathering: Gathering::default(), room }
    }

    /// How many changes are under way or wait.
    pub(super) fn taken(&self) -> usize {
        (MOST_WRITES as usize).saturating_sub(self.room.available_permits())
    }

    /// Leave for one more change, unless too many are under way.
    pub(super) fn enter(&self) -> Result<OwnedSemaphorePermit, CommitError> {
        Arc::clone(&self.room).try_acquire_owned().map_err(|error| match error {
            tokio::sync::TryAcquireError::NoPermits => {
                CommitError::Unavailable("too many writes are waiting".to_owned())
            }
            tokio::sync::TryAcquireError::Closed => StoreError::Closed.into(),
        })
    }

    /// The same for the bus, which waits for room.
    pub(super) async fn wait(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        Arc::clone(&self.room).acquire_owned().await.map_err(|_| StoreError::Closed)
    }

    /// Waits for what is under way and lets nothing further begin.
    pub(super) async fn close(&self) {
        if let Ok(all) = self.room.acquire_many(MOST_WRITES).await {
            self.room.close();
            drop(all);
        }
    }

    /// Takes a step and makes it known: what it came to, and where its first event stands.
    pub(super) async fn take<S: Step>(
        &self,
        step: &S,
    ) -> Result<(S::Outcome, Option<Position>), Refusal> {
        match transact(&self.pool, &self.sequencer, step).await {
            Ok((done, trace)) if S::KEPT => {
                self.figures.written();
                Ok((done, self.tell(trace).await))
            }
            Ok((done, _)) => Ok((done, None)),
            Err(refusal) => {
                if let Refusal::Failed(error) = &refusal {
                    tracing::warn!(cause = ?error, "a write changed nothing");
                    if error.keeps_from_writing() {
                        self.figures.refused(error.passing().unwrap_or("the database failed"));
                    }
                }
                Err(refusal)
            }
        }
    }

    /// Where a committed event stands.
    pub(super) async fn place(&self, event: Uuid, trace: &Trace) -> Option<Position> {
        match trace.places.get(&event) {
            Some(place) => Some(*place),
            None => self.sequencer.place(event).await,
        }
    }

    /// Makes known what is on the server's disk; where the first event stands.
    async fn tell(&self, trace: Trace) -> Option<Position> {
        if let Some(through) = trace.removed {
            self.recent.remove(through);
        }
        let mut first = None;
        if let (Some(event), Some(last)) = (trace.told.first(), trace.told.last()) {
            let (one, _) = tokio::join!(self.place(*event, &trace), self.place(*last, &trace));
            first = one;
        }
        if trace.ordered {
            self.signals.controls.send_modify(|count| *count += 1);
        }
        if trace.timed {
            self.signals.timers.send_modify(|count| *count += 1);
        }
        first
    }
}
