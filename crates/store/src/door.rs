//! The door's own rules, which no engine may bend: what a commit must say to be taken, and what its rows are
//! about.

use rishi_app::calendar::CalendarChange;
use rishi_app::commit::{Change, Commit, CommitError};
use rishi_app::credentials::AccessChange;
use rishi_app::events::subject as subjects;
use rishi_app::transport::TransportChange;
use rishi_app::webhooks::WebhookChange;
use rishi_bus::{Subject, TimerChange};
use rishi_domain::booking::SkillLevel;

/// The longest key, in bytes.
const KEY_MAX: usize = 256;

/// The door's own rules: every entity that changes has an event that tells of it, and so has every order.
pub(crate) fn check(commit: &Commit) -> Result<(), CommitError> {
    for event in &commit.events {
        event.check().map_err(|error| CommitError::Malformed(error.to_string()))?;
    }
    commit.timers.iter().try_for_each(check_timer)?;
    if !commit.orders.is_empty() && commit.events.is_empty() {
        return Err(CommitError::Malformed(
            "an order without an event that tells of it".to_owned(),
        ));
    }
    for change in &commit.changes {
        if let Some(subject) = subject(change)
            && !commit.events.iter().any(|event| event.subject == subject)
        {
            return Err(CommitError::Malformed(format!("{subject} changes without an event")));
        }
    }
    Ok(())
}

/// What keeps a timer from being set: it must be able to fire later.
fn check_timer(change: &TimerChange) -> Result<(), CommitError> {
    let TimerChange::Set(timer) = change else { return Ok(()) };
    if timer.key.is_empty() || timer.key.len() > KEY_MAX {
        let what = format!("the key of a timer has 1 to {KEY_MAX} bytes: {:?}", timer.key);
        return Err(CommitError::Malformed(what));
    }
    timer.event.check().map_err(|error| CommitError::Malformed(error.to_string()))
}

/// The entity that a change is about; nothing for what has no events of its own.
pub(crate) fn subject(change: &Change) -> Option<Subject> {
    match change {
        Change::Organization(row) => Some(subjects::organization(row.id)),
        Change::User(row) => Some(subjects::user(row.id)),
        Change::Membership(row) | Change::MembershipEnded(row) => {
            Some(subjects::membership(row.id))
        }
        Change::Location(row) => Some(subjects::location(row.id)),
        Change::Booking(row) => Some(subjects::booking(row.id)),
        Change::BookingSeries(row) => Some(subjects::series(row.id)),
        // An assignment is part of its booking's story.
        Change::Assignment(row) => Some(subjects::booking(row.booking_id)),
        Change::StaffProfile(row) => Some(subjects::staff(row.user_id)),
        Change::Availability(row) => Some(subjects::availability(row.block.id)),
        Change::Token(row) => Some(subjects::token(row.id)),
        Change::Password(row) => Some(subjects::user(row.user_id)),
        Change::Access(change) => access_subject(change),
        Change::Webhook(change) => webhook_subject(change),
        Change::Calendar(CalendarChange::Created { feed, .. }) => {
            Some(subjects::calendar_feed(feed.id))
        }
        Change::Calendar(CalendarChange::Revoked(id)) => Some(subjects::calendar_feed(*id)),
        Change::Preferences(row) => Some(subjects::preferences(row.user_id)),
        Change::InboxRead { user, .. } => Some(subjects::inbox(*user)),
        Change::Template(row) => Some(subjects::organization(row.organization_id)),
        Change::Transport(TransportChange::Received(row)) => Some(row.subject.clone()),
        Change::Transport(_)
        | Change::Notification(_)
        | Change::Delivery(_)
        | Change::NotificationHtml { .. }
        | Change::MailStanding(_) => None,
    }
}

/// The subject whose event tells of a change; nothing for what nobody is told.
fn access_subject(change: &AccessChange) -> Option<Subject> {
    match change {
        AccessChange::SessionBegun { session, .. } => Some(subjects::session(session.id)),
        AccessChange::SessionEnded(id) => Some(subjects::session(*id)),
        AccessChange::TokenRevoked(id) => Some(subjects::token(*id)),
        AccessChange::LinkCreated { link, .. } => Some(subjects::user(link.user_id)),
        AccessChange::SessionsEnded { user, .. }
        | AccessChange::LinkUsed { user, .. }
        | AccessChange::TokensRevoked(user)
        | AccessChange::IdentityLinked { user, .. } => Some(subjects::user(*user)),
        AccessChange::SessionSeen { .. }
        | AccessChange::SessionRenewed { .. }
        | AccessChange::SessionsToRenew(_)
        | AccessChange::TokenSeen { .. }
        | AccessChange::LinkVoided(_)
        | AccessChange::IdentitiesForgotten(_)
        | AccessChange::FlowUsed { .. } => None,
    }
}

/// The subject whose event tells of a change; nothing for what nobody is told.
fn webhook_subject(change: &WebhookChange) -> Option<Subject> {
    match change {
        WebhookChange::Put(row) => Some(subjects::webhook(row.endpoint.id)),
        WebhookChange::Deleted(endpoint) => Some(subjects::webhook(endpoint.id)),
        WebhookChange::Resent { webhook_id, .. }
        | WebhookChange::ReplayAsked { webhook_id, .. } => Some(subjects::webhook(*webhook_id)),
        WebhookChange::Owed(_)
        | WebhookChange::Attempted(_)
        | WebhookChange::GivenUp { .. }
        | WebhookChange::Replayed { .. }
        | WebhookChange::Forgotten { .. } => None,
    }
}

/// The entity that a change brings into being, so that it has no events yet.
pub(crate) fn born(change: &Change) -> Option<Subject> {
    let version = match change {
        Change::Organization(row) => row.version,
        Change::User(row) => row.version,
        Change::Membership(row) => row.version,
        Change::Location(row) => row.version,
        Change::Booking(row) => row.version,
        Change::BookingSeries(row) => row.version,
        Change::StaffProfile(row) => row.version,
        Change::Availability(row) => row.block.version,
        Change::Webhook(change) => match &**change {
            WebhookChange::Put(row) => row.endpoint.version,
            _ => return None,
        },
        _ => return None,
    };
    (version == 1).then(|| subject(change)).flatten()
}

/// A refusal with its sources, as it is kept beside a row.
pub(crate) fn chain(error: &CommitError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// A level's place among the levels, from 0.
pub(crate) fn rank(level: SkillLevel) -> usize {
    SkillLevel::ALL.iter().position(|one| *one == level).unwrap_or_default()
}
