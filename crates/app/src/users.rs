//! People and what they act as.

use rishi_domain::event::{Fact, PasswordChanged};
use rishi_domain::id::{MembershipId, OrganizationId, UserId};
use rishi_domain::membership::{self, CreateMembership, Membership};
use rishi_domain::organization::Organization;
use rishi_domain::permission::{Capability, Role, Target, permits};
use rishi_domain::user::User;
use rishi_domain::user::{CreateUser, EditUser, Given, create, edit};

use crate::auth::{Caller, Principal};
use crate::bookings::load::matches;
use crate::commit::{Answer, Change, Expected, PasswordRow};
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::store::{Listed, Paging};
use crate::{App, Commit, Error, passwords};

const SOURCE: &str = "rishi/users";

/// A person to be added, with a first role.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// The person.
    pub user: CreateUser,
    /// Where.
    pub organization: OrganizationId,
    /// As what.
    pub role: Role,
    /// The client organizations that a field role works for.
    pub serves: Vec<OrganizationId>,
    /// A first password, if the person is to have one.
    pub password: Option<String>,
}

impl App {
    /// Adds a person with a membership, on a caller's behalf.
    pub async fn create_user(
        &self,
        caller: &Caller,
        new: NewMember,
        reply: fn(&User) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let organization = self.organization(principal, new.organization).await?;
        if !self.may_give(principal, &organization, &[new.role], &new.serves) {
            return Err(Error::Forbidden("give this role in this organization"));
        }
        let (commit, user) = self.new_member(&Cause::from(caller), new).await?;
        let answer = reply(&user)?;
        self.finish(caller, Capability::ReadUsers, commit, answer, false).await
    }

    /// Adds a person with a membership, as the operator at the command line does.
    pub async fn add_user(&self, new: NewMember) -> Result<User, Error> {
        let (commit, user) = self.new_member(&Cause::default(), new).await?;
        self.run(commit).await?;
        Ok(user)
    }

    async fn new_member(&self, cause: &Cause, new: NewMember) -> Result<(Commit, User), Error> {
        let now = self.now();
        let organization = self
            .store
            .organization(&Scope::system(), new.organization)
            .await?
            .ok_or(Error::NotFound("organization"))?;
        let id: UserId = self.ids.next();
        let added = create(&Given { now, id }, new.user)?;
        let mut served = Vec::with_capacity(new.serves.len());
        for id in &new.serves {
            served.extend(self.store.organization(&Scope::system(), *id).await?);
        }
        let membership_id: MembershipId = self.ids.next();
        let command = CreateMembership {
            user_id: id,
            organization_id: organization.id,
            role: new.role,
            serves: new.serves,
        };
        let joined = membership::create(
            &membership::Given {
                now,
                id: membership_id,
                organization: &organization,
                served: &served,
            },
            command,
        )?;

        let person = Place {
            source: SOURCE,
            subject: subject::user(id),
            organization: Some(organization.id),
        };
        let member = Place { subject: subject::membership(membership_id), ..person.clone() };
        let mut facts = added.facts;
        let mut changes = vec![
            Change::User(Box::new(added.state.clone())),
            Change::Membership(Box::new(joined.state)),
        ];
        if let Some(password) = new.password {
            passwords::check(&password)?;
            let hash = self.hashing.run(move || passwords::hash(&password)).await??;
            facts.push(Fact::new(&PasswordChanged { user_id: id })?);
            changes.push(Change::Password(Box::new(PasswordRow {
                user_id: id,
                hash,
                updated_at: now,
            })));
        }
        let mut events = self.tell(&person, cause, now, facts);
        events.extend(self.tell(&member, cause, now, joined.facts));
        Ok((Commit { changes, events, ..Commit::default() }, added.state))
    }

    /// A person whom the caller may see: always oneself.
    pub async fn user(&self, principal: &Principal, id: UserId) -> Result<User, Error> {
        let scope = if id == principal.user_id() {
            Scope::system()
        } else {
            principal.scope(Capability::ReadUsers)
        };
        self.store.user(&scope, id).await?.ok_or(Error::NotFound("user"))
    }

    /// The memberships of a person that the caller may see.
    pub async fn memberships(
        &self,
        principal: &Principal,
        user: UserId,
    ) -> Result<Vec<Membership>, Error> {
        let scope = principal.scope(Capability::ReadUsers);
        let own = user == principal.user_id();
        let mut memberships = self.store.memberships(user).await?;
        memberships.retain(|one| own || scope.covers(one.organization_id));
        Ok(memberships)
    }

    /// The caller's own memberships, each with its organization.
    pub async fn own_memberships(
        &self,
        principal: &Principal,
    ) -> Result<Vec<(Membership, Organization)>, Error> {
        let mut own = Vec::new();
        for membership in self.store.memberships(principal.user_id()).await? {
            let id = membership.organization_id;
            let organization = self.store.organization(&Scope::system(), id).await?;
            own.push((membership, organization.ok_or(Error::NotFound("organization"))?));
        }
        Ok(own)
    }

    /// The people that the caller may see, by name.
    pub async fn users(
        &self,
        principal: &Principal,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<User>, Error> {
        let scope = principal.scope(Capability::ReadUsers);
        Ok(self.store.users(&scope, organization, paging).await?)
    }

    /// Whether the caller may give (and so also take) all of these roles in an organization.
    fn may_give(
        &self,
        principal: &Principal,
        organization: &Organization,
        roles: &[Role],
        serves: &[OrganizationId],
    ) -> bool {
        let actor = principal.user_id();
        let target = Target { roles, serves, ..Target::new(organization, self.now(), actor) };
        permits(principal.grants(), Capability::WriteUsers, &target)
    }

    /// Whether the caller may change a person with these memberships: all of them, so that nobody
    /// reaches a person of another organization through a shared one.
    async fn may_change(
        &self,
        principal: &Principal,
        memberships: &[Membership],
    ) -> Result<bool, Error> {
        for one in memberships {
            let organization =
                self.store.organization(&Scope::system(), one.organization_id).await?;
            let may = organization.is_some_and(|organization| {
                self.may_give(principal, &organization, &[one.role], &one.serves)
            });
            if !may {
                return Ok(false);
            }
        }
        Ok(!memberships.is_empty())
    }

    /// Edits a person: oneself, or someone all of whose roles the caller may give.
    pub async fn edit_user(
        &self,
        caller: &Caller,
        id: UserId,
        if_match: Option<u64>,
        command: EditUser,
        reply: fn(&User) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let before = self.user(principal, id).await?;
        let memberships = self.store.memberships(id).await?;
        let own = id == principal.user_id() && command.status.is_none();
        if !own && !self.may_change(principal, &memberships).await? {
            return Err(Error::Forbidden("change this person"));
        }
        matches(if_match, before.version)?;
        let now = self.now();
        let Some(decision) = edit(&Given { now, id }, &before, command)? else {
            return reply(&before);
        };
        let place = Place {
            source: SOURCE,
            subject: subject::user(id),
            organization: memberships.first().map(|one| one.organization_id),
        };
        let commit = Commit {
            expected: vec![Expected { subject: subject::user(id), version: before.version }],
            events: self.tell(&place, &Cause::from(caller), now, decision.facts),
            changes: vec![Change::User(Box::new(decision.state.clone()))],
            ..Commit::default()
        };
        let answer = reply(&decision.state)?;
        self.finish(caller, Capability::ReadUsers, commit, answer, if_match.is_some()).await
    }
}
