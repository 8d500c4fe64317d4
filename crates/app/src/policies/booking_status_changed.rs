//! `BOOKING_STATUS_CHANGED`: whoever has to do with the booking is told.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Start, Subscription, SubscriptionSpec};
use rishi_domain::booking::{BookingStatus, StatusChangeFigures};
use rishi_domain::event::{BookingStatusChanged, Payload};
use rishi_domain::id::UserId;
use rishi_domain::notification::NotificationKind;

use super::present::Present;
use super::tell::{tell, unless_empty};
use super::{failed, read};
use crate::notifications::Facts;
use crate::{App, Commit};

struct TellConcerned(App);

/// Creator, managers and live staff of each step but these: an approval has a subscription of its own,
/// of a cancellation staff is told by the one that lets them go, and of a completion managers are told
/// with its summary. It begins with now, so that nobody is told late of what was before.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("booking-status-changed")
        .on_type(BookingStatusChanged::TYPE)
        .starting(Start::Now);
    Subscription::policy(spec, TellConcerned(app))
}

#[async_trait]
impl Policy<Commit> for TellConcerned {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let changed = read::<BookingStatusChanged>(event)?;
        if changed.new_status == BookingStatus::Approved {
            return Ok(None);
        }
        let Some(now) = Present::load(app, changed.booking_id).await? else { return Ok(None) };
        let recipients = concerned(&now, &now.managers(app).await?, changed.new_status);
        let facts =
            Facts::of_booking(&changed.booking).with_some("notes", changed.notes.as_deref());
        let (kind, facts) = match changed.new_status {
            BookingStatus::Cancelled => {
                let facts = facts.with("impact", impact(event)?);
                (NotificationKind::BookingCancelled, facts)
            }
            BookingStatus::Confirmed => (NotificationKind::BookingConfirmed, facts),
            to => {
                let facts = facts.with("from", changed.old_status.as_str());
                (NotificationKind::BookingStatusChanged, facts.with("to", to.as_str()))
            }
        };
        let told = tell(app, (event, &changed.booking), (kind, &recipients), facts).await?;
        Ok(unless_empty(told))
    }
}

/// Who is told of a step to `to`.
fn concerned(now: &Present, managers: &[UserId], to: BookingStatus) -> Vec<UserId> {
    let creator = now.booking().created_by;
    match to {
        BookingStatus::Cancelled => managers.iter().copied().chain([creator]).collect(),
        BookingStatus::Completed => {
            let creator = [creator].into_iter().filter(|creator| !managers.contains(creator));
            now.worked().chain(creator).collect()
        }
        _ => managers.iter().copied().chain([creator]).chain(now.live()).collect(),
    }
}

/// How much a step disturbs those concerned, as was found when it was taken.
pub(super) fn impact(event: &Envelope) -> Result<&'static str, HandlerError> {
    let metadata = event.metadata.as_deref().map_or("null", |metadata| metadata.get());
    let figures: StatusChangeFigures = serde_json::from_str(metadata).map_err(failed)?;
    Ok(figures.impact_level.as_str())
}
