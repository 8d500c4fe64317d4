//! The sender: pays what is owed to endpoints.
//!
//! It looks when a hint says that there may be something to do, when an attempt has ended, and every
//! second. What it finds due it attempts, each in a task of its own, as far as `slots` allows: so many at
//! once to one endpoint, for one organization, and over all. Endpoints take turns in being first.
//!
//! Guarantee: what became of an attempt is written down before the next one to the same delivery begins.
//! An attempt that a stop interrupts, or whose outcome could not be written down, is made again: the
//! receiver knows a repetition by the message's id.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rishi_bus::lease::Grant;
use rishi_domain::id::WebhookId;
use rishi_domain::webhook::host;
use rishi_resilience::{BreakerSettings, Circuit};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use self::attempt::After;
use super::fan_out::{owed, wants_type};
use super::{Replay, WebhookChange, Work};
use crate::commit::Change;
use crate::scope::Scope;
use crate::store::EventFilter;
use crate::{App, Commit, Error};

mod attempt;
mod judge;
mod slots;

pub use slots::Slots;

/// How often it looks without being told to.
const LOOK: Duration = Duration::from_secs(1);
/// How soon it looks again after a hint: what is hinted at may not be written yet.
const SOON: Duration = Duration::from_millis(40);
/// How often it looks so soon.
const EAGER: u32 = 6;
/// Events that a replay goes through at once.
const PAGE: u32 = 200;
/// How long deliveries are remembered.
const MEMORY: SignedDuration = SignedDuration::from_hours(24 * 30);
/// How often some that are older are forgotten.
const FORGET: SignedDuration = SignedDuration::from_mins(1);
/// How long an attempt may take; the courier gives up by then.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Sends webhooks.
pub struct Sender {
    app: App,
    /// Where schemas of events are, for `dataschema`.
    schemas: String,
    jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
    /// Endpoints that are left alone until then.
    paused: HashMap<WebhookId, Timestamp>,
    turn: usize,
    forgot: Timestamp,
}

impl Sender {
    /// A sender for the endpoints of `app`. `jitter` draws from `0..=1`.
    pub fn new(app: App, schemas: String, jitter: Arc<dyn Fn() -> f64 + Send + Sync>) -> Self {
        let forgot = Timestamp::MIN;
        Self { app, schemas, jitter, paused: HashMap::new(), turn: 0, forgot }
    }

    /// Sends until `stop`, as long as it is this process's to do. What is on its way then is cut short, unless another
    /// process is to go on: then it is finished first.
    pub async fn run(mut self, grant: Grant, stop: CancellationToken) {
        let mut tasks = JoinSet::new();
        let mut eager = 0;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Some(ended) = tasks.join_next(), if !tasks.is_empty() => {
                    self.note(ended);
                    while let Some(ended) = tasks.try_join_next() {
                        self.note(ended);
                    }
                }
                hinted = self.news(eager > 0) => {
                    eager = if hinted { EAGER } else { u32::saturating_sub(eager, 1) };
                }
            }
            if let Err(error) = self.look(&grant, &mut tasks).await {
                tracing::warn!(%error, "cannot look for webhooks that are due");
            }
        }
        while grant.is_wanted() && tasks.join_next().await.is_some() {}
        tasks.shutdown().await;
    }

    /// Waits until there may be something to do; whether that was a hint.
    async fn news(&self, soon: bool) -> bool {
        if soon {
            tokio::time::sleep(SOON).await;
            return false;
        }
        tokio::select! {
            () = self.app.webhook_hint.notified() => true,
            () = tokio::time::sleep(LOOK) => false,
        }
    }

    fn note(&mut self, ended: Result<(WebhookId, After), tokio::task::JoinError>) {
        match ended {
            Ok((webhook, After::Pause(time))) => {
                let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
                let until = self.app.now().saturating_add(time).unwrap_or(Timestamp::MAX);
                self.paused.insert(webhook, until);
            }
            Ok((_, After::GoOn)) => {}
            Err(error) => tracing::error!(%error, "sending a webhook panicked"),
        }
    }

    /// Begins what is due and what the slots allow.
    async fn look(
        &mut self,
        grant: &Grant,
        tasks: &mut JoinSet<(WebhookId, After)>,
    ) -> Result<(), Error> {
        let now = self.app.now();
        self.paused.retain(|_, until| *until > now);
        let mut work = self.app.store.webhook_work(now).await?;
        if !work.is_empty() {
            self.turn = (self.turn + 1) % work.len();
            work.rotate_left(self.turn);
        }
        for one in work {
            if let Some(replay) = one.replay {
                self.replay(&one, replay).await?;
            }
            let circuit = circuit(&self.app, &one);
            let stand = self.app.webhook_slots.stand(&one);
            let paused = self.paused.contains_key(&one.webhook_id);
            if stand.is_full() || paused || circuit.wait().is_some() {
                continue;
            }
            let limit = stand.limit();
            let due = self.app.store.webhook_due(one.webhook_id, one.ordered, now, limit).await?;
            for due in due {
                let Some(slot) = stand.take(due.position) else { continue };
                let (app, one, circuit) = (self.app.clone(), one.clone(), Arc::clone(&circuit));
                let (schemas, jitter) = (self.schemas.clone(), (self.jitter)());
                let grant = grant.clone();
                tasks.spawn(async move {
                    let with = (&*schemas, jitter, &grant);
                    let after = attempt::attempt(&app, &one, due, &circuit, with);
                    let after = after.await;
                    drop(slot);
                    (one.webhook_id, after)
                });
            }
        }
        self.forget(now).await
    }

    /// Owes a part of a replay.
    async fn replay(&self, work: &Work, before: Replay) -> Result<(), Error> {
        let webhook = self.app.store.webhook(&Scope::system(), work.webhook_id).await?;
        let Some(webhook) = webhook else { return Ok(()) };
        let filter = EventFilter {
            organization: Some(work.organization_id),
            after: Some(before.from.saturating_sub(1)),
            ..EventFilter::default()
        };
        let events = self.app.store.events(&Scope::system(), &filter, PAGE).await?;
        let whole = events.len() == PAGE as usize;
        let last = events.last().map(|event| event.position).filter(|_| whole);
        let left = last.filter(|last| *last < before.through);
        let left = left.map(|last| Replay { from: last + 1, ..before });
        let at = self.app.now();
        let meant = events.iter().filter(|event| {
            event.position <= before.through && wants_type(&webhook, &event.event_type)
        });
        let owed = meant.map(|event| owed(&webhook, event, at)).collect();
        let webhook_id = work.webhook_id;
        self.change(WebhookChange::Replayed { webhook_id, before, left, owed }).await
    }

    /// Forgets some deliveries that are old.
    async fn forget(&mut self, now: Timestamp) -> Result<(), Error> {
        if now.duration_since(self.forgot) < FORGET {
            return Ok(());
        }
        self.forgot = now;
        let before = now.saturating_sub(MEMORY).unwrap_or(Timestamp::MIN);
        self.change(WebhookChange::Forgotten { before }).await
    }

    async fn change(&self, change: WebhookChange) -> Result<(), Error> {
        let changes = vec![Change::Webhook(Box::new(change))];
        self.app.run(Commit { changes, ..Commit::default() }).await
    }
}

/// The circuit before the host of an endpoint. Each organization has its own: one whose endpoint fails on
/// purpose holds up nobody else at the same host.
fn circuit(app: &App, work: &Work) -> Arc<Circuit> {
    let name = format!("webhook:{}:{}", host(&work.url), work.organization_id);
    app.circuits.of(&name, BreakerSettings { timeout: TIMEOUT, ..BreakerSettings::default() })
}
