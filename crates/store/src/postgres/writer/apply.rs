//! Doing what a commit says, in a transaction.
//!
//! Other transactions go on beside it, so whatever a commit rests on is locked before it is looked at: the versions
//! that it expects by their rows, what must be free by a lock of the location or person, in an order that is the
//! same for everybody.

use rishi_app::commit::{Change, Commit, CommitError, Committed, Expected};

use super::append::{Trace, append};
use super::together::together;
use super::transaction::Refusal;
use super::{guards, orders, receipts, rows, timers};
use crate::door;
use crate::postgres::columns::{in_table, number};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::postgres::tables::version_query;

/// Makes one commit of several, all of it or nothing of it.
pub(super) async fn attempt(
    db: &Db<'_>,
    commit: &Commit,
    trace: &mut Trace,
) -> Result<Result<Committed, CommitError>, StoreError> {
    db.simply("SAVEPOINT job").await?;
    let mut done = Trace::default();
    match apply(db, commit, &mut done).await {
        Ok(committed) => {
            db.simply("RELEASE job").await?;
            trace.absorb(done);
            Ok(Ok(committed))
        }
        Err(Refusal::Commit(refused)) => {
            db.simply("ROLLBACK TO job; RELEASE job").await?;
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

/// Makes commits that may be made beside each other, all of them or none; of each what it came to. Nothing when they
/// have to be made one after the other: something was in the way.
pub(super) async fn attempt_all(
    db: &Db<'_>,
    commits: &[&Commit],
    trace: &mut Trace,
) -> Result<Option<Vec<Result<Committed, CommitError>>>, StoreError> {
    db.simply("SAVEPOINT company").await?;
    let mut done = Trace::default();
    match together(db, commits, &mut done).await {
        Ok(outcomes) => {
            db.simply("RELEASE company").await?;
            trace.absorb(done);
            Ok(Some(outcomes))
        }
        Err(Refusal::Commit(_)) => {
            db.simply("ROLLBACK TO company; RELEASE company").await?;
            Ok(None)
        }
        Err(Refusal::Failed(error)) => Err(error),
    }
}

/// Does what a commit says. Where its events will stand is not known here: `first` is nothing.
pub(super) async fn apply(
    db: &Db<'_>,
    commit: &Commit,
    trace: &mut Trace,
) -> Result<Committed, Refusal> {
    if let Some(receipt) = &commit.receipt
        && let Some(before) = receipts::claim(db, receipt).await?
    {
        return Ok(Committed::Replayed(before));
    }
    guards::lock(db, &commit.guards).await?;
    examine(db, commit).await?;
    let affected = write(db, commit, trace).await?;
    append(db, commit.events.iter(), trace).await?;
    Ok(Committed::Fresh { first: None, affected })
}

/// Locks what a commit rests on and looks at it; what is to be free is locked already.
pub(super) async fn examine(db: &Db<'_>, commit: &Commit) -> Result<(), Refusal> {
    door::check(commit)?;
    for expected in in_order(&commit.expected) {
        // A replaced booking is compared with its version by the statement that replaces it.
        if !commit.changes.iter().any(|change| rows::checks(change, expected)) {
            expect(db, commit, expected).await?;
        }
    }
    for guard in &commit.guards {
        guards::check(db, guard).await?;
    }
    Ok(())
}

/// Writes its rows and timers and obeys its orders; how much these reached.
pub(super) async fn write(db: &Db<'_>, commit: &Commit, trace: &mut Trace) -> Result<u64, Refusal> {
    let mut bookings = commit.changes.iter().filter(|one| matches!(one, Change::Booking(_)));
    let together = bookings.nth(1).is_some();
    if together {
        // Of bookings that move together none is in the way of another as it was before.
        db.simply("SET CONSTRAINTS bookings_location_free, assignments_staff_free DEFERRED")
            .await?;
    }
    for change in &commit.changes {
        rows::put(db, change, &mut trace.counters).await?;
    }
    if together {
        db.simply("SET CONSTRAINTS bookings_location_free, assignments_staff_free IMMEDIATE")
            .await?;
    }
    let mut affected = 0;
    for order in &commit.orders {
        // The door has seen an event beside it.
        let Some(told) = commit.events.first() else { break };
        affected += orders::obey(db, order, told.timestamp, trace).await?;
    }
    for change in &commit.timers {
        trace.timed |= timers::change(db, change).await?;
    }
    Ok(affected)
}

/// Expectations in the order in which everybody locks their rows.
fn in_order(expected: &[Expected]) -> Vec<&Expected> {
    let mut expected: Vec<&Expected> = expected.iter().collect();
    expected.sort_by(|one, other| one.subject.cmp(&other.subject));
    expected
}

async fn expect(db: &Db<'_>, commit: &Commit, expected: &Expected) -> Result<(), Refusal> {
    let (subject, id) = (&expected.subject, expected.subject.id());
    let Some(sql) = version_query(subject.kind()) else {
        return Err(CommitError::Malformed(format!("{subject} has no version to expect")).into());
    };
    // What is changed too is locked for that at once: two that share a row could not both go on to change it.
    let changed = commit.changes.iter().any(|one| door::subject(one).as_ref() == Some(subject));
    let lock = if changed { "FOR NO KEY UPDATE" } else { "FOR SHARE" };
    let row = db.optional(&format!("{sql} {lock}"), &[&id]).await?;
    let actual = row.map(|row| in_table("versions", &row, number(&row, 0))).transpose()?;
    if actual == Some(expected.version) {
        return Ok(());
    }
    let (subject, expected) = (subject.clone(), expected.version);
    Err(CommitError::VersionConflict { subject, expected, actual }.into())
}
