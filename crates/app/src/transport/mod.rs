//! Events to a broker and from there: what the transport of the bus needs of the platform.
//!
//! [`Book`] keeps how far events were relayed; [`Gate`] judges what others publish. Whoever may publish to a broker is
//! the broker's to know; what may enter the log is decided here, and in what shape.

mod foreign;
mod ingress;
mod port;
mod relay;

pub use ingress::Gate;
pub use port::{Received, RelayStanding, TransportChange, TransportQueries};
pub use relay::Book;
/// The bus's own words.
pub use rishi_bus::relay::{RelayState, TransportCounts, TransportFigures};
