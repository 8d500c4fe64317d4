//! The event bus: it carries events from a log to whoever subscribed, and never loses one.
//!
//! It knows nothing of what the events mean, nor which database holds them.
//!
//! # Cast
//!
//! - [`NewEvent`]: something that happened, not yet in the log; [`Envelope`]: the same with its place there.
//! - [`Ledger`]: the database: the log, and how far each subscription has come.
//! - [`SubscriptionSpec`]: who wants which events, in what order, with which patience.
//! - [`Policy`]: reads and decides; answers with a commit. [`Effect`]: touches the outside world.
//! - [`Gate`]: holds a handler back while what it needs is down.
//! - [`Keeper`](lease::Keeper): holds subscriptions for this node, where several nodes share them.
//! - [`Dispatcher`]: runs the subscriptions, lets timers fire, hears what operators say.
//! - delivery row: what the ledger keeps of an event that is waiting, retrying, dead or skipped ([`Outcome`]).
//! - [`Timer`]: an event with a due time, set and cancelled by its key as part of a commit.
//! - [`Desk`]: what an operator sees; [`Order`]: what an operator says, as part of a commit.
//! - [`relay`]: events to a broker, and events of others from there; `nats` is one (with the feature of that name).
//! - [`verify`](verify()): is the log what was written? [`rehearse`](rehearse()): what would happen?
//!
//! # Flow
//!
//! ```text
//! commit ─► log ─► tail (pages in memory, shared by all)
//!   ▲                │ next events after the cursor
//!   │                ▼
//! timers        fast lane: a wave of policies' decisions, keys beside each other
//! due                │ commits + cursor, one transaction          │ slow, failed, or behind such a one; every event
//!                    ▼                                            ▼ of an effect, and of whoever has a gate
//!                  settle ◄───────────────────────────────── parked lane: one row each, per key in order,
//!                    ▲                                       with timeout, retries, dead letters
//!                    │ generation
//! order ─► controls ─┴─► pause, resume; replay, redrive, discard, swap: read the ledger again
//! ```
//!
//! The happy path of a policy costs no row: its commit and one cursor. A failure is set aside with the later events of
//! its key, and the other keys go on.
//!
//! A handler that hangs holds up the other keys of its own subscription once, by a quarter of a second: a wave waits so
//! long for its slowest decision before it sets that key aside and goes on without it. (Keys that begin to hang in
//! different waves cost so much each.) Other subscriptions notice nothing, and the handler itself is cancelled after its
//! timeout.
//!
//! An operator changes cursors and rows under the dispatcher's feet. Each such order raises the subscription's
//! generation, and a settlement says under which one it was made: what was decided on older knowledge is refused as a
//! whole, counts as nothing, and the subscription starts over from the ledger. An effect that runs at that moment is
//! cancelled and repeated under its key.
//!
//! Being woken (for a commit, an order, a timer) is only a matter of speed: everything is looked up every second too.
//!
//! # Guarantees
//!
//! The numbers are those of the design; each has tests that begin with `guarantee_` and its number, with a failure and
//! a crash at every call of the ledger.
//!
//! 1. An event exists if and only if its change was committed: it travels in the commit.
//! 2. Positions have no gap, versions of a subject neither, and no cursor passes the log.
//! 3. Every matching event is handled at least once, or is visibly waiting, retrying, dead or skipped.
//! 4. A policy's commit is made exactly once, since it and the progress are one transaction. An effect is repeated only
//!    under the same key. A timer fires once, however the clock jumps.
//! 5. Within a key, an event is not begun before the one before it is done or, where the subscription says so, dead.
//!    Of dead letters that are redriven later this holds among themselves and with what has not been begun.
//! 6. A node that lost its lease cannot settle (see [`lease`]); where one process works alone there are none.
//! 7. When nobody is woken, only latency suffers.
//! 8. A stop ends within its deadline; what it interrupts is no attempt.
//!
//! All this holds when the process dies between any two steps, and it rests on [`Ledger`] keeping its word.
//!
//! # Example
//!
//! ```
//! use std::sync::Arc;
//! use rishi_bus::testing::{MemoryCommit, MemoryLedger, TestClock};
//! use rishi_bus::{Clock, Dispatcher, Envelope, HandlerError, NewEvent, Policy, Subject, Subscription, SubscriptionSpec};
//! use serde_json::value::RawValue;
//! use uuid::Uuid;
//!
//! /// Whoever boils a kettle gets tea.
//! struct MakeTea;
//!
//! #[async_trait::async_trait]
//! impl Policy<MemoryCommit> for MakeTea {
//!     async fn decide(&self, event: &Envelope) -> Result<Option<MemoryCommit>, HandlerError> {
//!         Ok(Some(MemoryCommit::labelled(format!("tea from {}", event.subject.kind()))))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (ledger, clock) = (Arc::new(MemoryLedger::default()), Arc::new(TestClock::default()));
//! let tea = Subscription::policy(SubscriptionSpec::new("tea").on_type("KETTLE_BOILED"), MakeTea);
//! let dispatcher = Dispatcher::start(ledger.clone(), vec![tea], clock.clone(), Arc::new(|| 0.5)).await?;
//!
//! let kettle = Subject::new("kettle", Uuid::from_u128(1));
//! let data = RawValue::from_string(r#"{"litres":1}"#.into())?;
//! ledger.publish([NewEvent::new(Uuid::from_u128(2), "KETTLE_BOILED", "kitchen", kettle, clock.now(), data)])?;
//!
//! dispatcher.idle().await;
//! assert_eq!(ledger.applied()[0].label, "tea from kettle");
//! dispatcher.shutdown(std::time::Duration::from_secs(1)).await;
//! # Ok(())
//! # }
//! ```

mod causes;
pub mod chain;
mod clock;
pub mod cloudevents;
mod desk;
mod dispatcher;
mod envelope;
mod event;
mod gate;
mod handler;
pub mod health;
pub mod lease;
mod ledger;
mod memo;
#[cfg(feature = "nats")]
pub mod nats;
mod pattern;
pub mod rehearse;
pub mod relay;
mod settlement;
mod subject;
mod subscription;
#[cfg(feature = "testing")]
pub mod testing;
mod timer;
pub mod verify;

pub use chain::Checkpoint;
pub use clock::{Clock, SystemClock};
pub use desk::{DeadLetter, Desk, LetterFilter, LetterGroup, Order, RowState, Standing, Tally};
pub use dispatcher::{Dispatcher, Jitter, RecentError, StartError, SubscriptionStatus};
pub use envelope::{Envelope, Position};
pub use event::{EventError, NewEvent};
pub use gate::{CircuitGate, Gate};
pub use handler::{Effect, EffectOutcome, Handler, HandlerError, Policy};
pub use health::{HealthLevel, health};
pub use ledger::{Control, Ledger, LedgerError, Registration};
pub use memo::Memo;
pub use pattern::{Pattern, PatternError};
pub use rehearse::rehearse;
pub use settlement::{Failure, Outcome, Parked, ParkedState, Refused, Settled, Settlement};
pub use subject::{Subject, SubjectError};
pub use subscription::{OnDead, OrderingKey, RetryPolicy, Start, Subscription, SubscriptionSpec};
pub use timer::{Timer, TimerChange};
pub use verify::verify;
