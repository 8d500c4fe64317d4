//! The engine, failing at a chosen call.

use std::future::{Future, pending};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_app::commit::{CommitError, Committed};
use rishi_app::{Commit, Store as _};
use rishi_bus::testing::Fault;
use rishi_bus::{
    Control, Envelope, Ledger, LedgerError, Parked, Position, Refused, Registration, Settlement,
    Start,
};
use rishi_store::sqlite::Sqlite;
use tokio::sync::{Notify, watch};

/// Which call meets with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// The how manieth call, from 1; 0 for none.
    pub(super) step: u32,
    pub(super) fault: Fault,
}

impl Plan {
    pub(super) const NONE: Self = Self { step: 0, fault: Fault::None };

    /// Whether the process dies of it.
    pub(super) fn kills(self) -> bool {
        matches!(self.fault, Fault::CrashBefore | Fault::CrashAfter)
    }
}

/// An engine whose n-th call fails, or is the last thing that its process does. What then lies on the disk
/// is copied to `grave`, as a kill leaves it: the file and its write-ahead log, never closed.
pub(super) struct Faulty {
    pub(super) engine: Arc<Sqlite>,
    plan: Plan,
    grave: PathBuf,
    calls: AtomicU32,
    dead: AtomicBool,
    died: Notify,
    reached: Notify,
    /// Bytes of the write-ahead log before the call that is the last.
    log_before: AtomicU64,
}

impl Faulty {
    pub(super) fn new(engine: Arc<Sqlite>, plan: Plan, grave: PathBuf) -> Self {
        Self {
            engine,
            plan,
            grave,
            calls: AtomicU32::new(0),
            dead: AtomicBool::new(false),
            died: Notify::new(),
            reached: Notify::new(),
            log_before: AtomicU64::new(0),
        }
    }

    /// Ends when the process has died.
    pub(super) async fn death(&self) {
        self.died.notified().await;
    }

    /// Ends when the process has come to the call of its plan.
    pub(super) async fn reached(&self) {
        self.reached.notified().await;
    }

    /// How many calls there were.
    pub(super) fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// How long the write-ahead log was before the call that was the last.
    pub(super) fn log_before(&self) -> u64 {
        self.log_before.load(Ordering::Relaxed)
    }

    /// A change by somebody else in the process, which is a call like any other. Nothing when the answer is
    /// that it failed, whether or not it happened.
    pub(super) async fn commit(&self, commit: Commit) -> Option<Committed> {
        let outcome = self.call(async { Ok(self.engine.commit(commit).await) }).await;
        outcome.ok()?.map_err(|refused: CommitError| panic!("{refused}")).ok()
    }

    async fn call<T>(
        &self,
        work: impl Future<Output = Result<T, LedgerError>>,
    ) -> Result<T, LedgerError> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let fault = match self.plan {
            Plan { step, fault } if call == step => fault,
            // The dead make no more calls.
            plan if plan.kills() && call > plan.step => return pending().await,
            _ => Fault::None,
        };
        if call == self.plan.step {
            self.log_before.store(length(self.engine.path()), Ordering::Relaxed);
            self.reached.notify_one();
        }
        match fault {
            Fault::None => {
                let outcome = work.await;
                // What was under way may still have happened, but nobody lives to hear of it.
                if self.dead.load(Ordering::Relaxed) {
                    return pending().await;
                }
                return outcome;
            }
            Fault::Error => return Err(LedgerError::new("injected")),
            Fault::ErrorAfter => {
                work.await?;
                return Err(LedgerError::new("injected, after it happened"));
            }
            Fault::CrashBefore => {}
            Fault::CrashAfter => drop(work.await),
        }
        self.dead.store(true, Ordering::Relaxed);
        bury(self.engine.path(), &self.grave);
        self.died.notify_one();
        pending().await
    }
}

/// A file's write-ahead log.
pub(super) fn log(file: &Path) -> PathBuf {
    PathBuf::from(format!("{}-wal", file.display()))
}

/// How long a file's write-ahead log is.
pub(super) fn length(file: &Path) -> u64 {
    std::fs::metadata(log(file)).map_or(0, |found| found.len())
}

/// Copies what is on the disk at this moment.
pub(super) fn bury(file: &Path, grave: &Path) {
    std::fs::copy(file, grave).unwrap();
    if log(file).exists() {
        std::fs::copy(log(file), log(grave)).unwrap();
    }
}

#[async_trait]
impl Ledger for Faulty {
    type Commit = Commit;

    async fn read(&self, after: Position, limit: usize) -> Result<Vec<Arc<Envelope>>, LedgerError> {
        self.call(self.engine.read(after, limit)).await
    }

    fn head(&self) -> watch::Receiver<Position> {
        Ledger::head(&*self.engine)
    }

    async fn refresh_head(&self) -> Result<Position, LedgerError> {
        self.call(self.engine.refresh_head()).await
    }

    async fn register(&self, name: &str, start: Start) -> Result<Position, LedgerError> {
        self.call(self.engine.register(name, start)).await
    }

    async fn registration(&self, name: &str, start: Start) -> Result<Registration, LedgerError> {
        self.call(self.engine.registration(name, start)).await
    }

    async fn settle(&self, settlement: Settlement<Commit>) -> Result<Vec<Refused>, LedgerError> {
        self.call(self.engine.settle(settlement)).await
    }

    async fn parked_heads(&self, name: &str) -> Result<Vec<Parked>, LedgerError> {
        self.call(self.engine.parked_heads(name)).await
    }

    async fn next_parked(&self, name: &str, key: &str) -> Result<Option<Parked>, LedgerError> {
        self.call(self.engine.next_parked(name, key)).await
    }

    async fn event(&self, position: Position) -> Result<Option<Arc<Envelope>>, LedgerError> {
        self.call(Ledger::event(&*self.engine, position)).await
    }

    async fn controls(&self) -> Result<Vec<Control>, LedgerError> {
        self.call(self.engine.controls()).await
    }

    fn control_changes(&self) -> watch::Receiver<u64> {
        self.engine.control_changes()
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, LedgerError> {
        self.call(self.engine.next_timer()).await
    }

    async fn fire_timers(&self, now: Timestamp, limit: usize) -> Result<usize, LedgerError> {
        self.call(self.engine.fire_timers(now, limit)).await
    }

    fn timer_changes(&self) -> watch::Receiver<u64> {
        self.engine.timer_changes()
    }

    async fn rehearse(&self, commits: Vec<Commit>) -> Result<Vec<Result<(), String>>, LedgerError> {
        self.call(self.engine.rehearse(commits)).await
    }
}
