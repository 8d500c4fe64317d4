//! What the platform is worth when what it stands on fails under load: PostgreSQL, NATS, the network between.
//!
//! Two nodes, clients that keep a journal ([`load`]), a receiver of webhooks. Whatever fails, the clients are answered again
//! within ten seconds of its end, and afterwards nothing acknowledged is missing, nothing was done twice, and the log is whole.
//! `RISHI_CHAOS_ROUNDS` lets each thing fail more often.

mod brokers;
mod database;
mod load;
mod network;
mod primary;

/// How often each thing fails.
fn rounds() -> usize {
    crate::support::seed::times("RISHI_CHAOS_ROUNDS", 1)
}
