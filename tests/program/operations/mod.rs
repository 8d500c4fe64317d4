//! Running it: stop, resume, watch, back up, configure.

mod backup;
mod bench;
mod commands;
mod shutdown;
mod stream;
mod tail;
