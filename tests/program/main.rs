//! Whole-program tests: the real binary, a real database file, real connections on the loopback.
//!
//! Every test starts a server of its own on a folder of its own, so all may run side by side. A
//! test whose name starts with `i1_` checks invariant 1 of the design, and so on.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod support;

mod auth;
mod bad_input;
mod crash;
mod idempotency;
mod lifecycle;
mod location_conflicts;
mod openapi;
mod operations;
mod smoke;
mod storm;
