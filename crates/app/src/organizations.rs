//! Organizations: the tenants.

use rishi_domain::event::{Whence, told_from};
use rishi_domain::id::OrganizationId;
use rishi_domain::organization::{CreateOrganization, EditOrganization, Given, create, edit};
use rishi_domain::organization::{Organization, OrganizationKind};
use rishi_domain::permission::Capability;

use crate::auth::{Caller, Principal};
use crate::bookings::load::matches;
use crate::commit::{Answer, Change, Expected, Guard};
use crate::events::{Cause, Place, subject};
use crate::members::active;
use crate::scope::Scope;
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
        let (commit, organization) =
            self.new_organization(&Cause::from(caller), Some(&caller.whence), command)?;
        let answer = reply(&organization)?;
        self.finish(caller, Capability::ReadOrganizations, commit, answer, false).await
    }

    /// The commit that makes an organization, for a caller or for the platform itself.
    pub(crate) fn new_organization(
        &self,
        cause: &Cause,
        whence: Option<&Whence>,
        command: CreateOrganization,
    ) -> Result<(Commit, Organization), Error> {
        let now = self.now();
        let id: OrganizationId = self.ids.next();
        let decision = create(&Given { now, id }, command)?;
        let facts = match whence {
            Some(whence) => told_from(decision.facts, whence)?,
            None => decision.facts,
        };
        let commit = Commit {
            events: self.tell(&place(id), cause, now, facts),
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
        let (mut commit, organization) = self.new_organization(&Cause::default(), None, command)?;
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

    /// One organization as the caller may see it.
    pub async fn shown_organization(
        &self,
        principal: &Principal,
        id: OrganizationId,
    ) -> Result<Organization, Error> {
        let organization = self.organization(principal, id).await?;
        Ok(self.without_pay(principal, organization))
    }

    /// The default rate is a pay rate: it is for who sees those, and for who sets it.
    fn without_pay(&self, principal: &Principal, mut organization: Organization) -> Organization {
        let sees = [Capability::SeePayRates, Capability::WriteOrganizationSettings];
        if !sees.iter().any(|one| principal.may(*one, &organization, None, self.now())) {
            organization.settings.default_hourly_rate = None;
        }
        organization
    }

    /// The organizations that the caller may read, by name.
    pub async fn organizations(
        &self,
        principal: &Principal,
        paging: Paging,
    ) -> Result<Listed<Organization>, Error> {
        let scope = principal.scope(Capability::ReadOrganizations);
        let found = self.store.organizations(&scope, paging).await?;
        let shown = found.items.into_iter().map(|one| self.without_pay(principal, one));
        Ok(Listed { items: shown.collect(), total: found.total })
    }

    /// What was found of the organization that was `named`, if one was. Who may read every organization may
    /// name one that does not exist: that is told apart from one of which there is nothing.
    pub(crate) async fn of_existing<T>(
        &self,
        named: Option<OrganizationId>,
        found: Listed<T>,
    ) -> Result<Listed<T>, Error> {
        if let Some(named) = named.filter(|_| found.total == 0) {
            self.must_exist(named).await?;
        }
        Ok(found)
    }

    /// Refuses an organization that does not exist; whether the caller may see it is decided before.
    pub async fn must_exist(&self, organization: OrganizationId) -> Result<(), Error> {
        let found = self.store.organization(&Scope::system(), organization).await?;
        found.map(drop).ok_or(Error::NotFound("organization"))
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
        active(&caller.principal, &before)?;
        matches(if_match, before.version)?;
        let now = self.now();
        let Some(decision) = edit(&Given { now, id }, &before, command)? else {
            return reply(&before);
        };
        let facts = told_from(decision.facts, &caller.whence)?;
        let commit = Commit {
            expected: vec![Expected {
                subject: subject::organization(id),
                version: before.version,
            }],
            events: self.tell(&place(id), &Cause::from(caller), now, facts),
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
