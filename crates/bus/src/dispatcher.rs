//! Carries events from the log to the subscriptions. See the crate's documentation for the flow.

pub(crate) mod attempt;
mod controls;
mod head;
mod lanes;
mod patience;
mod recent;
mod run;
mod settle;
mod status;
mod survey;
mod tail;
mod take;
mod timers;
mod told;
mod turn;
mod wave;
mod worker;

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use self::{
    controls::Said,
    status::Board,
    tail::Tail,
    told::Told,
    worker::{Idle, Shared, Worker},
};
use crate::{
    Clock, Ledger, LedgerError, Position, Subscription,
    lease::{Hold, Keeper, of_subscription},
};

pub use self::status::{RecentError, SubscriptionStatus};

/// Where jitter comes from: each call gives a number in `0..=1`.
pub type Jitter = Arc<dyn Fn() -> f64 + Send + Sync>;

/// How often the database is asked for what another process wrote: events, orders, timers.
const LOOK: Duration = Duration::from_secs(1);
/// How long after the deadline of a shutdown progress may still be written.
const GRACE: Duration = Duration::from_secs(1);

/// The running subscriptions. Dropping it is a crash: everything stops where it is, and nothing is lost by that.
#[derive(Debug)]
pub struct Dispatcher {
    tasks: JoinSet<()>,
    stop: CancellationToken,
    kill: CancellationToken,
    head: watch::Receiver<Position>,
    question: watch::Sender<u64>,
    idle: Vec<watch::Receiver<Idle>>,
    boards: Vec<Board>,
    controls: Told,
    timers: Told,
}

/// Why a dispatcher did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Two subscriptions have one name; they would share one cursor and each miss what the other handled.
    #[error("two subscriptions are named {0:?}")]
    DuplicateName(String),
    /// A subscription could not be registered.
    #[error("the subscription {name:?} could not be registered")]
    Register {
        /// Its name.
        name: String,
        /// What the ledger said.
        #[source]
        source: LedgerError,
    },
}

impl Dispatcher {
    /// Registers the subscriptions and sets them to work. Events committed after it returns reach all of them, those
    /// that start [`Now`](crate::Start::Now) included. `jitter` gives numbers in `0..=1`.
    pub async fn start<L: Ledger + ?Sized>(
        ledger: Arc<L>,
        subscriptions: Vec<Subscription<L::Commit>>,
        clock: Arc<dyn Clock>,
        jitter: Jitter,
    ) -> Result<Self, StartError> {
        Self::start_sharing(ledger, subscriptions, clock, jitter, None).await
    }

    /// The same beside other nodes: each subscription is worked by whichever of them holds its lease.
    pub async fn start_sharing<L: Ledger + ?Sized>(
        ledger: Arc<L>,
        subscriptions: Vec<Subscription<L::Commit>>,
        clock: Arc<dyn Clock>,
        jitter: Jitter,
        keeper: Option<&Keeper>,
    ) -> Result<Self, StartError> {
        let mut said = HashMap::new();
        for Subscription { spec, .. } in &subscriptions {
            if said.insert(spec.name.to_string(), watch::Sender::new(Said::default())).is_some() {
                return Err(StartError::DuplicateName(spec.name.to_string()));
            }
        }
        let (stop, kill) = (CancellationToken::new(), CancellationToken::new());
        let shared = Arc::new(Shared {
            tail: Tail::new(Arc::clone(&ledger)),
            ledger,
            clock,
            jitter,
            stop: stop.clone(),
            kill: kill.clone(),
        });
        let ledger = &shared.ledger;
        let question = watch::Sender::new(0);
        let (controls_idle, controls) = watch::channel(Idle::default());
        let (timers_idle, timers) = watch::channel(Idle::default());
        let mut dispatcher = Self {
            tasks: JoinSet::new(),
            stop,
            kill,
            head: ledger.head(),
            question,
            idle: Vec::new(),
            boards: Vec::new(),
            controls: Told { changes: ledger.control_changes(), idle: controls },
            timers: Told { changes: ledger.timer_changes(), idle: timers },
        };
        let mut workers = Vec::new();
        for subscription in subscriptions {
            let spec = &subscription.spec;
            let registration = ledger
                .registration(&spec.name, spec.start)
                .await
                .map_err(|source| StartError::Register { name: spec.name.to_string(), source })?;
            let (idle, asked) = watch::channel(Idle::default());
            let board = Board::new(&spec.name, Arc::clone(&shared.clock));
            board.update(|status| {
                (status.cursor, status.paused) = (registration.cursor, registration.paused);
            });
            dispatcher.idle.push(asked);
            dispatcher.boards.push(board.clone());
            let (question, said) = (dispatcher.question.subscribe(), said[&*spec.name].clone());
            // Wanted once it is registered: taking a lease writes into the row.
            let hold =
                keeper.map_or_else(Hold::always, |keeper| keeper.hold(of_subscription(&spec.name)));
            workers.push(Worker::new(
                Arc::clone(&shared),
                subscription,
                hold,
                question,
                idle,
                said,
                board,
            ));
        }
        for worker in workers {
            dispatcher.tasks.spawn(worker.work());
        }
        let question = || dispatcher.question.subscribe();
        let listen = controls::listen(Arc::clone(&shared), said, question(), controls_idle);
        let fire = timers::fire(Arc::clone(&shared), question(), timers_idle);
        dispatcher.tasks.spawn(listen);
        dispatcher.tasks.spawn(fire);
        dispatcher.tasks.spawn(head::look(shared));
        Ok(dispatcher)
    }

    /// Waits until no subscription has anything left to do at the clock's present time: all orders are obeyed, all
    /// committed events are read, nothing runs, and no retry or timer is due. Retries and timers due later, dead
    /// letters, and what waits for a pause or a gate to end remain. Progress is durable then.
    pub async fn idle(&self) {
        loop {
            // What was said must have reached the workers before they are asked.
            let mut quiet = self.controls.answer(self.ask()).await;
            let question = self.ask();
            let mut read = Position::MAX;
            for idle in &self.idle {
                // A worker that has ended has nothing left to do.
                if let Ok(idle) = idle.clone().wait_for(|idle| idle.question >= question).await {
                    read = read.min(idle.read);
                }
            }
            quiet &= self.timers.answer(question).await;
            quiet &= self.controls.answer(question).await;
            if quiet && read >= *self.head.borrow() {
                return;
            }
        }
    }

    fn ask(&self) -> u64 {
        self.question.send_modify(|question| *question += 1);
        *self.question.borrow()
    }

    /// What every subscription is doing, in the order in which they were given.
    pub fn status(&self) -> Vec<SubscriptionStatus> {
        let head = *self.head.borrow();
        let boards = self.boards.iter().zip(&self.idle);
        // A worker keeps its end of the channel as long as it lives.
        let read = |(board, idle): (&Board, &watch::Receiver<Idle>)| SubscriptionStatus {
            head,
            alive: idle.has_changed().is_ok(),
            ..board.read()
        };
        boards.map(read).collect()
    }

    /// Takes nothing new, lets running handlers finish until the deadline, drops the rest (which costs them no attempt)
    /// and writes progress. What was not finished is taken up again by the next start.
    pub async fn shutdown(mut self, deadline: Duration) {
        self.stop.cancel();
        let tasks = &mut self.tasks;
        let mut join = async || while tasks.join_next().await.is_some() {};
        if tokio::time::timeout(deadline, join()).await.is_err() {
            self.kill.cancel();
            if tokio::time::timeout(GRACE, join()).await.is_err() {
                tracing::warn!(
                    "the ledger did not answer within the shutdown deadline; progress will be repeated"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
