//! The services of a process: what runs, in which order it was started, and how often it had to be started again.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::may_read;
use crate::auth::Principal;
use crate::{App, Error};

/// How a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ServiceState {
    /// At work.
    Running,
    /// It failed and is about to be started again.
    Restarting,
    /// It failed, and the process cannot do without it.
    Failed,
    /// It was asked to end, and did.
    Stopped,
}

/// A service as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceView {
    /// Its name.
    pub name: String,
    /// Whether the process stops without it; any other is started again.
    pub essential: bool,
    /// How it is.
    pub state: ServiceState,
    /// Since when.
    pub since: Timestamp,
    /// How often it was started again.
    pub restarts: u64,
    /// When it last failed, and how.
    pub last_failure: Option<(Timestamp, String)>,
}

impl ServiceView {
    /// One that has run since then.
    pub fn running(name: impl Into<String>, essential: bool, since: Timestamp) -> Self {
        let state = ServiceState::Running;
        Self { name: name.into(), essential, state, since, restarts: 0, last_failure: None }
    }
}

/// The services of this process, in the order in which they were started; they are stopped in reverse.
pub type Running = std::sync::Arc<dyn Fn() -> Vec<ServiceView> + Send + Sync>;

impl App {
    /// The services, for a caller who may see the system.
    pub fn services(
        &self,
        principal: &Principal,
        running: &Running,
    ) -> Result<Vec<ServiceView>, Error> {
        may_read(principal)?;
        Ok(running())
    }
}
