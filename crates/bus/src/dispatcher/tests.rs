//! The dispatcher from the outside, on a ledger in memory and a clock set by hand. Time is paused: waits cost nothing.

mod effects;
mod figures;
mod flow;
mod gates;
mod guarantees;
mod isolation;
mod leases;
mod model;
mod operators;
mod order;
mod retries;
mod shutdown;
mod story;
mod support;
mod swaps;
mod tail;
mod timers;
