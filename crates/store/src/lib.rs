//! The store port, on SQLite and on PostgreSQL.
//!
//! Cast: [`sqlite::Sqlite`] opens a file and owns one writer thread, a pool of read-only
//! connections and a checkpoint thread. [`postgres::Postgres`] holds connections to a server, which any
//! number of processes share, and a sequencer. Each implements [`rishi_app::Store`] for the use cases and
//! [`rishi_bus::Ledger`] for the bus, and both are held to one suite (`tests/conformance`).
//! [`moving`] brings what is in a file to a server.
//!
//! Guarantee: a commit is whole or not at all, and is answered after it has reached the disk.

pub mod moving;
pub mod postgres;
pub mod sqlite;

pub use engine::Engine;

mod door;
mod engine;
mod figures;
mod following;
mod guard;
mod recent;
mod records;
mod refusal;
mod rows;
mod signals;
mod statistics;
mod subjects;
mod sums;
