//! Rows that nearly every request or event asks for and that seldom change, kept in memory:
//! organizations, locations, who manages an organization, how people want to be told, and the webhook
//! endpoints of an organization.
//!
//! Guarantee: what this process has committed is seen by every later read, because the writer forgets
//! everything before it answers a commit that touches such rows, and a read that began before is not
//! kept. What another process commits is seen within a second, and before any event that comes after it:
//! everything is forgotten too when the bus looks at the log, every second, and when the writer finds
//! events at its end that are not its own.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rishi_app::notifications::Recipient;
use rishi_domain::id::{LocationId, OrganizationId, UserId};
use rishi_domain::location::Location;
use rishi_domain::organization::Organization;
use rishi_domain::webhook::WebhookEndpoint;

/// How many rows of a kind are kept.
const MOST: usize = 4_096;

/// What is kept. Forgetting raises the epoch, so that a read that began earlier is not kept.
#[derive(Default)]
pub(super) struct Known(Mutex<Kept>);

/// The rows, and how often they were forgotten.
#[derive(Default)]
pub(super) struct Kept {
    epoch: u64,
    organizations: HashMap<OrganizationId, Organization>,
    locations: HashMap<LocationId, Location>,
    managers: HashMap<OrganizationId, Vec<UserId>>,
    recipients: HashMap<UserId, Recipient>,
    endpoints: HashMap<OrganizationId, Vec<WebhookEndpoint>>,
}

/// A kind of row that is kept.
pub(super) trait Row: Clone {
    /// What it is found by.
    type Key: Copy + Eq + Hash;

    /// Where rows of this kind are kept.
    fn kept(known: &mut Kept) -> &mut HashMap<Self::Key, Self>;
}

impl Row for Organization {
    type Key = OrganizationId;

    fn kept(known: &mut Kept) -> &mut HashMap<Self::Key, Self> {
        &mut known.organizations
    }
}

impl Row for Location {
    type Key = LocationId;

    fn kept(known: &mut Kept) -> &mut HashMap<Self::Key, Self> {
        &mut known.locations
    }
}

impl Row for Vec<UserId> {
    type Key = OrganizationId;

    fn kept(known: &mut Kept) -> &mut HashMap<Self::Key, Self> {
        &mut known.managers
    }
}

impl Row for Recipient {
    type Key = UserId;

    fn kept(known: &mut Kept) -> &mut HashMap<Self::Key, Self> {
        &mut known.recipients
    }
}

impl Row for Vec<WebhookEndpoint> {
    type Key = OrganizationId;

    fn kept(known: &mut Kept) -> &mut HashMap<Self::Key, Self> {
        &mut known.endpoints
    }
}

impl Known {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept under `key`, or what `read` finds, which is kept from then on.
    pub(super) async fn or_read<R: Row, E>(
        &self,
        key: R::Key,
        read: impl Future<Output = Result<Option<R>, E>>,
    ) -> Result<Option<R>, E> {
        let epoch = {
            let mut kept = self.lock();
            if let Some(row) = R::kept(&mut kept).get(&key) {
                return Ok(Some(row.clone()));
            }
            kept.epoch
        };
        let found = read.await?;
        if let Some(row) = &found {
            let mut kept = self.lock();
            if kept.epoch == epoch {
                let rows = R::kept(&mut kept);
                if rows.len() >= MOST {
                    rows.clear();
                }
                rows.insert(key, row.clone());
            }
        }
        Ok(found)
    }

    /// Keeps nothing that was read until now.
    pub(super) fn forget(&self) {
        let mut kept = self.lock();
        *kept = Kept { epoch: kept.epoch + 1, ..Kept::default() };
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::FutureExt as _;
    use uuid::Uuid;

    use super::*;

    const KEY: OrganizationId = OrganizationId(Uuid::nil());

    fn managers(count: u128) -> Vec<UserId> {
        (0..count).map(|n| UserId(Uuid::from_u128(n))).collect()
    }

    fn ask(known: &Known, found: Vec<UserId>) -> Vec<UserId> {
        let reading = async { Ok::<_, Infallible>(Some(found)) };
        known.or_read(KEY, reading).now_or_never().unwrap().unwrap().unwrap()
    }

    #[test]
    fn what_is_kept_is_not_read_again_until_it_is_forgotten() {
        let known = Known::default();
        assert_eq!(ask(&known, managers(1)), managers(1));
        assert_eq!(ask(&known, managers(2)), managers(1));
        known.forget();
        assert_eq!(ask(&known, managers(2)), managers(2));
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let known = Known::default();
        let reading = async {
            known.forget();
            Ok::<_, Infallible>(Some(managers(1)))
        };
        known.or_read(KEY, reading).now_or_never().unwrap().unwrap();
        assert_eq!(ask(&known, managers(2)), managers(2));
    }
}
