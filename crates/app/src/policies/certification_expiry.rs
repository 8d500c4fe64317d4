//! `CERTIFICATION_EXPIRY_DUE`: the person and the employer's managers are warned.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Start, Subscription, SubscriptionSpec};
use rishi_domain::event::{CertificationExpiryDue, Payload};
use rishi_domain::id::UserId;
use rishi_domain::notification::NotificationKind;
use rishi_domain::staffing::expiry::still_expiring;

use super::tell::unless_empty;
use super::{failed, read};
use crate::events::subject;
use crate::notifications::{Facts, Notice};
use crate::scope::Scope;
use crate::{App, Commit};

struct Warn(App);

/// Of each certification by itself, if it has not been renewed or given up by then. It begins with now, so
/// that nobody is told late of what was before.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("certification-expiry")
        .on_type(CertificationExpiryDue::TYPE)
        .starting(Start::Now);
    Subscription::policy(spec, Warn(app))
}

#[async_trait]
impl Policy<Commit> for Warn {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let due = read::<CertificationExpiryDue>(event)?;
        let found = app.store.staff_member(&Scope::system(), due.user_id).await.map_err(failed)?;
        let Some(staff) = found else { return Ok(None) };
        let employer = staff.profile.organization_id;
        let mut recipients: Vec<UserId> = vec![due.user_id];
        recipients.extend(app.store.managers(employer).await.map_err(failed)?);
        let mut commit = Commit::default();
        for one in still_expiring(&staff.profile, due.expiring.clone()) {
            let facts = Facts::default()
                .with("staff", staff.display_name.as_str())
                .with("skill", one.skill)
                .with("issuer", one.issuer)
                .with("expiresOn", one.expires_on.to_string())
                .with("days", one.days_left);
            let notice = Notice {
                kind: NotificationKind::CertificationExpiring,
                organization: employer,
                recipients: &recipients,
                about: subject::staff(due.user_id),
                facts,
            };
            commit = commit.and(app.notices(event, &notice).await.map_err(failed)?);
        }
        Ok(unless_empty(commit))
    }
}
