//! What happens to organizations, people and their means of access.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{MembershipId, OrganizationId, TokenId, UserId};
use crate::membership::Membership;
use crate::organization::Organization;
use crate::permission::Capability;
use crate::user::User;

/// An organization was created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationCreated {
    /// The organization.
    pub organization: Organization,
}

/// Fields of an organization were changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationUpdated {
    /// Which one.
    pub organization_id: OrganizationId,
    /// The names of the changed fields, in camelCase.
    pub changed: Vec<String>,
    /// The organization afterwards.
    pub organization: Organization,
}

/// A person was added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserCreated {
    /// The person.
    pub user: User,
}

/// Fields of a person's record were changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserUpdated {
    /// Who.
    pub user_id: UserId,
    /// The names of the changed fields, in camelCase.
    pub changed: Vec<String>,
    /// The record afterwards.
    pub user: User,
}

/// A person was given a role in an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipCreated {
    /// The membership.
    pub membership: Membership,
}

/// A person's role in an organization, or whom it serves, was changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipUpdated {
    /// Which one.
    pub membership_id: MembershipId,
    /// The names of the changed fields, in camelCase.
    pub changed: Vec<String>,
    /// The membership afterwards.
    pub membership: Membership,
}

/// A person's role in an organization was taken away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipRemoved {
    /// The membership as it was.
    pub membership: Membership,
}

/// A program was given access on a person's behalf. The secret is in no event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiTokenCreated {
    /// The token's id.
    pub token_id: TokenId,
    /// On whose behalf it acts.
    pub user_id: UserId,
    /// In which organization.
    pub organization_id: OrganizationId,
    /// What it is called.
    pub name: String,
    /// What it is limited to; to nothing but its owner's role when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<Capability>>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A person's password was set or changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordChanged {
    /// Whose.
    pub user_id: UserId,
}
