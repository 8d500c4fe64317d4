//! What an answered write is worth: nothing acknowledged may be lost, whenever the process dies.
//!
//! Clients ([`worker`]) write every request and answer to a [`journal`]; the server is killed in
//! the middle of their work and started again on the same file ([`cycles`]); at the end the
//! [`oracle`] holds journal, API and database against each other. [`kill`] does this with
//! `kill -9`, [`power_loss`] with a [`shim`] that also loses what was written and not flushed. `chaos` has the same
//! clients work through outages of what the platform stands on.

mod cycles;
pub(crate) mod journal;
mod kill;
pub(crate) mod oracle;
mod power_loss;
mod shim;
pub(crate) mod step;
mod undo;
pub(crate) mod worker;
