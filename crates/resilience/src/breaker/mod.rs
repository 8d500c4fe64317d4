//! Circuit breakers: whoever is known to be down is not asked.
//!
//! Cast: [`Circuits`] holds one [`Circuit`] for each thing outside the process, by name. Who wants to call
//! asks for a [`Permit`] ([`Circuit::admit`]) and says what became of the call, or leaves both and the
//! bound on time to [`Circuit::call`]. `machine` decides, `window` counts.
//!
//! A closed circuit opens after so many failures in a row, or when too great a share of the calls of late has failed.
//! An open one refuses at once; after a time it is half open and lets a few probes through. If all of them succeed it
//! closes, if one fails it is open anew. An operator may hold it open or closed ([`Mode`]).
//!
//! Guarantees: a half-open circuit has never more than its number of probes on their way; a permit that is dropped
//! without a word (its call was cancelled) counts as nothing and gives the probe back; what a call that began before a
//! change of state comes to does not change the state again; only what the caller calls a failure of the dependency
//! counts as one.

use std::sync::Arc;
use std::time::Duration;

mod call;
mod circuit;
mod circuits;
mod machine;
#[cfg(test)]
mod tests;
mod window;

pub use call::{CallError, Verdict};
pub use circuit::{Circuit, Permit, Snapshot};
pub use circuits::{Circuits, Watcher};
pub use machine::{LastFailure, Totals};
pub use window::Counts;

/// When a circuit opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// So many failures in a row open it, however long they take.
    pub failures: u32,
    /// How far back calls count.
    pub window: Duration,
    /// With fewer calls in the window their share does not count.
    pub calls: u32,
    /// That many percent of the calls in the window failing open it.
    pub percent: u32,
    /// How long one call may take; longer is a failure.
    pub timeout: Duration,
    /// How long it stays open before it is tried again.
    pub open: Duration,
    /// How many calls try it then, all of which must succeed.
    pub probes: u32,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self {
            failures: 5,
            window: Duration::from_secs(30),
            calls: 20,
            percent: 50,
            timeout: Duration::from_secs(10),
            open: Duration::from_mins(1),
            probes: 3,
        }
    }
}

/// What a circuit does with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CircuitState {
    /// It lets them through.
    Closed,
    /// It refuses them.
    Open,
    /// It lets a few through to see.
    HalfOpen,
}

impl CircuitState {
    /// Its word in answers, events and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The circuit, by what becomes of calls.
    #[default]
    Auto,
    /// An operator: no call goes through.
    HeldOpen,
    /// An operator: every call goes through, whatever becomes of it.
    HeldClosed,
}

impl Mode {
    /// Its word in answers, events and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::HeldOpen => "open",
            Self::HeldClosed => "closed",
        }
    }
}

/// Why a circuit changed its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// So many calls failed in a row.
    FailuresInARow(u32),
    /// Too many of the calls of late failed.
    ShareOfFailures(Counts),
    /// It was open long enough.
    Waited,
    /// A probe failed.
    ProbeFailed,
    /// All probes succeeded.
    ProbesSucceeded,
    /// An operator said so.
    Operator,
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::FailuresInARow(count) => write!(f, "{count} calls failed in a row"),
            Self::ShareOfFailures(Counts { calls, failures }) => {
                write!(f, "{failures} of the last {calls} calls failed")
            }
            Self::Waited => f.write_str("it was open long enough to be tried again"),
            Self::ProbeFailed => f.write_str("a trial call failed"),
            Self::ProbesSucceeded => f.write_str("every trial call succeeded"),
            Self::Operator => f.write_str("an operator said so"),
        }
    }
}

/// A circuit changed its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// Which.
    pub circuit: Arc<str>,
    /// What it did before.
    pub from: CircuitState,
    /// What it does now.
    pub to: CircuitState,
    /// Why.
    pub cause: Cause,
    /// What the last call that failed came to, where calls made it open.
    pub failure: Option<Arc<str>>,
    /// When, by the clock of the circuits.
    pub at: Duration,
}

/// The circuit lets no call through now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// When it is worth asking again.
    pub retry_after: Duration,
}
