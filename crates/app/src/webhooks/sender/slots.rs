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

/// How it stands with an endpoint, to be taken before one reads what is due to it: what was on its way by then may be
/// through by the time the answer comes, and due in the answer all the same.
#[derive(Debug)]
pub(super) struct Stand<'w> {
    slots: Slots,
    work: &'w Work,
    under_way: Vec<Position>,
    free: u32,
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

    /// How it stands with an endpoint now.
    pub(super) fn stand<'w>(&self, work: &'w Work) -> Stand<'w> {
        let taken = self.lock();
        let under_way = taken.endpoints.get(&work.webhook_id).cloned().unwrap_or_default();
        Stand { slots: self.clone(), work, under_way, free: taken.free(work) }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stand<'_> {
    /// Whether no attempt may begin.
    pub(super) fn is_full(&self) -> bool {
        self.free == 0
    }

    /// How many deliveries are to be read: what is on its way is due, too.
    pub(super) fn limit(&self) -> u32 {
        self.free.saturating_add(u32::try_from(self.under_way.len()).unwrap_or(u32::MAX))
    }

    /// A slot for an attempt at what was read since, unless there is none, or it was or is on its way.
    pub(super) fn take(&self, position: Position) -> Option<Slot> {
        let mut taken = self.slots.lock();
        let (organization, webhook) = (self.work.organization_id, self.work.webhook_id);
        let now = taken.endpoints.get(&webhook).map_or(&[][..], Vec::as_slice);
        if taken.free(self.work) == 0
            || self.under_way.contains(&position)
            || now.contains(&position)
        {
            return None;
        }
        taken.all += 1;
        *taken.organizations.entry(organization).or_default() += 1;
        taken.endpoints.entry(webhook).or_default().push(position);
        Some(Slot { slots: self.slots.clone(), organization, webhook, position })
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
        let (one, other) = (work(1, 1), work(1, 2));
        let stand = slots.stand(&one);
        let held: Vec<Slot> = (1..=9).filter_map(|n| stand.take(n)).collect();
        assert_eq!((held.len(), slots.stand(&one).is_full()), (4, true));
        assert_eq!((slots.stand(&one).limit(), slots.stand(&other).limit()), (4, 4));
        drop(held);
        assert!(!slots.stand(&one).is_full());
    }

    #[test]
    fn a_delivery_is_on_its_way_once() {
        let slots = Slots::default();
        let (one, other) = (work(1, 1), work(1, 2));
        let stand = slots.stand(&one);
        let first = stand.take(7);
        assert!(first.is_some() && stand.take(7).is_none());
        assert!(slots.stand(&one).take(7).is_none());
        assert!(
            slots.stand(&other).take(7).is_some(),
            "to another endpoint it is another delivery"
        );
    }

    #[test]
    fn what_was_on_its_way_before_it_was_read_is_not_begun_by_that_reading() {
        let slots = Slots::default();
        let one = work(1, 1);
        let first = slots.stand(&one).take(7);
        // Its outcome is written down and the slot is free while others read what was due before.
        let before = slots.stand(&one);
        drop(first);
        assert!(before.take(7).is_none());
        assert!(before.take(8).is_some(), "others may begin");
        assert!(slots.stand(&one).take(7).is_some(), "and so may what is read from now on");
    }

    #[test]
    fn one_organization_leaves_room_for_others_whatever_its_endpoints() {
        let slots = Slots::default();
        let take = |endpoint| (1..=4).map(move |n| (endpoint, n));
        let held: Vec<Slot> = (1..=20)
            .flat_map(take)
            .filter_map(|(endpoint, n)| slots.stand(&work(1, endpoint)).take(n))
            .collect();
        assert_eq!(held.len(), 16);
        assert_eq!(slots.stand(&work(2, 99)).limit(), 4);
    }

    #[test]
    fn over_all_there_is_a_bound() {
        let slots = Slots::default();
        let held: Vec<Slot> =
            (1..=1_000).filter_map(|n| slots.stand(&work(n, n)).take(1)).collect();
        assert_eq!(held.len(), 256);
    }
}
