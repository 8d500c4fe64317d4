//! What the platform calls over HTTP, at addresses that others choose.
//!
//! Cast: [`Client`] is the one way out; `addresses` says where it may go, `resolver` sees to it that a
//! name leads nowhere else; [`Messenger`] takes webhooks, as the port [`Courier`](rishi_app::webhooks::Courier).
//!
//! Guarantee: a connection is only made to a global unicast address. An address in the URL is judged by
//! itself, in whatever form it is written; of a name, each address that it leads to is judged when it is
//! dialled, so a name that leads elsewhere the second time gains nothing. Redirects are not followed, no
//! proxy of the environment is used, a call ends within its time, and of an answer no more is read than
//! was said.

mod addresses;
mod client;
mod messenger;
mod resolver;
mod target;

pub use addresses::is_public;
pub use client::{Answer, Client, Failure, NoTls};
pub use messenger::Messenger;
pub use resolver::{Lookup, SystemLookup};
pub use target::{Forbidden, Reach};
