//! What commits rest on, locked and then looked at.
//!
//! Other transactions go on beside it, so whatever a commit rests on is locked before it is looked at: the versions
//! that it expects by their rows, what must be free by a lock of the location or person, in an order that is the
//! same for everybody.

use rishi_app::commit::{Commit, CommitError, Expected, Guard};

use super::transaction::Refusal;
use super::{guards, rows};
use crate::door;
use crate::postgres::columns::{in_table, number};
use crate::postgres::connection::Db;
use crate::postgres::tables::version_query;

/// Of each commit why it is refused, if it is.
pub(super) async fn all(
    db: &Db<'_>,
    commits: &[&Commit],
) -> Result<Vec<Result<(), CommitError>>, Refusal> {
    let wanted: Vec<(usize, &Guard)> = (0..)
        .zip(commits)
        .flat_map(|(at, commit)| commit.guards.iter().map(move |guard| (at, guard)))
        .collect();
    guards::ready(db).await?;
    let mut outcomes = Vec::with_capacity(commits.len());
    let locked = guards::lock(db, &wanted);
    let expected = async {
        for commit in commits {
            outcomes.push(match expectations(db, commit).await {
                Ok(()) => Ok(()),
                Err(Refusal::Commit(refused)) => Err(refused),
                Err(failed) => return Err(failed),
            });
        }
        Ok(())
    };
    // One after the other there, and without waiting for each other's answers here.
    let (locked, expected, taken) = tokio::join!(locked, expected, guards::check(db, &wanted));
    locked?;
    expected?;
    for (at, refused) in taken? {
        if outcomes[at].is_ok() {
            outcomes[at] = Err(refused);
        }
    }
    Ok(outcomes)
}

async fn expectations(db: &Db<'_>, commit: &Commit) -> Result<(), Refusal> {
    door::check(commit)?;
    for expected in in_order(&commit.expected) {
        // A replaced booking is compared with its version by the statement that replaces it.
        if !commit.changes.iter().any(|change| rows::checks(change, expected)) {
            expect(db, commit, expected).await?;
        }
    }
    Ok(())
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
