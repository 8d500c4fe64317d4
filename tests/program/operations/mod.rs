//! Running it: stop, resume, watch, back up, configure.

mod backup;
mod bench;
mod birth;
mod commands;
mod shutdown;
mod stream;
pub(crate) mod tail;
