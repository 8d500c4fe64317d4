//! Organizations: the tenants.

use rishi_domain::id::OrganizationId;
use rishi_domain::organization::{CreateOrganization, EditOrganization, Given, create, edit};
use rishi_domain::organization::{Organization, OrganizationKind};
use rishi_domain::permission::Capability;

use crate::auth::{Caller, Principal};
use crate::bookings::load::matches;
use crate::commit::{Answer, Change, Expected, Guard};
use crate::events::{Cause, Place, subject};
use crate::store::{Listed, Paging};
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/organizations";

impl App {
    /// Makes an organization.
    pub async fn create_organization(
        &self,
        caller: &Caller,
        command: CreateOrganization,
        reply: fn(&Organization) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        if !caller.principal.may_everywhere(Capability::WriteOrganizations) {
            return Err(Error::Forbidden("create organizations"));
        }
        let (commit, organization) = self.new_organization(&Cause::from(caller), command)?;
        let answer = reply(&organization)?;
        self.finish(caller, Capability::ReadOrganizations, commit, answer, false).await
    }

    /// The commit that makes an organization, for a caller or for the platform itself.
    pub(crate) fn new_organization(
        &self,
        cause: &Cause,
        command: CreateOrganization,
    ) -> Result<(Commit, Organization), Error> {
        let now = self.now();
        let id: OrganizationId = self.ids.next();
        let decision = create(&Given { now, id }, command)?;
        let commit = Commit {
            events: self.tell(&place(id), cause, now, decision.facts),
            changes: vec![Change::Organization(Box::new(decision.state.clone()))],
            ..Commit::default()
        };
        Ok((commit, decision.state))
    }

    /// The operator's own organization, made on first use under `name`. When another process makes it
    /// at the same moment, that one counts.
    pub async fn ensure_internal_organization(&self, name: &str) -> Result<Organization, Error> {
        if let Some(organization) = self.store.internal_organization().await? {
            return Ok(organization);
        }
        let command = CreateOrganization {
            name: name.to_owned(),
            kind: OrganizationKind::Internal,
            tier: None,
            timezone: None,
            currency: None,
            settings: None,
        };
        let (mut commit, organization) = self.new_organization(&Cause::default(), command)?;
        commit.guards.push(Guard::NoInternalOrganization);
        match self.run(commit).await {
            Ok(()) => Ok(organization),
            Err(Error::Duplicate(_)) => {
                let found = self.store.internal_organization().await?;
                found.ok_or(Error::NotFound("organization"))
            }
            Err(error) => Err(error),
        }
    }

    /// One organization.
    pub async fn organization(
        &self,
        principal: &Principal,
        id: OrganizationId,
    ) -> Result<Organization, Error> {
        let scope = principal.scope(Capability::ReadOrganizations);
        self.store.organization(&scope, id).await?.ok_or(Error::NotFound("organization"))
    }

    /// The organizations that the caller may read, by name.
    pub async fn organizations(
        &self,
        principal: &Principal,
        paging: Paging,
    ) -> Result<Listed<Organization>, Error> {
        let scope = principal.scope(Capability::ReadOrganizations);
        Ok(self.store.organizations(&scope, paging).await?)
    }

    /// Edits an organization.
    pub async fn edit_organization(
        &self,
        caller: &Caller,
        id: OrganizationId,
        if_match: Option<u64>,
        command: EditOrganization,
        reply: fn(&Organization) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let before = self.organization(&caller.principal, id).await?;
        let capability = if command.is_settings_only() {
            Capability::WriteOrganizationSettings
        } else {
            Capability::WriteOrganizations
        };
        if !caller.principal.scope(capability).covers(id) {
            return Err(Error::Forbidden("change this organization"));
        }
        matches(if_match, before.version)?;
        let now = self.now();
        let Some(decision) = edit(&Given { now, id }, &before, command)? else {
            return reply(&before);
        };
        let commit = Commit {
            expected: vec![Expected {
                subject: subject::organization(id),
                version: before.version,
            }],
            events: self.tell(&place(id), &Cause::from(caller), now, decision.facts),
            changes: vec![Change::Organization(Box::new(decision.state.clone()))],
            ..Commit::default()
        };
        let answer = reply(&decision.state)?;
        let eyes = Capability::ReadOrganizations;
        self.finish(caller, eyes, commit, answer, if_match.is_some()).await
    }
}

fn place(id: OrganizationId) -> Place {
    Place { source: SOURCE, subject: subject::organization(id), organization: Some(id) }
}
