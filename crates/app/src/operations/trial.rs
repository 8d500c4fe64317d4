//! Trying handlers out: what would a subscription do, and where would two versions of it differ?
//!
//! Policies are asked as ever, but what they answer is thrown away, or tried in a transaction that is
//! rolled back. While two are compared time stands still, and the ids that they make are of a time
//! that no other id has; a comparison tells these by their order of appearance. So two policies that
//! decide the same are told the same, although neither id nor time would be the same twice.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use rishi_bus::rehearse::{Comparison, Rehearsed, Stretch, compare};
use rishi_bus::{Clock, Ledger, Position, Subscription, rehearse};
use uuid::Uuid;

use crate::ids::Ids;
use crate::{App, Commit, Error, policies};

/// The log as handlers are tried on it.
pub type Log = Arc<dyn Ledger<Commit = Commit>>;

/// Of this time are the ids that are made while comparing: the last of the calendar.
const NEVER: Timestamp = Timestamp::MAX;

/// The most positions that are looked at in one step, so that each ends soon.
const STEP: Position = 10_000;

/// A clock that stands still.
struct Stopped(Timestamp);

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.0
    }
}

impl App {
    /// What a subscription of this program would do about the next `limit` events that it wants after
    /// a position.
    pub async fn rehearse(
        &self,
        log: &dyn Ledger<Commit = Commit>,
        name: &str,
        after: Position,
        limit: usize,
    ) -> Result<Vec<Rehearsed>, Error> {
        let subscription = found(policies::subscriptions(self), name)?;
        Ok(rehearse(log, &subscription, after, limit).await?)
    }

    /// Where two subscriptions of this program decide differently about a stretch of the log, or about
    /// its first 10,000 positions: the answer says how far it came.
    pub async fn compare(
        &self,
        log: &dyn Ledger<Commit = Commit>,
        [name, with]: [&str; 2],
        stretch: Stretch,
    ) -> Result<Comparison, Error> {
        let after = stretch.after.max(self.desk.anchor().await?.position);
        let through = stretch.through.min(after.saturating_add(STEP));
        let stretch = Stretch { after, through, ..stretch };
        let trial = self.on_trial();
        let one = |name: &str| found(policies::subscriptions(&trial), name);
        Ok(compare(log, &one(name)?, &one(with)?, stretch, told).await?)
    }

    /// The same use cases, for policies that are only to be compared.
    #[must_use]
    pub fn on_trial(&self) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(Stopped(self.now()));
        Self { clock, ids: Arc::new(Ids::new(Arc::new(Stopped(NEVER)))), ..self.clone() }
    }
}

fn found(all: Vec<Subscription<Commit>>, name: &str) -> Result<Subscription<Commit>, Error> {
    let found = all.into_iter().find(|one| one.spec.name == name);
    found.ok_or_else(|| match policies::needs(name) {
        None => Error::NotFound("subscription"),
        Some(what) => {
            Error::OrderRefused(format!("{name:?} needs {what}, which is not configured here"))
        }
    })
}

/// A commit in words, as it is compared: the ids that were made for it are numbered.
pub fn told(commit: &Commit) -> String {
    let text = format!("{commit:?}");
    let fresh: Uuid = Ids::new(Arc::new(Stopped(NEVER))).next();
    // The first 48 bits of an id are its time: eight digits, a hyphen, four digits.
    let time = &fresh.to_string()[..13];
    let (mut told, mut rest, mut seen) = (String::new(), text.as_str(), HashMap::new());
    while let Some(start) = rest.find(time) {
        let end = start + 36;
        let Some(id) = rest.get(start..end) else { break };
        let next = seen.len() + 1;
        let number = *seen.entry(id).or_insert(next);
        told.push_str(&rest[..start]);
        // Writing to a text cannot fail.
        write!(told, "new-{number}").ok();
        rest = &rest[end..];
    }
    told + rest
}

#[cfg(test)]
mod tests {
    use rishi_bus::{NewEvent, Subject};
    use serde_json::value::RawValue;

    use super::*;

    fn commit(ids: &Ids, about: Uuid) -> Commit {
        let data = RawValue::from_string(format!("{{\"about\":\"{about}\"}}")).unwrap();
        let event = |id| {
            let subject = Subject::new("booking", about);
            NewEvent::new(id, "TRIED", "test", subject, Timestamp::UNIX_EPOCH, data.clone())
        };
        Commit { events: vec![event(ids.next()), event(ids.next())], ..Commit::default() }
    }

    #[test]
    fn ids_made_for_a_commit_are_numbered_and_others_are_told_as_they_are() {
        let ids = Ids::new(Arc::new(Stopped(NEVER)));
        let about = Ids::new(Arc::new(Stopped(Timestamp::UNIX_EPOCH))).next();
        let (one, same) = (commit(&ids, about), commit(&ids, about));
        assert_ne!(format!("{one:?}"), format!("{same:?}"));
        let words = told(&one);
        assert_eq!(words, told(&same));
        assert!(words.contains("new-1") && words.contains("new-2"), "{words}");
        assert!(words.contains(&about.to_string()) && !words.contains("new-3"), "{words}");
        assert_ne!(words, told(&commit(&ids, Uuid::nil())));
    }

    #[test]
    fn one_new_id_in_two_places_is_told_as_one() {
        let ids = Ids::new(Arc::new(Stopped(NEVER)));
        let words = told(&commit(&ids, ids.next()));
        assert!(words.matches("new-2").count() >= 2, "{words}");
    }
}
