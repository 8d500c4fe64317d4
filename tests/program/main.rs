//! Whole-program tests: the real binary, a real database file, real connections on the loopback. Those that are about
//! the platform and not about the file are run once more on PostgreSQL, by `on_postgres.rs`.
//!
//! Every test starts a server of its own on a folder of its own, so all may run side by side. A
//! test whose name starts with `i1_` checks invariant 1 of the design, and so on.
//!
//! | variable | usual | what it sets |
//! |---|---|---|
//! | `RISHI_TEST_SEED` | random, printed | the seed of storms and crash loops; of schemathesis (1) |
//! | `RISHI_KILL_CYCLES` | 50 | how often the server is killed |
//! | `RISHI_POWER_CYCLES` | 20 | how often the power fails under it |
//! | `RISHI_CHAOS_ROUNDS` | 1 | how often everything around a cluster fails |
//! | `RISHI_FREEZE_SECONDS` | 0 | how long a node stands still after its leases are others' |
//! | `RISHI_STORM_ROUNDS` | 4 | how many bookings each of 200 clients tries |
//! | `RISHI_TEST_NATS_SERVER` | `.venv/bin/nats-server` | the NATS server, 2.10 or newer |
//! | `RISHI_TEST_REDIS_SERVER` | `redis-server` | the Redis (or Valkey) server |
//! | `RISHI_SCHEMATHESIS` | `.venv/bin/schemathesis` | the program |
//! | `RISHI_SCHEMATHESIS_SECONDS` | none | a time to use up, instead of a number of examples |
//!
//! As root, a node is also cut off from its database in a network namespace; others skip that and say so.
//!
//! Needed on the machine beside Rust: `cc` (for the power failures), `git` (for tidy), `kill`, and
//! what `make deps` installs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and these run against the real clock"
)]

#[allow(dead_code, reason = "others start from a schema, or look past the platform")]
#[path = "../fixtures/postgres.rs"]
mod fixture;
#[allow(dead_code, reason = "others use more of it")]
#[path = "../fixtures/nats.rs"]
mod nats_fixture;
#[allow(dead_code, reason = "others use more of it")]
#[path = "../fixtures/redis.rs"]
mod redis_fixture;
mod support;

mod auth;
mod availability;
mod bad_input;
mod bus;
mod calendar;
mod chaos;
mod cluster;
mod crash;
mod event_types;
mod exchange;
mod geocoding;
mod idempotency;
mod lifecycle;
mod location_conflicts;
mod nats;
mod notifications;
mod openapi;
mod operations;
mod postgres;
mod resilience;
mod schedule;
mod security;
mod series;
mod smoke;
mod staffing;
mod storm;
mod webhooks;
mod workflows;

/// Whether a server that keeps to no file is on PostgreSQL.
const ON_POSTGRES: bool = false;
