//! Passwords: Argon2id with 47 MiB, one pass, one lane (OWASP's second recommended profile).

use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};
use rishi_domain::error::{Checks, Invalid};

use crate::error::Error;

/// Memory in KiB.
const MEMORY: u32 = 47 * 1024;

/// Fewest and most characters of a password.
pub const LENGTH: std::ops::RangeInclusive<usize> = 15..=128;

/// Checks a new password's length in characters.
pub fn check(password: &str) -> Result<(), Invalid> {
    let mut checks = Checks::new();
    checks.require(
        LENGTH.contains(&password.chars().count()),
        "password",
        "length",
        format!("a password has {} to {} characters", LENGTH.start(), LENGTH.end()),
    );
    checks.done()
}

/// The PHC string of a password, with a salt of its own. Takes tens of milliseconds and 47 MiB:
/// call it off the async threads.
pub fn hash(password: &str) -> Result<String, Error> {
    let params = Params::new(MEMORY, 1, 1, None).map_err(|error| fault(&error))?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| fault(&error))
}

fn fault(error: &impl std::fmt::Display) -> Error {
    Error::Internal(format!("cannot hash the password: {error}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_names_its_parameters_and_has_its_own_salt() {
        let hash_of = |text| hash(text).unwrap();
        let one = hash_of("correct horse battery");
        assert!(one.starts_with("$argon2id$v=19$m=48128,t=1,p=1$"), "{one}");
        assert_ne!(one, hash_of("correct horse battery"));
    }

    #[test]
    fn fourteen_characters_are_too_few() {
        assert!(check("fourteen chars").is_err());
        assert!(check("fifteen chars!!").is_ok());
        assert!(check(&"x".repeat(129)).is_err());
    }
}
