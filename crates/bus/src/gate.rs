//! Whether a handler may be asked at present.
//!
//! Whoever calls something that is known to be down spends attempts for nothing, and ten dead letters later the thing is
//! back. A subscription with a gate asks first: while it is shut nothing is started, nothing fails, and the events wait
//! in order. [`CircuitGate`] is the usual one: the circuit breaker of the one thing that a handler calls.

use std::{fmt, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use rishi_resilience::Circuit;

use crate::Clock;

/// Lets a subscription's handler run, or not.
pub trait Gate: fmt::Debug + Send + Sync + 'static {
    /// When to ask again, while it is shut; `None` lets ONE run begin.
    ///
    /// It is asked once before every single run, so that a half-open circuit can let a probe through and be shut until
    /// the probe is back. An answer in the past is taken as "soon"; in any case it is asked again every second.
    fn closed(&self) -> Option<Timestamp>;
}

impl<G: Gate> Gate for Arc<G> {
    fn closed(&self) -> Option<Timestamp> {
        G::closed(self)
    }
}

/// Keeps a handler waiting while the circuit of what it calls is open.
///
/// It takes no probe itself: the handler's own call does, through the same circuit. A run that begins although all
/// probes are on their way is refused there and says
/// [`NotTried`](crate::EffectOutcome::NotTried), which costs no attempt either.
#[derive(Clone)]
pub struct CircuitGate {
    circuit: Arc<Circuit>,
    clock: Arc<dyn Clock>,
}

impl CircuitGate {
    /// Shut while `circuit` lets nothing through.
    pub fn new(circuit: Arc<Circuit>, clock: Arc<dyn Clock>) -> Self {
        Self { circuit, clock }
    }
}

impl Gate for CircuitGate {
    fn closed(&self) -> Option<Timestamp> {
        let wait = SignedDuration::try_from(self.circuit.wait()?).unwrap_or(SignedDuration::MAX);
        Some(self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX))
    }
}

impl fmt::Debug for CircuitGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CircuitGate").field(self.circuit.name()).finish()
    }
}
