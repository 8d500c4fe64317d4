//! Measuring: each component by its own probe, each within a second, at most once a second.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rishi_app::operations::circuits::CircuitView;
use rishi_app::operations::external::ExternalStanding;
use rishi_app::operations::health::{self, Health, Memory};
use rishi_app::operations::storage::StorageFigures;
use rishi_app::operations::{SubscriptionStatus, SubscriptionView};
use tokio::time::Instant;

use crate::shared::Shared;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long what was measured is believed.
const BELIEF: Duration = Duration::from_secs(1);

/// What was measured last.
#[derive(Default)]
pub(crate) struct Measured(tokio::sync::Mutex<Option<(Instant, Arc<Figures>)>>);

/// Everything that health and metrics tell of.
pub(crate) struct Figures {
    /// When it was measured.
    pub(crate) at: Timestamp,
    /// Milliseconds that a trivial query took; nothing when it failed or took too long.
    pub(crate) database: Option<u64>,
    /// The subscriptions; nothing when the database did not say in time.
    pub(crate) subscriptions: Option<Vec<SubscriptionView>>,
    /// What this process is doing with them.
    pub(crate) live: Vec<SubscriptionStatus>,
    /// How the subscriptions of this process are; nothing when it runs none.
    pub(crate) event_bus: Option<Health>,
    /// What the database has been doing.
    pub(crate) storage: StorageFigures,
    /// What is called outside the process.
    pub(crate) circuits: Vec<CircuitView>,
    /// What is used outside of the platform.
    pub(crate) external: Vec<ExternalStanding>,
    /// The memory; nothing where the machine does not tell.
    pub(crate) memory: Option<Memory>,
}

impl Measured {
    /// The figures, measured now unless that was done within the last second. Who asks meanwhile
    /// waits for the same answer.
    pub(crate) async fn get(&self, shared: &Shared) -> Arc<Figures> {
        let mut last = self.0.lock().await;
        if let Some((_, figures)) = last.as_ref().filter(|(when, _)| when.elapsed() < BELIEF) {
            return Arc::clone(figures);
        }
        let figures = Arc::new(measure(shared).await);
        // tidy: because it only tells how old a measurement is
        *last = Some((Instant::now(), Arc::clone(&figures)));
        figures
    }
}

async fn measure(shared: &Shared) -> Figures {
    // All are asked at once, so that the report takes as long as the slowest.
    let (external, (database, subscriptions)) =
        tokio::join!(shared.app.external.standings(), database(shared));
    // What was seen of them in the database is closer than what they say themselves.
    let seen = subscriptions.iter().flatten().filter_map(|view| view.live.clone());
    let mut live: Vec<SubscriptionStatus> = seen.collect();
    if subscriptions.is_none() {
        live = (shared.live)();
    }
    Figures {
        at: shared.app.clock.now(),
        database,
        subscriptions,
        event_bus: (!live.is_empty()).then(|| health::event_bus(&live)),
        live,
        storage: (shared.storage)(),
        circuits: shared.app.all_circuits(),
        external,
        memory: (shared.memory)(),
    }
}

/// How long a trivial query took, and the subscriptions.
async fn database(shared: &Shared) -> (Option<u64>, Option<Vec<SubscriptionView>>) {
    // tidy: because it measures how long the database takes
    let asked = Instant::now();
    let database = match tokio::time::timeout(PATIENCE, shared.app.store.ping()).await {
        Ok(Ok(())) => u64::try_from(asked.elapsed().as_millis()).ok(),
        Ok(Err(_)) | Err(_) => None,
    };
    let head = *shared.head.borrow();
    let subscriptions = shared.app.all_subscriptions(&shared.live, head);
    let subscriptions = match tokio::time::timeout(PATIENCE, subscriptions).await {
        Ok(Ok(found)) => Some(found),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the subscriptions could not be read");
            None
        }
        Err(_) => None,
    };
    (database, subscriptions)
}
