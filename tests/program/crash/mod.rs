//! What an answered write is worth: nothing acknowledged may be lost, whenever the process dies.
//!
//! Clients ([`worker`]) write every request and answer to a [`journal`]; the server is killed in
//! the middle of their work and started again on the same file ([`cycles`]); at the end the
//! [`oracle`] holds journal, API and database against each other. [`kill`] does this with
//! `kill -9`, [`power_loss`] with a [`shim`] that also loses what was written and not flushed.

mod cycles;
mod journal;
mod kill;
mod oracle;
mod power_loss;
mod shim;
mod step;
mod undo;
mod worker;
