//! The port to what people and programs sign in with, and how it changes.
//!
//! Apart from [`crate::store::Store`] because it is of no tenant: who somebody is has to be known before
//! there is a scope. An engine implements both; a change still goes through the one door, as
//! [`AccessChange`] in a commit.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rishi_domain::event::{LinkPurpose, Whence};
use rishi_domain::id::{OrganizationId, SessionId, TokenId, UserId};
use rishi_domain::permission::{Capability, Grant};
use rishi_domain::user::{User, UserStatus};

use crate::commit::TokenRow;
use crate::store::{Listed, Paging, QueryError};

/// How long a session lives without a request.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);
/// How long a session lives whatever happens.
pub const LIFE: SignedDuration = SignedDuration::from_hours(8);

/// How many sessions a person has at most: when one more begins, the oldest ends.
pub const MOST_SESSIONS: u32 = 20;
/// How many tokens a person has at most that have not expired.
pub const MOST_TOKENS: u32 = 100;

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
    /// When it was last used, up to a minute late.
    pub used_at: Option<Timestamp>,
}

/// A token as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// On whose behalf it acts.
    pub user_id: UserId,
    /// That person's name.
    pub user_name: String,
    /// In which organization it acts.
    pub organization_id: OrganizationId,
    /// What it is called.
    pub name: String,
    /// What it is limited to, if to anything but its owner's role.
    pub scopes: Option<Vec<Capability>>,
    /// The token that it was made by, if it was made by one.
    pub made_by: Option<TokenId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
    /// When it was last used, up to a minute late.
    pub used_at: Option<Timestamp>,
}

impl Token {
    /// A token that was just made.
    pub(crate) fn made(row: &TokenRow, user_name: &str) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            user_name: user_name.to_owned(),
            organization_id: row.organization_id,
            name: row.name.clone(),
            scopes: row.scopes.clone(),
            made_by: row.made_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            used_at: None,
        }
    }
}

/// Which tokens: those that meet all that is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenFilter {
    /// On this person's behalf.
    pub user: Option<UserId>,
    /// In this organization.
    pub organization: Option<OrganizationId>,
}

/// A one-time link by which a person chooses a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Who may use it.
    pub user_id: UserId,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// How a session is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionKey {
    /// By its id.
    Id(SessionId),
    /// By the digest of its secret, the present one or the one before.
    Digest([u8; 32]),
}

/// A session as the database knows it, with what its owner may act as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// The session.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// The owner's name.
    pub display_name: String,
    /// The owner's address.
    pub email: String,
    /// Whether the owner may act at all.
    pub status: UserStatus,
    /// The owner's memberships.
    pub grants: Vec<Grant>,
    /// SHA-256 of its secret.
    pub digest: [u8; 32],
    /// Until when the secret before that one is taken as well.
    pub previous_until: Option<Timestamp>,
    /// Whether its secret is to be replaced.
    pub renew: bool,
    /// When it was last used, up to a minute late.
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
}

/// A session as its owner sees it, and as it is stored when it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When it was last used, up to a minute late.
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
    /// From where the person signed in.
    pub whence: Whence,
}

impl Session {
    /// A session that begins at `now`.
    pub fn begun(id: SessionId, user_id: UserId, now: Timestamp, whence: Whence) -> Self {
        let expires_at = now.saturating_add(LIFE).unwrap_or(Timestamp::MAX);
        Self { id, user_id, created_at: now, seen_at: now, expires_at, whence }
    }
}

/// Whether a session that was last used then is still there.
pub fn is_awake(seen_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(seen_at) < IDLE
}

/// An account that somebody wants to sign in to.
#[derive(Debug, Clone)]
pub struct Account {
    /// The person.
    pub user: User,
    /// The person's memberships.
    pub grants: Vec<Grant>,
    /// The password's hash in PHC string format, if there is a password.
    pub password: Option<String>,
}

impl Account {
    /// The organization that the person belongs to, if it is one only: what happens to the account
    /// concerns it and no other.
    pub fn home(&self) -> Option<OrganizationId> {
        match self.grants.as_slice() {
            [only] => Some(only.organization_id),
            _ => None,
        }
    }
}

/// A change of what people and programs sign in with.
#[derive(Debug)]
pub enum AccessChange {
    /// A session begins; some that have expired are forgotten, and those of the person end that are more than
    /// [`MOST_SESSIONS`].
    SessionBegun {
        /// The session.
        session: Session,
        /// SHA-256 of its secret.
        digest: [u8; 32],
    },
    /// It was used. No event tells of it, and it is written at most once a minute.
    SessionSeen {
        /// Which.
        id: SessionId,
        /// When.
        at: Timestamp,
    },
    /// Its secret is replaced, if `from` is still the present one.
    SessionRenewed {
        /// Which.
        id: SessionId,
        /// SHA-256 of the secret that was shown.
        from: [u8; 32],
        /// SHA-256 of the one that takes its place.
        to: [u8; 32],
        /// Until when the first is taken as well, for requests that are on their way.
        grace: Timestamp,
    },
    /// The secrets of all sessions of a person are to be replaced when they are next shown.
    SessionsToRenew(UserId),
    /// A session ends.
    SessionEnded(SessionId),
    /// All sessions of a person end, but one if it is named.
    SessionsEnded {
        /// Whose.
        user: UserId,
        /// All but this one.
        except: Option<SessionId>,
    },
    /// A token was used. No event tells of it, and it is written at most once a minute.
    TokenSeen {
        /// Which.
        id: TokenId,
        /// When.
        at: Timestamp,
    },
    /// A token ends.
    TokenRevoked(TokenId),
    /// All tokens of a person end.
    TokensRevoked(UserId),
    /// A person gets a link in place of the one before.
    LinkCreated {
        /// The link.
        link: Link,
        /// SHA-256 of its secret.
        digest: [u8; 32],
    },
    /// A link is used up, if it is still the person's.
    LinkUsed {
        /// Whose.
        user: UserId,
        /// SHA-256 of its secret.
        digest: [u8; 32],
    },
    /// A person's link, if there is one, works no more.
    LinkVoided(UserId),
    /// A person is known by an identity at a provider.
    IdentityLinked {
        /// Whose it is.
        user: UserId,
        /// What it is.
        identity: Identity,
        /// Since when.
        at: Timestamp,
    },
    /// No identity is a person's any more.
    IdentitiesForgotten(UserId),
    /// A sign-in by a provider was finished: it cannot be once more. Some that are too old to be finished are
    /// forgotten.
    FlowUsed {
        /// SHA-256 of its state.
        digest: [u8; 32],
        /// When it was finished.
        at: Timestamp,
        /// Until when it could have been.
        until: Timestamp,
    },
}

/// A person as a provider of identities knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider: its issuer identifier.
    pub issuer: String,
    /// The person, by the provider's own name for them.
    pub subject: String,
}

impl AccessChange {
    /// Whether somebody who is believed to be signed in may not be any more, or as somebody else.
    pub(crate) fn shakes_beliefs(&self) -> bool {
        match self {
            Self::SessionBegun { .. }
            | Self::SessionSeen { .. }
            | Self::TokenSeen { .. }
            | Self::LinkCreated { .. }
            | Self::LinkUsed { .. }
            | Self::LinkVoided(_)
            | Self::IdentityLinked { .. }
            | Self::IdentitiesForgotten(_)
            | Self::FlowUsed { .. } => false,
            Self::SessionRenewed { .. }
            | Self::SessionsToRenew(_)
            | Self::SessionEnded(_)
            | Self::SessionsEnded { .. }
            | Self::TokenRevoked(_)
            | Self::TokensRevoked(_) => true,
        }
    }
}

/// What people and programs sign in with.
#[async_trait]
pub trait Credentials: Send + Sync + 'static {
    /// The token with this digest, whose it is and what that person may act as.
    async fn token(&self, digest: &[u8; 32]) -> Result<Option<TokenRecord>, QueryError>;

    /// A session, over or not, whose it is and what that person may act as.
    async fn session(&self, key: SessionKey) -> Result<Option<SessionRecord>, QueryError>;

    /// The sessions of a person that end after `now` and were used after `seen_after`, newest first.
    async fn sessions(
        &self,
        user: UserId,
        now: Timestamp,
        seen_after: Timestamp,
        paging: Paging,
    ) -> Result<Listed<Session>, QueryError>;

    /// The account with this e-mail address, in any case.
    async fn account(&self, email: &str) -> Result<Option<Account>, QueryError>;

    /// The account that this identity is linked to.
    async fn account_of(&self, identity: &Identity) -> Result<Option<Account>, QueryError>;

    /// Whether a person is known by some identity at this provider.
    async fn is_linked(&self, user: UserId, issuer: &str) -> Result<bool, QueryError>;

    /// The link with this digest, too old or not, and whose it is.
    async fn link(&self, digest: &[u8; 32]) -> Result<Option<(Link, Account)>, QueryError>;

    /// The token of this id, expired or not.
    async fn token_of(&self, id: TokenId) -> Result<Option<Token>, QueryError>;

    /// Tokens, expired or not, newest first.
    async fn tokens(
        &self,
        filter: &TokenFilter,
        paging: Paging,
    ) -> Result<Listed<Token>, QueryError>;
}
