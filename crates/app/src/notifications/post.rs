//! Sending notifications by e-mail: one mail for each delivery, and what becomes of it.
//!
//! At least once: a mail whose record was lost in a crash is sent again with the same `Message-ID`, by
//! which its receiver knows it. Nothing is sent that is no longer true when its turn comes, or that the
//! person no longer wants, or to an address that takes nothing.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rishi_bus::{
    CircuitGate, Effect, EffectOutcome, Envelope, OnDead, RetryPolicy, Subscription,
    SubscriptionSpec,
};
use rishi_domain::booking::BookingStatus;
use rishi_domain::event::{
    Fact, NotificationCreated, NotificationDeliveryConcluded, NotificationDeliveryDue, Payload,
};
use rishi_domain::id::{NotificationId, UserId};
use rishi_domain::notification::{Delivery, DeliveryOutcome, NotificationKind};
use rishi_domain::user::UserStatus;

use super::link::{self, Ended};
use super::mail::{Letter, Mail, Undelivered, outcome};
use super::port::Parcel;
use super::{SOURCE, letter};
use crate::commit::Change;
use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

/// Its name.
pub(crate) const NAME: &str = "notification-mail";

struct Post {
    app: App,
    mail: Mail,
}

/// One mail for each delivery that is pending, but for those of a daily mail. It waits, and spends no attempts,
/// while mail is down.
pub(crate) fn subscription(app: &App, mail: &Mail) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new(NAME)
        .on_type(NotificationCreated::TYPE)
        .on_type(NotificationDeliveryDue::TYPE)
        .on_dead(OnDead::Release);
    let gate = CircuitGate::new(Arc::clone(&mail.circuit), Arc::clone(&app.clock));
    Subscription::effect(spec, Post { app: app.clone(), mail: mail.clone() }).behind(gate)
}

#[async_trait]
impl Effect for Post {
    async fn run(&self, event: &Envelope, _key: &str) -> EffectOutcome {
        outcome(self.handle(event).await)
    }
}

impl Post {
    async fn handle(&self, event: &Envelope) -> Result<EffectOutcome, Error> {
        let id = NotificationId(event.subject.id());
        let Some(parcel) = self.app.store.parcel(id).await? else { return Ok(EffectOutcome::Done) };
        let delivery = &parcel.delivery;
        let waits = delivery.due_at.is_some_and(|due| due > self.app.now());
        // What was given up is tried again when an operator redrives it.
        let open = matches!(delivery.outcome, DeliveryOutcome::Pending | DeliveryOutcome::Failed);
        if waits || delivery.digest || !open {
            return Ok(EffectOutcome::Done);
        }
        if let Some(why) = self.app.obsolete(&parcel).await? {
            self.app.concluded(event, &[parcel], DeliveryOutcome::Suppressed, Some(&why)).await?;
            return Ok(EffectOutcome::Done);
        }
        let letter = self.letter(&parcel).await?;
        let sent = self.mail.mailer.send(&letter).await;
        self.app.sent(event, vec![parcel], sent).await
    }

    async fn letter(&self, parcel: &Parcel) -> Result<Letter, Error> {
        let kind = NotificationKind::parse(&parcel.notification.kind);
        let kind = kind.ok_or(Error::NotFound("kind of notification"))?;
        let link = self.app.unsubscribe_link(&self.mail, parcel.user.id, Ended::Kind(kind)).await?;
        Ok(letter::write(parcel, link))
    }
}

impl App {
    /// Where one click ends mails to a person.
    pub(super) async fn unsubscribe_link(
        &self,
        mail: &Mail,
        user: UserId,
        ended: Ended,
    ) -> Result<String, Error> {
        let key = self.store.signing_key().await?;
        let token = link::write(&key, user, ended).unwrap_or_default();
        Ok(format!("{}/api/unsubscribe/{token}", mail.base_url))
    }

    /// Why a mail is not sent any more.
    pub(super) async fn obsolete(&self, parcel: &Parcel) -> Result<Option<String>, Error> {
        use NotificationKind as Kind;
        let kind = NotificationKind::parse(&parcel.notification.kind);
        let because = |why: &str| Ok(Some(why.to_owned()));
        if parcel.user.status != UserStatus::Active {
            return because("the person is disabled");
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
            return because("the booking was cancelled meanwhile");
        }
        let preferences = self.store.notification_preferences(parcel.user.id).await?;
        if kind.zip(preferences).is_some_and(|(kind, wants)| !wants.wants_email(kind)) {
            return because("the person does not want it by e-mail");
        }
        let standing = self.standing_of(&parcel.user).await?;
        let reason = standing.reason.unwrap_or_default();
        let why =
            format!("the address takes nothing, {} times in a row: {reason}", standing.failures);
        Ok(standing.undeliverable.then_some(why))
    }

    /// Records what sending these came to, which were one mail, and says what is to be done about it.
    pub(super) async fn sent(
        &self,
        event: &Envelope,
        mut parcels: Vec<Parcel>,
        sent: Result<(), Undelivered>,
    ) -> Result<EffectOutcome, Error> {
        if let Err(Undelivered::Down(after)) = sent {
            return Ok(EffectOutcome::NotTried { after: Some(after) });
        }
        for parcel in &mut parcels {
            parcel.delivery.attempts += 1;
        }
        let (outcome, why) = match sent {
            Ok(()) => (DeliveryOutcome::Sent, None),
            Err(Undelivered::Refused(why)) => (DeliveryOutcome::Bounced, Some(why)),
            Err(Undelivered::Failed { why, after }) => {
                return self.failed(event, parcels, why, after).await;
            }
            Err(other) => (DeliveryOutcome::Failed, Some(other.to_string())),
        };
        self.concluded(event, &parcels, outcome, why.as_deref()).await?;
        Ok(match (outcome, why) {
            (DeliveryOutcome::Failed, Some(reason)) => EffectOutcome::Reject { reason },
            _ => EffectOutcome::Done,
        })
    }

    /// Another attempt will follow, unless this was the last.
    async fn failed(
        &self,
        event: &Envelope,
        parcels: Vec<Parcel>,
        why: String,
        after: Option<Duration>,
    ) -> Result<EffectOutcome, Error> {
        let most = RetryPolicy::effect().0.attempts;
        if parcels.iter().all(|parcel| parcel.delivery.attempts >= most) {
            self.concluded(event, &parcels, DeliveryOutcome::Failed, Some(&why)).await?;
            return Ok(EffectOutcome::Reject { reason: why });
        }
        let again = |parcel: Parcel| Delivery {
            reason: Some(why.clone()),
            updated_at: self.now(),
            ..parcel.delivery
        };
        let changes = parcels.into_iter().map(again).map(Box::new).map(Change::Delivery).collect();
        self.run(Commit { changes, ..Commit::default() }).await?;
        Ok(EffectOutcome::Retry { after, error: why.into() })
    }

    /// Records what became of these, all at once.
    pub(super) async fn concluded(
        &self,
        event: &Envelope,
        parcels: &[Parcel],
        outcome: DeliveryOutcome,
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let (now, cause) = (self.now(), Cause::from(event));
        let mut commit = Commit::default();
        for parcel in parcels {
            let reason = reason.map(str::to_owned);
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
            commit.events.extend(self.tell(&place, &cause, now, vec![fact]));
            commit.changes.push(Change::Delivery(Box::new(delivery)));
        }
        self.run(commit).await
    }
}
