//! Commits made side by side in one transaction, as a company does; one alone is a company of one.
//!
//! Of each kind, what they look at and what they write is one statement for all of them, so that many hardly cost more
//! than one. Nothing is written before all have been looked at, so those that are refused then are left out
//! and the others go on. Whatever goes wrong later spoils the transaction: it is taken back, and they are made one
//! by one.

use futures::future::join_all;
use rishi_app::commit::{Change, Commit, CommitError, Committed};
use rishi_bus::{NewEvent, TimerChange};
use uuid::Uuid;

use super::append::{Trace, append};
use super::transaction::Refusal;
use super::{examine, orders, receipts, rows, timers};
use crate::postgres::connection::Db;

/// What has become of each so far; nothing of those that are to be written.
type Answers = Vec<Option<Result<Committed, CommitError>>>;

/// Makes commits that may be made beside each other; of each what it came to. After an error the transaction has to
/// be taken back. Where the events will stand is not known here: `first` is nothing.
pub(super) async fn together(
    db: &Db<'_>,
    commits: &[&Commit],
    trace: &mut Trace,
) -> Result<Vec<Result<Committed, CommitError>>, Refusal> {
    let mut answers = claim(db, commits).await?;
    let wanted = open(&answers, commits);
    let organizations = organizations(&wanted);
    let learnt = trace.counters.learn(db, &organizations);
    let (learnt, looked) = tokio::join!(learnt, examine::all(db, &wanted));
    learnt?;
    let looked = looked?;
    let left = answers.iter_mut().filter(|answer| answer.is_none());
    for ((answer, commit), outcome) in left.zip(wanted).zip(looked) {
        match outcome {
            Ok(()) => {}
            // Its key is claimed, and must not stay so.
            Err(refused) if commit.receipt.is_some() => return Err(refused.into()),
            Err(refused) => *answer = Some(Err(refused)),
        }
    }
    let affected = write(db, &open(&answers, commits), trace).await?;
    let made = |answer: Option<_>| answer.unwrap_or(Ok(Committed::Fresh { first: None, affected }));
    Ok(answers.into_iter().map(made).collect())
}

/// Those that have no answer yet.
fn open<'c>(answers: &Answers, commits: &[&'c Commit]) -> Vec<&'c Commit> {
    let open = answers.iter().zip(commits).filter(|(answer, _)| answer.is_none());
    open.map(|(_, commit)| *commit).collect()
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
fn organizations(commits: &[&Commit]) -> Vec<Uuid> {
    let mut organizations: Vec<Uuid> = commits
        .iter()
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

/// Writes their rows, timers and events and obeys their orders; how much these reached.
async fn write(db: &Db<'_>, commits: &[&Commit], trace: &mut Trace) -> Result<u64, Refusal> {
    let mut changes: Vec<&Change> = commits.iter().flat_map(|commit| &commit.changes).collect();
    if commits.len() > 1 {
        // What refers to something comes after it, in each of them and so here.
        changes.sort_by_key(|change| rank(change));
    }
    let Trace { counters, told, .. } = trace;
    let timed: Vec<&TimerChange> = commits.iter().flat_map(|commit| &commit.timers).collect();
    let events: Vec<&NewEvent> = commits.iter().flat_map(|commit| &commit.events).collect();
    if changes.iter().all(|change| is_new(change))
        && commits.iter().all(|one| one.orders.is_empty())
    {
        let put = rows::put(db, &changes, counters);
        let (put, set, appended) =
            tokio::join!(put, timers::change(db, &timed), append(db, &events, told));
        put?;
        trace.timed |= set?;
        appended?;
        return Ok(0);
    }
    let moves = commits.iter().any(|commit| {
        let bookings = commit.changes.iter().filter(|one| matches!(one, Change::Booking(_)));
        bookings.count() > 1
    });
    if moves {
        // Of bookings that move together none is in the way of another as it was before.
        db.simply("SET CONSTRAINTS bookings_location_free, assignments_staff_free DEFERRED")
            .await?;
    }
    rows::put(db, &changes, counters).await?;
    if moves {
        db.simply("SET CONSTRAINTS bookings_location_free, assignments_staff_free IMMEDIATE")
            .await?;
    }
    let mut affected = 0;
    for commit in commits {
        // The door has seen an event beside each order.
        for (order, told) in commit.orders.iter().zip(commit.events.iter().take(1).cycle()) {
            affected += orders::obey(db, order, told.timestamp, trace).await?;
        }
    }
    let appended = append(db, &events, &mut trace.told);
    let (set, appended) = tokio::join!(timers::change(db, &timed), appended);
    trace.timed |= set?;
    appended?;
    Ok(affected)
}

/// Whether nobody else can have what it puts, so that its event may enter the log before: where rows are replaced, the
/// order of their events is that in which they were locked.
fn is_new(change: &Change) -> bool {
    match change {
        Change::Booking(row) => row.version == 1,
        Change::Notification(_) | Change::NotificationHtml { .. } | Change::Delivery(_) => true,
        _ => false,
    }
}

/// The place of a kind among those that a company puts.
fn rank(change: &Change) -> u8 {
    match change {
        Change::Booking(_) => 0,
        Change::Assignment(_) => 1,
        Change::Notification(_) => 2,
        _ => 3,
    }
}
