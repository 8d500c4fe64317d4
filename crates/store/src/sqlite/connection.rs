//! Opening connections: pragmas, the version check, and the functions that queries use.

use std::path::Path;

use rishi_domain::time::{month_in, zone};
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OpenFlags};

use super::checkpoint::LOG_KEEPS;
use super::error::OpenError;

/// The first SQLite without the WAL-reset corruption that versions up to 3.51.2 have.
const FIRST_SAFE: i32 = 3_051_003;

/// How long to wait for another process that writes.
pub(super) const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 128;

/// Refuses to run on a SQLite that can corrupt a database in WAL mode.
pub(super) fn check_version() -> Result<(), OpenError> {
    if rusqlite::version_number() < FIRST_SAFE {
        return Err(OpenError::Version(rusqlite::version()));
    }
    Ok(())
}

/// The connection that writes.
pub(super) fn writer(path: &Path) -> Result<Connection, OpenError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    let mode = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    if mode != "wal" {
        return Err(OpenError::NoWriteAheadLog { path: path.to_owned(), mode });
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    // So that REPLACE too is stopped by the triggers that let nothing be deleted.
    connection.pragma_update(None, "recursive_triggers", "ON")?;
    // The checkpoint thread does it; see `checkpoint`.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "journal_size_limit", LOG_KEEPS)?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path) -> Result<Connection, OpenError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Opened for writing because a WAL database cannot be opened read-only while no one else has it
    // open; from here on it refuses to write.
    connection.pragma_update(None, "query_only", "ON")?;
    connection.pragma_update(None, "cache_size", -4_096)?;
    Ok(connection)
}

fn open(path: &Path, mode: OpenFlags) -> Result<Connection, OpenError> {
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    // Without it SQLite plans anew, at every execution, whatever might use a partial index.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    functions(&connection)?;
    Ok(connection)
}

/// `month_of(micros, zone)` is the month `YYYY-MM` on that zone's clocks (UTC for a zone that is not
/// known, as wherever months are counted); `contains(text, needle)`
/// tells whether the text holds the needle (given in lower case) without regard to case.
fn functions(connection: &Connection) -> Result<(), OpenError> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("month_of", 2, pure, |context| {
        let micros = context.get::<i64>(0)?;
        let name = context.get_raw(1).as_str().map_err(user_error)?;
        let zone = zone(name).unwrap_or(jiff::tz::TimeZone::UTC);
        Ok(jiff::Timestamp::from_microsecond(micros).ok().map(|instant| month_in(instant, &zone)))
    })?;
    connection.create_scalar_function("contains", 2, pure, |context| {
        let Some(text) = context.get_raw(0).as_str_or_null().map_err(user_error)? else {
            return Ok(false);
        };
        let needle = context.get_raw(1).as_str().map_err(user_error)?;
        Ok(text.to_lowercase().contains(needle))
    })?;
    Ok(())
}

fn user_error(error: rusqlite::types::FromSqlError) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(Box::new(error))
}
