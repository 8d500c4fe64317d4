//! Answers to failure, as plain values.
//!
//! [`Backoff`] says how long to wait before the next attempt and when to stop trying; [`RateLimiter`] how often a thing
//! may be done; [`SignInAttempts`] how often signing in may be tried. Nothing here reads a clock, draws
//! a random number or waits: the caller passes those in, so every behaviour can be shown in a test without a pause.

mod backoff;
mod rate;
mod sign_in;

pub use backoff::Backoff;
pub use rate::{Allowance, Elapsed, Exceeded, Rate, RateLimiter};
pub use sign_in::{SignInAttempts, SignInRate, network};
