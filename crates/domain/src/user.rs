//! People and their memberships.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{MembershipId, OrganizationId, UserId};
use crate::permission::Role;

/// Whether a person may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// May sign in.
    Active,
    /// May not; every session and token is dead.
    Disabled,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The person's id.
    pub id: UserId,
    /// Unique without regard to case; kept as typed.
    pub email: String,
    /// The name that others see.
    pub display_name: String,
    /// Whether the person may sign in.
    pub status: UserStatus,
    /// BCP 47 language tag.
    pub locale: String,
    /// IANA zone of the person's clock.
    pub timezone: String,
    /// When the person was added.
    pub created_at: Timestamp,
    /// When the record last changed.
    pub updated_at: Timestamp,
    /// How often it has changed: 1 when created.
    pub version: u64,
}

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
