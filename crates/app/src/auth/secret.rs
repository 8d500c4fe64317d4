//! The texts by which somebody is recognised. Each is shown once; only its SHA-256 is stored.
//!
//! A token reads `rishi_pat_<43 characters><6 characters>`: 256 random bits in base64url without
//! padding, then a CRC-32 of what comes before as base64url, so that a typing error or a truncated
//! secret is told apart without asking the database. The secret of a session or of a sign-in link, which
//! no person types, is the 43 characters alone.

use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

use crate::error::Error;

const PREFIX: &str = "rishi_pat_";
const SECRET_LENGTH: usize = 43;
const CHECKSUM_LENGTH: usize = 6;

/// A new token's text. It is shown once and never stored.
#[derive(Clone)]
pub struct TokenSecret(String);

impl TokenSecret {
    /// A new secret from the operating system's randomness.
    pub fn generate() -> Result<Self, Error> {
        let body = format!("{PREFIX}{}", random()?);
        let checksum = base64url(&crc32fast::hash(body.as_bytes()).to_be_bytes());
        Ok(Self(format!("{body}{checksum}")))
    }

    /// The text to be shown.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored.
    pub fn digest(&self) -> [u8; 32] {
        digest(&self.0)
    }
}

/// The secret of a session or of a sign-in link: what its cookie or its address holds.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// A new secret from the operating system's randomness.
    pub fn generate() -> Result<Self, Error> {
        random().map(Self)
    }

    /// The text of a secret that was derived from another.
    pub(crate) fn of(bytes: &[u8; 32]) -> Self {
        Self(base64url(bytes))
    }

    /// The text for the cookie or the address.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored.
    pub fn digest(&self) -> [u8; 32] {
        digest(&self.0)
    }
}

/// What is stored of a secret.
pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// 256 random bits as text.
fn random() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    OsRng.try_fill_bytes(&mut bytes).map_err(|source| Error::Internal(Box::new(source)))?;
    Ok(base64url(&bytes))
}

/// Whether a text has the form of such a secret.
pub(crate) fn is_secret(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == SECRET_LENGTH && text.bytes().all(allowed)
}

/// Whether a text has a token's form and its checksum is right.
pub(super) fn is_token(token: &str) -> bool {
    let Some(body) = token.strip_prefix(PREFIX) else { return false };
    if body.len() != SECRET_LENGTH + CHECKSUM_LENGTH || !body.is_ascii() {
        return false;
    }
    let (signed, checksum) = token.split_at(token.len() - CHECKSUM_LENGTH);
    base64url(&crc32fast::hash(signed.as_bytes()).to_be_bytes()) == checksum
}

fn base64url(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_token_is_token_and_a_damaged_one_is_not() {
        let secret = TokenSecret::generate().unwrap();
        assert!(is_token(secret.reveal()));
        let truncated = &secret.reveal()[..secret.reveal().len() - 1];
        assert!(!is_token(truncated));
        let other = if secret.reveal().as_bytes()[12] == b'A' { "B" } else { "A" };
        let mut damaged = secret.reveal().to_owned();
        damaged.replace_range(12..13, other);
        assert!(!is_token(&damaged));
        assert!(!is_token("rishi_pat_"));
        assert!(!is_token("ü".repeat(30).as_str()));
    }

    #[test]
    fn two_tokens_differ() {
        let one = TokenSecret::generate().unwrap();
        assert_ne!(one.digest(), TokenSecret::generate().unwrap().digest());
        let one = Secret::generate().unwrap();
        assert_ne!(one.digest(), Secret::generate().unwrap().digest());
        assert!(is_secret(one.reveal()) && !is_token(one.reveal()));
        assert!(!is_secret("") && !is_secret(&"ü".repeat(22)));
    }
}
