//! What is done in a transaction of its own.

use jiff::Timestamp;
use rishi_app::commit::{Commit, CommitError, Committed};
use rishi_bus::{LedgerError, Refused, Registration, Settlement, Start};

use super::append::Trace;
use super::transaction::Refusal;
use super::{apply, settle, timers, together};
use crate::postgres::connection::Db;

/// Something that is done in a transaction of its own, and done again when that was in another's way.
pub(in crate::postgres) trait Step: Send + Sync + 'static {
    /// What it comes to.
    type Outcome: Send + 'static;

    /// Whether what it did is kept, or taken back when it is done.
    const KEPT: bool = true;

    /// Does it; `trace` is told of a change after it was made.
    fn take(
        &self,
        db: &Db<'_>,
        trace: &mut Trace,
    ) -> impl Future<Output = Result<Self::Outcome, Refusal>> + Send;
}

/// A use case's change.
impl Step for Commit {
    type Outcome = Committed;

    async fn take(&self, db: &Db<'_>, trace: &mut Trace) -> Result<Committed, Refusal> {
        apply::apply(db, self, trace).await
    }
}

/// Changes that may be made beside each other: of each what it came to.
pub(in crate::postgres) struct Group(pub(in crate::postgres) Vec<Commit>);

impl Step for Group {
    type Outcome = Vec<Result<Committed, CommitError>>;

    async fn take(&self, db: &Db<'_>, trace: &mut Trace) -> Result<Self::Outcome, Refusal> {
        let commits: Vec<&Commit> = self.0.iter().collect();
        together::together(db, &commits, trace).await
    }
}

/// A subscription's progress.
impl Step for Settlement<Commit> {
    type Outcome = Result<Vec<Refused>, LedgerError>;

    async fn take(&self, db: &Db<'_>, trace: &mut Trace) -> Result<Self::Outcome, Refusal> {
        Ok(Box::pin(settle::settle(db, self, trace)).await?)
    }
}

/// A subscription's first appearance, or its return.
pub(in crate::postgres) struct Register(
    pub(in crate::postgres) String,
    pub(in crate::postgres) Start,
);

impl Step for Register {
    type Outcome = Registration;

    async fn take(&self, db: &Db<'_>, _: &mut Trace) -> Result<Registration, Refusal> {
        Ok(settle::register(db, &self.0, self.1).await?)
    }
}

/// Timers that are due by then, so many at most.
pub(in crate::postgres) struct Fire(
    pub(in crate::postgres) Timestamp,
    pub(in crate::postgres) usize,
);

impl Step for Fire {
    type Outcome = usize;

    async fn take(&self, db: &Db<'_>, trace: &mut Trace) -> Result<usize, Refusal> {
        timers::fire(db, self.0, self.1, trace).await
    }
}

/// Commits to be tried one after the other; of each whether it would be made, or why it would be refused.
pub(in crate::postgres) struct Rehearsal(pub(in crate::postgres) Vec<Commit>);

impl Step for Rehearsal {
    type Outcome = Vec<Result<(), String>>;

    const KEPT: bool = false;

    async fn take(&self, db: &Db<'_>, _: &mut Trace) -> Result<Self::Outcome, Refusal> {
        Ok(apply::rehearse(db, &self.0).await?)
    }
}
