//! One subscription at work.
//!
//! A worker is one task and owns all state of its subscription, so nothing is locked and every step follows the one
//! before. The handlers of the parked lane run in tasks of their own and hand their verdicts back.
//!
//! What it holds in memory is a copy of what the ledger holds. When the two may differ, because a settlement ended in
//! doubt or because an operator intervened, it drops the copy with all that runs on it and reads again.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    Jitter,
    attempt::Attempt,
    controls::Said,
    lanes::Lanes,
    patience::{patiently, pause},
    status::Board,
    survey::Oldest,
    tail::Tail,
    take::{Taken, WAVE_MAX},
};
use crate::{
    Clock, Ledger, OnDead, ParkedState, Position, Registration, Subscription,
    lease::{Grant, Hold},
};

/// What all workers share.
pub(crate) struct Shared<L: ?Sized> {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    /// A settlement may have happened or not.
    Unknown,
    /// An operator has intervened, or somebody else has settled.
    Superseded,
    /// The subscription is another node's now.
    Lost,
}

/// Readings in a row because an operator intervened, after which they are made more slowly.
const AT_ONCE: u32 = 3;

pub(crate) struct Worker<L: Ledger + ?Sized> {
    pub(crate) shared: Arc<Shared<L>>,
    pub(crate) subscription: Arc<Subscription<L::Commit>>,
    /// The wish to work on it, and what rests on that.
    hold: Hold,
    pub(crate) grant: Grant,
    pub(crate) board: Board,
    pub(crate) head: watch::Receiver<Position>,
    pub(crate) question: watch::Receiver<u64>,
    pub(crate) idle: watch::Sender<Idle>,
    /// What operators have said; also written by whoever asks the ledger.
    pub(crate) said: watch::Sender<Said>,
    pub(crate) heard: watch::Receiver<Said>,
    pub(crate) lanes: Lanes,
    /// Of what is held here; settlements are made under it.
    pub(crate) generation: u64,
    /// Takes and starts nothing.
    pub(crate) paused: bool,
    /// When to ask the gate again, since it is shut.
    pub(crate) shut: Option<Timestamp>,
    /// Every event up to here is done, unwanted, or has a row.
    pub(crate) read: Position,
    /// The durable cursor; behind `read` while nothing but cheap progress would be lost.
    pub(crate) stored: Position,
    /// Events to take at once.
    pub(crate) wave: usize,
    /// The next wave, decided already.
    pub(crate) ahead: Option<Taken<L::Commit>>,
    pub(crate) running: JoinSet<Attempt<L::Commit>>,
    /// Attempts that have come back and are not recorded yet.
    pub(crate) done: Vec<Attempt<L::Commit>>,
    pub(crate) oldest: Oldest,
}

impl<L: Ledger + ?Sized> Worker<L> {
    pub(crate) fn new(
        shared: Arc<Shared<L>>,
        subscription: Subscription<L::Commit>,
        hold: Hold,
        question: watch::Receiver<u64>,
        idle: watch::Sender<Idle>,
        said: watch::Sender<Said>,
        board: Board,
    ) -> Self {
        Self {
            hold,
            grant: Grant::always(),
            heard: said.subscribe(),
            said,
            generation: 0,
            paused: false,
            shut: None,
            oldest: Oldest::default(),
            head: shared.ledger.head(),
            shared,
            subscription: Arc::new(subscription),
            board,
            question,
            idle,
            lanes: Lanes::default(),
            read: 0,
            stored: 0,
            wave: WAVE_MAX,
            ahead: None,
            running: JoinSet::new(),
            done: Vec::new(),
        }
    }

    /// Works whenever the subscription is this node's, until told to stop.
    pub(crate) async fn work(mut self) {
        let stop = self.shared.stop.clone();
        while let Some(grant) = self.enter().await {
            self.grant = grant.clone();
            self.board.update(|status| status.held = true);
            let served = async {
                self.serve().await;
                self.finish().await;
            };
            tokio::select! {
                biased;
                () = grant.lost() => {}
                () = served => {}
            }
            // What was dropped in the middle leaves nothing that may be relied on.
            self.drop_all().await;
            self.lanes = Lanes::default();
            self.oldest = Oldest::default();
            self.hold.release(&grant);
            self.board.leave();
            if stop.is_cancelled() {
                break;
            }
        }
    }

    /// Waits for the subscription to be this node's. `None` when stopped. Who has nothing to do is idle meanwhile.
    async fn enter(&mut self) -> Option<Grant> {
        loop {
            let question = *self.question.borrow_and_update();
            tokio::select! {
                biased;
                () = self.shared.stop.cancelled() => return None,
                grant = self.hold.granted() => return Some(grant),
                Ok(()) = self.question.changed(), if self.idle.borrow().question >= question => {}
                () = std::future::ready(()), if self.idle.borrow().question < question => {
                    self.idle.send_replace(Idle { question, read: Position::MAX });
                }
            }
        }
    }

    /// Works until told to stop, or to leave it to another node.
    async fn serve(&mut self) {
        let mut tries = 0;
        while self.load().await.is_some() {
            let Err(stale) = self.turn(&mut tries).await else { break };
            self.drop_all().await;
            if stale == Stale::Lost {
                break;
            }
            tries += 1;
            let at_once = stale == Stale::Superseded && tries <= AT_ONCE;
            if !at_once && !pause(&self.shared.stop, tries).await {
                break;
            }
        }
    }

    /// Drops what is in memory and what runs on it. Policies can be cancelled at any point; effects come here only when
    /// an operator has intervened or another node has the subscription, and are repeated under their key.
    async fn drop_all(&mut self) {
        self.running.shutdown().await;
        self.done.clear();
        self.ahead = None;
        // The durable cursor may be further than we know; it must not be written back.
        self.stored = self.read;
    }

    /// Takes progress and parked heads from the ledger. `None` when stopped.
    async fn load(&mut self) -> Option<()> {
        let (shared, spec) = (Arc::clone(&self.shared), Arc::clone(&self.subscription));
        let (ledger, spec) = (&shared.ledger, &spec.spec);
        let Registration { cursor, paused, generation } =
            patiently(&shared.stop, &spec.name, "registration", || {
                ledger.registration(&spec.name, spec.start)
            })
            .await?;
        (self.read, self.stored, self.generation) = (cursor, cursor, generation);
        self.said.send_if_modified(|said| said.hear(Said { paused, generation }));
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
}
