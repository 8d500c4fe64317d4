//! Reactions: each an event in, a commit out.
//!
//! A policy reads, decides and returns a [`Commit`]; the bus applies it together with the
//! subscription's progress in one transaction, so its effect happens exactly once. To add one,
//! write a file here and a line in [`subscriptions`]. What follows from what is told in
//! `docs/workflows.md`.

use std::sync::Arc;

use rishi_bus::{Envelope, HandlerError, Subscription};
use rishi_domain::event::{self, BookingUpdated, Payload};

use crate::notifications::mail::Mail;
use crate::store::QueryError;
use crate::trace::traced;
use crate::{App, Commit, Error, geocoding, links, notifications, webhooks};

mod approval_overdue;
mod approval_timers;
mod auto_assignment;
mod auto_assignment_on_approval;
mod auto_assignment_on_creation;
mod auto_confirmation;
mod auto_confirmation_request;
mod booking_approved;
mod booking_cancellation;
mod booking_completion;
mod booking_created;
mod booking_status_changed;
mod certification_expiry;
mod certification_timers;
mod no_show_timers;
mod no_shows;
mod present;
mod reminder_timers;
mod reminders;
mod staff_assigned;
mod staff_released;
mod tell;
mod webhook_disabled;

/// Who speaks in the events of what follows.
const SOURCE: &str = "rishi/workflows";

/// Makes a subscription.
pub type Handler = fn(App) -> Subscription<Commit>;
/// Makes a subscription that sends mail.
type Mailing = fn(&App, &Mail) -> Subscription<Commit>;

/// The subscriptions that are only there where mail is configured.
const BY_MAIL: [(&str, Mailing); 3] = [
    (notifications::POST, notifications::post),
    (notifications::DIGEST, notifications::digest),
    (links::mail::NAME, links::mail::subscription),
];

/// Every subscription of the platform that it is equipped for. A name, once released, never changes: progress is kept
/// under it.
pub fn subscriptions(app: &App) -> Vec<Subscription<Commit>> {
    let all = [
        booking_created::subscription,
        booking_status_changed::subscription,
        booking_approved::subscription,
        auto_assignment_on_creation::subscription,
        auto_assignment_on_approval::subscription,
        auto_assignment::subscription,
        auto_confirmation_request::subscription,
        auto_confirmation::subscription,
        booking_completion::subscription,
        booking_cancellation::subscription,
        staff_assigned::subscription,
        staff_released::subscription,
        approval_timers::subscription,
        approval_overdue::subscription,
        reminder_timers::subscription,
        reminders::subscription,
        no_show_timers::subscription,
        no_shows::subscription,
        certification_timers::subscription,
        certification_expiry::subscription,
        webhooks::fan_out::subscription,
        webhook_disabled::subscription,
        notifications::addresses,
        links::forgotten::subscription,
    ];
    let policies = all.into_iter().map(|subscription| subscription(app.clone()));
    let mail = app.mail.iter().flat_map(|mail| BY_MAIL.map(|(_, effect)| effect(app, mail)));
    let geocoding = app.geocoding.iter().map(|one| geocoding::subscription(app, one));
    let more: Vec<_> = app.handlers.iter().map(|handler| handler(app.clone())).collect();
    let stays = |own: &Subscription<Commit>| more.iter().all(|one| one.spec.name != own.spec.name);
    let mut all: Vec<_> = policies.chain(mail).chain(geocoding).filter(stays).collect();
    all.extend(more);
    all.into_iter().map(|subscription| traced(app, subscription)).collect()
}

/// What the subscription of this name needs to be there, if it is one that not every configuration has. Its
/// progress is kept meanwhile: what it owes is owed still when the configuration is back.
pub fn needs(name: &str) -> Option<&'static str> {
    match name {
        geocoding::NAME => Some("a geocoder"),
        name => BY_MAIL.iter().any(|(known, _)| *known == name).then_some("mail"),
    }
}

/// Why a policy could not decide. A database that cannot be read now is no failure of the policy: it is
/// asked again and spends no attempt.
pub(crate) fn failed(error: impl std::error::Error + Send + Sync + 'static) -> HandlerError {
    let error: Box<dyn std::error::Error + Send + Sync> = Box::new(error);
    let query = matches!(
        error.downcast_ref(),
        Some(QueryError::Unavailable(_) | QueryError::CircuitOpen { .. })
    );
    let use_case =
        matches!(error.downcast_ref(), Some(Error::Unavailable(_) | Error::CircuitOpen { .. }));
    if query || use_case { HandlerError::NotTried } else { HandlerError::Failed(error) }
}

/// The payload of an event, in its present version; it is read once for all who handle the event.
fn read<P: Payload + Send + Sync + 'static>(event: &Envelope) -> Result<Arc<P>, HandlerError> {
    event.memo.or_make(|| event::read(event.schema_version, &event.data)).map_err(failed)
}

/// Whether an edit put a booking at another time.
fn moved(edit: &BookingUpdated) -> bool {
    edit.changed.iter().any(|field| field == "scheduledStart")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_down_costs_a_policy_no_attempt() {
        let retry_after = std::time::Duration::from_secs(9);
        for error in [
            failed(QueryError::CircuitOpen { retry_after }),
            failed(QueryError::Unavailable("busy".to_owned())),
            failed(Error::CircuitOpen { retry_after }),
            failed(Error::Unavailable("busy".to_owned())),
        ] {
            assert!(matches!(error, HandlerError::NotTried), "{error:?}");
        }
        assert!(matches!(failed(Error::NotFound("booking")), HandlerError::Failed(_)));
    }
}
