//! E-mail addresses, as far as they are checked before mail proves them.

use crate::error::Checks;

/// Longest address, in bytes (RFC 3696, erratum 1690).
pub const EMAIL_MAX: usize = 254;

/// The form in which two addresses are compared: the platform takes no two that differ only in
/// case.
pub fn email_key(email: &str) -> String {
    email.to_lowercase()
}

/// Whether a text can be an address: exactly one `@` with something on both sides, neither space nor
/// control character, not too long.
pub fn is_email(text: &str) -> bool {
    is_plausible(text) && text.len() <= EMAIL_MAX
}

fn is_plausible(email: &str) -> bool {
    let sides: Vec<&str> = email.split('@').collect();
    matches!(sides[..], [local, domain] if !local.is_empty() && !domain.is_empty())
        && !email.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Records what is wrong with an address: exactly one `@` with something on both sides, neither
/// space nor control character, not too long. Quoted local parts are not taken.
pub(super) fn check(checks: &mut Checks, email: &str) {
    checks.require(
        is_plausible(email),
        "email",
        "invalid_email",
        "email must be an address such as name@example.com",
    );
    checks.require(
        email.len() <= EMAIL_MAX,
        "email",
        "too_long",
        format!("email may have at most {EMAIL_MAX} bytes"),
    );
}
