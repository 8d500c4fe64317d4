//! Who acts in the story, and what is known of it from outside the process.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use rishi_app::Commit;
use rishi_app::ids::Ids;
use rishi_bus::testing::TestClock;
use rishi_bus::{
    Clock, Effect, EffectOutcome, Envelope, HandlerError, NewEvent, OnDead, Policy, RetryPolicy,
    Subject, Subscription, SubscriptionSpec, Timer, TimerChange,
};
use rishi_domain::id::{OrganizationId, UserId};
use rishi_resilience::Backoff;
use rusqlite::{Connection, params};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::support::note;

pub(super) const BOILED: &str = "KETTLE_BOILED";
pub(super) const POISON: &str = r#"{"poison":true}"#;

/// What outlives the process: the world outside, the time of day, and who watches.
pub(super) struct Outside {
    pub(super) clock: Arc<TestClock>,
    pub(super) ids: Ids,
    pub(super) user: UserId,
    pub(super) organization: OrganizationId,
    /// The file that the process at work has open.
    pub(super) file: Mutex<PathBuf>,
    /// How often each handler was begun, by name and position.
    begun: Mutex<HashMap<(&'static str, u64), u32>>,
    /// Runs of the effect: the event, and the key that it was handed.
    pub(super) mails: Mutex<Vec<(Uuid, String)>>,
    /// Handlers that were begun before it was their turn.
    pub(super) early: Mutex<Vec<String>>,
}

/// What "tea" has nothing to do for.
pub(super) fn is_dull(position: u64) -> bool {
    position % 7 == 3
}

impl Outside {
    pub(super) fn new(user: UserId, organization: OrganizationId) -> Self {
        let clock = Arc::new(TestClock::default());
        Self {
            ids: Ids::new(clock.clone()),
            clock,
            user,
            organization,
            file: Mutex::default(),
            begun: Mutex::default(),
            mails: Mutex::default(),
            early: Mutex::default(),
        }
    }

    pub(super) fn look(&self) -> Connection {
        Connection::open(&*self.file.lock().unwrap()).unwrap()
    }

    pub(super) fn was_begun(&self, name: &'static str, position: u64) -> bool {
        self.begun.lock().unwrap().contains_key(&(name, position))
    }

    /// Notes that a handler is begun, and whether it is its turn; how often that makes.
    fn begin(&self, name: &'static str, event: &Envelope) -> u32 {
        let file = self.look();
        let sql = "SELECT position FROM events WHERE subject_kind = 'kettle' AND subject_id = ?1
                      AND position < ?2 AND (?3 <> 'mail' OR type = ?4)";
        let mut statement = file.prepare(sql).unwrap();
        let before = statement
            .query_map(params![event.subject.id(), event.position, name, BOILED], |row| row.get(0))
            .unwrap();
        for position in before.map(Result::unwrap) {
            if !self.is_done(&file, name, position) {
                let early = format!("{name} began {} before {position}", event.position);
                self.early.lock().unwrap().push(early);
            }
        }
        *self
            .begun
            .lock()
            .unwrap()
            .entry((name, event.position))
            .and_modify(|times| *times += 1)
            .or_insert(1)
    }

    /// Whether an event lies behind a subscription, so that the next of its key may begin.
    pub(super) fn is_done(&self, file: &Connection, name: &'static str, position: u64) -> bool {
        let exists =
            |sql: &str| file.prepare(sql).unwrap().exists(params![name, position]).unwrap();
        match name {
            "mail" => !exists(
                "SELECT 1 FROM deliveries WHERE subscription = ?1 AND position = ?2
                    AND state IN ('waiting', 'retrying')",
            ),
            _ => {
                exists("SELECT 1 FROM notifications WHERE kind = ?1 AND title = CAST(?2 AS TEXT)")
                    || exists(
                        "SELECT 1 FROM deliveries
                          WHERE subscription = ?1 AND position = ?2 AND state = 'skipped'",
                    )
                    || (name == "tea" && is_dull(position) && self.was_begun(name, position))
            }
        }
    }
}

/// Fails now and then, has nothing to do now and then, and cannot bear poison.
struct Tea(Arc<Outside>);

#[async_trait]
impl Policy<Commit> for Tea {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let times = self.0.begin("tea", event);
        if event.data.get() == POISON || (times == 1 && event.position.is_multiple_of(5)) {
            return Err(HandlerError::failed("out of tea"));
        }
        let changes = vec![note("tea", event, &self.0.ids, self.0.user, self.0.organization)];
        Ok((!is_dull(event.position)).then(|| Commit { changes, ..Commit::default() }))
    }
}

/// Publishes an event for each, and sets a timer for every other one.
struct Brew(Arc<Outside>);

#[async_trait]
impl Policy<Commit> for Brew {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        self.0.begin("brew", event);
        let caused = |event_type| self.0.event(event_type, &event.subject).with_causation(event.id);
        let due = self.0.clock.now() + SignedDuration::from_hours(1);
        let timer = Timer { key: event.id.to_string(), due, event: caused("REMINDER_DUE") };
        let timers = if sets_timer(event.position) {
            vec![TimerChange::Set(Box::new(timer))]
        } else {
            Vec::new()
        };
        let changes = vec![note("brew", event, &self.0.ids, self.0.user, self.0.organization)];
        Ok(Some(Commit {
            changes,
            events: vec![caused("TEA_BREWED")],
            timers,
            ..Commit::default()
        }))
    }
}

/// Whether "brew" sets a timer for the event at this position.
pub(super) fn sets_timer(position: u64) -> bool {
    position.is_multiple_of(2)
}

/// Touches the world outside; the line is busy now and then.
struct Mail(Arc<Outside>);

#[async_trait]
impl Effect for Mail {
    async fn run(&self, event: &Envelope, key: &str) -> EffectOutcome {
        let times = self.0.begin("mail", event);
        self.0.mails.lock().unwrap().push((event.id, key.to_owned()));
        if times == 1 && event.position.is_multiple_of(3) {
            return EffectOutcome::Retry { after: None, error: "the line is busy".into() };
        }
        EffectOutcome::Done
    }
}

impl Outside {
    /// An event without particulars, about a kettle.
    pub(super) fn event(&self, event_type: &str, subject: &Subject) -> NewEvent {
        let data = RawValue::from_string("{}".to_owned()).unwrap();
        let now = self.clock.now();
        NewEvent::new(self.ids.next(), event_type, "kitchen", subject.clone(), now, data)
    }
}

pub(super) fn subscriptions(outside: &Arc<Outside>) -> Vec<Subscription<Commit>> {
    let soon = Duration::from_secs(1);
    let retry = RetryPolicy(Backoff { first: soon, factor: 1.0, max: soon, attempts: 2 });
    let spec = |name| SubscriptionSpec::new(name).retry(retry);
    let tea = spec("tea").on_prefix("KETTLE_").on_prefix("TEA_").on_prefix("REMINDER_");
    let mail = spec("mail").on_type(BOILED).on_dead(OnDead::Release);
    vec![
        Subscription::policy(tea, Tea(Arc::clone(outside))),
        Subscription::policy(spec("brew").on_type(BOILED), Brew(Arc::clone(outside))),
        Subscription::effect(mail, Mail(Arc::clone(outside))),
    ]
}
