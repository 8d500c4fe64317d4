//! Availability: what people declare of their time, and leave. One file per use case, named by its
//! verb; [`AvailabilityQueries`] is what they ask of an engine.
//!
//! A person declares for oneself alone. Others read it, and rule on leave, where they may approve
//! leave; there is no third way to see it.

use std::collections::HashMap;

use rishi_domain::availability::{AvailabilityBlock, Declarations, Given, Revised};
use rishi_domain::decision::Decision;
use rishi_domain::event::Fact;
use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::organization::OrganizationStatus;
use rishi_domain::permission::{Capability, Target, permits};
use rishi_domain::recurrence::SpanError;
use rishi_domain::time::TimeRange;

use crate::auth::{Caller, Principal};
use crate::commit::{AvailabilityRow, Change, Expected};
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Commit, Error};

mod declare;
mod edit;
mod port;
mod read;
mod rule;

pub use edit::Part;
pub use port::{AvailabilityFilter, AvailabilityQueries};
pub use rule::{DecidedLeave, InTheWay};

const SOURCE: &str = "rishi/availability";

impl App {
    /// What a person has declared about a range of time, ready to be asked.
    pub async fn declarations(
        &self,
        people: &[UserId],
        range: &TimeRange,
    ) -> Result<HashMap<UserId, Declarations>, Error> {
        let mut blocks: HashMap<UserId, Vec<AvailabilityBlock>> =
            people.iter().map(|person| (*person, Vec::new())).collect();
        for block in self.store.declared(people, range).await? {
            blocks.entry(block.user_id).or_default().push(block);
        }
        let of = |(person, own): (UserId, Vec<AvailabilityBlock>)| {
            Ok((person, Declarations::new(&own).map_err(unreadable)?))
        };
        blocks.into_iter().map(of).collect()
    }

    /// The organization as whose member the caller declares something of one's own.
    async fn declaring_organization(&self, principal: &Principal) -> Result<OrganizationId, Error> {
        for grant in principal.grants() {
            let id = grant.organization_id;
            let Some(organization) = self.store.organization(&Scope::system(), id).await? else {
                continue;
            };
            let me = principal.user_id();
            let target = Target::new(&organization, self.now(), me).with_person(me);
            if permits(principal.grants(), Capability::OwnAvailability, &target) {
                if organization.status == OrganizationStatus::Suspended {
                    return Err(Error::OrganizationSuspended);
                }
                return Ok(id);
            }
        }
        Err(Error::Forbidden("declare availability of your own"))
    }

    /// What decisions about a person's own blocks rest on.
    async fn given(
        &self,
        principal: &Principal,
        organization: OrganizationId,
    ) -> Result<Given, Error> {
        let user = principal.user_id();
        let person = self.store.user(&Scope::system(), user).await?;
        let timezone = person.ok_or(Error::NotFound("user"))?.timezone;
        Ok(Given { now: self.now(), id: self.ids.next(), user, organization, timezone })
    }

    /// The commit of blocks that were made or changed.
    fn put_blocks(&self, caller: &Caller, revised: Revised) -> Result<Commit, Error> {
        let mut commit = Commit::default();
        for Decision { state, facts } in revised {
            commit.events.extend(self.tell_of(caller, &state, facts));
            if state.version > 1 {
                let subject = subject::availability(state.id);
                commit.expected.push(Expected { subject, version: state.version - 1 });
            }
            let extent = state.span().map_err(unreadable)?.extent();
            let row = AvailabilityRow { block: state, extent };
            commit.changes.push(Change::Availability(Box::new(row)));
        }
        Ok(commit)
    }

    fn tell_of(
        &self,
        caller: &Caller,
        block: &AvailabilityBlock,
        facts: Vec<Fact>,
    ) -> Vec<rishi_bus::NewEvent> {
        let place = Place {
            source: SOURCE,
            subject: subject::availability(block.id),
            organization: Some(block.organization_id),
        };
        self.tell(&place, &Cause::from(caller), self.now(), facts)
    }
}

/// A stored block that does not mean a time: it was checked before it was stored.
fn unreadable(error: SpanError) -> Error {
    Error::Internal(Box::new(error))
}
