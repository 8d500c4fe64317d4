//! Doing what commits say, in a transaction that may go on without them.

use rishi_app::commit::{Commit, CommitError, Committed};

use super::append::Trace;
use super::together::together;
use super::transaction::Refusal;
use crate::door;
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;

/// Does what one commit says.
pub(super) async fn apply(
    db: &Db<'_>,
    commit: &Commit,
    trace: &mut Trace,
) -> Result<Committed, Refusal> {
    Ok(only(together(db, &[commit], trace).await?)?)
}

/// Makes one commit of several, all of it or nothing of it.
pub(super) async fn attempt(
    db: &Db<'_>,
    commit: &Commit,
    trace: &mut Trace,
) -> Result<Result<Committed, CommitError>, StoreError> {
    Ok(attempt_all(db, &[commit], trace).await?.and_then(only))
}

/// Makes commits that may be made beside each other, all of them or none; of each what it came to, or else what was in
/// the way of one of them, so that they have to be made one after the other.
pub(super) async fn attempt_all(
    db: &Db<'_>,
    commits: &[&Commit],
    trace: &mut Trace,
) -> Result<Result<Vec<Result<Committed, CommitError>>, CommitError>, StoreError> {
    let mut done = trace.beside();
    // It is on its way before what follows, whose answers mean nothing without it.
    let made = together(db, commits, &mut done);
    let (kept, made) = tokio::join!(db.simply("SAVEPOINT company"), made);
    kept?;
    match made {
        Ok(outcomes) => {
            db.simply("RELEASE company").await?;
            trace.absorb(done);
            Ok(Ok(outcomes))
        }
        Err(Refusal::Commit(refused)) => {
            db.simply("ROLLBACK TO company; RELEASE company").await?;
            Ok(Err(refused))
        }
        Err(Refusal::Failed(error)) => Err(error),
    }
}

/// Makes commits one after the other, to be taken back; of each whether it was made, or why it was refused.
pub(super) async fn rehearse(
    db: &Db<'_>,
    commits: &[Commit],
) -> Result<Vec<Result<(), String>>, StoreError> {
    let mut outcomes = Vec::with_capacity(commits.len());
    for commit in commits {
        let outcome = attempt(db, commit, &mut Trace::default()).await?;
        outcomes.push(outcome.map(drop).map_err(|refused| door::chain(&refused)));
    }
    Ok(outcomes)
}

/// What became of one.
fn only(outcomes: Vec<Result<Committed, CommitError>>) -> Result<Committed, CommitError> {
    let nothing = || Err(CommitError::Malformed("a commit without an outcome".to_owned()));
    outcomes.into_iter().next().unwrap_or_else(nothing)
}
