//! Sending notifications by e-mail: the port, and the effect that uses it.
//!
//! At least once: a mail whose record was lost in a crash is sent again with the same `Message-ID`, by
//! which its receiver knows it. Nothing is sent that is no longer true when its turn comes, or that the
//! person no longer wants.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_bus::{
    CircuitGate, Effect, EffectOutcome, Envelope, OnDead, RetryPolicy, Subscription,
    SubscriptionSpec,
};
use rishi_domain::booking::BookingStatus;
use rishi_domain::event::{
    Fact, NotificationCreated, NotificationDeliveryConcluded, NotificationDeliveryDue, Payload,
};
use rishi_domain::id::NotificationId;
use rishi_domain::notification::{Delivery, DeliveryOutcome, NotificationKind};
use rishi_domain::user::UserStatus;
use rishi_resilience::Circuit;

use super::letter;
use super::port::Parcel;
use super::{SOURCE, link};
use crate::commit::Change;
use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

/// A mail, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The same for each attempt: what the `Message-ID` is made of.
    pub id: NotificationId,
    /// When it was written.
    pub written_at: Timestamp,
    /// The receiver's name.
    pub to_name: String,
    /// The receiver's address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// As text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Its language.
    pub language: &'static str,
    /// Where one click ends mails of this kind.
    pub unsubscribe: String,
}

/// Why a mail was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// The receiving side will never take it.
    #[error("{0}")]
    Refused(String),
    /// It may be taken later.
    #[error("{0}")]
    Failed(String),
    /// Nothing was tried: the circuit is open.
    #[error("not tried, since mail is known to be down")]
    Down(Duration),
}

/// Hands mails over.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one over; done when the other side is responsible for it.
    async fn send(&self, letter: &Letter) -> Result<(), Undelivered>;
}

/// How mail is sent, where that is configured.
#[derive(Clone)]
pub struct Mail {
    /// Who does it.
    pub mailer: Arc<dyn Mailer>,
    /// What knows whether that works at present.
    pub circuit: Arc<Circuit>,
    /// Where people reach the platform, without a slash at the end.
    pub base_url: String,
}

struct Post {
    app: App,
    mail: Mail,
}

/// One mail for each delivery that is pending. It waits, and spends no attempts, while mail is down.
pub(crate) fn subscription(app: &App, mail: &Mail) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("notification-mail")
        .on_type(NotificationCreated::TYPE)
        .on_type(NotificationDeliveryDue::TYPE)
        .on_dead(OnDead::Release);
    let gate = CircuitGate::new(Arc::clone(&mail.circuit), Arc::clone(&app.clock));
    Subscription::effect(spec, Post { app: app.clone(), mail: mail.clone() }).behind(gate)
}

#[async_trait]
impl Effect for Post {
    async fn run(&self, event: &Envelope, _key: &str) -> EffectOutcome {
        match self.handle(event).await {
            Ok(outcome) => outcome,
            Err(Error::Unavailable(_) | Error::CircuitOpen { .. }) => {
                EffectOutcome::NotTried { after: None }
            }
            Err(error) => EffectOutcome::Retry { after: None, error: Box::new(error) },
        }
    }
}

impl Post {
    async fn handle(&self, event: &Envelope) -> Result<EffectOutcome, Error> {
        let id = NotificationId(event.subject.id());
        let Some(parcel) = self.app.store.parcel(id).await? else { return Ok(EffectOutcome::Done) };
        let now = self.app.now();
        let waits = parcel.delivery.due_at.is_some_and(|due| due > now);
        // What was given up is tried again when an operator redrives it.
        let open =
            matches!(parcel.delivery.outcome, DeliveryOutcome::Pending | DeliveryOutcome::Failed);
        if waits || !open {
            return Ok(EffectOutcome::Done);
        }
        let kind = NotificationKind::parse(&parcel.notification.kind);
        if let Some(why) = self.obsolete(&parcel, kind).await? {
            let reason = Some(why.to_owned());
            self.conclude(event, &parcel, DeliveryOutcome::Suppressed, reason).await?;
            return Ok(EffectOutcome::Done);
        }
        let letter = self.letter(&parcel, kind).await?;
        match self.mail.mailer.send(&letter).await {
            Ok(()) => {
                self.conclude(event, &tried(parcel), DeliveryOutcome::Sent, None).await?;
                Ok(EffectOutcome::Done)
            }
            Err(Undelivered::Refused(why)) => {
                let (bounced, parcel) = (DeliveryOutcome::Bounced, tried(parcel));
                self.conclude(event, &parcel, bounced, Some(why)).await?;
                Ok(EffectOutcome::Done)
            }
            Err(Undelivered::Down(after)) => Ok(EffectOutcome::NotTried { after: Some(after) }),
            Err(Undelivered::Failed(why)) => self.failed(event, tried(parcel), why).await,
        }
    }

    /// Why a mail is not sent any more.
    async fn obsolete(
        &self,
        parcel: &Parcel,
        kind: Option<NotificationKind>,
    ) -> Result<Option<&'static str>, Error> {
        use NotificationKind as Kind;
        if parcel.user.status != UserStatus::Active {
            return Ok(Some("the person is disabled"));
        }
        let cancelled = parcel.booking == Some(BookingStatus::Cancelled);
        let upcoming = matches!(
            kind,
            Some(
                Kind::BookingReminder
                    | Kind::StaffAssigned
                    | Kind::BookingConfirmed
                    | Kind::BookingApproved
                    | Kind::ApprovalWaiting
                    | Kind::AutoAssignmentFailed
            )
        );
        if cancelled && upcoming {
            return Ok(Some("the booking was cancelled meanwhile"));
        }
        let preferences = self.app.store.notification_preferences(parcel.user.id).await?;
        let unwanted = kind.zip(preferences).is_some_and(|(kind, wants)| !wants.wants_email(kind));
        Ok(unwanted.then_some("the person does not want it by e-mail"))
    }

    async fn letter(
        &self,
        parcel: &Parcel,
        kind: Option<NotificationKind>,
    ) -> Result<Letter, Error> {
        let kind = kind.ok_or(Error::NotFound("kind of notification"))?;
        let key = self.app.store.signing_key().await?;
        let token = link::write(&key, parcel.user.id, kind).unwrap_or_default();
        let unsubscribe = format!("{}/api/unsubscribe/{token}", self.mail.base_url);
        Ok(letter::write(parcel, unsubscribe))
    }

    /// Another attempt will follow, unless this was the last.
    async fn failed(
        &self,
        event: &Envelope,
        parcel: Parcel,
        why: String,
    ) -> Result<EffectOutcome, Error> {
        let most = RetryPolicy::effect().0.attempts;
        if parcel.delivery.attempts >= most {
            self.conclude(event, &parcel, DeliveryOutcome::Failed, Some(why.clone())).await?;
            return Ok(EffectOutcome::Reject { reason: why });
        }
        let delivery =
            Delivery { reason: Some(why.clone()), updated_at: self.app.now(), ..parcel.delivery };
        let changes = vec![Change::Delivery(Box::new(delivery))];
        self.app.run(Commit { changes, ..Commit::default() }).await?;
        Ok(EffectOutcome::Retry { after: None, error: why.into() })
    }

    /// Records what became of it.
    async fn conclude(
        &self,
        event: &Envelope,
        parcel: &Parcel,
        outcome: DeliveryOutcome,
        reason: Option<String>,
    ) -> Result<(), Error> {
        let now = self.app.now();
        let delivery = Delivery { outcome, reason, updated_at: now, ..parcel.delivery.clone() };
        let fact = Fact::new(&NotificationDeliveryConcluded {
            notification_id: delivery.notification_id,
            user_id: delivery.user_id,
            channel: delivery.channel,
            outcome,
            reason: delivery.reason.clone(),
            attempts: delivery.attempts,
        })?;
        let place = Place {
            source: SOURCE,
            subject: subject::notification(delivery.notification_id),
            organization: Some(delivery.organization_id),
        };
        let commit = Commit {
            events: self.app.tell(&place, &Cause::from(event), now, vec![fact]),
            changes: vec![Change::Delivery(Box::new(delivery))],
            ..Commit::default()
        };
        self.app.run(commit).await
    }
}

fn tried(mut parcel: Parcel) -> Parcel {
    parcel.delivery.attempts += 1;
    parcel
}
