//! What people want to be told, and how: set by themselves, or by the link in a mail.

use rishi_domain::event::Fact;
use rishi_domain::id::UserId;
use rishi_domain::notification::{
    Muted, NotificationKind, NotificationPreferences, PutPreferences, put_preferences,
};
use rishi_domain::permission::Capability;

use super::SOURCE;
use super::link::Ended;
use crate::auth::{Caller, Principal, Visitor};
use crate::bookings::load::matches;
use crate::commit::{Answer, Change};
use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

impl App {
    /// The caller's preferences.
    pub async fn notification_preferences(
        &self,
        principal: &Principal,
    ) -> Result<NotificationPreferences, Error> {
        self.preferences_of(principal.user_id()).await
    }

    /// Sets the caller's preferences.
    pub async fn put_notification_preferences(
        &self,
        caller: &Caller,
        if_match: Option<u64>,
        command: PutPreferences,
        reply: fn(&NotificationPreferences) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let before = self.notification_preferences(&caller.principal).await?;
        matches(if_match, before.version)?;
        let (commit, after) = self.preferred(&before, command, &Cause::from(caller))?;
        let answer = reply(&after)?;
        self.finish(caller, Capability::ReadBookings, commit, answer, if_match.is_some()).await
    }

    /// Ends mails of a kind, or all of them, to a person, as the link in one of them asks (RFC 8058). Whoever has the
    /// mail may do that and nothing else.
    pub async fn unsubscribe(&self, visitor: &Visitor, token: &str) -> Result<(), Error> {
        let (user, ended) = self.unsubscribing(token).await?;
        let before = self.preferences_of(user).await?;
        let kinds: &[NotificationKind] = match &ended {
            Ended::Kind(kind) => std::slice::from_ref(kind),
            Ended::All => &NotificationKind::ALL,
        };
        if !kinds.iter().any(|kind| before.wants_email(*kind)) {
            return Ok(());
        }
        let mut muted: Muted = before.muted.clone();
        muted.email.extend(kinds);
        let (quiet_hours, digest) = (before.quiet_hours, before.digest);
        let command = PutPreferences { muted, quiet_hours, digest };
        let cause = Cause::of(visitor, Some(user));
        let (commit, _) = self.preferred(&before, command, &cause)?;
        self.run(commit).await
    }

    async fn preferences_of(&self, user: UserId) -> Result<NotificationPreferences, Error> {
        let found = self.store.notification_preferences(user).await?;
        Ok(found.unwrap_or_else(|| NotificationPreferences::unset(user)))
    }

    fn preferred(
        &self,
        before: &NotificationPreferences,
        command: PutPreferences,
        cause: &Cause,
    ) -> Result<(Commit, NotificationPreferences), Error> {
        let decision = put_preferences(before, command)?;
        let after = decision.state;
        let place = Place {
            source: SOURCE,
            subject: subject::preferences(after.user_id),
            organization: None,
        };
        let facts: Vec<Fact> = decision.facts;
        let commit = Commit {
            events: self.tell(&place, cause, self.now(), facts),
            changes: vec![Change::Preferences(Box::new(after.clone()))],
            ..Commit::default()
        };
        Ok((commit, after))
    }

    /// Whom a link is about and what it ends, if this platform made it.
    async fn unsubscribing(&self, token: &str) -> Result<(UserId, Ended), Error> {
        let key = self.store.signing_key().await?;
        super::link::read(&key, token).ok_or(Error::NotFound("subscription"))
    }
}
