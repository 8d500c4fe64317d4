//! What would happen, without its happening.
//!
//! [`rehearse`] asks a subscription's policy about a stretch of the log and gives its commits to the database in a
//! transaction that is rolled back, so an operator sees before a replay what the replay would do. [`compare`] asks two
//! policies about the same stretch, so that a new version can be held beside the old one. Effects are never run: of them
//! it is only told that they would be.
//!
//! The policies read the database as it is now, not as it was when the event happened, nor as it would be after the
//! commits before.

mod compare;

use std::{fmt::Debug, sync::Arc};

use crate::{
    Envelope, Handler, Ledger, LedgerError, Position, Subscription,
    dispatcher::attempt::{Verdict, decide_within},
};

pub use self::compare::{Comparison, Difference, Stretch, compare};

/// Events read at once.
const PAGE: usize = 512;

/// What a subscription would do about one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// The event's position.
    pub position: Position,
    /// Its type.
    pub event_type: Arc<str>,
    /// What would be done.
    pub decision: Decision,
}

/// What would be done about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Nothing.
    Nothing,
    /// This commit would be made.
    Commit {
        /// The commit, as `Debug` prints it.
        commit: String,
    },
    /// This commit would be refused and decided again.
    Refused {
        /// The commit, as `Debug` prints it.
        commit: String,
        /// Why.
        error: String,
    },
    /// The policy would fail.
    Failed {
        /// With this error.
        error: String,
    },
    /// The effect would be run, under this key.
    Effect {
        /// `subscription:eventId`.
        key: String,
    },
}

/// Says what the subscription would do about the next `limit` events that it wants after a position. Its handler is not
/// run when it is an effect; when it is a policy, all its commits are tried in order in one transaction and rolled back.
pub async fn rehearse<L: Ledger + ?Sized>(
    ledger: &L,
    subscription: &Subscription<L::Commit>,
    after: Position,
    limit: usize,
) -> Result<Vec<Rehearsed>, LedgerError>
where
    L::Commit: Debug,
{
    let (mut rehearsed, mut commits) = (Vec::new(), Vec::new());
    for event in wanted(ledger, subscription, after, limit).await? {
        let decision = match decide(subscription, &event).await {
            Decided::Nothing => Decision::Nothing,
            Decided::Failed(error) => Decision::Failed { error },
            Decided::Effect(key) => Decision::Effect { key },
            Decided::Commit(commit) => {
                let text = format!("{commit:?}");
                commits.push(commit);
                Decision::Commit { commit: text }
            }
        };
        let event_type = Arc::clone(&event.event_type);
        rehearsed.push(Rehearsed { position: event.position, event_type, decision });
    }
    if commits.is_empty() {
        return Ok(rehearsed);
    }
    let mut answers = ledger.rehearse(commits).await?.into_iter();
    for Rehearsed { decision, .. } in &mut rehearsed {
        if let Decision::Commit { commit } = decision {
            match answers.next() {
                Some(Ok(())) => {}
                Some(Err(error)) => {
                    *decision = Decision::Refused { commit: std::mem::take(commit), error };
                }
                None => return Err(LedgerError::new("the ledger did not rehearse every commit")),
            }
        }
    }
    Ok(rehearsed)
}

/// What a handler says, were it asked.
enum Decided<C> {
    Nothing,
    Commit(C),
    Failed(String),
    Effect(String),
}

async fn decide<C>(subscription: &Subscription<C>, event: &Envelope) -> Decided<C> {
    let spec = &subscription.spec;
    let policy = match &subscription.handler {
        Handler::Policy(policy) => policy,
        Handler::Effect(_) => return Decided::Effect(format!("{}:{}", spec.name, event.id)),
    };
    match decide_within(policy.as_ref(), event, spec.timeout).await {
        Verdict::Done => Decided::Nothing,
        Verdict::Commit(commit) => Decided::Commit(commit),
        Verdict::Failed { error, .. } | Verdict::Rejected(error) => Decided::Failed(error),
        Verdict::Conflict => Decided::Failed("decided on stale state".to_owned()),
        Verdict::NotTried(_) => Decided::Failed("not tried: what it needs is down".to_owned()),
        Verdict::Wait | Verdict::Gone => Decided::Failed("not decided".to_owned()),
    }
}

/// The next events that a subscription wants.
async fn wanted<L: Ledger + ?Sized>(
    ledger: &L,
    subscription: &Subscription<L::Commit>,
    mut after: Position,
    limit: usize,
) -> Result<Vec<Arc<Envelope>>, LedgerError> {
    let mut wanted = Vec::new();
    while wanted.len() < limit {
        let page = ledger.read(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        let matching = page.into_iter().filter(|event| subscription.spec.wants(&event.event_type));
        wanted.extend(matching.take(limit - wanted.len()));
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests;
