//! Two versions of a policy beside each other.

use std::{fmt::Debug, sync::Arc};

use super::{Decided, decide, wanted};
use crate::{Envelope, Ledger, LedgerError, Position, Subscription};

/// An event about which two subscriptions decide differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The event's position.
    pub position: Position,
    /// Its type.
    pub event_type: Arc<str>,
    /// What the first would do: its commit as `Debug` prints it, or a word.
    pub left: String,
    /// What the second would do.
    pub right: String,
}

/// Asks both about the same events, the next `limit` after a position that either wants, and returns those about which
/// they differ. Commits are the same when `Debug` prints the same; where that is too strict (ids and times made while
/// deciding), say what is the same with [`compare_by`]. Nothing is written.
pub async fn compare<L: Ledger>(
    ledger: &L,
    left: &Subscription<L::Commit>,
    right: &Subscription<L::Commit>,
    after: Position,
    limit: usize,
) -> Result<Vec<Difference>, LedgerError>
where
    L::Commit: Debug,
{
    let same = |a: &L::Commit, b: &L::Commit| format!("{a:?}") == format!("{b:?}");
    compare_by(ledger, left, right, after, limit, same).await
}

/// Like [`compare`], with a notion of one's own of which commits are the same.
pub async fn compare_by<L: Ledger>(
    ledger: &L,
    left: &Subscription<L::Commit>,
    right: &Subscription<L::Commit>,
    after: Position,
    limit: usize,
    same: impl Fn(&L::Commit, &L::Commit) -> bool,
) -> Result<Vec<Difference>, LedgerError>
where
    L::Commit: Debug,
{
    // Each names its own patterns, and what only one of them wants is a difference if it does something about it.
    let (ours, theirs) =
        (wanted(ledger, left, after, limit).await?, wanted(ledger, right, after, limit).await?);
    let mut events = ours;
    events.extend(theirs);
    events.sort_by_key(|event| event.position);
    events.dedup_by_key(|event| event.position);
    events.truncate(limit);
    let mut differences = Vec::new();
    for event in events {
        let (left, right) = (ask(left, &event).await, ask(right, &event).await);
        let agreed = match (&left, &right) {
            (Decided::Nothing, Decided::Nothing) | (Decided::Effect(_), Decided::Effect(_)) => true,
            (Decided::Commit(left), Decided::Commit(right)) => same(left, right),
            (Decided::Failed(left), Decided::Failed(right)) => left == right,
            _ => false,
        };
        if !agreed {
            let event_type = Arc::clone(&event.event_type);
            let (position, left, right) = (event.position, told(&left), told(&right));
            differences.push(Difference { position, event_type, left, right });
        }
    }
    Ok(differences)
}

async fn ask<C>(one: &Subscription<C>, event: &Envelope) -> Decided<C> {
    if one.spec.wants(&event.event_type) { decide(one, event).await } else { Decided::Nothing }
}

fn told<C: Debug>(decided: &Decided<C>) -> String {
    match decided {
        Decided::Nothing => "nothing".to_owned(),
        Decided::Commit(commit) => format!("{commit:?}"),
        Decided::Failed(error) => format!("failed: {error}"),
        Decided::Effect(_) => "the effect would be run".to_owned(),
    }
}
