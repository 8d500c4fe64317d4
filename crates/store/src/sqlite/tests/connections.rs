//! How connections are opened.

use rusqlite::{Connection, ErrorCode};
use tempfile::TempDir;

use super::House;
use crate::sqlite::connection::{self, check_version};
use crate::sqlite::error::OpenError;
use crate::sqlite::{Sqlite, SqliteOptions, migrate};

fn pragma(connection: &Connection, name: &str) -> String {
    let value = connection.pragma_query_value(None, name, |row| {
        row.get_ref(0).map(|value| match value {
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
            other => format!("{other:?}"),
        })
    });
    value.unwrap()
}

#[tokio::test]
async fn the_writer_flushes_each_commit_into_a_write_ahead_log() {
    let house = House::new().await;
    let writer = connection::writer(house.store.path()).unwrap();
    let wanted = [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("wal_autocheckpoint", "0"),
        ("busy_timeout", "5000"),
        ("trusted_schema", "0"),
        ("query_only", "0"),
    ];
    for (name, value) in wanted {
        assert_eq!(pragma(&writer, name), value, "{name}");
    }
    check_version().unwrap();
}

#[tokio::test]
async fn readers_cannot_write() {
    let house = House::new().await;
    let attempts = [
        "UPDATE organizations SET name = 'x'",
        "DELETE FROM tokens",
        "INSERT INTO subscriptions (name, cursor) VALUES ('x', 0)",
        "CREATE TABLE x (y)",
        "DROP TABLE events",
    ];
    for sql in attempts {
        let tried = house.store.readers.with(|reader| Ok(reader.execute_batch(sql)?));
        let code = tried.unwrap_err().code();
        assert_eq!(code, Some(ErrorCode::ReadOnly), "{sql}");
    }
}

#[tokio::test]
async fn the_log_of_events_takes_nothing_back() {
    let house = House::new().await;
    let writer = connection::writer(house.store.path()).unwrap();
    for sql in ["UPDATE events SET data = '{}'", "DELETE FROM events WHERE position = 1"] {
        let refused = writer.execute_batch(sql).unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{sql}: {refused}");
    }
    let again = "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 1";
    writer.execute_batch(again).unwrap_err();
}

#[tokio::test]
async fn another_programs_file_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let theirs = folder.path().join("theirs.db");
    Connection::open(&theirs).unwrap().execute_batch("CREATE TABLE bookmarks (url)").unwrap();
    assert!(matches!(migrate(&theirs), Err(OpenError::Foreign(_))));
    assert!(matches!(Sqlite::open(SqliteOptions::new(&theirs)).await, Err(OpenError::Foreign(_))));
    let tables = Connection::open(&theirs)
        .unwrap()
        .query_row("SELECT group_concat(name) FROM sqlite_schema", [], |row| {
            row.get::<_, String>(0)
        })
        .unwrap();
    assert_eq!(tables, "bookmarks");

    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "no database at all, but long enough to be taken for one".repeat(20))
        .unwrap();
    assert!(migrate(&text).is_err());
}

#[test]
fn a_schema_is_brought_up_to_date_once() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deep/er/rishi.db");
    let first = migrate(&path).unwrap();
    assert!(!first.applied.is_empty());
    let second = migrate(&path).unwrap();
    assert_eq!((second.applied.len(), second.version), (0, first.version));
}

#[test]
fn a_schema_is_brought_up_to_date_as_a_whole_or_not_at_all() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rishi.db");
    // A step in the middle cannot be taken: as with a process killed there, those before it must not be there.
    let names = "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema
                  WHERE type = 'table' ORDER BY name)";
    let tables = |file: &Connection| file.query_row(names, [], |row| row.get::<_, String>(0));
    let file = Connection::open(&path).unwrap();
    file.execute_batch(
        "CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY, name TEXT,
        applied_on TEXT, checksum TEXT); CREATE TABLE sessions (id)",
    )
    .unwrap();
    assert!(matches!(migrate(&path), Err(OpenError::Migration(_))));
    assert_eq!(tables(&file).unwrap(), "refinery_schema_history,sessions");

    file.execute_batch("DROP TABLE sessions").unwrap();
    let report = migrate(&path).unwrap();
    assert!(report.applied.len() > 1, "{report:?}");
}

#[test]
fn zones_and_letters_are_known_to_queries() {
    let folder = TempDir::new().unwrap();
    let writer = connection::writer(&folder.path().join("x.db")).unwrap();
    let text = |sql: &str| writer.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    let new_year = "SELECT month_of(1893456000000000, '";
    assert_eq!(text(&format!("{new_year}UTC')")), "2030-01");
    assert_eq!(text(&format!("{new_year}America/Denver')")), "2029-12");
    // Zones can be withdrawn from the database of zones: their months are counted all the same.
    assert_eq!(text(&format!("{new_year}Mars/Olympus')")), "2030-01");
    let holds = |sql: &str| writer.query_row(sql, [], |row| row.get::<_, bool>(0)).unwrap();
    assert!(holds("SELECT contains('GROẞE ÄPFEL', 'große ä')"));
    assert!(!holds("SELECT contains(NULL, 'a')"));
}
