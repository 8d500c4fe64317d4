//! One subscription at work.
//!
//! A worker is one task and owns all state of its subscription, so nothing is locked and every step follows the one
//! before. It turns in a loop: record what finished, start what may run, take the next wave, and only then wait. The
//! handlers of the parked lane run in tasks of their own and hand their verdicts back.

use std::{sync::Arc, time::Duration};

use futures::FutureExt as _;
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Interval, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use super::{
    Jitter,
    attempt::Attempt,
    lanes::Lanes,
    patience::{patiently, pause},
    status::Board,
    tail::Tail,
    take::WAVE_MAX,
};
use crate::{Clock, Ledger, OnDead, ParkedState, Position, Subscription};

/// Keys ready to run beyond which no new events are taken, so that a backlog stays in the ledger and not in memory.
const HIGH_WATER: usize = 1024;
/// How often progress held in memory is written and timers are compared with the clock, which may jump.
const TICK: Duration = Duration::from_secs(1);

/// What all workers share.
pub(crate) struct Shared<L> {
    pub(crate) ledger: Arc<L>,
    pub(crate) tail: Tail<L>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) jitter: Jitter,
    /// Take nothing new.
    pub(crate) stop: CancellationToken,
    /// Drop what is running.
    pub(crate) kill: CancellationToken,
}

/// A worker's answer to "is there anything left to do?".
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Idle {
    /// The question that it answers.
    pub(crate) question: u64,
    /// How far it had read.
    pub(crate) read: Position,
}

/// What is in memory may differ from what is in the ledger, which must be read again.
#[derive(Debug)]
pub(crate) struct Stale;

pub(crate) struct Worker<L: Ledger> {
    pub(crate) shared: Arc<Shared<L>>,
    pub(crate) subscription: Arc<Subscription<L::Commit>>,
    pub(crate) board: Board,
    pub(crate) head: watch::Receiver<Position>,
    pub(crate) question: watch::Receiver<u64>,
    pub(crate) idle: watch::Sender<Idle>,
    pub(crate) lanes: Lanes,
    /// Every event up to here is done, unwanted, or has a row.
    pub(crate) read: Position,
    /// The durable cursor; behind `read` while nothing but cheap progress would be lost.
    pub(crate) stored: Position,
    /// Events to take at once.
    pub(crate) wave: usize,
    pub(crate) running: JoinSet<Attempt<L::Commit>>,
    /// Attempts that have come back and are not recorded yet.
    pub(crate) done: Vec<Attempt<L::Commit>>,
}

impl<L: Ledger> Worker<L> {
    pub(crate) fn new(
        shared: Arc<Shared<L>>,
        subscription: Subscription<L::Commit>,
        cursor: Position,
        question: watch::Receiver<u64>,
        idle: watch::Sender<Idle>,
        board: Board,
    ) -> Self {
        Self {
            head: shared.ledger.head(),
            shared,
            subscription: Arc::new(subscription),
            board,
            question,
            idle,
            lanes: Lanes::default(),
            read: cursor,
            stored: cursor,
            wave: WAVE_MAX,
            running: JoinSet::new(),
            done: Vec::new(),
        }
    }

    /// Works until told to stop.
    pub(crate) async fn work(mut self) {
        let mut tries = 0;
        while self.load().await.is_some() {
            if self.turn(&mut tries).await.is_ok() {
                break;
            }
            // Stale. Only policies come here, and they can be cancelled at any point.
            self.running.shutdown().await;
            self.done.clear();
            // The durable cursor may be further than we know; it must not be written back.
            self.stored = self.read;
            tries += 1;
            if !pause(&self.shared.stop, tries).await {
                break;
            }
        }
        self.finish().await;
    }

    /// Takes progress and parked heads from the ledger. `None` when stopped.
    async fn load(&mut self) -> Option<()> {
        let (shared, spec) = (Arc::clone(&self.shared), Arc::clone(&self.subscription));
        let (ledger, spec) = (&shared.ledger, &spec.spec);
        self.read = patiently(&shared.stop, &spec.name, "register", || {
            ledger.register(&spec.name, spec.start)
        })
        .await?;
        self.stored = self.read;
        let heads =
            patiently(&shared.stop, &spec.name, "parked_heads", || ledger.parked_heads(&spec.name))
                .await?;
        let dead: Vec<_> = heads
            .iter()
            .filter(|head| spec.on_dead == OnDead::Release && head.state == ParkedState::Dead)
            .map(|head| head.key.clone())
            .collect();
        self.lanes = Lanes::load(heads);
        for key in dead {
            self.pass(&key).await;
        }
        Some(())
    }

    async fn turn(&mut self, tries: &mut u32) -> Result<(), Stale> {
        let shared = Arc::clone(&self.shared);
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.reset();
        let mut flush = false;
        while !shared.stop.is_cancelled() {
            let question = *self.question.borrow_and_update();
            let head = *self.head.borrow_and_update();
            let finished = self.gather().await?;
            if !finished.is_empty() {
                self.settle(None, finished).await?;
                *tries = 0;
            }
            self.start();
            if self.read < head && self.lanes.ready() < HIGH_WATER {
                if self.take(head).await? {
                    *tries = 0;
                }
                if ticks.tick().now_or_never().is_some() {
                    self.flush().await?;
                }
                continue;
            }
            let quiet = self.read >= head && self.running.is_empty() && self.lanes.ready() == 0;
            let asked = quiet && self.idle.borrow().question < question;
            if flush || asked {
                self.flush().await?;
            }
            self.show(head);
            if asked {
                self.idle.send_replace(Idle { question, read: self.read });
            }
            flush = self.wait(&mut ticks).await?;
        }
        Ok(())
    }

    /// Waits for anything that may give work; true when the tick has come.
    async fn wait(&mut self, ticks: &mut Interval) -> Result<bool, Stale> {
        let now = self.shared.clock.now();
        let due = self.lanes.next_due().map_or(TICK, |due| {
            // A timer beyond the next tick is looked at again then: the clock may have been set meanwhile.
            Duration::try_from(due.duration_since(now)).unwrap_or_default().min(TICK)
        });
        let timed = self.lanes.next_due().is_some();
        tokio::select! {
            () = self.shared.stop.cancelled() => Ok(false),
            Ok(()) = self.head.changed() => Ok(false),
            Ok(()) = self.question.changed() => Ok(false),
            Some(finished) = self.running.join_next(), if !self.running.is_empty() => {
                self.done.push(finished.map_err(|_| Stale)?);
                Ok(false)
            }
            () = tokio::time::sleep(due), if timed => Ok(false),
            _ = ticks.tick() => Ok(true),
        }
    }

    /// Waits for what is running until it is to be dropped, and writes what is known. An interrupted run leaves no trace
    /// and so is not an attempt.
    async fn finish(mut self) {
        let kill = self.shared.kill.clone();
        let mut done = std::mem::take(&mut self.done);
        loop {
            if !done.is_empty() && self.settle(None, done).await.is_err() {
                return;
            }
            let Some(Some(Ok(next))) = kill.run_until_cancelled(self.running.join_next()).await
            else {
                break;
            };
            done = vec![next];
        }
        self.running.shutdown().await;
        if self.flush().await.is_err() {
            tracing::warn!(subscription = %self.subscription.spec.name, "progress since the last flush is repeated");
        }
    }

    fn show(&self, head: Position) {
        self.board.update(|status| {
            (status.cursor, status.head) = (self.read, head);
            (status.parked_keys, status.running) = (self.lanes.len(), self.running.len());
        });
    }
}
