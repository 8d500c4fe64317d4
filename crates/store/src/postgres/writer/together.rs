//! Commits of a company, made side by side in one transaction.
//!
//! Their statements are sent without waiting for each other's answers, so that many of them take hardly more round
//! trips than one. Nothing is written before all have been looked at, so those that are refused then are left out
//! and the others go on. Whatever goes wrong later spoils the transaction: it is taken back, and they are made one
//! by one.

use futures::future::join_all;
use rishi_app::commit::{Change, Commit, CommitError, Committed};
use uuid::Uuid;

use super::append::{Trace, append};
use super::transaction::Refusal;
use super::{apply, guards, receipts};
use crate::postgres::connection::Db;

/// What has become of each so far; nothing of those that are to be written.
type Answers = Vec<Option<Result<Committed, CommitError>>>;

/// Makes commits that may be made beside each other; of each what it came to. After an error the transaction has to
/// be taken back.
pub(super) async fn together(
    db: &Db<'_>,
    commits: &[&Commit],
    trace: &mut Trace,
) -> Result<Vec<Result<Committed, CommitError>>, Refusal> {
    let mut answers = claim(db, commits).await?;
    let open = |answers: &Answers| -> Vec<usize> {
        (0..commits.len()).filter(|at| answers[*at].is_none()).collect()
    };
    // All at once, in the order that everybody keeps.
    let wanted = open(&answers);
    guards::lock(db, wanted.iter().flat_map(|at| &commits[*at].guards)).await?;
    let looked = join_all(wanted.iter().map(|at| apply::examine(db, commits[*at]))).await;
    for (at, outcome) in wanted.into_iter().zip(looked) {
        match outcome {
            Ok(()) => {}
            // Its key is claimed, and must not stay so.
            Err(refusal) if commits[at].receipt.is_some() => return Err(refusal),
            Err(Refusal::Commit(refused)) => answers[at] = Some(Err(refused)),
            Err(failed) => return Err(failed),
        }
    }
    let wanted = open(&answers);
    trace.counters.learn(db, &organizations(wanted.iter().map(|at| commits[*at]))).await?;
    let mut traces: Vec<Trace> = wanted.iter().map(|_| trace.beside()).collect();
    let writes = wanted.iter().zip(&mut traces);
    let written = join_all(writes.map(|(at, own)| apply::write(db, commits[*at], own))).await;
    append(db, wanted.iter().flat_map(|at| &commits[*at].events), trace).await?;
    for own in traces {
        trace.absorb(own);
    }
    for (at, affected) in wanted.into_iter().zip(written) {
        answers[at] = Some(Ok(Committed::Fresh { first: None, affected: affected? }));
    }
    Ok(answers.into_iter().flatten().collect())
}

/// Claims the keys of those that have one; some have been answered before.
async fn claim(db: &Db<'_>, commits: &[&Commit]) -> Result<Answers, Refusal> {
    let claims = commits.iter().map(async |commit| match &commit.receipt {
        Some(receipt) => receipts::claim(db, receipt).await,
        None => Ok(None),
    });
    let answers = join_all(claims).await.into_iter().map(|claimed| match claimed {
        Ok(before) => Ok(before.map(|before| Ok(Committed::Replayed(before)))),
        Err(Refusal::Commit(refused @ CommitError::ReceiptReused)) => Ok(Some(Err(refused))),
        Err(refusal) => Err(refusal),
    });
    answers.collect()
}

/// Whose bookings are put.
fn organizations<'c>(commits: impl Iterator<Item = &'c Commit>) -> Vec<Uuid> {
    let mut organizations: Vec<Uuid> = commits
        .flat_map(|commit| &commit.changes)
        .filter_map(|change| match change {
            Change::Booking(row) => Some(row.organization_id.0),
            _ => None,
        })
        .collect();
    organizations.sort_unstable();
    organizations.dedup();
    organizations
}
