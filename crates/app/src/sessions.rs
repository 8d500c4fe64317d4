//! Signing in with a password, and the sessions that begin so.
//!
//! Guarantee: whoever is refused learns nothing. An account that is not there, one without a password,
//! one that is disabled and a wrong password get the same answer, after the same work: one query, one
//! hash, one event in the log.

use jiff::{SignedDuration, Timestamp};
use rishi_domain::event::{
    Fact, SessionRevoked, SignInFailed, SignInFailure, SignInMethod, SignedIn, SignedOut,
    Unwritable,
};
use rishi_domain::id::{OrganizationId, SessionId, UserId};
use rishi_domain::permission::Capability;
use rishi_domain::user::{UserStatus, email_key, is_email};

use crate::auth::{Caller, Principal, Secret, Visitor, home};
use crate::commit::{Answer, Change, CommitError};
use crate::credentials::{AccessChange, Account, IDLE, Session};
use crate::events::{Cause, Place, subject};
use crate::passwords;
use crate::scope::Scope;
use crate::store::{Listed, Paging};
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/access";
/// How long the secret before the present one is taken, for requests that are on their way.
const GRACE: SignedDuration = SignedDuration::from_secs(30);

impl App {
    /// Begins a session for who has this address and password. The secret is not kept.
    pub async fn sign_in(
        &self,
        visitor: &Visitor,
        email: &str,
        password: String,
    ) -> Result<Secret, Error> {
        let key = email_key(email);
        let refused = self.throttle.admit(&key, visitor.address, self.now());
        refused.map_err(|after| Error::Throttled(after.0))?;
        let account = self.store.account(email).await?;
        let failure = self.examine(account.as_ref(), password).await?;
        let now = self.now();
        if let Some(reason) = failure {
            self.throttle.failed(&key, visitor.address, now);
            self.run(self.refusal(visitor, key, account.as_ref(), reason, now)?).await?;
            return Err(Error::WrongCredentials);
        }
        // Who passes the examination has an account.
        let account = account.ok_or(Error::WrongCredentials)?;
        self.throttle.succeeded(&key, visitor.address, now);
        self.begin_session(visitor, &account, SignInMethod::Password, now).await
    }

    /// Why an account is not to be entered with a password, if it is not. Takes as long either way.
    async fn examine(
        &self,
        account: Option<&Account>,
        password: String,
    ) -> Result<Option<SignInFailure>, Error> {
        let hash = account.and_then(|account| account.password.clone());
        let has_password = hash.is_some();
        let hash = hash.unwrap_or_else(|| passwords::NOBODYS.to_owned());
        let right = self.hashing.run(move || passwords::verify(&password, &hash)).await??;
        Ok(match account {
            None => Some(SignInFailure::UnknownAccount),
            Some(_) if !has_password => Some(SignInFailure::NoPassword),
            Some(_) if !right => Some(SignInFailure::WrongPassword),
            Some(account) if account.user.status != UserStatus::Active => {
                Some(SignInFailure::Disabled)
            }
            Some(_) => None,
        })
    }

    /// The commit that tells of a failure.
    pub(crate) fn refusal(
        &self,
        visitor: &Visitor,
        key: String,
        account: Option<&Account>,
        reason: SignInFailure,
        now: Timestamp,
    ) -> Result<Commit, Unwritable> {
        let user_id = account.map(|account| account.user.id);
        let payload =
            SignInFailed { account: Some(key).filter(|key| is_email(key)), user_id, reason };
        let fact = Fact::with_metadata(&payload, &visitor.whence)?;
        let place = Place {
            source: SOURCE,
            subject: subject::user(user_id.unwrap_or(UserId(uuid::Uuid::nil()))),
            organization: account.and_then(Account::home),
        };
        let events = self.tell(&place, &Cause::of(visitor, None), now, vec![fact]);
        Ok(Commit { events, ..Commit::default() })
    }

    /// Begins a session for an account whose owner has proved it.
    async fn begin_session(
        &self,
        visitor: &Visitor,
        account: &Account,
        method: SignInMethod,
        now: Timestamp,
    ) -> Result<Secret, Error> {
        let (user_id, home) = (account.user.id, account.home());
        let (commit, secret) = self.session_commit(visitor, user_id, home, method, now)?;
        self.run(commit).await?;
        Ok(secret)
    }

    /// The commit that begins a session of a person who belongs to `home`, if to one only.
    pub(crate) fn session_commit(
        &self,
        visitor: &Visitor,
        user_id: UserId,
        home: Option<OrganizationId>,
        method: SignInMethod,
        now: Timestamp,
    ) -> Result<(Commit, Secret), Error> {
        let (id, secret): (SessionId, _) = (self.ids.next(), Secret::generate()?);
        let session = Session::begun(id, user_id, now, visitor.whence.clone());
        let payload = SignedIn { session_id: id, user_id, method };
        let fact = Fact::with_metadata(&payload, &visitor.whence)?;
        let cause = Cause::of(visitor, Some(user_id));
        let begun = AccessChange::SessionBegun { session, digest: secret.digest() };
        let commit = Commit {
            changes: vec![Change::Access(Box::new(begun))],
            events: self.tell(&place(id, home), &cause, now, vec![fact]),
            ..Commit::default()
        };
        Ok((commit, secret))
    }

    /// Ends the session that the caller is signed in by.
    pub async fn sign_out(&self, caller: &Caller, answer: Answer) -> Result<Answer, Error> {
        let session_id = caller.principal.session().ok_or(Error::SessionRequired)?;
        let payload = SignedOut { session_id, user_id: caller.principal.user_id() };
        let fact = Fact::with_metadata(&payload, &caller.whence)?;
        self.end_session(caller, session_id, fact, answer).await
    }

    /// The caller's own sessions, newest first.
    pub async fn sessions(
        &self,
        principal: &Principal,
        paging: Paging,
    ) -> Result<Listed<Session>, Error> {
        principal.session().ok_or(Error::SessionRequired)?;
        let now = self.now();
        let seen_after = now.saturating_sub(IDLE).unwrap_or(Timestamp::MIN);
        Ok(self.store.sessions(principal.user_id(), now, seen_after, paging).await?)
    }

    /// Ends one of the caller's own sessions.
    pub async fn revoke_session(
        &self,
        caller: &Caller,
        session_id: SessionId,
        answer: Answer,
    ) -> Result<Answer, Error> {
        caller.principal.session().ok_or(Error::SessionRequired)?;
        let user_id = caller.principal.user_id();
        let key = crate::credentials::SessionKey::Id(session_id);
        let found = self.store.session(key).await?.filter(|session| session.user_id == user_id);
        found.ok_or(Error::NotFound("session"))?;
        let payload = SessionRevoked { session_id, user_id };
        let fact = Fact::with_metadata(&payload, &caller.whence)?;
        self.end_session(caller, session_id, fact, answer).await
    }

    async fn end_session(
        &self,
        caller: &Caller,
        id: SessionId,
        fact: Fact,
        answer: Answer,
    ) -> Result<Answer, Error> {
        let place = place(id, home(&caller.principal));
        let commit = Commit {
            changes: vec![Change::Access(Box::new(AccessChange::SessionEnded(id)))],
            events: self.tell(&place, &Cause::from(caller), self.now(), vec![fact]),
            ..Commit::default()
        };
        self.finish(caller, Capability::ReadUsers, commit, answer, false).await
    }

    /// Replaces the secret of a session because its owner's roles have changed. Nothing when another
    /// request has done so meanwhile: its answer carries the new one.
    pub async fn renew_session(&self, principal: &Principal) -> Result<Option<Secret>, Error> {
        let Some(id) = principal.session() else { return Ok(None) };
        let secret = Secret::generate()?;
        let grace = self.now().saturating_add(GRACE).unwrap_or(Timestamp::MAX);
        let (from, to) = (principal.digest(), secret.digest());
        let renewed = AccessChange::SessionRenewed { id, from, to, grace };
        let changes = vec![Change::Access(Box::new(renewed))];
        match self.store.commit(Commit { changes, ..Commit::default() }).await {
            Ok(_) => {
                self.beliefs.shake();
                Ok(Some(secret))
            }
            Err(CommitError::Refused(_)) => Ok(None),
            Err(error) => Err(Error::refused(error, &Scope::system(), false)),
        }
    }
}

fn place(id: SessionId, organization: Option<OrganizationId>) -> Place {
    Place { source: SOURCE, subject: subject::session(id), organization }
}
