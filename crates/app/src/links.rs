//! One-time links by which a person chooses a password: how somebody new gets in, and how somebody who
//! has forgotten theirs gets back in.
//!
//! A link works once, for 7 days or 24 hours, and only until a newer one is made. Where mail is configured, it is
//! mailed to the person whom it lets in and shown to nobody else ([`mail`]); otherwise it is shown once, to whoever
//! asks for it. Its secret stands in the fragment of an address (`#/link/…`), which browsers send to nobody, so that
//! it is in no log; and it is in no event: the secret of a link that is mailed is derived from its id under the
//! installation's key, when the mail is written.

use jiff::{SignedDuration, Timestamp};
use rishi_domain::event::{Fact, LinkPurpose, SignInLinkCreated, SignInLinkMailDue, Whence};
use rishi_domain::id::UserId;
use rishi_domain::permission::Capability;
use rishi_domain::user::UserStatus;
use uuid::Uuid;

use crate::auth::{Caller, Secret};
use crate::commit::{Answer, Change};
use crate::credentials::{AccessChange, Account, Link};
use crate::events::{Cause, Place, subject};
use crate::sealing::Sealer;
use crate::{App, Commit, Error};

pub(crate) mod forgotten;
pub(crate) mod mail;

const SOURCE: &str = "rishi/access";
/// How long somebody new may take.
const INVITATION: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long somebody who is known may take.
const RESET: SignedDuration = SignedDuration::from_hours(24);

/// A link that was just made.
#[derive(Clone)]
pub struct IssuedLink {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Until when it works.
    pub expires_at: Timestamp,
    secret: Shown,
}

/// Who gets to see a link's secret.
#[derive(Clone)]
enum Shown {
    /// Whoever asked for it, once.
    Once(Secret),
    /// Nobody but the person, by mail.
    Mailed,
}

/// What is to be committed and told of a new link.
pub(crate) struct Issue {
    pub(crate) change: Change,
    pub(crate) facts: Vec<Fact>,
}

impl IssuedLink {
    /// The address to be opened, at a platform that is reached at `base`; nothing when it is mailed.
    pub fn address(&self, base: &str) -> Option<String> {
        match &self.secret {
            Shown::Once(secret) => Some(address(base, secret)),
            Shown::Mailed => None,
        }
    }

    /// Whether it is mailed to the person whom it lets in.
    pub fn is_mailed(&self) -> bool {
        matches!(self.secret, Shown::Mailed)
    }
}

fn address(base: &str, secret: &Secret) -> String {
    format!("{base}/#/link/{}", secret.reveal())
}

/// The secret of a link that is mailed.
fn derived(sealer: &Sealer, link: Uuid) -> Result<Secret, Error> {
    Ok(Secret::of(&sealer.derive(&format!("sign-in-link/{link}"))?))
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
        let whence = Some(&caller.whence);
        let mailed = self.mail.is_some();
        let (link, commit) = self.link_commit(&Cause::from(caller), &account, whence, mailed)?;
        let (kept, told) = (reply(&link, false)?, reply(&link, true)?);
        self.finish_once(caller, Capability::ReadUsers, commit, kept, told).await
    }

    /// Makes a link for the person with this address, as the operator at the command line does.
    pub async fn sign_in_link(&self, email: &str) -> Result<IssuedLink, Error> {
        let account = self.store.account(email).await?.ok_or(Error::NotFound("user"))?;
        let (link, commit) = self.link_commit(&Cause::default(), &account, None, false)?;
        self.run(commit).await?;
        Ok(link)
    }

    fn link_commit(
        &self,
        cause: &Cause,
        account: &Account,
        whence: Option<&Whence>,
        mailed: bool,
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
        let (link, issue) = self.new_link(id, purpose, whence, mailed)?;
        let place =
            Place { source: SOURCE, subject: subject::user(id), organization: account.home() };
        let events = self.tell(&place, cause, now, issue.facts);
        Ok((link, Commit { changes: vec![issue.change], events, ..Commit::default() }))
    }

    /// A new link for a person: to be mailed, or to be shown to whoever asked for it.
    pub(crate) fn new_link(
        &self,
        user_id: UserId,
        purpose: LinkPurpose,
        whence: Option<&Whence>,
        mailed: bool,
    ) -> Result<(IssuedLink, Issue), Error> {
        let life = match purpose {
            LinkPurpose::Invitation => INVITATION,
            LinkPurpose::Reset => RESET,
        };
        let now = self.now();
        let expires_at = now.saturating_add(life).unwrap_or(Timestamp::MAX);
        let created = SignInLinkCreated { user_id, purpose, expires_at };
        let mut facts = vec![match whence {
            Some(whence) => Fact::with_metadata(&created, whence)?,
            None => Fact::new(&created)?,
        }];
        let (secret, shown) = if mailed {
            let link_id = self.ids.next();
            facts.push(Fact::new(&SignInLinkMailDue { user_id, link_id, purpose, expires_at })?);
            (derived(&self.sealer, link_id)?, Shown::Mailed)
        } else {
            let secret = Secret::generate()?;
            (secret.clone(), Shown::Once(secret))
        };
        let link = Link { user_id, purpose, created_at: now, expires_at };
        let created = AccessChange::LinkCreated { link, digest: secret.digest() };
        let change = Change::Access(Box::new(created));
        Ok((IssuedLink { purpose, expires_at, secret: shown }, Issue { change, facts }))
    }
}
