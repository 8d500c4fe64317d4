//! Relay, wake-up and intake against real NATS servers, over a log in memory.
//!
//! Guarantee 7: NATS may lose, repeat, reorder or be erased, and messages may be forged: only latency suffers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod cluster;
#[allow(dead_code, reason = "others use more of it")]
#[path = "../../../../tests/fixtures/nats.rs"]
mod fixture;
mod ingress;
mod outages;
mod relay;
mod support;
mod unfit;
mod wake;
