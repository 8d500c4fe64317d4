//! The cluster: which nodes there are, which of them does what, and how far behind it is.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use rishi_bus::Position;
use rishi_bus::lease::{Cluster, LeaseStanding, NodeStanding, subscription_of};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{Live, SubscriptionView, may_read};
use crate::auth::Principal;
use crate::{App, Error};

pub use rishi_bus::lease::{Figures as LeaseFigures, Leases, Node};

/// This process among others.
#[derive(Clone)]
pub struct Membership {
    /// As what it is known.
    pub node: Node,
    /// Since when.
    pub since: Timestamp,
    /// What the nodes share work by; nothing where there is one process alone.
    pub leases: Option<Arc<dyn Leases>>,
    /// How it fares with its leases.
    pub figures: Arc<dyn Fn() -> LeaseFigures + Send + Sync>,
}

/// A cluster as it is shown.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Cluster")]
#[serde(rename_all = "camelCase")]
pub struct ClusterView {
    /// Whether nodes share the work: on PostgreSQL they do, a database in a file has one process.
    pub shared: bool,
    /// The node that answers; absent at the command line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<Uuid>,
    /// The nodes that were there within the last hour, the oldest first.
    pub nodes: Vec<NodeView>,
    /// What is done by one node at a time, by name. Empty where nothing is shared.
    pub leases: Vec<LeaseView>,
    /// What gives events their positions.
    pub sequencer: SequencerView,
}

/// A process that serves.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ClusterNode")]
#[serde(rename_all = "camelCase")]
pub struct NodeView {
    /// Drawn at each start.
    pub id: Uuid,
    /// The machine's name.
    pub host: String,
    /// Where it answers.
    pub address: String,
    /// Its program's version.
    pub version: String,
    /// What it does: `api`, `worker` or both.
    pub roles: Vec<String>,
    /// When it started, on the database's clock.
    pub started: Timestamp,
    /// How long ago it last showed that it is alive, in milliseconds.
    pub heartbeat_age_ms: u64,
    /// Whether that is short enough to count as alive.
    pub alive: bool,
    /// How many leases it holds.
    pub leases: u64,
}

/// Something that is done by one node at a time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ClusterLease")]
#[serde(rename_all = "camelCase")]
pub struct LeaseView {
    /// Its name: `subscription/…`, or a task's.
    pub unit: String,
    /// The node that holds it; absent while nobody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<Uuid>,
    /// Raised with each change of holder: nothing is committed under a lower one.
    pub token: u64,
    /// Until when it is held unless it is renewed, on the database's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Of a subscription, the events after its cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lag_events: Option<u64>,
    /// Of a subscription, the age of the oldest event that is not handled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lag_seconds: Option<u64>,
}

/// What gives events their positions.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "ClusterSequencer")]
#[serde(rename_all = "camelCase")]
pub struct SequencerView {
    /// The newest position that was given.
    pub head: Position,
    /// Events that are committed and have none yet. Any node gives them theirs; in a file they get them as they are
    /// committed.
    pub waiting: u64,
}

impl App {
    /// The cluster, for a caller who may see the system.
    pub async fn cluster(
        &self,
        principal: &Principal,
        membership: &Membership,
        live: &Live,
        head: Position,
    ) -> Result<ClusterView, Error> {
        may_read(principal)?;
        let Some(leases) = &membership.leases else {
            let node = view(&alone(membership), 0);
            let sequencer = SequencerView { head, waiting: 0 };
            let node = Some(node).into_iter().collect();
            return Ok(ClusterView {
                shared: false,
                node: Some(membership.node.id),
                nodes: node,
                leases: Vec::new(),
                sequencer,
            });
        };
        let mut view = self.whole_cluster(&**leases, live).await?;
        view.node = Some(membership.node.id);
        Ok(view)
    }

    /// The cluster as its database has it, for the operator at the command line.
    pub async fn whole_cluster(
        &self,
        leases: &dyn Leases,
        live: &Live,
    ) -> Result<ClusterView, Error> {
        let cluster = leases.cluster().await.map_err(|error| Error::Internal(Box::new(error)))?;
        let subscriptions = self.all_subscriptions(live, cluster.head).await?;
        Ok(of(&cluster, &subscriptions))
    }
}

/// This process, where there is no other.
fn alone(membership: &Membership) -> NodeStanding {
    NodeStanding {
        node: membership.node.clone(),
        units: Vec::new(),
        started: membership.since,
        seen: membership.since,
        age: std::time::Duration::ZERO,
    }
}

fn view(standing: &NodeStanding, leases: u64) -> NodeView {
    let Node { id, host, address, version, roles } = standing.node.clone();
    NodeView {
        id,
        host,
        address,
        version,
        roles,
        started: standing.started,
        heartbeat_age_ms: u64::try_from(standing.age.as_millis()).unwrap_or(u64::MAX),
        alive: standing.is_live(),
        leases,
    }
}

fn of(cluster: &Cluster, subscriptions: &[SubscriptionView]) -> ClusterView {
    let lags: HashMap<&str, &SubscriptionView> =
        subscriptions.iter().map(|one| (one.standing.name.as_str(), one)).collect();
    let held = |id| cluster.leases.iter().filter(|one| one.live_holder() == Some(id)).count();
    let nodes = cluster.nodes.iter().map(|one| view(one, held(one.node.id) as u64));
    // A unit that nobody holds is of interest as long as somebody would do it.
    let wanted = |lease: &&LeaseStanding| {
        let mut live = cluster.nodes.iter().filter(|node| node.is_live());
        lease.live_holder().is_some() || live.any(|node| node.units.contains(&lease.unit))
    };
    let leases = cluster.leases.iter().filter(wanted).map(|lease| {
        let lag = subscription_of(&lease.unit).and_then(|name| lags.get(name));
        LeaseView {
            unit: lease.unit.clone(),
            holder: lease.live_holder(),
            token: lease.token,
            until: lease.live_holder().map(|_| lease.until),
            lag_events: lag.map(|one| one.lag_events()),
            lag_seconds: lag.map(|one| one.lag_seconds()),
        }
    });
    ClusterView {
        shared: true,
        node: None,
        nodes: nodes.collect(),
        leases: leases.collect(),
        sequencer: SequencerView { head: cluster.head, waiting: cluster.unsequenced },
    }
}
