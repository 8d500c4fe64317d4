//! GET /api/auth/me

use std::collections::BTreeMap;

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::auth::{Means, Principal};
use rishi_domain::id::OrganizationId;
use rishi_domain::membership::Membership;
use rishi_domain::organization::{Organization, OrganizationKind, OrganizationStatus, Tier};
use rishi_domain::permission::{Capability, Visibility};
use rishi_domain::user::User;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Signed;
use crate::problem::Problem;
use crate::shared::Shared;

/// How far a capability reaches. Bookings say one by one what may be done to them
/// (`allowedTransitions`); this says what is worth offering at all.
#[derive(Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Permission {
    /// Every organization.
    everywhere: bool,
    /// The organizations all of whose data it reaches.
    organizations: Vec<OrganizationId>,
    /// The organizations in which it reaches what the caller made.
    own_in: Vec<OrganizationId>,
    /// Whether it reaches what the caller is assigned to, wherever that is.
    assigned: bool,
}

/// What an organization is, to its members.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OrganizationBrief {
    /// Its name.
    name: String,
    /// What it is to the operator.
    kind: OrganizationKind,
    /// What it buys.
    tier: Tier,
    /// Whether it may act.
    status: OrganizationStatus,
    /// The IANA zone in which its days begin.
    timezone: String,
    /// ISO 4217 code of its currency.
    currency: String,
}

/// A role of the caller, and where.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OwnMembership")]
struct OwnMembership {
    #[serde(flatten)]
    membership: Membership,
    /// The organization.
    organization: OrganizationBrief,
}

/// By what the caller is signed in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct SignedInBy {
    /// `session` or `token`.
    kind: &'static str,
    /// Its id.
    id: Uuid,
    /// When it ends whatever happens.
    expires_at: Timestamp,
}

/// Who the caller is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Me {
    /// The person.
    user: User,
    /// Where the person is a member, and as what. A token acts in one of these only.
    memberships: Vec<OwnMembership>,
    /// What session or token permits, by capability; what is absent is not permitted.
    permissions: BTreeMap<&'static str, Permission>,
    /// By what the caller is signed in.
    signed_in_by: SignedInBy,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("me").tag(super::TAG).summary("Who am I, and what may I do?");
    document::answers::<Me>(operation, 200, "The caller.")
}

pub(super) async fn handle(State(shared): State<Shared>, Signed(caller): Signed) -> Reply {
    answer::json(&of(&shared, &caller.principal).await?)
}

/// Who somebody is.
pub(super) async fn of(shared: &Shared, principal: &Principal) -> Result<Me, Problem> {
    let user = shared.app.user(principal, principal.user_id()).await?;
    let own = |(membership, organization): (Membership, Organization)| OwnMembership {
        membership,
        organization: OrganizationBrief {
            name: organization.name,
            kind: organization.kind,
            tier: organization.tier,
            status: organization.status,
            timezone: organization.timezone,
            currency: organization.currency,
        },
    };
    let memberships = shared.app.own_memberships(principal).await?.into_iter().map(own).collect();
    let (kind, id) = match principal.means() {
        Means::Session(id) => ("session", id.0),
        Means::Token(id) => ("token", id.0),
        // Nobody comes over HTTP as the operator.
        Means::Operator => ("operator", principal.user_id().0),
    };
    let signed_in_by = SignedInBy { kind, id, expires_at: principal.expires_at() };
    Ok(Me { user, memberships, permissions: permissions(principal), signed_in_by })
}

fn permissions(principal: &Principal) -> BTreeMap<&'static str, Permission> {
    let of = |capability: Capability| {
        let found = permission(principal.scope(capability).visibility())?;
        Some((capability.as_str(), found))
    };
    Capability::ALL.into_iter().filter_map(of).collect()
}

fn permission(visibility: &Visibility) -> Option<Permission> {
    let permission = match visibility {
        Visibility::All => Permission { everywhere: true, ..Permission::default() },
        Visibility::Organizations { whole, own_in, assigned } => Permission {
            everywhere: false,
            organizations: whole.clone(),
            own_in: own_in.clone(),
            assigned: *assigned,
        },
    };
    (permission != Permission::default()).then_some(permission)
}
