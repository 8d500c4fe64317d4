//! The whole-program tests once more, with every server on a PostgreSQL database of its own: all that is about what is
//! kept, about reactions to events and about who may see what. What is about the file (crashes, power failures, a full disk,
//! backups, harm done to it) and what has nothing to do with the engine (limits, headers, the provider of identities,
//! crowds) is in `main.rs` alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and these run against the real clock"
)]
#![allow(dead_code, reason = "some helps only those that are in main.rs alone")]

#[path = "../fixtures/postgres.rs"]
mod fixture;
mod support;

mod auth {
    mod members;
    mod own_tokens;
    mod passwords;
    mod roles;
    mod sessions;
    mod tenants;
    mod tokens;
    mod walk;
}
mod availability;
mod bus {
    mod export;
    mod pause;
    mod permissions;
    mod walk;
}
mod calendar;
mod event_types;
mod exchange;
mod geocoding;
mod idempotency;
mod lifecycle;
mod location_conflicts;
mod notifications;
mod operations {
    mod following;
    mod shutdown;
    mod stream;
    pub(crate) mod tail;
}
mod schedule;
mod security {
    mod audit;
    mod refusals;
    mod sites;
    mod streams;
}
mod series;
mod smoke;
mod staffing;
mod storm;
mod webhooks;
mod workflows;

/// Whether a server that keeps to no file is on PostgreSQL.
const ON_POSTGRES: bool = true;
