//! GET /api/auth/me

use std::collections::BTreeMap;

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::auth::Principal;
use rishi_domain::id::OrganizationId;
use rishi_domain::membership::Membership;
use rishi_domain::permission::{Capability, Visibility};
use rishi_domain::user::User;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Signed;
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

/// Who the caller is.
#[derive(Serialize, JsonSchema)]
pub(super) struct Me {
    /// The person.
    user: User,
    /// Where the person is a member, and as what.
    memberships: Vec<Membership>,
    /// What the token that was shown permits, by capability; what is absent is not permitted.
    permissions: BTreeMap<&'static str, Permission>,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("me").tag(super::TAG).summary("Who am I, and what may I do?");
    document::answers::<Me>(operation, 200, "The caller.")
}

pub(super) async fn handle(State(shared): State<Shared>, Signed(caller): Signed) -> Reply {
    let principal = &caller.principal;
    let user = shared.app.user(principal, principal.user_id()).await?;
    let memberships = shared.app.memberships(principal, principal.user_id()).await?;
    answer::json(&Me { user, memberships, permissions: permissions(principal) })
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
