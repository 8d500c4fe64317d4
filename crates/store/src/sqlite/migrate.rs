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

/// The schema's version that this program knows.
pub(super) fn newest() -> i64 {
    let runner = embedded::migrations::runner();
    runner.get_migrations().iter().map(|step| i64::from(step.version())).max().unwrap_or_default()
}

/// Creates the database if there is none and brings its schema up to date, in one transaction: all
/// steps are taken and written down, or none. The file's folder is created when missing.
pub fn migrate(path: &Path) -> Result<MigrationReport, OpenError> {
    connection::check_version()?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|source| OpenError::Folder { folder: folder.to_owned(), source })?;
    }
    let mut connection = connection::writer(path)?;
    refuse_foreign(&connection, path)?;
    // Ungrouped, refinery commits a step before it writes down that the step was taken: a process that is
    // killed between the two would leave a file that no program can bring up to date.
    let runner = embedded::migrations::runner().set_grouped(true);
    let mut steps = steps(&connection)?;
    loop {
        let error = match runner.run(&mut connection) {
            Ok(report) => {
                let applied = report.applied_migrations().iter().map(ToString::to_string).collect();
                return Ok(MigrationReport { applied, version: newest() });
            }
            Err(error) => error,
        };
        // Another process may have brought the same file up to date between our look and our transaction.
        let now = self::steps(&connection)?;
        if now == steps {
            return Err(OpenError::Migration(Box::new(error)));
        }
        steps = now;
    }
}

/// How many steps were taken.
fn steps(connection: &Connection) -> Result<u32, OpenError> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'refinery_schema_history'";
    if connection.query_row(sql, [], |row| row.get::<_, u32>(0))? == 0 {
        return Ok(0);
    }
    let sql = "SELECT count(*) FROM refinery_schema_history";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
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
