//! From what a provider says of a person to the roles that they have here.
//!
//! The organizations that the operator's rules name are the provider's to decide about, for those who sign in
//! by it: there a person has the role that the first fitting rule gives, or none. Everywhere else nothing is
//! touched.

use std::collections::BTreeMap;

use rishi_domain::event::told_from;
use rishi_domain::id::{MembershipId, OrganizationId, UserId};
use rishi_domain::membership::{self, CreateMembership, EditMembership, Given, Membership};
use rishi_domain::organization::Organization;
use rishi_domain::permission::Role;
use serde_json::{Map, Value};

use super::Oidc;
use crate::auth::Visitor;
use crate::commit::Change;
use crate::events::Cause;
use crate::members::{expected, guards, place, renewed};
use crate::scope::Scope;
use crate::{App, Commit, Error};

/// What the rules make of a person's claims: for each organization that they name, the role there, if any.
pub(super) type Wanted = BTreeMap<OrganizationId, (Organization, Option<Role>)>;

/// A change of somebody's roles, and what they are afterwards.
pub(super) struct Update {
    pub(super) commit: Commit,
    pub(super) memberships: Vec<Membership>,
}

impl App {
    /// What the rules say of somebody with these claims.
    pub(super) async fn wanted_roles(
        &self,
        oidc: &Oidc,
        claims: &Map<String, Value>,
    ) -> Result<Wanted, Error> {
        let values =
            oidc.role_claim.as_deref().map(|name| values(claims, name)).unwrap_or_default();
        let mut wanted = Wanted::new();
        for rule in &oidc.roles {
            let found = match rule.organization {
                Some(id) => self.store.organization(&Scope::system(), id).await?,
                None => self.store.internal_organization().await?,
            };
            let Some(organization) = found else {
                tracing::warn!(value = rule.value, "a rule of oidc_roles names no organization");
                continue;
            };
            if !membership::fits(rule.role, organization.kind) {
                let (value, role) = (&rule.value, rule.role.as_str());
                tracing::warn!(
                    value,
                    role,
                    "a rule of oidc_roles gives a role that its organization does not have"
                );
                continue;
            }
            let entry = wanted.entry(organization.id).or_insert((organization, None));
            if entry.1.is_none() && values.contains(&rule.value.as_str()) {
                entry.1 = Some(rule.role);
            }
        }
        Ok(wanted)
    }

    /// What has to change for a person to have the wanted roles. With `keep`, nobody stops being a super
    /// administrator.
    pub(super) fn brought_up_to_date(
        &self,
        visitor: &Visitor,
        user: UserId,
        before: &[Membership],
        wanted: &Wanted,
        keep: bool,
    ) -> Result<Update, Error> {
        let (mut commit, mut memberships) = (Commit::default(), before.to_vec());
        for (id, (organization, role)) in wanted {
            let present = before.iter().find(|one| one.organization_id == *id);
            let stays = keep && present.is_some_and(|one| one.role == Role::SuperAdmin);
            if stays || present.map(|one| one.role) == *role {
                continue;
            }
            memberships.retain(|one| one.organization_id != *id);
            let (part, after) = self.step(visitor, user, organization, present, *role)?;
            memberships.extend(after);
            commit = commit.and(part);
        }
        if !commit.changes.is_empty() {
            commit.changes.push(renewed(user));
        }
        Ok(Update { commit, memberships })
    }

    /// The change in one organization.
    fn step(
        &self,
        visitor: &Visitor,
        user: UserId,
        organization: &Organization,
        present: Option<&Membership>,
        role: Option<Role>,
    ) -> Result<(Commit, Option<Membership>), Error> {
        let now = self.now();
        let id: MembershipId = present.map_or_else(|| self.ids.next(), |one| one.id);
        let given = Given { now, id, organization, served: &[] };
        let mut commit = Commit::default();
        if let Some(present) = present {
            commit.expected.push(expected(present));
            commit.guards = guards(present, role == Some(Role::SuperAdmin));
        }
        let decision = match (present, role) {
            (Some(present), Some(role)) => {
                // Whom it serves was decided here and for the role before.
                let edit = EditMembership { role: Some(role), serves: Some(Vec::new()) };
                let Some(decision) = membership::edit(&given, present, edit)? else {
                    return Ok((Commit::default(), Some(present.clone())));
                };
                decision
            }
            (Some(present), None) => membership::end(present.clone())?,
            (None, Some(role)) => {
                let organization_id = organization.id;
                let command =
                    CreateMembership { user_id: user, organization_id, role, serves: Vec::new() };
                membership::create(&given, command)?
            }
            (None, None) => return Ok((commit, None)),
        };
        let facts = told_from(decision.facts, &visitor.whence)?;
        let cause = Cause::of(visitor, Some(user));
        commit.events = self.tell(&place(&decision.state), &cause, now, facts);
        let state = Box::new(decision.state.clone());
        commit.changes.push(match role {
            Some(_) => Change::Membership(state),
            None => Change::MembershipEnded(state),
        });
        Ok((commit, role.is_some().then_some(decision.state)))
    }
}

/// The texts of a claim: one, or a list of them. The claim of this very name, else the one that its dots lead to.
fn values<'a>(claims: &'a Map<String, Value>, name: &str) -> Vec<&'a str> {
    let led = || {
        let mut parts = name.split('.');
        let first = claims.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    };
    match claims.get(name).or_else(led) {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_claim_is_one_text_or_several_and_may_lie_deeper() {
        let Value::Object(claims) = json!({
            "role": "planner",
            "groups": ["a", 7, "b"],
            "realm_access": { "roles": ["admin"] },
            "https://example.com/roles": ["x"],
            "on": true,
        }) else {
            panic!("an object")
        };
        let of = |name| values(&claims, name);
        assert_eq!(of("role"), ["planner"]);
        assert_eq!(of("groups"), ["a", "b"]);
        assert_eq!(of("realm_access.roles"), ["admin"]);
        assert_eq!(of("https://example.com/roles"), ["x"]);
        for nothing in ["on", "absent", "realm_access", "realm_access.absent", "role.deeper", ""] {
            assert!(of(nothing).is_empty(), "{nothing}");
        }
    }
}
