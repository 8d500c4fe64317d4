//! Operating the event bus from the outside: by the command line beside a running server, by the API,
//! and against a database file that somebody has changed behind the platform's back.

mod export;
mod health;
mod letters;
mod pause;
mod permissions;
mod poison;
mod redrive;
mod replay;
mod retain;
pub(crate) mod tamper;
mod verify;
mod versions;
mod walk;
