//! Somebody does not know the password any more: a link is mailed to whoever has the address.
//!
//! Guarantee: whoever asks learns nothing. An address that nobody has, one of somebody disabled and one of
//! somebody active get the same answer after the same work: one query, one event in the log. What follows is a
//! policy's, later.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::event::{self, Fact, PasswordResetRequested, Payload};
use rishi_domain::id::UserId;
use rishi_domain::user::{UserStatus, email_key, is_email};

use super::SOURCE;
use crate::auth::Visitor;
use crate::events::{Cause, Place, subject};
use crate::policies::failed;
use crate::scope::Scope;
use crate::{App, Commit, Error};

impl App {
    /// Asks for a link for the person with this address. How often somebody may is limited as for signing in,
    /// by address and by where it comes from.
    pub async fn forgot_password(&self, visitor: &Visitor, email: &str) -> Result<(), Error> {
        if self.mail.is_none() {
            let why = "this platform sends no mail; ask whoever runs it for a sign-in link";
            return Err(Error::OrderRefused(why.to_owned()));
        }
        let (key, now) = (email_key(email), self.now());
        // Apart from attempts to sign in: who has tried in vain too often is who needs this.
        let refused = self.throttle.admit(&format!("forgotten {key}"), visitor.address, now);
        refused.map_err(|after| Error::Throttled(after.0))?;
        let account = self.store.account(email).await?;
        let user_id = account.as_ref().map(|account| account.user.id);
        let account_key = Some(key).filter(|key| is_email(key));
        let asked = PasswordResetRequested { account: account_key, user_id };
        let fact = Fact::with_metadata(&asked, &visitor.whence)?;
        let place = Place {
            source: SOURCE,
            subject: subject::user(user_id.unwrap_or(UserId(uuid::Uuid::nil()))),
            organization: account.and_then(|account| account.home()),
        };
        let events = self.tell(&place, &Cause::of(visitor, None), now, vec![fact]);
        self.run(Commit { events, ..Commit::default() }).await
    }
}

struct MakeLink(App);

/// One link for each request for somebody who is there and active.
pub(crate) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("password-reset").on_type(PasswordResetRequested::TYPE);
    Subscription::policy(spec, MakeLink(app))
}

#[async_trait]
impl Policy<Commit> for MakeLink {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let asked: PasswordResetRequested =
            event::read(event.schema_version, &event.data).map_err(failed)?;
        let Some(id) = asked.user_id.filter(|_| app.mail.is_some()) else { return Ok(None) };
        let Some(user) = app.store.user(&Scope::system(), id).await.map_err(failed)? else {
            return Ok(None);
        };
        let account = app.store.account(&user.email).await.map_err(failed)?;
        let Some(account) = account.filter(|found| found.user.status == UserStatus::Active) else {
            return Ok(None);
        };
        let made = app.link_commit(&Cause::from(event), &account, None, true);
        Ok(Some(made.map_err(failed)?.1))
    }
}
