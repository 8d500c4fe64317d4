//! Verifying what a database holds.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Fault, Verifier, coverage, tallied};
use crate::{Checkpoint, Desk, LedgerError, Position, RowState, Standing};

/// Events read at once.
const PAGE: usize = 1024;

/// What was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Where the log begins.
    pub anchor: Checkpoint,
    /// Where it ends: a checkpoint to keep.
    pub head: Checkpoint,
    /// Events read.
    pub events: u64,
    /// Subjects that they are about.
    pub subjects: usize,
    /// Subscriptions whose coverage was looked at.
    pub subscriptions: usize,
    /// Whether the log was compared with the checkpoint that was given. One from before the log begins cannot be.
    pub compared: bool,
}

/// Why a database was not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Something does not fit.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// It could not be read.
    #[error("the log could not be read")]
    Ledger(#[from] LedgerError),
}

/// Verifies the chain from its beginning to its end, then the coverage of every subscription. `progress` is told how far
/// it has come after each page. Memory grows with the number of subjects, not of events.
pub async fn verify(
    desk: &dyn Desk,
    against: Option<Checkpoint>,
    progress: &mut (dyn FnMut(Position) + Send),
) -> Result<Report, VerifyError> {
    loop {
        let anchor = desk.anchor().await?;
        let verified = verify_from(desk, anchor, against, progress).await;
        // Retention may have taken events away in the midst of it.
        if verified.is_ok() || desk.anchor().await? == anchor {
            return verified;
        }
    }
}

async fn verify_from(
    desk: &dyn Desk,
    anchor: Checkpoint,
    against: Option<Checkpoint>,
    progress: &mut (dyn FnMut(Position) + Send),
) -> Result<Report, VerifyError> {
    // Others go on meanwhile, so what must not be ahead is read first: rows, cursors, and only then the log.
    let subscriptions = subscriptions(desk).await?;
    let newest = desk.position_at(Timestamp::MAX).await?;
    let mut verifier = Verifier::new(anchor);
    if let Some(checkpoint) = against {
        verifier = verifier.against(checkpoint)?;
    }
    loop {
        let page = desk.chain(verifier.last().position, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for (event, stored) in &page {
            if verifier.asks_for(&event.subject) {
                let (kind, id) = (event.subject.kind(), event.subject.id());
                let version = desk.retained_version(kind, id).await?;
                verifier.retained(event.subject.clone(), version);
            }
            verifier.feed(event, *stored)?;
        }
        progress(verifier.last().position);
    }
    let summary = verifier.finish(newest.max(anchor.position))?;
    let head = summary.last;
    for (standing, rows) in &subscriptions {
        coverage(&standing.name, anchor.position, standing.cursor, head.position, rows)?;
        if let Some(tally) = desk.tally(&standing.name).await? {
            tallied(&standing.name, standing.cursor, tally)?;
        }
    }
    Ok(Report {
        anchor,
        head,
        events: head.position - anchor.position,
        subjects: summary.subjects,
        subscriptions: subscriptions.len(),
        compared: summary.compared,
    })
}

/// Every subscription with its rows, which are not ahead of its cursor unless something is wrong.
async fn subscriptions(
    desk: &dyn Desk,
) -> Result<Vec<(Standing, Vec<(Position, RowState)>)>, LedgerError> {
    loop {
        let mut rows = HashMap::new();
        let before = desk.standings().await?;
        for standing in &before {
            rows.insert(standing.name.clone(), desk.rows(&standing.name).await?);
        }
        let after = desk.standings().await?;
        // An operator who intervenes in between may set a cursor back.
        let generations = |standings: &[Standing]| {
            standings.iter().map(|one| (one.name.clone(), one.generation)).collect::<Vec<_>>()
        };
        if generations(&before) == generations(&after) {
            let with_rows = |standing: Standing| {
                let rows = rows.remove(&standing.name).unwrap_or_default();
                (standing, rows)
            };
            return Ok(after.into_iter().map(with_rows).collect());
        }
    }
}
