//! The subscriptions: where each stands, how far it is behind, and what it is doing here.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;
use rishi_bus::{Position, Standing, SubscriptionStatus};

use super::{Live, may_read};
use crate::auth::Principal;
use crate::{App, Error};

/// A subscription as the database has it, and as this process runs it.
#[derive(Debug, Clone)]
pub struct SubscriptionView {
    /// What is stored.
    pub standing: Standing,
    /// What this process does with it, when it does.
    pub live: Option<SubscriptionStatus>,
    /// The newest event of the log.
    pub head: Position,
    /// When it was looked at.
    pub seen: Timestamp,
}

impl SubscriptionView {
    /// What this process does with it, while it is its own to work on.
    pub fn at_work(&self) -> Option<&SubscriptionStatus> {
        self.live.as_ref().filter(|live| live.held)
    }

    /// Every event up to here is handled or set aside. Where it runs, that is known a little sooner
    /// than it is stored.
    pub fn cursor(&self) -> Position {
        self.at_work().map_or(self.standing.cursor, |live| live.cursor)
    }

    /// Whether it is at work here and has events before it, but does not say how old they are.
    fn is_silently_behind(&self) -> bool {
        self.at_work().is_some_and(|live| {
            !live.paused && !live.gated && live.unread_seconds == 0 && live.cursor < self.head
        })
    }

    /// Events between the cursor and the head.
    pub fn lag_events(&self) -> u64 {
        self.head.saturating_sub(self.cursor())
    }

    /// The age of the oldest event that is neither handled nor set aside for an operator.
    pub fn lag_seconds(&self) -> u64 {
        let age = |since: Timestamp| u64::try_from(self.seen.duration_since(since).as_secs());
        self.standing.oldest_pending.and_then(|since| age(since).ok()).unwrap_or(0)
    }
}

impl App {
    /// The subscriptions by name, for a caller who may see the system.
    pub async fn subscriptions(
        &self,
        principal: &Principal,
        live: &Live,
        head: Position,
    ) -> Result<Vec<SubscriptionView>, Error> {
        may_read(principal)?;
        self.all_subscriptions(live, head).await
    }

    /// The same for the platform itself: probes, metrics, the operator at the command line.
    pub async fn all_subscriptions(
        &self,
        live: &Live,
        head: Position,
    ) -> Result<Vec<SubscriptionView>, Error> {
        let mut running = live();
        let seen = self.now();
        let view = |standing: Standing| {
            let found = running.iter().position(|live| live.name == standing.name);
            let live = found.map(|index| running.swap_remove(index));
            SubscriptionView { standing, live, head, seen }
        };
        let mut views: Vec<_> = self.desk.standings().await?.into_iter().map(view).collect();
        self.look_closer(&mut views).await?;
        Ok(views)
    }

    /// A subscription whose task is held up (its reading or recording fails again and again) does not get to saying how
    /// far it is behind: then the log is asked, once for all who stand at the same place.
    async fn look_closer(&self, views: &mut [SubscriptionView]) -> Result<(), Error> {
        let mut ages = BTreeMap::new();
        for view in views.iter_mut().filter(|view| view.is_silently_behind()) {
            let (cursor, seen) = (view.cursor(), view.seen);
            let age = match ages.entry(cursor) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(place) => {
                    let next = self.desk.chain(cursor, 1).await?;
                    let age = next.first().map(|(event, _)| seen.duration_since(event.timestamp));
                    // An event that a clock set back has dated ahead is not old.
                    *place
                        .insert(age.and_then(|age| u64::try_from(age.as_secs()).ok()).unwrap_or(0))
                }
            };
            if let Some(live) = &mut view.live {
                live.unread_seconds = age;
            }
        }
        Ok(())
    }

    /// One subscription as stored.
    pub(super) async fn standing(&self, name: &str) -> Result<Standing, Error> {
        let standings = self.desk.standings().await?;
        let found = standings.into_iter().find(|standing| standing.name == name);
        found.ok_or(Error::NotFound("subscription"))
    }
}
