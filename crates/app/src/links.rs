//! One-time links by which a person chooses a password: how somebody new gets in, and how somebody who
//! has forgotten theirs gets back in.
//!
//! A link is shown once, to whoever asks for it; it works once, for 7 days or 24 hours, and only until a
//! newer one is made. Its secret stands in the fragment of an address (`#/link/…`), which browsers send
//! to nobody, so that it is in no log.

use jiff::{SignedDuration, Timestamp};
use rishi_domain::event::{Fact, LinkPurpose, SignInLinkCreated};
use rishi_domain::id::UserId;
use rishi_domain::permission::Capability;
use rishi_domain::user::UserStatus;

use crate::auth::{Caller, Secret};
use crate::commit::{Answer, Change};
use crate::credentials::{AccessChange, Account, Link};
use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/access";
/// How long somebody new may take.
const INVITATION: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long somebody who is known may take.
const RESET: SignedDuration = SignedDuration::from_hours(24);

/// A link that was just made. It is shown once.
#[derive(Clone)]
pub struct IssuedLink {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Until when it works.
    pub expires_at: Timestamp,
    secret: Secret,
}

impl IssuedLink {
    /// The address to be opened, at a platform that is reached at `base`.
    pub fn address(&self, base: &str) -> String {
        format!("{base}/#/link/{}", self.secret.reveal())
    }

    /// A new link for a person, with what is to be committed and told.
    pub(crate) fn new(
        user_id: UserId,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> Result<(Self, Change, SignInLinkCreated), Error> {
        let life = match purpose {
            LinkPurpose::Invitation => INVITATION,
            LinkPurpose::Reset => RESET,
        };
        let expires_at = now.saturating_add(life).unwrap_or(Timestamp::MAX);
        let secret = Secret::generate()?;
        let link = Link { user_id, purpose, created_at: now, expires_at };
        let created = AccessChange::LinkCreated { link, digest: secret.digest() };
        let payload = SignInLinkCreated { user_id, purpose, expires_at };
        Ok((Self { purpose, expires_at, secret }, Change::Access(Box::new(created)), payload))
    }
}

impl App {
    /// Makes a link for a person whom the caller may change. Not for oneself: who has stolen a session
    /// could take the account with it.
    pub async fn create_sign_in_link(
        &self,
        caller: &Caller,
        id: UserId,
        reply: impl Fn(&IssuedLink, bool) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let user = self.user(principal, id).await?;
        let memberships = self.store.memberships(id).await?;
        if id == principal.user_id() || !self.may_change(principal, &memberships).await? {
            return Err(Error::Forbidden("make a sign-in link for this person"));
        }
        let account = self.store.account(&user.email).await?.ok_or(Error::NotFound("user"))?;
        let (link, commit) = self.link_commit(&Cause::from(caller), &account, Some(caller))?;
        let (kept, told) = (reply(&link, false)?, reply(&link, true)?);
        self.finish_once(caller, Capability::ReadUsers, commit, kept, told).await
    }

    /// Makes a link for the person with this address, as the operator at the command line does.
    pub async fn sign_in_link(&self, email: &str) -> Result<IssuedLink, Error> {
        let account = self.store.account(email).await?.ok_or(Error::NotFound("user"))?;
        let (link, commit) = self.link_commit(&Cause::default(), &account, None)?;
        self.run(commit).await?;
        Ok(link)
    }

    fn link_commit(
        &self,
        cause: &Cause,
        account: &Account,
        caller: Option<&Caller>,
    ) -> Result<(IssuedLink, Commit), Error> {
        if account.user.status != UserStatus::Active {
            let why = "this person is disabled; enable them before they get a link";
            return Err(Error::OrderRefused(why.to_owned()));
        }
        let purpose = match account.password {
            Some(_) => LinkPurpose::Reset,
            None => LinkPurpose::Invitation,
        };
        let (now, id) = (self.now(), account.user.id);
        let (link, change, payload) = IssuedLink::new(id, purpose, now)?;
        let fact = match caller {
            Some(caller) => Fact::with_metadata(&payload, &caller.whence)?,
            None => Fact::new(&payload)?,
        };
        let place =
            Place { source: SOURCE, subject: subject::user(id), organization: account.home() };
        let events = self.tell(&place, cause, now, vec![fact]);
        Ok((link, Commit { changes: vec![change], events, ..Commit::default() }))
    }
}
