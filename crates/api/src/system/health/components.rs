//! What the platform stands on, one by one.

use jiff::Timestamp;
use rishi_app::operations::circuits::CircuitView;
use rishi_app::operations::external::ExternalStanding;
use rishi_app::operations::health::{self, Health, Memory};
use rishi_app::operations::{RecentError, SubscriptionStatus, SubscriptionView};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::Figures;

/// The components of this installation.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemComponents")]
pub(super) struct Components {
    /// Where state and log live.
    database: Component<DatabaseDetails>,
    /// The handlers of events in this process.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_bus: Option<Component<EventBusDetails>>,
    /// What stands between this process and the things that it calls.
    circuit_breakers: Component<CircuitDetails>,
    /// What is used outside of the platform, as far as it is configured.
    external: Component<ExternalDetails>,
    /// The memory of this process.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<Component<MemoryDetails>>,
}

/// How a component is.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Component{T}")]
struct Component<T> {
    status: Health,
    /// Milliseconds that its probe took, where it has one that takes time.
    #[serde(skip_serializing_if = "Option::is_none")]
    response_time: Option<u64>,
    /// When it was measured.
    last_check: Timestamp,
    /// What the status rests on.
    details: T,
}

/// What is known of the database.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct DatabaseDetails {
    /// Whether it answered a trivial query within a second.
    answers: bool,
    /// Whether the newest change could be written.
    writable: bool,
    /// Why it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
    /// The newest event of the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    log_head: Option<u64>,
}

/// What is known of the event handlers of this process.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct EventBusDetails {
    /// Events handled since the process started.
    events_processed: u64,
    /// Subscriptions at work.
    active_handlers: u64,
    /// Failures of the last hour.
    recent_errors: u64,
    /// When an event was last handled or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_activity: Option<Timestamp>,
    /// The newest of these failures, at most twenty of a subscription, newest first.
    errors: Vec<HandlerError>,
    /// How far each subscription is behind.
    lag: Vec<Lag>,
}

/// A failure of a handler.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HandlerError")]
struct HandlerError {
    /// Of which subscription.
    subscription: String,
    /// About which event; the nil id when that is no longer in the log.
    event_id: Uuid,
    /// The event's position.
    position: u64,
    /// What went wrong, with all causes.
    error: String,
    /// When.
    timestamp: Timestamp,
    /// Attempts before this one.
    retry_count: u32,
}

impl HandlerError {
    fn newest_of(running: &[SubscriptionStatus]) -> Vec<Self> {
        let told = |of: &SubscriptionStatus, one: &RecentError| Self {
            subscription: of.name.clone(),
            event_id: one.event_id,
            position: one.position,
            error: one.error.clone(),
            timestamp: one.at,
            retry_count: one.attempts.saturating_sub(1),
        };
        let mut errors: Vec<Self> = running
            .iter()
            .flat_map(|of| of.recent_errors.iter().map(move |one| told(of, one)))
            .collect();
        errors.sort_by_key(|error| std::cmp::Reverse(error.timestamp));
        errors
    }
}

/// How far a subscription is behind.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SubscriptionLag")]
struct Lag {
    /// Its name.
    subscription: String,
    /// Events that it has not read.
    events: u64,
    /// The age of the oldest event that it has not handled.
    seconds: u64,
    /// Its dead letters.
    dead: u64,
}

/// What is known of the circuits.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct CircuitDetails {
    /// How many let no call through, or only a few to see.
    open_circuits: u64,
    /// Each that there is.
    circuits: Vec<CircuitStanding>,
}

/// How a circuit is.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CircuitStanding")]
struct CircuitStanding {
    /// Its name.
    name: String,
    /// `closed`, `open` or `half_open`.
    state: &'static str,
}

impl CircuitDetails {
    fn of(circuits: &[CircuitView]) -> Self {
        let standing = |view: &CircuitView| CircuitStanding {
            name: view.now.name.to_string(),
            state: view.now.state.as_str(),
        };
        let open = circuits.iter().filter(|view| !view.is_closed());
        Self {
            open_circuits: open.count() as u64,
            circuits: circuits.iter().map(standing).collect(),
        }
    }
}

/// What is known of the things outside.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ExternalDetails {
    /// Each that is configured.
    dependencies: Vec<Dependency>,
}

/// Something outside of the platform.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ExternalDependency")]
struct Dependency {
    /// What it is called.
    name: &'static str,
    status: Health,
    /// Milliseconds that its probe took.
    response_time: u64,
    /// Why it would not do its work.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl From<&ExternalStanding> for Dependency {
    fn from(standing: &ExternalStanding) -> Self {
        Self {
            name: standing.name,
            status: health::external(std::slice::from_ref(standing)),
            response_time: standing.millis,
            error: standing.error.clone(),
        }
    }
}

/// What is known of the memory.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct MemoryDetails {
    /// Megabytes that the process holds.
    resident_mb: u64,
    /// Megabytes that it may hold.
    limit_mb: u64,
    /// The share that is in use.
    usage_percent: u64,
}

impl Components {
    pub(super) fn of(figures: &Figures) -> Self {
        let running = &figures.live;
        let views = figures.subscriptions.as_deref().unwrap_or_default();
        Self {
            database: Component {
                status: health::database(figures.database, figures.storage.unwritable.is_none()),
                response_time: figures.database,
                last_check: figures.at,
                details: DatabaseDetails {
                    answers: figures.database.is_some(),
                    writable: figures.storage.unwritable.is_none(),
                    problem: figures.storage.unwritable,
                    log_head: views.first().map(|view| view.head),
                },
            },
            event_bus: figures.event_bus.map(|status| Component {
                status,
                response_time: None,
                last_check: figures.at,
                details: EventBusDetails {
                    events_processed: running.iter().map(|one| one.handled).sum(),
                    active_handlers: running.iter().filter(|one| one.alive).count() as u64,
                    recent_errors: recent_errors(figures),
                    last_activity: running.iter().filter_map(|one| one.last_activity).max(),
                    errors: HandlerError::newest_of(running),
                    lag: views.iter().filter(|view| view.live.is_some()).map(Lag::from).collect(),
                },
            }),
            circuit_breakers: Component {
                status: health::circuits(&figures.circuits),
                response_time: None,
                last_check: figures.at,
                details: CircuitDetails::of(&figures.circuits),
            },
            external: Component {
                status: health::external(&figures.external),
                response_time: None,
                last_check: figures.at,
                details: ExternalDetails {
                    dependencies: figures.external.iter().map(Dependency::from).collect(),
                },
            },
            memory: figures.memory.map(|memory| Component {
                status: health::memory(memory),
                response_time: None,
                last_check: figures.at,
                details: MemoryDetails::from(memory),
            }),
        }
    }

    /// Every component's health.
    pub(super) fn all(&self) -> impl Iterator<Item = Health> {
        let event_bus = self.event_bus.iter().map(|one| one.status);
        let memory = self.memory.iter().map(|one| one.status);
        [self.database.status, self.circuit_breakers.status, self.external.status]
            .into_iter()
            .chain(event_bus)
            .chain(memory)
    }
}

impl From<&SubscriptionView> for Lag {
    fn from(view: &SubscriptionView) -> Self {
        Self {
            subscription: view.standing.name.clone(),
            events: view.lag_events(),
            seconds: view.lag_seconds(),
            dead: view.standing.dead,
        }
    }
}

impl From<Memory> for MemoryDetails {
    fn from(memory: Memory) -> Self {
        let mb = |bytes: u64| bytes / (1024 * 1024);
        Self {
            resident_mb: mb(memory.resident),
            limit_mb: mb(memory.limit),
            usage_percent: memory.percent(),
        }
    }
}

/// Failures of event handlers in the last hour.
pub(super) fn recent_errors(figures: &Figures) -> u64 {
    figures.live.iter().map(|one| one.errors_last_hour).sum()
}
