//! A worker's loop.
//!
//! It turns like this: record what finished, start what may run, take the next wave, and only then wait. A paused worker
//! starts and takes nothing, but what was running is recorded.

use std::{sync::Arc, time::Duration};

use futures::FutureExt as _;
use jiff::Timestamp;
use tokio::time::{Interval, MissedTickBehavior};

use super::worker::{Idle, Stale, Worker};
use crate::{Ledger, Position};

/// Keys ready to run beyond which no new events are taken, so that a backlog stays in the ledger and not in memory.
const HIGH_WATER: usize = 1024;
/// How often progress held in memory is written and timers are compared with the clock, which may jump.
const TICK: Duration = Duration::from_secs(1);
/// How soon a shut gate is asked again at the soonest.
const ASK_MIN: Duration = Duration::from_millis(100);

impl<L: Ledger + ?Sized> Worker<L> {
    /// Turns until told to stop or to leave it to another node, or until what is held in memory is no longer what the ledger holds.
    pub(crate) async fn turn(&mut self, tries: &mut u32) -> Result<(), Stale> {
        let shared = Arc::clone(&self.shared);
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.reset();
        let mut tick = false;
        while !shared.stop.is_cancelled() && !self.grant.is_wanted() {
            let question = *self.question.borrow_and_update();
            let head = *self.head.borrow_and_update();
            let said = *self.heard.borrow_and_update();
            if said.generation > self.generation {
                return Err(Stale::Superseded);
            }
            self.paused = said.paused;
            let finished = self.gather().await?;
            if !finished.is_empty() {
                self.settle(None, finished, None).await?;
                *tries = 0;
            }
            self.start();
            let resting = self.paused || self.shut.is_some();
            if resting {
                // Decided anew when it goes on, which may be long after.
                self.ahead = None;
            }
            if !resting && self.read < head && self.lanes.ready() < HIGH_WATER {
                if self.take(head).await? {
                    *tries = 0;
                }
                if ticks.tick().now_or_never().is_some() {
                    self.flush().await?;
                    self.survey(head).await;
                    self.show(head);
                }
                continue;
            }
            let nothing = resting || (self.read >= head && self.lanes.ready() == 0);
            let asked =
                nothing && self.running.is_empty() && self.idle.borrow().question < question;
            if tick || asked {
                self.flush().await?;
                self.survey(head).await;
            }
            self.show(head);
            if asked {
                // Who rests does not read, and nobody is to wait for it.
                let read = if resting { Position::MAX } else { self.read };
                self.idle.send_replace(Idle { question, read });
            }
            tick = self.wait(&mut ticks).await?;
        }
        Ok(())
    }

    /// Waits for anything that may give work; true when the tick has come.
    async fn wait(&mut self, ticks: &mut Interval) -> Result<bool, Stale> {
        let now = self.shared.clock.now();
        let until =
            |time: Timestamp| Duration::try_from(time.duration_since(now)).unwrap_or_default();
        let due = self.lanes.next_due().map(until);
        let ask = self.shut.map(|time| until(time).max(ASK_MIN));
        // What is beyond the next tick is looked at again then: the clock may have been set meanwhile.
        let due = due.into_iter().chain(ask).min().unwrap_or(TICK).min(TICK);
        tokio::select! {
            () = self.shared.stop.cancelled() => Ok(false),
            () = self.grant.wanted() => Ok(false),
            Ok(()) = self.head.changed() => Ok(false),
            Ok(()) = self.question.changed() => Ok(false),
            Ok(()) = self.heard.changed() => Ok(false),
            Some(finished) = self.running.join_next(), if !self.running.is_empty() => {
                self.done.push(finished.map_err(|_| Stale::Unknown)?);
                Ok(false)
            }
            () = tokio::time::sleep(due), if due < TICK => Ok(false),
            _ = ticks.tick() => Ok(true),
        }
    }

    /// Waits for what is running until it is to be dropped, and writes what is known. An interrupted run leaves no trace
    /// and so is not an attempt.
    pub(crate) async fn finish(&mut self) {
        let kill = self.shared.kill.clone();
        let mut done = std::mem::take(&mut self.done);
        loop {
            if !done.is_empty() && self.settle(None, done, None).await.is_err() {
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
            (status.paused, status.gated) = (self.paused, self.shut.is_some());
            (status.oldest_unread, status.oldest_pending) = self.oldest.times();
        });
    }
}
