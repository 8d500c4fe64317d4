//! Locations: an organization's own, and those shared by all.

use rishi_domain::id::{LocationId, OrganizationId};
use rishi_domain::location::Location;
use rishi_domain::location::{CreateLocation, EditLocation, Given, create, edit};
use rishi_domain::organization::{Organization, OrganizationStatus};
use rishi_domain::permission::Capability;

use crate::auth::{Caller, Principal};
use crate::bookings::load::matches;
use crate::commit::{Answer, Change, Expected};
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::store::{Listed, Paging};
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/locations";

impl App {
    /// Makes a location. One without an organization is shared by all, and only those who act for
    /// all organizations make it.
    pub async fn create_location(
        &self,
        caller: &Caller,
        command: CreateLocation,
        reply: fn(&Location) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let owner = match command.organization_id {
            Some(id) => Some(self.organization(principal, id).await?),
            None => None,
        };
        self.may_write_location(principal, owner.as_ref())?;
        let now = self.now();
        let id: LocationId = self.ids.next();
        let decision = create(&Given { now, id, organization: owner.as_ref() }, command)?;
        let place = place(&decision.state);
        let commit = Commit {
            events: self.tell(&place, &Cause::from(caller), now, decision.facts),
            changes: vec![Change::Location(Box::new(decision.state.clone()))],
            ..Commit::default()
        };
        let answer = reply(&decision.state)?;
        self.finish(caller, Capability::ReadLocations, commit, answer, false).await
    }

    /// One location.
    pub async fn location(&self, principal: &Principal, id: LocationId) -> Result<Location, Error> {
        let scope = principal.scope(Capability::ReadLocations);
        self.store.location(&scope, id).await?.ok_or(Error::NotFound("location"))
    }

    /// The locations that the caller may read, by name.
    pub async fn locations(
        &self,
        principal: &Principal,
        organization: Option<OrganizationId>,
        search: Option<&str>,
        paging: Paging,
    ) -> Result<Listed<Location>, Error> {
        let scope = principal.scope(Capability::ReadLocations);
        if organization.is_some_and(|named| !scope.touches(named)) {
            return Err(Error::NotFound("organization"));
        }
        let found = self.store.locations(&scope, organization, search, paging).await?;
        // What is shared by all is found for an organization that does not exist, too.
        if let Some(named) = organization
            && found.items.iter().all(|one| one.organization_id != Some(named))
        {
            self.must_exist(named).await?;
        }
        Ok(found)
    }

    /// Edits a location.
    pub async fn edit_location(
        &self,
        caller: &Caller,
        id: LocationId,
        if_match: Option<u64>,
        command: EditLocation,
        reply: fn(&Location) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let before = self.location(principal, id).await?;
        let owner = match before.organization_id {
            Some(id) => self.store.organization(&Scope::system(), id).await?,
            None => None,
        };
        self.may_write_location(principal, owner.as_ref())?;
        matches(if_match, before.version)?;
        let now = self.now();
        let given = Given { now, id, organization: owner.as_ref() };
        let Some(decision) = edit(&given, &before, command)? else {
            return reply(&before);
        };
        let commit = Commit {
            expected: vec![Expected { subject: subject::location(id), version: before.version }],
            events: self.tell(&place(&before), &Cause::from(caller), now, decision.facts),
            changes: vec![Change::Location(Box::new(decision.state.clone()))],
            ..Commit::default()
        };
        let answer = reply(&decision.state)?;
        self.finish(caller, Capability::ReadLocations, commit, answer, if_match.is_some()).await
    }

    fn may_write_location(
        &self,
        principal: &Principal,
        owner: Option<&Organization>,
    ) -> Result<(), Error> {
        let capability = Capability::WriteLocations;
        let may = match owner {
            Some(organization) => principal.may(capability, organization, None, self.now()),
            None => principal.may_everywhere(capability),
        };
        match owner {
            _ if !may => Err(Error::Forbidden("change this location")),
            Some(owner) if owner.status == OrganizationStatus::Suspended => {
                Err(Error::OrganizationSuspended)
            }
            _ => Ok(()),
        }
    }
}

fn place(location: &Location) -> Place {
    Place {
        source: SOURCE,
        subject: subject::location(location.id),
        organization: location.organization_id,
    }
}
