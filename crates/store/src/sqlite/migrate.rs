//! Bringing a database's schema up to date.

use std::path::Path;

use rusqlite::Connection;

use super::connection;
use super::error::OpenError;

mod embedded {
    refinery::embed_migrations!("src/sqlite/migrations");
}

/// What a migration did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationReport {
    /// The steps that were taken now, in order; empty when the schema was up to date.
    pub applied: Vec<String>,
    /// The schema's version afterwards.
    pub version: i64,
}

/// Creates the database if there is none and brings its schema up to date, in one transaction a
/// step. The file's folder is created when missing.
pub fn migrate(path: &Path) -> Result<MigrationReport, OpenError> {
    connection::check_version()?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|source| OpenError::Folder { folder: folder.to_owned(), source })?;
    }
    let mut connection = connection::writer(path)?;
    refuse_foreign(&connection, path)?;
    let runner = embedded::migrations::runner();
    let version = runner.get_migrations().iter().map(|step| i64::from(step.version())).max();
    let report =
        runner.run(&mut connection).map_err(|error| OpenError::Migration(Box::new(error)))?;
    let applied = report.applied_migrations().iter().map(ToString::to_string).collect();
    Ok(MigrationReport { applied, version: version.unwrap_or_default() })
}

/// Refuses a file with tables that no migration of this platform has made.
fn refuse_foreign(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let (tables, ours) = connection.query_row(
        "SELECT count(*), count(*) FILTER (WHERE name = 'refinery_schema_history')
           FROM sqlite_schema WHERE type = 'table'",
        [],
        |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?)),
    )?;
    if tables > 0 && ours == 0 {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    Ok(())
}
