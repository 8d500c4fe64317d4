//! Answers to failure, as plain values.
//!
//! [`Backoff`] says how long to wait before the next attempt and when to stop trying; [`RateLimiter`] how often a thing
//! may be done; [`SignInAttempts`] how often signing in may be tried; [`Circuits`] whether something outside
//! is worth calling. Nothing here reads a clock or draws a random number: the caller passes those in, so every behaviour
//! can be shown in a test without a pause. Only [`Circuit::call`] waits, by tokio's time.

mod backoff;
mod breaker;
mod rate;
mod sign_in;
#[cfg(feature = "testing")]
pub mod testing;

pub use backoff::Backoff;
pub use breaker::{
    BreakerSettings, CallError, Cause, Circuit, CircuitState, Circuits, Counts, LastFailure, Mode,
    Permit, Refused, Snapshot, Totals, Transition, Verdict, Watcher,
};
pub use rate::{Allowance, Elapsed, Exceeded, Rate, RateLimiter};
pub use sign_in::{SignInAttempts, SignInRate, network};
