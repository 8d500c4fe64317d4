//! Who is calling: bearer tokens, and the principal they stand for.
//!
//! A token reads `rishi_pat_<43 characters><6 characters>`: 256 random bits in base64url without
//! padding, then a CRC-32 of what comes before as base64url, so that a typing error or a truncated
//! secret is told apart without asking the database. Only the SHA-256 of the whole text is stored.
//!
//! What a token grants is read from the database and believed for at most one second, so that a
//! revocation, also one made by another process, takes effect well within five.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use moka::sync::Cache;
use rand::TryRngCore;
use rand::rngs::OsRng;
use rishi_domain::booking::Booking;
use rishi_domain::id::{OrganizationId, TokenId, UserId};
use rishi_domain::organization::Organization;
use rishi_domain::permission::{
    BookingFacts, Capability, Grant, Target, permits, permits_everywhere, visible,
};
use rishi_domain::user::UserStatus;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::commit::ReceiptKey;
use crate::error::Error;
use crate::scope::Scope;
use crate::store::Store;

const PREFIX: &str = "rishi_pat_";
const SECRET_LENGTH: usize = 43;
const CHECKSUM_LENGTH: usize = 6;

/// A token as the database knows it, with what its owner may act as.
#[derive(Debug, Clone)]
pub struct TokenRecord {
    /// The token.
    pub token_id: TokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// The owner's name, shown beside what the owner makes.
    pub display_name: String,
    /// The owner's address.
    pub email: String,
    /// Whether the owner may act at all.
    pub status: UserStatus,
    /// The owner's membership in the token's organization.
    pub grant: Option<Grant>,
    /// When the token dies.
    pub expires_at: Timestamp,
}

/// Somebody who is signed in. Only [`Authenticator`] makes one.
#[derive(Debug, Clone)]
pub struct Principal {
    token_id: TokenId,
    user_id: UserId,
    display_name: String,
    email: String,
    grants: Vec<Grant>,
}

impl Principal {
    /// The person.
    pub fn user_id(&self) -> UserId {
        self.user_id
    }

    /// The person's name.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// The person's address.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The token that was shown.
    pub fn token_id(&self) -> TokenId {
        self.token_id
    }

    /// What the person acts as, and where.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The data that the person may touch with `capability`.
    pub fn scope(&self, capability: Capability) -> Scope {
        Scope::of(visible(&self.grants, capability), self.user_id)
    }

    /// Whether the person has `capability` toward an organization, and toward a booking of it when
    /// one is given.
    pub fn may(
        &self,
        capability: Capability,
        organization: &Organization,
        booking: Option<(&Booking, bool)>,
        now: Timestamp,
    ) -> bool {
        permits(&self.grants, capability, &self.target(organization, booking, now))
    }

    /// Whether the person has `capability` where no single organization is concerned.
    pub fn may_everywhere(&self, capability: Capability) -> bool {
        permits_everywhere(&self.grants, capability)
    }

    /// The question "may this person?" about an organization and perhaps a booking of it with
    /// whether the person is assigned to it.
    pub fn target(
        &self,
        organization: &Organization,
        booking: Option<(&Booking, bool)>,
        now: Timestamp,
    ) -> Target<'static> {
        let facts =
            booking.map(|(booking, assigned)| BookingFacts::of(booking, organization, assigned));
        Target { booking: facts, ..Target::new(organization, now, self.user_id) }
    }
}

/// A request on somebody's behalf.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub principal: Arc<Principal>,
    /// The request's id: the cause of every event it leads to.
    pub request_id: Uuid,
    /// W3C trace context, when the caller sent one.
    pub traceparent: Option<String>,
    /// How a repetition of this request is recognised.
    pub idempotency: Option<Idempotency>,
}

/// How a repetition of a request is recognised.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// Organization, user, route and the caller's key.
    pub key: ReceiptKey,
    /// SHA-256 of the request's body.
    pub request: [u8; 32],
}

/// A new token's text. It is shown once and never stored.
#[derive(Clone)]
pub struct TokenSecret(String);

impl TokenSecret {
    /// A new secret from the operating system's randomness.
    pub fn generate() -> Result<Self, Error> {
        let mut bytes = [0_u8; 32];
        OsRng.try_fill_bytes(&mut bytes).map_err(|source| Error::Internal(Box::new(source)))?;
        let body = format!("{PREFIX}{}", base64url(&bytes));
        let checksum = base64url(&crc32fast::hash(body.as_bytes()).to_be_bytes());
        Ok(Self(format!("{body}{checksum}")))
    }

    /// The text to be shown.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// Whether a text has a token's form and its checksum is right.
fn well_formed(token: &str) -> bool {
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

/// Turns a bearer token into a principal.
pub struct Authenticator {
    store: Arc<dyn Store>,
    known: Cache<[u8; 32], Arc<TokenRecord>>,
}

impl Authenticator {
    /// How long what the database said of a token is believed.
    const BELIEF: Duration = Duration::from_secs(1);

    /// Tokens as `store` knows them.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let known = Cache::builder().max_capacity(10_000).time_to_live(Self::BELIEF).build();
        Self { store, known }
    }

    /// Who shows `token` at `now`.
    pub async fn bearer(&self, token: &str, now: Timestamp) -> Result<Arc<Principal>, Error> {
        if !well_formed(token) {
            return Err(Error::Unauthenticated);
        }
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let record = if let Some(record) = self.known.get(&digest) {
            record
        } else {
            let record = self.store.token(&digest).await?.ok_or(Error::Unauthenticated)?;
            let record = Arc::new(record);
            self.known.insert(digest, Arc::clone(&record));
            record
        };
        if record.expires_at <= now || record.status != UserStatus::Active {
            return Err(Error::Unauthenticated);
        }
        let grant = record.grant.clone().ok_or(Error::Unauthenticated)?;
        Ok(Arc::new(Principal {
            token_id: record.token_id,
            user_id: record.user_id,
            display_name: record.display_name.clone(),
            email: record.email.clone(),
            grants: vec![grant],
        }))
    }
}

/// The organization a principal acts for when the request names none: the only one it is a member
/// of.
pub fn home(principal: &Principal) -> Option<OrganizationId> {
    match principal.grants() {
        [only] => Some(only.organization_id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_token_is_well_formed_and_a_damaged_one_is_not() {
        let secret = TokenSecret::generate().unwrap();
        assert!(well_formed(secret.reveal()));
        let truncated = &secret.reveal()[..secret.reveal().len() - 1];
        assert!(!well_formed(truncated));
        let other = if secret.reveal().as_bytes()[12] == b'A' { "B" } else { "A" };
        let mut damaged = secret.reveal().to_owned();
        damaged.replace_range(12..13, other);
        assert!(!well_formed(&damaged));
        assert!(!well_formed("rishi_pat_"));
        assert!(!well_formed("ü".repeat(30).as_str()));
    }

    #[test]
    fn two_tokens_differ() {
        let one = TokenSecret::generate().unwrap();
        assert_ne!(one.digest(), TokenSecret::generate().unwrap().digest());
    }
}
