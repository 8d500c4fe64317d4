//! Adding a person.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{EMAIL_MAX, User, UserStatus, email};
use crate::decision::{Decision, Refusal};
use crate::error::Checks;
use crate::event::{Fact, UserCreated};
use crate::id::UserId;
use crate::time::to_microsecond;

/// Longest name, in characters.
pub(super) const NAME_MAX: usize = 200;
/// Longest language tag, in characters (RFC 5646, 4.4.1).
pub(super) const LOCALE_MAX: usize = 35;

/// A person to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateUser {
    /// Where mail reaches the person; nobody else's, whatever the case.
    #[schemars(length(min = 3, max = EMAIL_MAX), regex(pattern = r"^[^@\s]+@[^@\s]+$"))]
    pub email: String,
    /// The name that others see.
    #[schemars(length(min = 1, max = NAME_MAX), regex(pattern = r"\S"))]
    pub display_name: String,
    /// BCP 47 language tag; `en` when absent.
    #[serde(default)]
    #[schemars(length(min = 2, max = LOCALE_MAX))]
    pub locale: Option<String>,
    /// IANA zone of the person's clock; `UTC` when absent.
    #[serde(default)]
    pub timezone: Option<String>,
}

/// What [`create`] needs to know beside the command.
#[derive(Debug, Clone, Copy)]
pub struct Given {
    /// The present instant.
    pub now: Timestamp,
    /// The person's id; a fresh one when added.
    pub id: UserId,
}

/// Decides about a new person: active, of version 1, and `USER_CREATED`.
///
/// That nobody else has the address is the store's to say.
pub fn create(given: &Given, command: CreateUser) -> Result<Decision<User>, Refusal> {
    let now = to_microsecond(given.now);
    let user = User {
        id: given.id,
        email: command.email,
        display_name: command.display_name,
        status: UserStatus::Active,
        locale: command.locale.unwrap_or_else(|| "en".to_owned()),
        timezone: command.timezone.unwrap_or_else(|| "UTC".to_owned()),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    check(&user)?;
    let payload = UserCreated { user };
    let fact = Fact::new(&payload)?;
    Ok(Decision::new(payload.user, fact))
}

/// The limits of a person's fields.
pub(super) fn check(user: &User) -> Result<(), Refusal> {
    let mut checks = Checks::new();
    email::check(&mut checks, &user.email);
    checks.heading("displayName", &user.display_name, NAME_MAX);
    checks.require(
        is_language_tag(&user.locale),
        "locale",
        "invalid_locale",
        "locale must be a language tag such as en or es-MX",
    );
    checks.zone("timezone", &user.timezone);
    Ok(checks.done()?)
}

/// The shape of a language tag: subtags of 1–8 letters and digits, the first 2–8 letters.
fn is_language_tag(tag: &str) -> bool {
    let shaped = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let language = tag.split('-').next().unwrap_or_default();
    tag.len() <= LOCALE_MAX
        && language.len() >= 2
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && tag.split('-').all(shaped)
}
