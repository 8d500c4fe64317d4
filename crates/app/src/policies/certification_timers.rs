//! Staff profiles: the next warning about what ends is set, and set again when it has been given.

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::event::{
    CertificationExpiryDue, CertificationVerified, Fact, Payload, StaffProfileCreated,
    StaffProfileUpdated,
};
use rishi_domain::id::UserId;
use rishi_domain::staffing::expiry::next_warning;

use super::{SOURCE, failed, read};
use crate::commit::Expected;
use crate::events::{Cause, Place, subject};
use crate::scope::Scope;
use crate::{App, Commit, timers};

struct WatchCertificates(App);

/// One timer for each person, for the next warning.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("certification-timers")
        .on_type(StaffProfileCreated::TYPE)
        .on_type(StaffProfileUpdated::TYPE)
        .on_type(CertificationVerified::TYPE)
        .on_type(CertificationExpiryDue::TYPE);
    Subscription::policy(spec, WatchCertificates(app))
}

#[async_trait]
impl Policy<Commit> for WatchCertificates {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        // The one after the warning that was given, however late it was given.
        let after = if *event.event_type == *CertificationExpiryDue::TYPE {
            read::<CertificationExpiryDue>(event)?.due_at
        } else {
            app.now()
        };
        self.next(UserId(event.subject.id()), after, &Cause::from(event)).await
    }
}

impl WatchCertificates {
    async fn next(
        &self,
        user: UserId,
        after: Timestamp,
        cause: &Cause,
    ) -> Result<Option<Commit>, HandlerError> {
        let (app, scope) = (&self.0, Scope::system());
        let found = app.store.staff_member(&scope, user).await.map_err(failed)?;
        let person = app.store.user(&scope, user).await.map_err(failed)?;
        let (Some(found), Some(person)) = (found, person) else { return Ok(None) };
        let profile = found.profile;
        let zone = rishi_domain::time::zone(&person.timezone).unwrap_or(TimeZone::UTC);
        let key = timers::certification(user);
        let timer = match next_warning(&profile, &zone, after) {
            None => Some(timers::cancel(key)),
            Some(warning) => {
                let due = warning.due;
                let fact = Fact::new(&CertificationExpiryDue {
                    user_id: user,
                    due_at: due,
                    expiring: warning.expiring,
                })
                .map_err(failed)?;
                let place = Place {
                    source: SOURCE,
                    subject: subject::staff(user),
                    organization: Some(profile.organization_id),
                };
                app.timer(key, due, (&place, cause), fact)
            }
        };
        Ok(Some(Commit {
            expected: vec![Expected { subject: subject::staff(user), version: profile.version }],
            timers: timer.into_iter().collect(),
            ..Commit::default()
        }))
    }
}
