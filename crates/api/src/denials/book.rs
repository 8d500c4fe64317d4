//! Sums refused requests up. The first of a kind is due at once; what follows within a minute is due
//! together when the minute is over. What there is no room to tell apart is one sum.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use rishi_app::denials::Denial;
use rishi_domain::event::{AccessDenied, DenialReason};
use rishi_domain::id::{OrganizationId, UserId};
use rishi_resilience::network;

use super::Refused;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// What is summed up together.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Kind {
    /// Of one caller, or one address, at one route.
    Same { reason: DenialReason, route: String, who: Who },
    /// Of everybody else.
    Other { reason: DenialReason },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    User(UserId),
    Address(IpAddr),
}

/// Those of one kind that were not told yet.
#[derive(Debug)]
struct Sum {
    organization: Option<OrganizationId>,
    address: Option<IpAddr>,
    count: u64,
    first: Timestamp,
    last: Timestamp,
    /// When more may be told.
    due: Timestamp,
}

/// The refused requests of the last minute.
#[derive(Debug)]
pub(super) struct Book {
    most: usize,
    sums: HashMap<Kind, Sum>,
}

impl Book {
    /// Tells at most `most` kinds apart.
    pub(super) fn new(most: usize) -> Self {
        Self { most, sums: HashMap::new() }
    }

    /// Notes one; whether it is due at once.
    pub(super) fn note(&mut self, refused: Refused, now: Timestamp) -> bool {
        let Refused { reason, route, user, organization, address } = refused;
        let who = user.map_or_else(|| Who::Address(network(address)), Who::User);
        let kind = Kind::Same { reason, route, who };
        let full = self.sums.len() >= self.most && !self.sums.contains_key(&kind);
        let (kind, organization, address) = if full {
            (Kind::Other { reason }, None, None)
        } else {
            (kind, organization, Some(address))
        };
        match self.sums.entry(kind) {
            Entry::Occupied(mut entry) => {
                let sum = entry.get_mut();
                if sum.count == 0 {
                    sum.first = now;
                }
                (sum.count, sum.last) = (sum.count + 1, now);
                false
            }
            Entry::Vacant(entry) => {
                let sum = Sum { organization, address, count: 1, first: now, last: now, due: now };
                entry.insert(sum);
                true
            }
        }
    }

    /// What is to be told at `now`. Kinds of which nothing came for a minute are forgotten.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Denial> {
        let mut denials = Vec::new();
        self.sums.retain(|kind, sum| {
            // A clock that was set back makes nothing wait for longer.
            sum.due = sum.due.min(now.saturating_add(MINUTE).unwrap_or(Timestamp::MAX));
            if sum.due > now {
                return true;
            }
            if sum.count == 0 {
                return false;
            }
            denials.push(told(kind, sum));
            sum.due = now.saturating_add(MINUTE).unwrap_or(Timestamp::MAX);
            sum.count = 0;
            true
        });
        denials
    }

    /// What was not told yet.
    pub(super) fn rest(&mut self) -> Vec<Denial> {
        let left = self.sums.drain().filter(|(_, sum)| sum.count > 0);
        left.map(|(kind, sum)| told(&kind, &sum)).collect()
    }
}

fn told(kind: &Kind, sum: &Sum) -> Denial {
    let (reason, route, user_id) = match kind {
        Kind::Same { reason, route, who } => {
            let user = match who {
                Who::User(user) => Some(*user),
                Who::Address(_) => None,
            };
            (*reason, Some(route.clone()), user)
        }
        Kind::Other { reason } => (*reason, None, None),
    };
    let (count, first_at, last_at) = (sum.count, sum.first, sum.last);
    Denial {
        fact: AccessDenied { reason, route, user_id, count, first_at, last_at },
        organization: sum.organization,
        address: sum.address,
    }
}

#[cfg(test)]
mod tests;
