//! What can go wrong with the server, and what the caller can do about it.

use rishi_app::commit::CommitError;
use rishi_app::store::QueryError;
use rishi_bus::LedgerError;
use tokio_postgres::error::SqlState;

use super::advice::advice;
use crate::guard::{CircuitOpen, Telling, Verdict};
use crate::refusal::Refusal;

/// A database that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The address is no address of a PostgreSQL database.
    #[error("the address of the database is not understood")]
    Address(#[source] tokio_postgres::Error),
    /// The certificates that servers are judged by cannot be read.
    #[error("cannot read the certificates that the server is judged by")]
    Certificates(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The pool of connections cannot be made.
    #[error("cannot make a pool of connections")]
    Pool(#[source] deadpool_postgres::BuildError),
    /// The server does not let us in, or fails.
    #[error("cannot reach the database{}", advice(.0.as_ref()))]
    Reach(#[source] Box<StoreError>),
    /// The server is too old.
    #[error("PostgreSQL {0} is too old: 15 or newer is needed")]
    Version(String),
    /// The schema cannot be brought up to date.
    #[error("cannot migrate the database")]
    Migration(#[source] Box<refinery::Error>),
    /// The schema is older than this program needs.
    #[error(
        "the database's schema is at version {found}, this program needs {needed}: run `rishi migrate`"
    )]
    Behind {
        /// What is there; 0 for an empty database.
        found: i64,
        /// What is needed.
        needed: i64,
    },
    /// The schema is newer than this program can work on.
    #[error(
        "the database needs a program that knows schema version {needs}, this one knows {knows}: install a newer release"
    )]
    TooNew {
        /// What a program must know at least.
        needs: i64,
        /// What this one knows.
        knows: i64,
    },
    /// It holds a part of a copy.
    #[error(
        "the copy of {0} into this database is not finished: run `rishi migrate --from sqlite:{0}` once more, \
         or begin anew with an empty database"
    )]
    HalfCopied(String),
    /// It is some other program's database.
    #[error("the database has tables of another program: choose an empty one")]
    Foreign,
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Reach(Box::new(error))
    }
}

impl From<tokio_postgres::Error> for OpenError {
    fn from(error: tokio_postgres::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// A failed statement or an unreadable row.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// PostgreSQL said no, or says nothing any more.
    #[error("PostgreSQL failed")]
    Postgres(#[from] tokio_postgres::Error),
    /// There is no connection to be had.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row holds what it must not: somebody wrote to the database behind the platform's back.
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
    /// A value that has no place in a column.
    #[error("a value cannot be stored: {0}")]
    Unstorable(String),
    /// The pool was closed.
    #[error("the database is closed")]
    Closed,
    /// Every connection is busy, and as many wait as may.
    #[error("too many queries are waiting")]
    Crowded,
    /// It was interrupted.
    #[error("the query took too long")]
    TooSlow,
    /// The connection was lost while the transaction was being committed, and nobody can say what became of it.
    #[error("the connection was lost; whether the change was made is not known")]
    Unknown,
    /// The connection was lost, and the transaction with it: nothing was changed.
    #[error("the connection was lost")]
    Lost,
    /// The database is known to be down, or held for it: nothing was tried. Worth asking again after so long.
    #[error("the database's circuit is open")]
    CircuitOpen(std::time::Duration),
}

impl StoreError {
    /// The five characters by which PostgreSQL says what is wrong, if it spoke.
    pub(super) fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Postgres(error) => error.code(),
            _ => None,
        }
    }

    /// Whether the same transaction may succeed when it is done again: it was in another's way.
    pub(super) fn is_collision(&self) -> bool {
        matches!(
            self.code(),
            Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED)
        )
    }

    /// Whether the transaction, of which nothing was kept, may succeed at once when it is done again.
    pub(super) fn is_worth_another_try(&self) -> bool {
        self.is_collision() || (self.is_outage() && !matches!(self, Self::Unknown))
    }

    /// Whether nothing at all can be written.
    pub(super) fn keeps_from_writing(&self) -> bool {
        self.is_outage()
            || matches!(
                self.code(),
                Some(&SqlState::DISK_FULL | &SqlState::READ_ONLY_SQL_TRANSACTION)
            )
    }

    /// Whether the server is gone, or about to be: it has not spoken, or has said so.
    pub(super) fn is_outage(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Unknown | Self::Lost => true,
            Self::Postgres(error) => match error.code() {
                // Ours: a value that no column takes, or a row of another shape.
                None => error.is_closed() || is_io(error),
                Some(code) => {
                    matches!(
                        *code,
                        SqlState::ADMIN_SHUTDOWN
                            | SqlState::CRASH_SHUTDOWN
                            | SqlState::CANNOT_CONNECT_NOW
                            | SqlState::TOO_MANY_CONNECTIONS
                            | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
                            | SqlState::IO_ERROR
                    ) || code.code().starts_with("08")
                        || code.code().starts_with("28")
                }
            },
            _ => false,
        }
    }
}

/// Whether the connection broke, rather than anything that was said on it.
fn is_io(error: &tokio_postgres::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(one) = cause {
        if one.is::<std::io::Error>() {
            return true;
        }
        cause = one.source();
    }
    false
}

impl Telling for StoreError {
    fn verdict(&self) -> Verdict {
        if self.is_outage() {
            return Verdict::Failed(chain(self));
        }
        match self {
            Self::TooSlow => Verdict::Failed(self.to_string()),
            error if error.passing().is_some() => Verdict::Nothing,
            _ => Verdict::Works,
        }
    }
}

/// An error with its sources: the words of the server or of the network.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl Refusal for StoreError {
    fn retry_after(&self) -> Option<std::time::Duration> {
        match self {
            Self::CircuitOpen(retry_after) => Some(*retry_after),
            _ => None,
        }
    }

    fn passing(&self) -> Option<&'static str> {
        if self.is_outage() {
            return Some(match self {
                Self::Unknown => {
                    "the connection was lost; whether the change was made is not known"
                }
                _ => "the database cannot be reached",
            });
        }
        match self {
            Self::Closed => Some("the database is closed"),
            Self::Crowded => Some("too many queries are waiting"),
            Self::TooSlow => Some("the query took too long"),
            Self::CircuitOpen(_) => Some("the database's circuit is open"),
            Self::Corrupt { .. }
            | Self::Unstorable(_)
            | Self::Unreachable(_)
            | Self::Lost
            | Self::Unknown => None,
            Self::Postgres(error) => match error.code()? {
                &SqlState::QUERY_CANCELED => Some("the query took too long"),
                &SqlState::LOCK_NOT_AVAILABLE => Some("another change takes too long"),
                &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => {
                    Some("too many changes of the same thing at once")
                }
                &SqlState::DISK_FULL => Some("the disk is full"),
                &SqlState::OUT_OF_MEMORY => Some("out of memory"),
                &SqlState::READ_ONLY_SQL_TRANSACTION => Some("the database is read-only"),
                _ => None,
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
