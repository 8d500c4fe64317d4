//! Who is what in an organization: adding, changing and ending memberships.
//!
//! Rules, beside the permission table: nobody changes or ends their own membership, so that nobody lifts
//! themselves and nobody is lost by a slip; whoever changes a role may give both the one before and the
//! one after; the last active super administrator stays. Who is known to the platform but not to the
//! caller is not made a member by guessing their address: the answer is that the address is in use.

use rishi_domain::event::told_from;
use rishi_domain::id::{MembershipId, OrganizationId, UserId};
use rishi_domain::membership::{self, CreateMembership, EditMembership, Membership};
use rishi_domain::organization::{Organization, OrganizationStatus};
use rishi_domain::permission::{Capability, Role};
use rishi_domain::user::{CreateUser, User};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::auth::{Caller, Principal};
use crate::bookings::load::matches;
use crate::commit::{Answer, Change, Expected, Guard};
use crate::credentials::AccessChange;
use crate::events::{Cause, Place, subject};
use crate::links::IssuedLink;
use crate::scope::Scope;
use crate::store::{Listed, Paging};
use crate::users::{Entry, NewMember};
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/users";

/// Somebody who is to be a member: by address, known or new, or by id.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddMember {
    /// Whom, by id; instead of `email`.
    #[serde(default)]
    pub user_id: Option<UserId>,
    /// Whom, by address; instead of `userId`. Who is not known yet is added.
    #[serde(default)]
    #[schemars(length(min = 3, max = 254), regex(pattern = r"^[^@\s]+@[^@\s]+$"))]
    pub email: Option<String>,
    /// The name that others see; needed for who is not known yet.
    #[serde(default)]
    #[schemars(length(min = 1, max = 200), regex(pattern = r"\S"))]
    pub display_name: Option<String>,
    /// As what.
    pub role: Role,
    /// The client organizations that an internal field role works for.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub serves: Vec<OrganizationId>,
}

/// A person and what they are in one organization.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub user: User,
    /// As what.
    pub membership: Membership,
}

impl App {
    /// The members of an organization, by name.
    pub async fn members(
        &self,
        principal: &Principal,
        id: OrganizationId,
        paging: Paging,
    ) -> Result<Listed<Member>, Error> {
        self.peopled_organization(principal, id).await?;
        let found = self.store.members(id, paging).await?;
        let member = |(user, membership)| Member { user, membership };
        Ok(Listed { items: found.items.into_iter().map(member).collect(), total: found.total })
    }

    /// Makes somebody a member. `reply` is asked twice: for the answer that is kept for a repetition,
    /// without the link of somebody new, and for the one that is given now.
    pub async fn add_member(
        &self,
        caller: &Caller,
        id: OrganizationId,
        command: AddMember,
        reply: impl Fn(&Member, Option<&IssuedLink>) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let organization = self.peopled_organization(principal, id).await?;
        if !self.may_give(principal, &organization, &[command.role], &command.serves) {
            return Err(Error::Forbidden("give this role in this organization"));
        }
        active(principal, &organization)?;
        match self.wanted(principal, &command).await? {
            Some(user) => self.add_known(caller, &organization, user, command, reply).await,
            None => self.add_new(caller, &organization, command, reply).await,
        }
    }

    /// The person whom the command means, if they are known.
    async fn wanted(
        &self,
        principal: &Principal,
        command: &AddMember,
    ) -> Result<Option<User>, Error> {
        let both = "say who it is by userId or by email, not both";
        let email = match (command.user_id, &command.email) {
            (Some(id), None) => return self.user(principal, id).await.map(Some),
            (None, Some(email)) => email,
            (Some(_), Some(_)) => return Err(Error::invalid("userId", "ambiguous", both)),
            (None, None) => return Err(Error::invalid("email", "required", "email is required")),
        };
        let Some((user, _)) = self.store.user_by_email(email).await? else { return Ok(None) };
        let scope = principal.scope(Capability::ReadUsers);
        let seen = self.store.user(&scope, user.id).await?;
        seen.map(Some).ok_or(Error::Duplicate("e-mail address"))
    }

    async fn add_known(
        &self,
        caller: &Caller,
        organization: &Organization,
        user: User,
        command: AddMember,
        reply: impl Fn(&Member, Option<&IssuedLink>) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let now = self.now();
        let served = self.served(&command.serves).await?;
        let id: MembershipId = self.ids.next();
        let given = membership::Given { now, id, organization, served: &served };
        let wanted = CreateMembership {
            user_id: user.id,
            organization_id: organization.id,
            role: command.role,
            serves: command.serves,
        };
        let decision = membership::create(&given, wanted)?;
        let facts = told_from(decision.facts, &caller.whence)?;
        let commit = Commit {
            changes: vec![Change::Membership(Box::new(decision.state.clone())), renewed(user.id)],
            events: self.tell(&place(&decision.state), &Cause::from(caller), now, facts),
            ..Commit::default()
        };
        let answer = reply(&Member { user, membership: decision.state }, None)?;
        self.finish(caller, Capability::ReadUsers, commit, answer, false).await
    }

    async fn add_new(
        &self,
        caller: &Caller,
        organization: &Organization,
        command: AddMember,
        reply: impl Fn(&Member, Option<&IssuedLink>) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let missing = || Error::invalid("displayName", "required", "displayName is required");
        let new = NewMember {
            user: CreateUser {
                email: command.email.unwrap_or_default(),
                display_name: command.display_name.ok_or_else(missing)?,
                locale: None,
                timezone: None,
            },
            organization: organization.id,
            role: command.role,
            serves: command.serves,
            entry: Entry::Link,
        };
        let (commit, member, link) =
            self.new_member(&Cause::from(caller), Some(caller), new).await?;
        let (kept, told) = (reply(&member, None)?, reply(&member, link.as_ref())?);
        self.finish_once(caller, Capability::ReadUsers, commit, kept, told).await
    }

    /// Changes what somebody is in an organization.
    pub async fn edit_member(
        &self,
        caller: &Caller,
        id: OrganizationId,
        user: UserId,
        if_match: Option<u64>,
        command: EditMembership,
        reply: impl Fn(&Member) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let (organization, before) = self.changeable(caller, id, user).await?;
        let roles = [before.membership.role, command.role.unwrap_or(before.membership.role)];
        let mut clients = before.membership.serves.clone();
        clients.extend(command.serves.iter().flatten());
        if !self.may_give(&caller.principal, &organization, &roles, &clients) {
            return Err(Error::Forbidden("give and take these roles"));
        }
        matches(if_match, before.membership.version)?;
        let now = self.now();
        let served = self.served(&clients).await?;
        let given = membership::Given {
            now,
            id: before.membership.id,
            organization: &organization,
            served: &served,
        };
        let Some(decision) = membership::edit(&given, &before.membership, command)? else {
            return reply(&before);
        };
        let facts = told_from(decision.facts, &caller.whence)?;
        let commit = Commit {
            expected: vec![expected(&before.membership)],
            guards: guards(&before.membership, decision.state.role == Role::SuperAdmin),
            changes: vec![Change::Membership(Box::new(decision.state.clone())), renewed(user)],
            events: self.tell(&place(&decision.state), &Cause::from(caller), now, facts),
            ..Commit::default()
        };
        let answer = reply(&Member { membership: decision.state, ..before })?;
        self.finish(caller, Capability::ReadUsers, commit, answer, if_match.is_some()).await
    }

    /// Ends a membership; the tokens that act by it end with it.
    pub async fn remove_member(
        &self,
        caller: &Caller,
        id: OrganizationId,
        user: UserId,
        if_match: Option<u64>,
        answer: Answer,
    ) -> Result<Answer, Error> {
        let (organization, before) = self.changeable(caller, id, user).await?;
        let Membership { role, ref serves, version, .. } = before.membership;
        if !self.may_give(&caller.principal, &organization, &[role], serves) {
            return Err(Error::Forbidden("take this role"));
        }
        matches(if_match, version)?;
        let now = self.now();
        let decision = membership::end(before.membership)?;
        let facts = told_from(decision.facts, &caller.whence)?;
        let commit = Commit {
            expected: vec![expected(&decision.state)],
            guards: guards(&decision.state, false),
            events: self.tell(&place(&decision.state), &Cause::from(caller), now, facts),
            changes: vec![Change::MembershipEnded(Box::new(decision.state)), renewed(user)],
            ..Commit::default()
        };
        self.finish(caller, Capability::ReadUsers, commit, answer, if_match.is_some()).await
    }

    /// An organization all of whose people the caller may see.
    async fn peopled_organization(
        &self,
        principal: &Principal,
        id: OrganizationId,
    ) -> Result<Organization, Error> {
        let organization = self.organization(principal, id).await?;
        if principal.scope(Capability::ReadUsers).covers(id) {
            return Ok(organization);
        }
        Err(Error::Forbidden("see the people of this organization"))
    }

    /// A member whom somebody else may change, unless the organization is suspended.
    async fn changeable(
        &self,
        caller: &Caller,
        id: OrganizationId,
        user: UserId,
    ) -> Result<(Organization, Member), Error> {
        let principal = &caller.principal;
        let organization = self.peopled_organization(principal, id).await?;
        let mut memberships = self.store.memberships(user).await?.into_iter();
        let membership = memberships.find(|one| one.organization_id == id);
        let membership = membership.ok_or(Error::NotFound("member"))?;
        let found = self.store.user(&Scope::system(), user).await?;
        let user = found.ok_or(Error::NotFound("member"))?;
        if user.id == principal.user_id() {
            return Err(Error::Forbidden("change your own membership"));
        }
        active(principal, &organization)?;
        Ok((organization, Member { user, membership }))
    }
}

/// Refuses those who act in a suspended organization; who runs the platform puts it in order again.
pub(crate) fn active(principal: &Principal, organization: &Organization) -> Result<(), Error> {
    if organization.status == OrganizationStatus::Suspended
        && !principal.may_everywhere(Capability::WriteOrganizations)
    {
        return Err(Error::OrganizationSuspended);
    }
    Ok(())
}

/// Somebody else must run the platform when this membership does so no more.
pub(crate) fn guards(before: &Membership, still: bool) -> Vec<Guard> {
    let lost = before.role == Role::SuperAdmin && !still;
    lost.then_some(Guard::AdministratorRemains { without: before.user_id }).into_iter().collect()
}

/// The person's sessions get new secrets.
pub(crate) fn renewed(user: UserId) -> Change {
    Change::Access(Box::new(AccessChange::SessionsToRenew(user)))
}

pub(crate) fn expected(membership: &Membership) -> Expected {
    Expected { subject: subject::membership(membership.id), version: membership.version }
}

pub(crate) fn place(membership: &Membership) -> Place {
    Place {
        source: SOURCE,
        subject: subject::membership(membership.id),
        organization: Some(membership.organization_id),
    }
}
