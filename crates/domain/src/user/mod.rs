//! People: whoever can sign in or be assigned to work.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::UserId;
pub use crate::membership::Membership;

mod create;
mod edit;
mod email;

pub use create::{CreateUser, Given, create};
pub use edit::{EditUser, edit};
pub use email::{EMAIL_MAX, email_key, is_email};

words! {
    /// Whether a person may sign in.
    pub enum UserStatus {
        /// May sign in.
        Active = "active",
        /// May not; every session and token is dead.
        Disabled = "disabled",
    }
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
