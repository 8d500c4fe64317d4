//! What a handler takes from a request. Each extractor refuses with a [`crate::problem::Problem`]
//! and tells the API's description what it reads and how it refuses.

mod body;
mod caller;
mod command;
mod conditional;
mod guest;
mod idempotency;
mod keyed;
mod misread;
mod optional;
mod parameters;
mod path;
mod query;
mod reading;
mod strict;
mod table;
mod visit;
mod wanted;

pub(crate) use body::{Patch, Post, Put};
pub(crate) use caller::Signed;
pub(crate) use command::Command;
pub(crate) use conditional::{IfMatch, IfNoneMatch};
pub(crate) use guest::Guest;
pub(crate) use optional::OptionalBody;
pub(crate) use parameters::{Limit, Page};
pub(crate) use path::{DeliveryTo, Id, Letter, Name, OnBooking, UserOf, Wording};
pub(crate) use query::{Bare, NoQuery, Query};
pub(crate) use table::Table;
pub(crate) use visit::Visit;
