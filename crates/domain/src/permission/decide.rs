//! Questions to the table.

use jiff::Timestamp;

use super::{Capability, Reach, Role, reach};
use crate::booking::{Booking, BookingStatus};
use crate::id::{OrganizationId, UserId};
use crate::organization::{Organization, Tier};

/// A membership of the caller, as far as it grants something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Where the membership is.
    pub organization_id: OrganizationId,
    /// As what.
    pub role: Role,
    /// The organizations that it works for.
    pub serves: Vec<OrganizationId>,
    /// What it is limited to, when it is used by a program that is to do no more.
    pub only: Option<Vec<Capability>>,
}

impl Grant {
    /// How far it goes with `capability`.
    pub fn reach(&self, capability: Capability) -> Reach {
        match &self.only {
            Some(only) if !only.contains(&capability) => Reach::None,
            _ => reach(self.role, capability),
        }
    }
}

/// What somebody wants to act on.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Whose it is.
    pub organization_id: OrganizationId,
    /// What that organization buys.
    pub tier: Tier,
    /// The booking concerned, if it is about one that exists.
    pub booking: Option<BookingFacts>,
    /// The person concerned: whose assignment, availability, profile or pay it is.
    pub person: Option<UserId>,
    /// The roles concerned when people are changed: those that the person has, and the one to give.
    pub roles: &'a [Role],
    /// The organizations that the membership to give is to serve.
    pub serves: &'a [OrganizationId],
    /// The present instant.
    pub now: Timestamp,
    /// Who wants to act.
    pub actor: UserId,
}

impl Target<'_> {
    /// Something of an organization; the other fields are for the caller to fill in.
    pub fn new(organization: &Organization, now: Timestamp, actor: UserId) -> Self {
        Self {
            organization_id: organization.id,
            tier: organization.tier,
            booking: None,
            person: None,
            roles: &[],
            serves: &[],
            now,
            actor,
        }
    }

    /// The same with a booking.
    #[must_use]
    pub fn with_booking(self, booking: BookingFacts) -> Self {
        Self { booking: Some(booking), ..self }
    }

    /// The same with the person whom it is about.
    #[must_use]
    pub fn with_person(self, person: UserId) -> Self {
        Self { person: Some(person), ..self }
    }
}

/// What permissions depend on in a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingFacts {
    /// Who made it.
    pub created_by: UserId,
    /// Where in its life it stands.
    pub status: BookingStatus,
    /// When it starts.
    pub scheduled_start: Timestamp,
    /// Who submitted it.
    pub submitted_by: Option<UserId>,
    /// Whether its organization lets the submitter approve.
    pub submitter_may_approve: bool,
    /// Whether the actor has an assignment on it that was neither declined nor released.
    pub assigned: bool,
}

impl BookingFacts {
    /// The facts of `booking`, a booking of `organization`.
    pub fn of(booking: &Booking, organization: &Organization, assigned: bool) -> Self {
        Self {
            created_by: booking.created_by,
            status: booking.status,
            scheduled_start: booking.scheduled_start,
            submitted_by: booking.submitted_by,
            submitter_may_approve: organization.settings.submitter_may_approve,
            assigned,
        }
    }
}

/// What lists may show. Three ways to be in it; one is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// Everything.
    All,
    /// Part of it; nothing when all three are empty.
    Organizations {
        /// Everything of these organizations, sorted.
        whole: Vec<OrganizationId>,
        /// Of these organizations what the actor made, sorted.
        own_in: Vec<OrganizationId>,
        /// Wherever it is, what the actor has an assignment on that was neither declined nor released.
        assigned: bool,
    },
}

/// Whether one of `grants` permits `capability` on `target`.
///
/// Whoever submitted a booking does not approve it, whatever the role, unless the organization
/// lets submitters approve.
pub fn permits(grants: &[Grant], capability: Capability, target: &Target) -> bool {
    if capability == Capability::ApproveBookings && is_own_submission(target) {
        return false;
    }
    grants.iter().any(|grant| covers(grant, capability, target))
}

/// Whether one of `grants` permits `capability` on what belongs to no organization or to all of
/// them: the system, a shared location, an organization still to be created.
pub fn permits_everywhere(grants: &[Grant], capability: Capability) -> bool {
    grants.iter().any(|grant| grant.reach(capability) == Reach::All)
}

/// Where `grants` permit `capability`, for queries that list.
///
/// A condition that only a single thing can meet (a tier, a status, a role) is not looked at: the
/// organization is listed, and [`permits`] decides each case. What is about the actor alone is in no
/// list.
pub fn visible(grants: &[Grant], capability: Capability) -> Visibility {
    let (mut whole, mut own_in, mut assigned) = (Vec::new(), Vec::new(), false);
    for grant in grants {
        let own = grant.organization_id;
        match grant.reach(capability) {
            Reach::All | Reach::AllButSuperAdmin => return Visibility::All,
            Reach::Served => whole.extend(&grant.serves),
            Reach::ServedAndOwn | Reach::ServedAgents => {
                whole.push(own);
                whole.extend(&grant.serves);
            }
            Reach::Own | Reach::OwnIfTier(_) | Reach::OwnBeforeStart | Reach::OwnClientRoles => {
                whole.push(own);
            }
            Reach::OwnDraft => own_in.push(own),
            Reach::Assigned => {
                own_in.push(own);
                own_in.extend(&grant.serves);
                assigned = true;
            }
            Reach::None | Reach::Oneself => {}
        }
    }
    for list in [&mut whole, &mut own_in] {
        list.sort_unstable();
        list.dedup();
    }
    own_in.retain(|organization| whole.binary_search(organization).is_err());
    Visibility::Organizations { whole, own_in, assigned }
}

fn is_own_submission(target: &Target) -> bool {
    target.booking.is_some_and(|booking| {
        booking.submitted_by == Some(target.actor) && !booking.submitter_may_approve
    })
}

fn covers(grant: &Grant, capability: Capability, target: &Target) -> bool {
    let own = grant.organization_id == target.organization_id;
    let served = grant.serves.contains(&target.organization_id);
    match grant.reach(capability) {
        Reach::None => false,
        Reach::All => true,
        Reach::AllButSuperAdmin => !target.roles.contains(&Role::SuperAdmin),
        Reach::Served => served,
        Reach::ServedAndOwn => served || own,
        Reach::ServedAgents => {
            (served || own)
                && only(target.roles, |role| role == Role::BrandAgent)
                && target.serves.iter().all(|client| grant.serves.contains(client))
        }
        Reach::Own => own,
        Reach::OwnIfTier(tiers) => own && tiers.contains(&target.tier),
        Reach::OwnBeforeStart => {
            own && target.booking.is_some_and(|booking| target.now < booking.scheduled_start)
        }
        Reach::OwnDraft => {
            own && target.booking.map_or(
                // There is no booking yet when one is to be created, and only then.
                capability == Capability::CreateBookings,
                |booking| {
                    booking.status == BookingStatus::Draft && booking.created_by == target.actor
                },
            )
        }
        Reach::OwnClientRoles => own && only(target.roles, Role::is_client),
        Reach::Assigned => involved(target, own || served),
        Reach::Oneself => target.person == Some(target.actor),
    }
}

/// At least one role, and each as wanted: whoever forgets to name the roles gets nothing.
fn only(roles: &[Role], wanted: impl Fn(Role) -> bool) -> bool {
    !roles.is_empty() && roles.iter().all(|role| wanted(*role))
}

/// The booking is the actor's in some way, and so is the person if one is named; one of both is.
fn involved(target: &Target, at_home: bool) -> bool {
    let person = target.person.map(|person| person == target.actor);
    let booking = target
        .booking
        .map(|booking| booking.assigned || (at_home && booking.created_by == target.actor));
    match (person, booking) {
        (None, None) => false,
        (person, booking) => person.unwrap_or(true) && booking.unwrap_or(true),
    }
}

#[cfg(test)]
mod tests;
