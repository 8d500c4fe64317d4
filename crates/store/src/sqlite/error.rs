//! What can go wrong with the file, and what the caller can do about it.

use std::path::PathBuf;

use rishi_app::commit::CommitError;
use rishi_app::store::QueryError;
use rishi_bus::LedgerError;
use rusqlite::ErrorCode;

use crate::guard::{CircuitOpen, Telling, Verdict};
use crate::refusal::Refusal;

/// A database that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made.
    #[error("cannot create the folder {}", .folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The linked SQLite is one of those that can corrupt a WAL database.
    #[error(
        "SQLite {0} is too old: versions up to 3.51.2 can corrupt a database in WAL mode; build with a newer one"
    )]
    Version(&'static str),
    /// The schema cannot be brought up to date.
    #[error("cannot migrate the database")]
    Migration(#[source] Box<refinery::Error>),
    /// SQLite refused.
    #[error("cannot open the database")]
    Sqlite(#[from] rusqlite::Error),
    /// Reading the fresh database failed.
    #[error("cannot read the database")]
    Read(#[source] Box<StoreError>),
    /// A thread could not be started.
    #[error("cannot start a database thread")]
    Thread(#[source] std::io::Error),
    /// It is some other program's file.
    #[error("{} is not a database of this platform", .0.display())]
    Foreign(PathBuf),
    /// The file is a database of this platform, but part of it is unreadable.
    #[error("{} is damaged: {what}", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What SQLite found first.
        what: String,
    },
    /// The file system cannot share memory between processes, which a write-ahead log needs.
    #[error("{} cannot have a write-ahead log: its journal stays in mode {mode}", .path.display())]
    NoWriteAheadLog {
        /// Which file.
        path: PathBuf,
        /// The mode that it stays in.
        mode: String,
    },
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Read(Box::new(error))
    }
}

/// A failed statement or an unreadable row.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite said no.
    #[error("SQLite failed")]
    Sqlite(#[from] rusqlite::Error),
    /// A row holds what it must not: somebody wrote to the file behind the platform's back.
    #[error("{table}.{column} of row {row} holds {what}")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// In which column.
        column: String,
        /// In which row.
        row: String,
        /// What is wrong.
        what: String,
    },
    /// Every reader is busy and the pool was closed meanwhile.
    #[error("the database is closed")]
    Closed,
    /// Every reader is busy, and as many wait as may.
    #[error("too many queries are waiting")]
    Crowded,
    /// It was interrupted.
    #[error("the query took too long")]
    TooSlow,
    /// Its files may not be written.
    #[error("the database is read-only")]
    ReadOnly,
    /// The database is known to be down, or held for it: nothing was tried. Worth asking again after so long.
    #[error("the database's circuit is open")]
    CircuitOpen(std::time::Duration),
}

impl StoreError {
    /// The primary result code, if SQLite spoke.
    pub(super) fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code(),
            _ => None,
        }
    }

    /// Whether the memory that processes share about the log could not grow, for want of room: nothing of the
    /// transaction at hand is on the disk then.
    fn is_shared_memory_full(&self) -> bool {
        let Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) = self else { return false };
        failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
    }

    /// Whether nobody can know what is on the disk after this, so that the process must stop.
    pub(super) fn is_fatal(&self) -> bool {
        !self.is_shared_memory_full()
            && matches!(
                self.code(),
                Some(
                    ErrorCode::SystemIoFailure
                        | ErrorCode::DatabaseCorrupt
                        | ErrorCode::NotADatabase
                        | ErrorCode::FileLockingProtocolFailed
                )
            )
    }

    /// Whether it is about nothing but the statement or row at hand: what the same transaction did
    /// before still stands, and others need not suffer for it.
    pub(super) fn is_local(&self) -> bool {
        match self {
            Self::Corrupt { .. } => true,
            Self::Closed
            | Self::Crowded
            | Self::TooSlow
            | Self::ReadOnly
            | Self::CircuitOpen(_) => false,
            Self::Sqlite(_) => match self.code() {
                // Not SQLite's own: a value that has no place in a column, or the reverse.
                None => true,
                Some(code) => matches!(
                    code,
                    ErrorCode::ConstraintViolation
                        | ErrorCode::TypeMismatch
                        | ErrorCode::TooBig
                        | ErrorCode::ParameterOutOfRange
                        | ErrorCode::Unknown
                ),
            },
        }
    }
}

impl Telling for StoreError {
    fn verdict(&self) -> Verdict {
        if self.passing().is_some() {
            return Verdict::Nothing;
        }
        match self {
            error if error.is_local() => Verdict::Works,
            // The words of the engine, without the statement.
            Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => {
                Verdict::Failed(failure.to_string())
            }
            other => Verdict::Failed(other.to_string()),
        }
    }
}

impl Refusal for StoreError {
    fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            Self::CircuitOpen(retry_after) => Some(*retry_after),
            _ => None,
        }
    }

    fn passing(&self) -> Option<&'static str> {
        match self.code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Some("another process holds the database")
            }
            Some(ErrorCode::DiskFull) => Some("the disk is full"),
            Some(ErrorCode::SystemIoFailure) if self.is_shared_memory_full() => {
                Some("the disk is full")
            }
            Some(ErrorCode::ReadOnly) => Some("the database is read-only"),
            Some(ErrorCode::OutOfMemory) => Some("out of memory"),
            Some(ErrorCode::OperationInterrupted) => Some("the query took too long"),
            _ => match self {
                Self::Closed => Some("the database is closed"),
                Self::Crowded => Some("too many queries are waiting"),
                Self::TooSlow => Some("the query took too long"),
                Self::ReadOnly => Some("the database is read-only"),
                Self::CircuitOpen(_) => Some("the database's circuit is open"),
                Self::Sqlite(_) | Self::Corrupt { .. } => None,
            },
        }
    }
}

impl From<CircuitOpen> for StoreError {
    fn from(CircuitOpen(retry_after): CircuitOpen) -> Self {
        Self::CircuitOpen(retry_after)
    }
}

impl From<StoreError> for QueryError {
    fn from(error: StoreError) -> Self {
        error.of_query()
    }
}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> Self {
        error.of_commit()
    }
}

impl From<StoreError> for LedgerError {
    fn from(error: StoreError) -> Self {
        Self::new(error)
    }
}
