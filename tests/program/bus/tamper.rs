//! Writing to the database file past the platform: what nobody should do, and somebody will.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Params};
use serde_json::Value;

use crate::support::Home;

/// A database file opened for harm: what protects the log is taken away.
pub(crate) struct Tamper(Connection);

impl Tamper {
    pub(crate) fn with(file: &Path) -> Self {
        let connection = Connection::open(file).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = off; PRAGMA busy_timeout = 10000").unwrap();
        let names: Vec<String> = {
            let sql = "SELECT name FROM sqlite_schema WHERE type = 'trigger'";
            let mut statement = connection.prepare(sql).unwrap();
            let names = statement.query_map([], |row| row.get(0)).unwrap();
            names.map(Result::unwrap).collect()
        };
        for name in names {
            connection.execute_batch(&format!("DROP TRIGGER \"{name}\"")).unwrap();
        }
        Self(connection)
    }

    /// Changes exactly so many rows.
    pub(crate) fn change(&self, rows: usize, sql: &str, parameters: impl Params) {
        assert_eq!(self.0.execute(sql, parameters).unwrap(), rows, "{sql}");
    }

    /// Has the database refuse something from now on.
    pub(super) fn forbid(&self, what: &str) {
        let sql =
            format!("CREATE TRIGGER forbidden BEFORE {what} BEGIN SELECT RAISE(ABORT, 'no'); END");
        self.0.execute_batch(&sql).unwrap();
    }

    /// One number.
    pub(super) fn number(&self, sql: &str) -> u64 {
        self.0.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// One text.
    pub(super) fn text(&self, sql: &str) -> String {
        self.0.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// All that stands in the tables, to compare.
    pub(super) fn contents(&self) -> Vec<String> {
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let mut statement = self.0.prepare(sql).unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let mut contents = Vec::new();
        for name in names.map(Result::unwrap) {
            let mut statement = self.0.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
            let columns = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let cells: Vec<_> =
                    (0..columns).map(|column| row.get_ref(column).unwrap()).collect();
                contents.push(format!("{name} {cells:?}"));
            }
        }
        contents
    }
}

/// A copy of a database that nobody has open.
pub(super) fn copy(home: &Home, name: &str) -> PathBuf {
    let to = home.path(name);
    std::fs::copy(home.database(), &to).unwrap();
    to
}

/// What `rishi events verify` says of a file; it must exit as it says.
pub(super) fn verify(home: &Home, file: &Path, more: &[&str]) -> Value {
    let url = format!("sqlite:{}", file.display());
    let arguments = [&["events", "verify", "--json"], more].concat();
    let run = home.rishi_with(&[("RISHI_DATABASE_URL", &url)], &arguments);
    let said: Value = serde_json::from_str(&run.stdout)
        .unwrap_or_else(|why| panic!("one JSON document was expected ({why}): {run:#?}"));
    let expected = i32::from(said["valid"] != true);
    assert_eq!(run.code, Some(expected), "{run:#?}");
    said
}
