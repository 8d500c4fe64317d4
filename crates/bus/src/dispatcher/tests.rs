//! The dispatcher from the outside, on a ledger in memory and a clock set by hand. Time is paused: waits cost nothing.

mod crashes;
mod effects;
mod flow;
mod model;
mod order;
mod retries;
mod shutdown;
mod support;
mod tail;
