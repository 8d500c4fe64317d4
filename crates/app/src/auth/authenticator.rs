//! From a secret that is shown to who it stands for.
//!
//! What the database says is believed for at most one second, so that a change made by another
//! process takes effect well within five; what this process changes takes effect at once, because
//! every such change raises the count in [`Beliefs`], and older beliefs do not count.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;
use rishi_domain::user::UserStatus;

use super::secret::{self, is_secret, is_token};
use super::{Means, Principal};
use crate::App;
use crate::commit::{Change, Commit};
use crate::credentials::{AccessChange, SessionKey, SessionRecord, TokenRecord, is_awake};
use crate::error::Error;
use crate::store::Store;

/// How often it is written down that a session or a token is used.
const SEEN: SignedDuration = SignedDuration::from_mins(1);

/// How often this process has changed what anybody may act as.
#[derive(Debug, Default)]
pub struct Beliefs(AtomicU64);

impl Beliefs {
    fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// What was believed until now does not count any more.
    pub(crate) fn shake(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether such a commit changes what somebody may act as.
    pub(crate) fn shaken_by(commit: &Commit) -> bool {
        commit.changes.iter().any(|change| match change {
            Change::User(_) | Change::Membership(_) | Change::MembershipEnded(_) => true,
            Change::Access(change) => change.shakes_beliefs(),
            _ => false,
        })
    }
}

/// Under what something is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shown {
    Token([u8; 32]),
    Session(SessionKey),
}

/// What the database said.
#[derive(Debug, Clone)]
struct Belief {
    /// The count of changes when it was asked.
    count: u64,
    principal: Arc<Principal>,
    /// When it was last written down that it is used.
    seen_at: Option<Timestamp>,
    session: Option<Used>,
}

impl Belief {
    /// Whether it is time to write down that it is used.
    fn is_to_be_seen(&self, now: Timestamp) -> bool {
        self.seen_at.is_none_or(|seen| now.duration_since(seen) >= SEEN)
    }
}

/// What is believed of a session beside whose it is.
#[derive(Debug, Clone, Copy)]
struct Used {
    renew: bool,
    /// Until when the secret that was shown is taken.
    until: Timestamp,
}

/// A session that was recognised.
#[derive(Debug, Clone)]
pub struct Recognised {
    /// Who shows it.
    pub principal: Arc<Principal>,
    /// Whether the secret that was shown is to be replaced, see [`App::renew_session`].
    pub renew: bool,
}

/// Turns secrets into principals.
pub struct Authenticator {
    store: Arc<dyn Store>,
    beliefs: Arc<Beliefs>,
    known: Cache<Shown, Belief>,
}

impl Authenticator {
    /// How long what the database said is believed.
    const BELIEF: Duration = Duration::from_secs(1);

    /// Tokens and sessions as the store of `app` knows them.
    pub fn new(app: &App) -> Self {
        let known = Cache::builder().max_capacity(10_000).time_to_live(Self::BELIEF).build();
        Self { store: Arc::clone(&app.store), beliefs: Arc::clone(&app.beliefs), known }
    }

    /// Who shows `token` at `now`.
    pub async fn bearer(&self, token: &str, now: Timestamp) -> Result<Arc<Principal>, Error> {
        if !is_token(token) {
            return Err(Error::Unauthenticated);
        }
        let digest = secret::digest(token);
        let mut belief = self.believed_token(digest, now).await?;
        if let Means::Token(id) = belief.principal.means
            && belief.is_to_be_seen(now)
        {
            let seen = AccessChange::TokenSeen { id, at: now };
            self.see(Shown::Token(digest), &mut belief, now, seen).await;
        }
        Ok(belief.principal)
    }

    /// Writes down that something is used at `at`.
    async fn see(&self, shown: Shown, belief: &mut Belief, at: Timestamp, change: AccessChange) {
        // First, so that requests beside this one need not.
        belief.seen_at = Some(at);
        self.known.insert(shown, belief.clone());
        let changes = vec![Change::Access(Box::new(change))];
        // Who is signed in can read while nothing can be written.
        if let Err(error) = self.store.commit(Commit { changes, ..Commit::default() }).await {
            tracing::warn!(%error, "cannot write down that a session or token is used");
        }
    }

    /// Whose session has this secret at `now`. That it is used is written down now and then.
    pub async fn session(&self, secret: &str, now: Timestamp) -> Result<Recognised, Error> {
        if !is_secret(secret) {
            return Err(Error::Unauthenticated);
        }
        let key = SessionKey::Digest(secret::digest(secret));
        let mut belief = self.believed_session(key, now).await?;
        if let Means::Session(id) = belief.principal.means
            && belief.is_to_be_seen(now)
        {
            let seen = AccessChange::SessionSeen { id, at: now };
            self.see(Shown::Session(key), &mut belief, now, seen).await;
        }
        let renew = belief.session.is_some_and(|used| used.renew);
        Ok(Recognised { principal: belief.principal, renew })
    }

    /// The same person as before, as they are at `now`; nobody when token or session has ended. Does
    /// not count as use.
    pub async fn again(&self, before: &Principal, now: Timestamp) -> Result<Arc<Principal>, Error> {
        match before.means {
            Means::Token(_) => Ok(self.believed_token(before.digest, now).await?.principal),
            Means::Session(id) => {
                Ok(self.believed_session(SessionKey::Id(id), now).await?.principal)
            }
            Means::Operator => self.operator(&before.email).await,
        }
    }

    /// The person with this address, for whom the operator at the command line acts. Who has the
    /// database needs no secret; what may be done is still what the person may do.
    pub async fn operator(&self, email: &str) -> Result<Arc<Principal>, Error> {
        let account = self.store.account(email).await?.ok_or(Error::NotFound("user"))?;
        if account.user.status != UserStatus::Active {
            return Err(Error::Forbidden("act for somebody who is disabled"));
        }
        Ok(Arc::new(Principal {
            means: Means::Operator,
            digest: [0; 32],
            expires_at: Timestamp::MAX,
            user_id: account.user.id,
            display_name: account.user.display_name,
            email: account.user.email,
            grants: account.grants,
        }))
    }

    async fn believed_token(&self, digest: [u8; 32], now: Timestamp) -> Result<Belief, Error> {
        let shown = Shown::Token(digest);
        let belief = if let Some(belief) = self.believed(&shown) {
            belief
        } else {
            let count = self.beliefs.count();
            let record = self.store.token(&digest).await?.ok_or(Error::Unauthenticated)?;
            let seen_at = record.used_at;
            let principal = Arc::new(of_token(record, digest)?);
            let belief = Belief { count, principal, seen_at, session: None };
            self.known.insert(shown, belief.clone());
            belief
        };
        if belief.principal.expires_at <= now {
            return Err(Error::Unauthenticated);
        }
        Ok(belief)
    }

    async fn believed_session(&self, key: SessionKey, now: Timestamp) -> Result<Belief, Error> {
        let shown = Shown::Session(key);
        let belief = if let Some(belief) = self.believed(&shown) {
            belief
        } else {
            let count = self.beliefs.count();
            let record = self.store.session(key).await?.ok_or(Error::Unauthenticated)?;
            let belief = of_session(record, key, count)?;
            self.known.insert(shown, belief.clone());
            belief
        };
        let is_taken = belief.session.is_some_and(|used| used.until > now);
        let is_awake = belief.seen_at.is_some_and(|seen| is_awake(seen, now));
        if belief.principal.expires_at <= now || !is_taken || !is_awake {
            return Err(Error::Unauthenticated);
        }
        Ok(belief)
    }

    fn believed(&self, shown: &Shown) -> Option<Belief> {
        self.known.get(shown).filter(|belief| belief.count == self.beliefs.count())
    }
}

fn of_token(record: TokenRecord, digest: [u8; 32]) -> Result<Principal, Error> {
    if record.status != UserStatus::Active {
        return Err(Error::Unauthenticated);
    }
    Ok(Principal {
        means: Means::Token(record.token_id),
        digest,
        expires_at: record.expires_at,
        user_id: record.user_id,
        display_name: record.display_name,
        email: record.email,
        grants: vec![record.grant.ok_or(Error::Unauthenticated)?],
    })
}

fn of_session(record: SessionRecord, key: SessionKey, count: u64) -> Result<Belief, Error> {
    if record.status != UserStatus::Active {
        return Err(Error::Unauthenticated);
    }
    let is_present = match key {
        SessionKey::Id(_) => true,
        SessionKey::Digest(shown) => shown == record.digest,
    };
    let session = Used {
        renew: record.renew && is_present,
        until: match record.previous_until {
            Some(until) if !is_present => until,
            None if !is_present => Timestamp::MIN,
            _ => record.expires_at,
        },
    };
    let principal = Principal {
        means: Means::Session(record.id),
        digest: record.digest,
        expires_at: record.expires_at,
        user_id: record.user_id,
        display_name: record.display_name,
        email: record.email,
        grants: record.grants,
    };
    let seen_at = Some(record.seen_at);
    Ok(Belief { count, principal: Arc::new(principal), seen_at, session: Some(session) })
}
