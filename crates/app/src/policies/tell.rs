//! Telling people of a booking.

use rishi_bus::{Envelope, HandlerError};
use rishi_domain::booking::Booking;
use rishi_domain::id::UserId;
use rishi_domain::notification::NotificationKind;

use super::failed;
use crate::events::subject;
use crate::notifications::{Facts, Notice};
use crate::{App, Commit};

/// The part of a commit by which these people are told of a booking because of an event.
pub(super) async fn tell(
    app: &App,
    (because, booking): (&Envelope, &Booking),
    (kind, recipients): (NotificationKind, &[UserId]),
    facts: Facts,
) -> Result<Commit, HandlerError> {
    let notice = Notice {
        kind,
        organization: booking.organization_id,
        recipients,
        about: subject::booking(booking.id),
        facts,
    };
    app.notices(because, &notice).await.map_err(failed)
}

/// The commit, unless it would do nothing.
pub(super) fn unless_empty(commit: Commit) -> Option<Commit> {
    (!commit.changes.is_empty() || !commit.events.is_empty()).then_some(commit)
}
