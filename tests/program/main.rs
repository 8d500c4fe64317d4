//! Whole-program tests: the real binary, a real database file, real connections on the loopback.
//!
//! Every test starts a server of its own on a folder of its own, so all may run side by side. A
//! test whose name starts with `i1_` checks invariant 1 of the design, and so on.
//!
//! | variable | usual | what it sets |
//! |---|---|---|
//! | `RISHI_TEST_SEED` | random, printed | the seed of storms and crash loops; of schemathesis (1) |
//! | `RISHI_KILL_CYCLES` | 50 | how often the server is killed |
//! | `RISHI_POWER_CYCLES` | 20 | how often the power fails under it |
//! | `RISHI_STORM_ROUNDS` | 4 | how many bookings each of 200 clients tries |
//! | `RISHI_SCHEMATHESIS` | `.venv/bin/schemathesis` | the program |
//! | `RISHI_SCHEMATHESIS_SECONDS` | none | a time to use up, instead of a number of examples |
//!
//! Needed on the machine beside Rust: `cc` (for the power failures), `git` (for tidy), `kill`, and
//! what `make deps` installs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and these run against the real clock"
)]

mod support;

mod auth;
mod availability;
mod bad_input;
mod bus;
mod crash;
mod event_types;
mod idempotency;
mod lifecycle;
mod location_conflicts;
mod notifications;
mod openapi;
mod operations;
mod resilience;
mod schedule;
mod security;
mod series;
mod smoke;
mod staffing;
mod storm;
mod webhooks;
mod workflows;
