//! The store port, on SQLite.
//!
//! Cast: [`sqlite::Sqlite`] opens a file and owns one writer thread, a pool of read-only
//! connections and a checkpoint thread. It implements [`rishi_app::Store`] for the use cases and
//! [`rishi_bus::Ledger`] for the bus.
//!
//! Guarantee: a commit is whole or not at all, and is answered after it has reached the disk.

pub mod sqlite;
