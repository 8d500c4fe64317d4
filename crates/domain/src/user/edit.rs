//! Changing a person's record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::create::{LOCALE_MAX, NAME_MAX, check};
use super::{EMAIL_MAX, Given, User, UserStatus};
use crate::decision::{Decision, Refusal};
use crate::event::{Fact, UserUpdated};
use crate::patch::{Changes, set};
use crate::time::to_microsecond;

/// A partial change: absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EditUser {
    /// Where mail reaches the person.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 3, max = EMAIL_MAX))]
    #[schemars(regex(pattern = r"^[^@\s]+@[^@\s]+$"))]
    pub email: Option<String>,
    /// The name that others see.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 1, max = NAME_MAX), regex(pattern = r"\S"))]
    pub display_name: Option<String>,
    /// Whether the person may sign in.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "UserStatus")]
    pub status: Option<UserStatus>,
    /// BCP 47 language tag.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(min = 2, max = LOCALE_MAX))]
    pub locale: Option<String>,
    /// IANA zone of the person's clock.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub timezone: Option<String>,
}

/// Decides about a partial change; nothing when every given field already has its value.
pub fn edit(
    given: &Given,
    user: &User,
    command: EditUser,
) -> Result<Option<Decision<User>>, Refusal> {
    let mut state = user.clone();
    let mut edits = Changes::new();
    edits.put("email", &mut state.email, command.email);
    edits.put("displayName", &mut state.display_name, command.display_name);
    edits.put("status", &mut state.status, command.status);
    edits.put("locale", &mut state.locale, command.locale);
    edits.put("timezone", &mut state.timezone, command.timezone);
    check(&state)?;
    let Some(changed) = edits.names() else { return Ok(None) };
    state.updated_at = to_microsecond(given.now);
    state.version += 1;
    let payload = UserUpdated { user_id: state.id, changed, user: state };
    let fact = Fact::new(&payload)?;
    Ok(Some(Decision::new(payload.user, fact)))
}

#[cfg(test)]
mod tests;
