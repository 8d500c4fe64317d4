//! Bookings, people and places: types and pure decisions.
//!
//! A decision takes given state and a command and answers a new state with the events that tell of
//! it, or a refusal that names every broken rule. Nothing here is async, reads a clock, draws a
//! random number or touches a database: `now`, ids and loaded state are arguments.

#[macro_use]
mod words;

pub mod assignment;
pub mod availability;
pub mod booking;
pub mod calendar;
pub mod decision;
pub mod error;
pub mod event;
pub mod export;
pub mod id;
pub mod local_time;
pub mod location;
pub mod membership;
pub mod money;
pub mod notification;
pub mod organization;
pub mod patch;
pub mod permission;
pub mod recurrence;
pub mod series;
pub mod staffing;
#[cfg(test)]
mod testing;
pub mod time;
pub mod user;
pub mod webhook;

pub use decision::{Decision, Refusal};
