//! A person's daily mail: all that would have been mailed since the one before, in one.
//!
//! What goes with it is in the deliveries themselves, each with its time. So whatever was written down before a
//! crash is in the next one, what is recorded as sent is in none, and what is no longer true when the time
//! comes is left out. Between sending and recording a crash repeats the mail with the same `Message-ID`.

use std::sync::Arc;

use async_trait::async_trait;
use rishi_bus::{
    CircuitGate, Effect, EffectOutcome, Envelope, OnDead, Subscription, SubscriptionSpec,
};
use rishi_domain::event::{self, NotificationDigestDue, Payload};
use rishi_domain::notification::DeliveryOutcome;
use uuid::Uuid;

use super::letter;
use super::link::Ended;
use super::mail::{Mail, outcome};
use super::port::Parcel;
use crate::{App, Commit, Error};

/// So many notifications go with one mail. More than those go with another.
const TOGETHER: u32 = 1_000;

/// Its name.
pub(crate) const NAME: &str = "notification-digest";

struct Daily {
    app: App,
    mail: Mail,
}

/// One mail for each person and day on which there is something to say.
pub(crate) fn subscription(app: &App, mail: &Mail) -> Subscription<Commit> {
    let spec =
        SubscriptionSpec::new(NAME).on_type(NotificationDigestDue::TYPE).on_dead(OnDead::Release);
    let gate = CircuitGate::new(Arc::clone(&mail.circuit), Arc::clone(&app.clock));
    Subscription::effect(spec, Daily { app: app.clone(), mail: mail.clone() }).behind(gate)
}

#[async_trait]
impl Effect for Daily {
    async fn run(&self, event: &Envelope, _key: &str) -> EffectOutcome {
        outcome(self.handle(event).await)
    }
}

impl Daily {
    async fn handle(&self, event: &Envelope) -> Result<EffectOutcome, Error> {
        let due: NotificationDigestDue = event::read(event.schema_version, &event.data)
            .map_err(|error| Error::Internal(Box::new(error)))?;
        let mut id = event.id;
        loop {
            let found = self.app.store.digest(due.user_id, due.due_at, TOGETHER).await?;
            if found.is_empty() {
                return Ok(EffectOutcome::Done);
            }
            let last = found.len() < TOGETHER as usize;
            let parcels = self.still_true(event, found).await?;
            let Some(first) = parcels.first() else { continue };
            // A second mail of the same day has a name of its own, the same at each attempt.
            let next: Uuid = first.notification.id.0;
            let link = self.app.unsubscribe_link(&self.mail, due.user_id, Ended::All).await?;
            let letter = letter::daily(id, due.due_at, &first.user, &parcels, link);
            let sent = self.mail.mailer.send(&letter).await;
            let came_to = self.app.sent(event, parcels, sent).await?;
            if last || !matches!(came_to, EffectOutcome::Done) {
                return Ok(came_to);
            }
            id = next;
        }
    }

    /// Those that are to be told; the others are recorded as not sent.
    async fn still_true(&self, event: &Envelope, found: Vec<Parcel>) -> Result<Vec<Parcel>, Error> {
        let mut parcels = Vec::with_capacity(found.len());
        for parcel in found {
            match self.app.obsolete(&parcel).await? {
                Some(why) => {
                    let outcome = DeliveryOutcome::Suppressed;
                    self.app.concluded(event, &[parcel], outcome, Some(&why)).await?;
                }
                None => parcels.push(parcel),
            }
        }
        Ok(parcels)
    }
}
