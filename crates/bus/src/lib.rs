//! The event bus.
mod clock;
mod envelope;
mod event;
mod handler;
mod ledger;
mod pattern;
mod settlement;
mod subject;
mod subscription;
#[cfg(feature = "testing")]
pub mod testing;

pub use clock::{Clock, SystemClock};
pub use envelope::{Envelope, Position};
pub use event::{EventError, NewEvent};
pub use handler::{Effect, EffectOutcome, Handler, HandlerError, Policy};
pub use ledger::{Ledger, LedgerError};
pub use pattern::{Pattern, PatternError};
pub use settlement::{Failure, Outcome, Parked, ParkedState, Refused, Settled, Settlement};
pub use subject::{Subject, SubjectError};
pub use subscription::{OnDead, OrderingKey, RetryPolicy, Start, Subscription, SubscriptionSpec};
