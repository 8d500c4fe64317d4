//! Whether a handler may be asked at present.
//!
//! Whoever calls something that is known to be down spends attempts for nothing, and ten dead letters later the thing is
//! back. A subscription with a gate asks first: while it is shut nothing is started, nothing fails, and the events wait
//! in order. It is a port: circuit breakers implement it, the bus knows none of them.

use std::{fmt, sync::Arc};

use jiff::Timestamp;

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
