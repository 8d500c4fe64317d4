//! How much is on its way at once: so much to one endpoint, for one organization, and over all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rishi_bus::Position;
use rishi_domain::id::{OrganizationId, WebhookId};

use crate::webhooks::Work;

/// To one endpoint.
const ENDPOINT: u32 = 4;
/// For one organization.
const ORGANIZATION: u32 = 16;

/// The webhooks that are on their way.
#[derive(Debug, Clone, Default)]
pub struct Slots(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    all: u32,
    organizations: HashMap<OrganizationId, u32>,
    endpoints: HashMap<WebhookId, Vec<Position>>,
}

/// One attempt on its way; it is over when this is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    slots: Slots,
    organization: OrganizationId,
    webhook: WebhookId,
    position: Position,
}

impl Slots {
    /// Most that may be on their way over all. An attempt is a task that mostly waits, so this may be many.
    pub const MOST: u32 = 256;

    /// How many are on their way.
    pub fn under_way(&self) -> u32 {
        self.lock().all
    }

    /// How many more attempts may begin.
    pub(super) fn free(&self, work: &Work) -> u32 {
        self.lock().free(work)
    }

    /// How many attempts are on their way to an endpoint.
    pub(super) fn taken(&self, work: &Work) -> u32 {
        self.lock().taken(work)
    }

    /// A slot for an attempt, unless it is on its way or there is none.
    pub(super) fn take(&self, work: &Work, position: Position) -> Option<Slot> {
        let mut taken = self.lock();
        let (organization, webhook) = (work.organization_id, work.webhook_id);
        let under_way = |those: &Vec<Position>| those.contains(&position);
        if taken.free(work) == 0 || taken.endpoints.get(&webhook).is_some_and(under_way) {
            return None;
        }
        taken.all += 1;
        *taken.organizations.entry(organization).or_default() += 1;
        taken.endpoints.entry(webhook).or_default().push(position);
        Some(Slot { slots: self.clone(), organization, webhook, position })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn taken(&self, work: &Work) -> u32 {
        let those = self.endpoints.get(&work.webhook_id);
        those.map_or(0, |those| u32::try_from(those.len()).unwrap_or(u32::MAX))
    }

    fn free(&self, work: &Work) -> u32 {
        let organization = self.organizations.get(&work.organization_id).copied();
        let left = [
            ENDPOINT.saturating_sub(self.taken(work)),
            ORGANIZATION.saturating_sub(organization.unwrap_or(0)),
            Slots::MOST.saturating_sub(self.all),
        ];
        left.into_iter().min().unwrap_or(0)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.lock();
        taken.all = taken.all.saturating_sub(1);
        if let Some(count) = taken.organizations.get_mut(&self.organization) {
            *count = count.saturating_sub(1);
        }
        if let Some(those) = taken.endpoints.get_mut(&self.webhook) {
            those.retain(|position| *position != self.position);
        }
        taken.organizations.retain(|_, count| *count > 0);
        taken.endpoints.retain(|_, those| !those.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn work(organization: u128, webhook: u128) -> Work {
        Work {
            webhook_id: WebhookId(Uuid::from_u128(webhook)),
            organization_id: OrganizationId(Uuid::from_u128(organization)),
            url: String::new(),
            ordered: false,
            replay: None,
        }
    }

    #[test]
    fn one_endpoint_takes_a_few_and_gives_them_back() {
        let slots = Slots::default();
        let held: Vec<Slot> = (1..=9).filter_map(|n| slots.take(&work(1, 1), n)).collect();
        assert_eq!((held.len(), slots.free(&work(1, 1))), (4, 0));
        assert_eq!(slots.free(&work(1, 2)), 4);
        drop(held);
        assert_eq!(slots.free(&work(1, 1)), 4);
    }

    #[test]
    fn a_delivery_is_on_its_way_once() {
        let slots = Slots::default();
        let first = slots.take(&work(1, 1), 7);
        assert!(first.is_some() && slots.take(&work(1, 1), 7).is_none());
        assert!(slots.take(&work(1, 2), 7).is_some(), "to another endpoint it is another delivery");
        drop(first);
        assert!(slots.take(&work(1, 1), 7).is_some());
    }

    #[test]
    fn one_organization_leaves_room_for_others_whatever_its_endpoints() {
        let slots = Slots::default();
        let take = |endpoint| (1..=4).map(move |n| (endpoint, n));
        let held: Vec<Slot> =
            (1..=20).flat_map(take).filter_map(|(e, n)| slots.take(&work(1, e), n)).collect();
        assert_eq!(held.len(), 16);
        assert_eq!(slots.free(&work(2, 99)), 4);
    }

    #[test]
    fn over_all_there_is_a_bound() {
        let slots = Slots::default();
        let held: Vec<Slot> = (1..=1_000).filter_map(|n| slots.take(&work(n, n), 1)).collect();
        assert_eq!(held.len(), 256);
    }
}
