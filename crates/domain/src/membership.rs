//! Memberships: a person's role in an organization.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decision::{Decision, Refusal};
use crate::error::Checks;
use crate::event::{Fact, MembershipCreated};
use crate::id::{MembershipId, OrganizationId, UserId};
use crate::organization::{Organization, OrganizationKind};
use crate::permission::Role;
use crate::time::to_microsecond;

mod edit;

pub use edit::{EditMembership, edit, end};

/// Most organizations that one membership serves.
const SERVES_MAX: usize = 1_000;

/// A person's role in one organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// The membership's id.
    pub id: MembershipId,
    /// Whose it is.
    pub user_id: UserId,
    /// Where.
    pub organization_id: OrganizationId,
    /// As what.
    pub role: Role,
    /// The client organizations that an internal field role works for.
    pub serves: Vec<OrganizationId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when created.
    pub version: u64,
}

/// A role that somebody wants to give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateMembership {
    /// To whom.
    pub user_id: UserId,
    /// Where.
    pub organization_id: OrganizationId,
    /// Which.
    pub role: Role,
    /// The client organizations to work for; for field roles only.
    #[serde(default)]
    #[schemars(length(max = SERVES_MAX))]
    pub serves: Vec<OrganizationId>,
}

/// What a decision needs to know beside the command.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The present instant.
    pub now: Timestamp,
    /// The membership's id; a fresh one when it is made.
    pub id: MembershipId,
    /// The organization that the command names.
    pub organization: &'a Organization,
    /// Those of the organizations to be served that were found.
    pub served: &'a [Organization],
}

/// Whether members of an organization of `kind` may have `role`: client roles belong to clients,
/// every other to the operator; agents may come from anywhere.
pub const fn fits(role: Role, kind: OrganizationKind) -> bool {
    match kind {
        OrganizationKind::Internal => !role.is_client(),
        OrganizationKind::Client => role.is_client() || matches!(role, Role::BrandAgent),
        OrganizationKind::Partner => matches!(role, Role::BrandAgent),
    }
}

/// Decides about a new membership: version 1 and `MEMBERSHIP_CREATED`.
///
/// That the person exists and has no membership there yet is the store's to say.
pub fn create(given: &Given, command: CreateMembership) -> Result<Decision<Membership>, Refusal> {
    let now = to_microsecond(given.now);
    let mut checks = Checks::new();
    checks.require(
        command.organization_id == given.organization.id,
        "organizationId",
        "unknown_organization",
        "organizationId names no organization that was found",
    );
    check(&mut checks, given, command.role, &command.serves);
    checks.done()?;
    let mut serves = command.serves;
    serves.sort_unstable();
    serves.dedup();
    let membership = Membership {
        id: given.id,
        user_id: command.user_id,
        organization_id: given.organization.id,
        role: command.role,
        serves,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let payload = MembershipCreated { membership };
    let fact = Fact::new(&payload)?;
    Ok(Decision::new(payload.membership, fact))
}

/// Records what is wrong with a role and whom it serves.
fn check(checks: &mut Checks, given: &Given, role: Role, serves: &[OrganizationId]) {
    checks.require(
        fits(role, given.organization.kind),
        "role",
        "role_not_allowed",
        format!("{role} is no role for members of this kind of organization"),
    );
    checks.require(
        serves.is_empty() || role.is_field(),
        "serves",
        "not_a_field_role",
        format!("{role} serves no other organizations; leave serves out"),
    );
    checks.require(
        serves.len() <= SERVES_MAX,
        "serves",
        "too_many",
        format!("serves may have at most {SERVES_MAX} entries"),
    );
    for (index, id) in serves.iter().enumerate().take(SERVES_MAX) {
        let found = given.served.iter().find(|organization| organization.id == *id);
        checks.require(
            found.is_some_and(|organization| organization.kind == OrganizationKind::Client),
            &format!("serves[{index}]"),
            "unknown_organization",
            "serves names an organization that is no client",
        );
    }
}

#[cfg(test)]
mod tests;
