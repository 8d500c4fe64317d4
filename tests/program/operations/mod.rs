//! Running it: stop, resume, watch, back up, configure.

mod backup;
mod bench;
mod birth;
mod commands;
mod deploy;
mod following;
mod shutdown;
mod stream;
pub(crate) mod tail;
