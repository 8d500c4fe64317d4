//! A file that is copied somewhere else. It is held so that nobody can use it meanwhile: what is read is one state.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rishi_bus::verify::Verifier;
use rishi_bus::{Checkpoint, Position};
use rusqlite::{Connection, ErrorCode, OpenFlags, Row as Stored};

use super::{desk, log, migrate};
use crate::moving::{Cell, CopyError, Kind, Row, Sealed, Table};

/// How long to wait for whoever is about to let the file go.
const PATIENCE: Duration = Duration::from_millis(500);
/// How many events are verified at a time.
const PAGE: usize = 1_024;
/// What is the engine's own.
const HISTORY: &str = "refinery_schema_history";

/// The file, for as long as it is held.
pub(crate) struct Source {
    path: PathBuf,
    db: Mutex<Connection>,
}

impl Source {
    /// Takes the file for this process alone. It must be of this program's schema.
    pub(crate) fn hold(path: &Path) -> Result<Self, CopyError> {
        if !path.is_file() {
            return Err(CopyError::Missing(path.to_owned()));
        }
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let db = alone(&path).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                CopyError::InUse(path.clone())
            }
            Some(ErrorCode::NotADatabase) => foreign(&path),
            _ => CopyError::Source { path: path.clone(), source: error.into() },
        })?;
        let source = Self { path, db: Mutex::new(db) };
        source.check_schema()?;
        Ok(source)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CopyError {
        CopyError::Source { path: self.path.clone(), source: error.into() }
    }

    fn check_schema(&self) -> Result<(), CopyError> {
        let db = self.db();
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name IN ('events', 'bookings', ?1)";
        let known: u32 =
            db.query_row(sql, [HISTORY], |row| row.get(0)).map_err(|error| self.failed(error))?;
        if known != 3 {
            return Err(foreign(&self.path));
        }
        let sql = format!("SELECT coalesce(max(version), 0) FROM {HISTORY}");
        let found: i64 =
            db.query_row(&sql, [], |row| row.get(0)).map_err(|error| self.failed(error))?;
        let needed = migrate::newest();
        let what = match found.cmp(&needed) {
            std::cmp::Ordering::Equal => return Ok(()),
            std::cmp::Ordering::Less => format!(
                "its schema is at version {found}, this program needs {needed}: run \
                 `rishi migrate --database-url sqlite:{}` first",
                self.path.display()
            ),
            std::cmp::Ordering::Greater => format!(
                "its schema is at version {found}, this program knows {needed}: use the release that made it"
            ),
        };
        Err(CopyError::Unfit { path: self.path.clone(), what })
    }

    /// Recomputes the chain; `progress` is told how far it has come. Where the log begins, and where it ends.
    pub(crate) fn verified(
        &self,
        progress: &mut dyn FnMut(Position, Position),
    ) -> Result<(Checkpoint, Checkpoint), CopyError> {
        let db = self.db();
        let failed = |error| self.failed(error);
        let tampered = |fault| CopyError::Tampered { path: self.path.clone(), fault };
        let anchor = log::anchor(&db).map_err(failed)?;
        let head = log::head(&db).map_err(failed)?;
        let mut verifier = Verifier::new(anchor);
        loop {
            let page = log::chain(&db, verifier.last().position, PAGE).map_err(failed)?;
            if page.is_empty() {
                break;
            }
            for (event, stored) in &page {
                if verifier.asks_for(&event.subject) {
                    let (kind, id) = (event.subject.kind(), event.subject.id());
                    let version = desk::retained_version(&db, kind, id).map_err(failed)?;
                    verifier.retained(event.subject.clone(), version);
                }
                verifier.feed(event, *stored).map_err(tampered)?;
            }
            progress(verifier.last().position, head);
        }
        let summary = verifier.finish(head).map_err(tampered)?;
        Ok((anchor, summary.last))
    }

    /// Every table of the platform's with how many rows it has, in the order of their names.
    pub(crate) fn tables(&self) -> Result<Vec<(Table, u64)>, CopyError> {
        let db = self.db();
        let read = || -> Result<Vec<(Table, u64)>, rusqlite::Error> {
            let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> ?1
                          AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
            let mut names = db.prepare(sql)?;
            let names = names.query_map([HISTORY], |row| row.get::<_, String>(0))?;
            names.map(|name| table(&db, name?)).collect()
        };
        read().map_err(|error| self.failed(error))
    }

    /// Gives each row of a table, in the order of its key, until nobody takes more.
    pub(crate) fn rows(
        &self,
        table: &Table,
        kinds: &[Kind],
        mut take: impl FnMut(Row) -> bool,
    ) -> Result<(), CopyError> {
        let db = self.db();
        let failed = |error: rusqlite::Error| self.failed(error);
        let sql = format!(
            "SELECT {} FROM {} ORDER BY {}",
            quoted(&table.columns),
            quoted([&table.name]),
            quoted(&table.key)
        );
        let mut statement = db.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let mut number = 0;
        while let Some(row) = rows.next().map_err(failed)? {
            number += 1;
            let cells = kinds.iter().enumerate().map(|(index, kind)| {
                cell(row, index, *kind).map_err(|what| CopyError::Value {
                    table: table.name.clone(),
                    column: table.columns[index].clone(),
                    row: number,
                    what,
                })
            });
            if !take(cells.collect::<Result<Row, CopyError>>()?) {
                break;
            }
        }
        Ok(())
    }

    /// The secrets of every webhook endpoint, as they lie there.
    pub(crate) fn sealed(&self) -> Result<Vec<Sealed>, CopyError> {
        let db = self.db();
        let read = || -> Result<_, rusqlite::Error> {
            let sql = "SELECT id, secret, previous_secret FROM webhook_endpoints";
            let mut statement = db.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                let secrets = [Some(row.get::<_, Vec<u8>>(1)?), row.get(2)?];
                Ok((row.get(0)?, secrets.into_iter().flatten().collect()))
            })?;
            rows.collect()
        };
        read().map_err(|error| self.failed(error))
    }
}

/// With exclusive locking, a database that anybody else has open cannot be read, and nobody else can open one that we
/// have. A process that dies lets go of it.
fn alone(path: &Path) -> Result<Connection, rusqlite::Error> {
    let mode = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, mode)?;
    db.busy_timeout(PATIENCE)?;
    db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    db.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
    db.pragma_update(None, "query_only", "ON")?;
    Ok(db)
}

fn foreign(path: &Path) -> CopyError {
    let what = "it is not a database of this platform".to_owned();
    CopyError::Unfit { path: path.to_owned(), what }
}

fn table(db: &Connection, name: String) -> Result<(Table, u64), rusqlite::Error> {
    let mut listing = db.prepare("SELECT name, pk FROM pragma_table_info(?1) ORDER BY cid")?;
    let columns = listing.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let columns: Vec<(String, u32)> = columns.collect::<Result<_, _>>()?;
    let mut key: Vec<&(String, u32)> = columns.iter().filter(|(_, place)| *place > 0).collect();
    key.sort_by_key(|(_, place)| *place);
    let key = key.into_iter().map(|(name, _)| name.clone()).collect();
    let rows =
        db.query_row(&format!("SELECT count(*) FROM {}", quoted([&name])), [], |row| row.get(0))?;
    let columns = columns.into_iter().map(|(name, _)| name).collect();
    Ok((Table { name, columns, key }, rows))
}

/// Names as both engines read them.
fn quoted<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}

/// A value that the server can hold too, or what is in its place.
fn cell(row: &Stored<'_>, index: usize, kind: Kind) -> Result<Cell, String> {
    let read = || -> Result<Cell, rusqlite::Error> {
        Ok(match kind {
            Kind::Id => Cell::Id(row.get(index)?),
            Kind::Number => Cell::Number(row.get(index)?),
            Kind::Real => Cell::Real(row.get(index)?),
            Kind::Truth => Cell::Truth(row.get(index)?),
            Kind::Text => Cell::Text(row.get(index)?),
            Kind::Bytes => Cell::Bytes(row.get(index)?),
        })
    };
    match read().map_err(|error| error.to_string())? {
        Cell::Text(Some(text)) if text.contains('\0') => {
            Err("a character that PostgreSQL cannot hold (U+0000)".to_owned())
        }
        cell => Ok(cell),
    }
}
