//! What happens to staff profiles.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::staffing::{Certification, StaffProfile};

/// A staff profile was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffProfileCreated {
    /// The profile.
    pub profile: StaffProfile,
    /// Who made it.
    pub changed_by: UserId,
}

/// Fields of a staff profile were changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffProfileUpdated {
    /// Whose.
    pub user_id: UserId,
    /// The names of the changed fields, in camelCase.
    pub changed: Vec<String>,
    /// The profile afterwards.
    pub profile: StaffProfile,
    /// Who changed it.
    pub changed_by: UserId,
}

/// Somebody has seen the paper that proves a skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CertificationVerified {
    /// Whose.
    pub user_id: UserId,
    /// Which skill it proves.
    pub skill: String,
    /// The certification.
    pub certification: Certification,
    /// Who has seen it.
    pub verified_by: UserId,
    /// The profile afterwards.
    pub profile: StaffProfile,
}
