//! Why a copy was not made, and what to do about it.

use std::error::Error;
use std::path::PathBuf;

use rishi_bus::Checkpoint;
use rishi_bus::verify::Fault;

use crate::postgres::OpenError;

/// A copy that was not made, or not finished. What was copied so far stays, and another run goes on from there unless
/// the error says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There is no file.
    #[error("there is no database at {}", .0.display())]
    Missing(PathBuf),
    /// Somebody else has the file open.
    #[error(
        "{} is in use: stop the server and whatever else uses it, for nothing may change while it is copied",
        .0.display()
    )]
    InUse(PathBuf),
    /// It is no database of this platform, or not one that this program has made.
    #[error("{} cannot be copied: {what}", .path.display())]
    Unfit {
        /// Which file.
        path: PathBuf,
        /// Why, and what to do.
        what: String,
    },
    /// The file cannot be read.
    #[error("cannot read {}", .path.display())]
    Source {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The log in the file is not what was written to it.
    #[error(
        "the event log of {} was changed behind the platform's back: {fault}. Nothing of it is copied; restore a backup",
        .path.display()
    )]
    Tampered {
        /// Which file.
        path: PathBuf,
        /// What does not fit first.
        fault: Fault,
    },
    /// The server, or the database there, cannot be used.
    #[error(transparent)]
    Target(#[from] OpenError),
    /// There is something in it.
    #[error(
        "the database that was to be filled is not empty: there are rows in {0}; make a new one (createdb) and name that"
    )]
    NotEmpty(String),
    /// The schemas are not alike.
    #[error("the schema of the file has no place on the server: {0}")]
    Alien(String),
    /// Somebody else migrates it.
    #[error("another `rishi migrate` is at work on this database; wait for it to end")]
    Busy,
    /// The source went on.
    #[error(
        "the file has changed since this copy was begun: its log ended at {then}, and ends at {now}. Begin anew with an \
         empty database (dropdb, createdb)"
    )]
    Moved {
        /// As it was.
        then: Checkpoint,
        /// As it is.
        now: Checkpoint,
    },
    /// A table of the source is not what it was.
    #[error(
        "the file has changed since this copy was begun: the rows of {0} are others. Begin anew with an empty database \
         (dropdb, createdb)"
    )]
    Changed(String),
    /// A value that the server cannot hold.
    #[error("{table}.{column} of row {row} (counted from 1, by key) holds {what}")]
    Value {
        /// Where.
        table: String,
        /// In which column.
        column: String,
        /// In which row.
        row: u64,
        /// What it is.
        what: String,
    },
    /// The process is ending.
    #[error("the copy was interrupted")]
    Interrupted(#[source] tokio::task::JoinError),
    /// What lies there is not what was sent.
    #[error(
        "the rows of {table} that arrived are not those that were sent ({arrived} of {sent}): somebody else writes to this \
         database. Begin anew with an empty one (dropdb, createdb)"
    )]
    Unlike {
        /// Which table.
        table: String,
        /// How many rows there are.
        arrived: u64,
        /// How many there should be.
        sent: u64,
    },
}
