//! Choosing a password: instead of the present one, or by a one-time link.
//!
//! Guarantee: whoever was signed in by the account before is not any more, but for the session that
//! changes the password itself, whose secret is replaced.

use jiff::Timestamp;
use rishi_domain::event::{
    Fact, PasswordChanged, SignInFailed, SignInFailure, SignInLinkUsed, Whence,
};
use rishi_domain::id::UserId;
use rishi_domain::permission::Capability;
use rishi_domain::user::{User, UserStatus, email_key};

use super::{check, hash, verify};
use crate::auth::secret::{self, is_secret};
use crate::auth::{Caller, Visitor};
use crate::commit::{Answer, Change, CommitError, PasswordRow};
use crate::credentials::{AccessChange, Account};
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Commit, Error};

const SOURCE: &str = "rishi/access";

impl App {
    /// Changes the caller's own password; ends all of the person's other sessions.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: String,
        new: String,
        answer: Answer,
    ) -> Result<Answer, Error> {
        let session = caller.principal.session().ok_or(Error::SessionRequired)?;
        let key = email_key(caller.principal.email());
        let refused = self.throttle.admit(&key, caller.address, self.now());
        refused.map_err(|after| Error::Throttled(after.0))?;
        let account = self.store.account(&key).await?.ok_or(Error::Unauthenticated)?;
        let Some(before) = account.password.clone() else {
            let message = "there is no present password; ask for a sign-in link instead";
            return Err(Error::invalid("currentPassword", "no_password", message));
        };
        let right = self.hashing.run(move || verify(&current, &before)).await??;
        if !right {
            self.throttle.failed(&key, caller.address, self.now());
            let payload = SignInFailed {
                account: Some(key),
                user_id: Some(account.user.id),
                reason: SignInFailure::WrongPassword,
            };
            let fact = Fact::with_metadata(&payload, &caller.whence)?;
            let (place, cause) = (place(&account), Cause::from(caller));
            let events = self.tell(&place, &cause, self.now(), vec![fact]);
            self.run(Commit { events, ..Commit::default() }).await?;
            let message = "this is not your present password";
            return Err(Error::invalid("currentPassword", "wrong", message));
        }
        let hash = self.hashed("newPassword", new, &account.user).await?;
        let now = self.now();
        let user = account.user.id;
        let fact = changed(user, Some(&caller.whence))?;
        let ended = AccessChange::SessionsEnded { user, except: Some(session) };
        let changes = vec![
            password(&account, hash, now),
            Change::Access(Box::new(ended)),
            Change::Access(Box::new(AccessChange::SessionsToRenew(user))),
            Change::Access(Box::new(AccessChange::LinkVoided(user))),
        ];
        let events = self.tell(&place(&account), &Cause::from(caller), now, vec![fact]);
        let commit = Commit { changes, events, ..Commit::default() };
        self.finish(caller, Capability::ReadUsers, commit, answer, false).await
    }

    /// Chooses a password by a one-time link; ends all of the person's sessions. A link that was used, is
    /// too old, was followed by another or never was is refused in the same words.
    pub async fn accept_link(
        &self,
        visitor: &Visitor,
        secret: &str,
        new: String,
    ) -> Result<(), Error> {
        if !is_secret(secret) {
            return Err(Error::LinkInvalid);
        }
        let digest = secret::digest(secret);
        let (link, account) = self.store.link(&digest).await?.ok_or(Error::LinkInvalid)?;
        if link.expires_at <= self.now() || account.user.status != UserStatus::Active {
            return Err(Error::LinkInvalid);
        }
        let hash = self.hashed("password", new, &account.user).await?;
        let now = self.now();
        let user = account.user.id;
        let accepted = SignInLinkUsed { user_id: user, purpose: link.purpose };
        let facts = vec![
            Fact::with_metadata(&accepted, &visitor.whence)?,
            changed(user, Some(&visitor.whence))?,
        ];
        let changes = vec![
            // First, so that of two who use it at once one is refused.
            Change::Access(Box::new(AccessChange::LinkUsed { user, digest })),
            password(&account, hash, now),
            Change::Access(Box::new(AccessChange::SessionsEnded { user, except: None })),
        ];
        let events = self.tell(&place(&account), &Cause::of(visitor, Some(user)), now, facts);
        let committed = self.store.commit(Commit { changes, events, ..Commit::default() }).await;
        self.beliefs.shake();
        match committed {
            Ok(_) => Ok(()),
            Err(CommitError::Refused(_)) => Err(Error::LinkInvalid),
            Err(error) => Err(Error::refused(error, &Scope::system(), false)),
        }
    }

    /// The hash of a new password of a person, if it may be one.
    pub(crate) async fn hashed(
        &self,
        field: &'static str,
        password: String,
        user: &User,
    ) -> Result<String, Error> {
        let user = user.clone();
        let work = move || {
            check(field, &password, &user)?;
            hash(&password)
        };
        self.hashing.run(work).await?
    }
}

/// The fact that a password was set; with from where, if it was not the operator.
pub(crate) fn changed(user_id: UserId, whence: Option<&Whence>) -> Result<Fact, Error> {
    let payload = PasswordChanged { user_id };
    Ok(match whence {
        Some(whence) => Fact::with_metadata(&payload, whence)?,
        None => Fact::new(&payload)?,
    })
}

fn password(account: &Account, hash: String, updated_at: Timestamp) -> Change {
    Change::Password(Box::new(PasswordRow { user_id: account.user.id, hash, updated_at }))
}

fn place(account: &Account) -> Place {
    Place { source: SOURCE, subject: subject::user(account.user.id), organization: account.home() }
}
