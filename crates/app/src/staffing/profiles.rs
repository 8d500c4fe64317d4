//! Writing profiles, and verifying what they say.

use rishi_domain::id::{LocationId, OrganizationId, UserId};
use rishi_domain::permission::Capability;
use rishi_domain::staffing::{
    PutGiven, PutStaffProfile, StaffProfile, VerifyCertification, VerifyGiven, put, verify,
};

use super::{SOURCE, StaffView, Standing, works_for};
use crate::auth::Caller;
use crate::bookings::load::matches;
use crate::commit::{Answer, Change, Expected};
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Commit, Error};

impl App {
    /// Makes a person's profile or replaces it. Who may not see the person hears that there is no
    /// such one.
    pub async fn put_staff_profile(
        &self,
        caller: &Caller,
        user: UserId,
        if_match: Option<u64>,
        command: PutStaffProfile,
        reply: fn(&StaffView, bool) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let memberships = self.store.memberships(user).await?;
        let organizations = works_for(&memberships);
        let standing = Standing::of(principal, user, &organizations);
        if !standing.reads {
            return Err(Error::NotFound("user"));
        }
        let person =
            self.store.user(&Scope::system(), user).await?.ok_or(Error::NotFound("user"))?;
        if !standing.writes {
            return Err(Error::Forbidden("change this staff profile"));
        }
        let before = self.store.staff_member(&Scope::system(), user).await?;
        let before = before.map(|record| record.profile);
        matches(if_match, before.as_ref().map_or(0, |profile| profile.version))?;
        self.known_locations(&command.blocked_locations, &organizations).await?;
        let given = PutGiven {
            now: self.now(),
            actor: principal.user_id(),
            user,
            memberships: &memberships,
            manages: standing.manages,
            before: before.as_ref(),
        };
        let decision = put(&given, command)?;
        let view =
            |profile: StaffProfile| StaffView::new(person.display_name.clone(), profile, standing);
        let Some(decision) = decision else {
            // Nothing changes only where something is there already.
            return reply(&view(before.ok_or(Error::NotFound("staff profile"))?), false);
        };
        let commit = Commit {
            expected: before.iter().map(expected).collect(),
            changes: vec![Change::StaffProfile(Box::new(decision.state.clone()))],
            events: self.tell(
                &place(&decision.state),
                &Cause::from(caller),
                given.now,
                decision.facts,
            ),
            ..Commit::default()
        };
        let answer = reply(&view(decision.state), before.is_none())?;
        let eyes = Capability::ReadStaffProfiles;
        self.finish(caller, eyes, commit, answer, if_match.is_some()).await
    }

    /// Records that the caller has seen a certificate.
    pub async fn verify_certification(
        &self,
        caller: &Caller,
        user: UserId,
        if_match: Option<u64>,
        command: &VerifyCertification,
        reply: fn(&StaffView) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let eyes = Capability::ReadStaffProfiles;
        let found = self.store.staff_member(&principal.scope(eyes), user).await?;
        let record = found.ok_or(Error::NotFound("staff profile"))?;
        let standing = Standing::of(principal, user, &record.organizations);
        if !standing.reads {
            return Err(Error::NotFound("staff profile"));
        }
        if !standing.verifies {
            return Err(Error::Forbidden("verify certifications of this person"));
        }
        matches(if_match, record.profile.version)?;
        let given = VerifyGiven { now: self.now(), actor: principal.user_id() };
        let view =
            |profile: StaffProfile| StaffView::new(record.display_name.clone(), profile, standing);
        let Some(decision) = verify(&given, &record.profile, command)? else {
            return reply(&view(record.profile.clone()));
        };
        let place = place(&record.profile);
        let commit = Commit {
            expected: vec![expected(&record.profile)],
            changes: vec![Change::StaffProfile(Box::new(decision.state.clone()))],
            events: self.tell(&place, &Cause::from(caller), given.now, decision.facts),
            ..Commit::default()
        };
        let answer = reply(&view(decision.state))?;
        self.finish(caller, eyes, commit, answer, if_match.is_some()).await
    }

    /// Refuses locations that are not there, or that belong to an organization which the person has
    /// nothing to do with.
    async fn known_locations(
        &self,
        locations: &[LocationId],
        organizations: &[OrganizationId],
    ) -> Result<(), Error> {
        for (index, id) in locations.iter().enumerate() {
            let found = self.store.location(&Scope::system(), *id).await?;
            let usable = found.is_some_and(|location| {
                location.organization_id.is_none_or(|owner| organizations.contains(&owner))
            });
            if !usable {
                return Err(Error::unknown_reference(
                    &format!("blockedLocations[{index}]"),
                    "there is no such location where this person works",
                ));
            }
        }
        Ok(())
    }
}

/// The version of a profile that a decision was made on.
fn expected(profile: &StaffProfile) -> Expected {
    Expected { subject: subject::staff(profile.user_id), version: profile.version }
}

fn place(profile: &StaffProfile) -> Place {
    Place {
        source: SOURCE,
        subject: subject::staff(profile.user_id),
        organization: Some(profile.organization_id),
    }
}
