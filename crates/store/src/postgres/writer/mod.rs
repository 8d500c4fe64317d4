//! Writing: what a commit, a settlement and every other step of the bus does in its transaction.

mod access;
mod append;
mod apply;
mod availability;
mod bookings;
mod calendar;
mod company;
mod counters;
mod examine;
mod guards;
mod many;
mod notifications;
mod orders;
mod receipts;
mod rows;
mod series;
mod settle;
mod staff;
mod step;
mod timers;
mod together;
mod transaction;
mod transport;
mod webhooks;

pub(super) use append::Trace;
pub(super) use company::Company;
pub(super) use guards::taken;
pub(super) use step::{Fire, Group, Register, Rehearsal, Step};
pub(super) use transaction::{Refusal, transact};
