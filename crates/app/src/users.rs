//! People and what they act as.

use rishi_domain::event::{LinkPurpose, told_from};
use rishi_domain::id::{MembershipId, OrganizationId, UserId};
use rishi_domain::membership::{self, CreateMembership, Membership};
use rishi_domain::organization::Organization;
use rishi_domain::permission::{Capability, Role, Target, permits};
use rishi_domain::user::{CreateUser, EditUser, Given, User, UserStatus, create, edit};

use crate::auth::{Caller, Principal};
use crate::bookings::load::matches;
use crate::commit::{Answer, Change, Expected, Guard, PasswordRow};
use crate::credentials::AccessChange;
use crate::events::{Cause, Place, subject};
use crate::links::IssuedLink;
use crate::members::{Member, active};
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
    /// How the person is to get in.
    pub entry: Entry,
}

/// How somebody new gets in.
#[derive(Debug, Clone)]
pub enum Entry {
    /// By a one-time link.
    Link,
    /// By a first password.
    Password(String),
    /// Not by themselves yet: a link may be made later.
    Later,
}

impl App {
    /// Adds a person with a membership, on a caller's behalf. `reply` is asked twice: for the answer that
    /// is kept for a repetition, without the person's link, and for the one that is given now.
    pub async fn create_user(
        &self,
        caller: &Caller,
        new: NewMember,
        reply: impl Fn(&User, Option<&IssuedLink>) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let organization = self.organization(principal, new.organization).await?;
        if !self.may_give(principal, &organization, &[new.role], &new.serves) {
            return Err(Error::Forbidden("give this role in this organization"));
        }
        active(principal, &organization)?;
        let (commit, Member { user, .. }, link) =
            self.new_member(&Cause::from(caller), Some(caller), new).await?;
        let (kept, told) = (reply(&user, None)?, reply(&user, link.as_ref())?);
        self.finish_once(caller, Capability::ReadUsers, commit, kept, told).await
    }

    /// Adds a person with a membership, as the operator at the command line does.
    pub async fn add_user(&self, new: NewMember) -> Result<(User, Option<IssuedLink>), Error> {
        let (commit, Member { user, .. }, link) =
            self.new_member(&Cause::default(), None, new).await?;
        self.run(commit).await?;
        Ok((user, link))
    }

    pub(crate) async fn new_member(
        &self,
        cause: &Cause,
        caller: Option<&Caller>,
        new: NewMember,
    ) -> Result<(Commit, Member, Option<IssuedLink>), Error> {
        let now = self.now();
        let organization = self
            .store
            .organization(&Scope::system(), new.organization)
            .await?
            .ok_or(Error::NotFound("organization"))?;
        let id: UserId = self.ids.next();
        let added = create(&Given { now, id }, new.user)?;
        let served = self.served(&new.serves).await?;
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
        let whence = caller.map(|caller| &caller.whence);
        let (mut facts, mut joined_facts) = (added.facts, joined.facts);
        if let Some(whence) = whence {
            facts = told_from(facts, whence)?;
            joined_facts = told_from(joined_facts, whence)?;
        }
        let mut changes = vec![
            Change::User(Box::new(added.state.clone())),
            Change::Membership(Box::new(joined.state.clone())),
        ];
        let link = match new.entry {
            Entry::Password(password) => {
                let hash = self.hashed("password", password, &added.state).await?;
                facts.push(passwords::changed(id, whence)?);
                let row = PasswordRow { user_id: id, hash, updated_at: now };
                changes.push(Change::Password(Box::new(row)));
                None
            }
            Entry::Link => {
                // Who is added at the command line is told there.
                let mailed = self.mail.is_some() && caller.is_some();
                let (link, issue) = self.new_link(id, LinkPurpose::Invitation, whence, mailed)?;
                facts.extend(issue.facts);
                changes.push(issue.change);
                Some(link)
            }
            Entry::Later => None,
        };
        let mut events = self.tell(&person, cause, now, facts);
        events.extend(self.tell(&member, cause, now, joined_facts));
        let member = Member { user: added.state, membership: joined.state };
        Ok((Commit { changes, events, ..Commit::default() }, member, link))
    }

    /// Those of the organizations to be served that there are.
    pub(crate) async fn served(
        &self,
        wanted: &[OrganizationId],
    ) -> Result<Vec<Organization>, Error> {
        let mut served = Vec::with_capacity(wanted.len());
        for id in wanted {
            served.extend(self.store.organization(&Scope::system(), *id).await?);
        }
        Ok(served)
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
        let found = self.store.users(&scope, organization, paging).await?;
        self.of_existing(organization, found).await
    }

    /// Whether the caller may give (and so also take) all of these roles in an organization.
    pub(crate) fn may_give(
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
    pub(crate) async fn may_change(
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
        let facts = told_from(decision.facts, &caller.whence)?;
        let mut changes = vec![Change::User(Box::new(decision.state.clone()))];
        let mut guards = Vec::new();
        if before.status == UserStatus::Active && decision.state.status == UserStatus::Disabled {
            changes.extend(locked_out(id));
            if memberships.iter().any(|one| one.role == Role::SuperAdmin) {
                guards.push(Guard::AdministratorRemains { without: id });
            }
        }
        let commit = Commit {
            expected: vec![Expected { subject: subject::user(id), version: before.version }],
            events: self.tell(&place, &Cause::from(caller), now, facts),
            changes,
            guards,
            ..Commit::default()
        };
        let answer = reply(&decision.state)?;
        self.finish(caller, Capability::ReadUsers, commit, answer, if_match.is_some()).await
    }
}

/// Everything by which a person gets in ends for good: it does not come back with the person.
fn locked_out(user: UserId) -> impl Iterator<Item = Change> {
    let ended = [
        AccessChange::SessionsEnded { user, except: None },
        AccessChange::TokensRevoked(user),
        AccessChange::LinkVoided(user),
        AccessChange::IdentitiesForgotten(user),
    ];
    ended.into_iter().map(|change| Change::Access(Box::new(change)))
}
