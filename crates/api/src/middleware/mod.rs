//! What every request passes on its way in and every answer on its way out.
//!
//! From the outside: [`Front`] (request id, problems written out, headers, one line in the log, panics
//! turned into 500, a bound on the time); then, for the signed routes, [`sign_in`].

mod address;
mod frame;
mod headers;
mod origin;
mod sign_in;
mod trail;

pub use frame::Front;
pub(crate) use frame::head;
pub(crate) use origin::{Sender, sender};
pub(crate) use sign_in::sign_in;
pub(crate) use trail::{Trail, matched};
