//! What stands between the platform and something outside it: opened, tried again, closed, or held by an operator.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A circuit opened: calls of what lies behind it are refused at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CircuitOpened {
    /// Its name, e.g. `smtp`.
    pub circuit: String,
    /// Why, for people.
    pub cause: String,
    /// What the last call that failed came to, where calls made it open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// A circuit that was open long enough lets a few calls through to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CircuitHalfOpened {
    /// Its name.
    pub circuit: String,
}

/// A circuit closed: calls go through again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CircuitClosed {
    /// Its name.
    pub circuit: String,
    /// Why, for people.
    pub cause: String,
}

/// Who decides about a circuit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CircuitMode {
    /// What becomes of calls.
    Auto,
    /// An operator: no call goes through.
    Open,
    /// An operator: every call goes through.
    Closed,
}

/// An operator said who decides about a circuit. It holds until the process ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CircuitForced {
    /// Its name.
    pub circuit: String,
    /// Who decides from now on.
    pub mode: CircuitMode,
}
