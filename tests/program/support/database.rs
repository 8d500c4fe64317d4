//! The database file, read from the outside. The only place in these tests that knows its tables.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

/// A read-only look at a database file, with or without a server at work on it.
pub(crate) struct Database(Connection);

/// An event as it lies in the log.
#[derive(Debug, Clone)]
pub(crate) struct StoredEvent {
    pub(crate) position: i64,
    pub(crate) subject: String,
    pub(crate) version: i64,
    pub(crate) kind: String,
}

impl Database {
    pub(crate) fn open(file: &Path) -> Self {
        // Read-only in what is asked of it. The flag for it would refuse a log left by a kill.
        let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .unwrap_or_else(|why| panic!("{} opens: {why}", file.display()));
        connection.execute_batch("PRAGMA query_only = on; PRAGMA busy_timeout = 10000").unwrap();
        Self(connection)
    }

    /// Lets every timer be due at once, as if time had passed for it: what the server would do at its
    /// hour it does within a second.
    pub(crate) fn hurry(file: &Path) {
        change(file, "UPDATE timers SET due_at = 0");
    }

    /// Lets every webhook that waits be due at once, as if time had passed for it.
    pub(crate) fn hurry_webhooks(file: &Path) {
        change(file, "UPDATE webhook_deliveries SET due_at = 0 WHERE status = 'pending'");
    }

    /// Lets every endpoint that fails have failed for so many hours.
    pub(crate) fn fail_webhooks_since(file: &Path, hours: i64) {
        let since = Timestamp::now() - SignedDuration::from_hours(hours);
        let since = since.as_microsecond();
        change(
            file,
            &format!(
                "UPDATE webhook_endpoints SET failing_since = {since} WHERE failing_since > 0"
            ),
        );
    }

    /// What the engine itself says about the file.
    pub(crate) fn integrity(&self) -> String {
        self.0.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
    }

    /// All events, in the order of the log.
    pub(crate) fn events(&self) -> Vec<StoredEvent> {
        let sql = "SELECT position, subject_kind, subject_id, version, type FROM events
             ORDER BY position";
        let mut statement = self.0.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| {
            let (kind, id): (String, Uuid) = (row.get(1)?, row.get(2)?);
            Ok(StoredEvent {
                position: row.get(0)?,
                subject: format!("{kind}/{id}"),
                version: row.get(3)?,
                kind: row.get(4)?,
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Pairs of live bookings of one location whose ranges overlap. There must never be one.
    pub(crate) fn overlaps(&self) -> Vec<(String, String)> {
        let sql = "SELECT a.title, b.title FROM bookings a JOIN bookings b
             ON a.location_id = b.location_id AND a.id < b.id
             AND a.scheduled_start < b.scheduled_end AND b.scheduled_start < a.scheduled_end
             WHERE a.status <> 'cancelled' AND b.status <> 'cancelled'";
        self.pairs(sql)
    }

    /// Title and status of every booking.
    pub(crate) fn bookings(&self) -> Vec<(String, String)> {
        self.pairs("SELECT title, status FROM bookings")
    }

    /// How many bookings have this title.
    pub(crate) fn bookings_titled(&self, title: &str) -> usize {
        self.bookings().iter().filter(|(found, _)| found == title).count()
    }

    /// Events that some subscription has not done with: behind its cursor, waiting, or dead.
    pub(crate) fn unhandled(&self) -> i64 {
        let sql = "SELECT (SELECT count(*) FROM deliveries WHERE state <> 'skipped')
             + (SELECT count(*) FROM subscriptions s JOIN events e ON e.position > s.cursor)";
        self.0.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// How many rows every table has; what leaves no trace leaves this as it was.
    pub(crate) fn counts(&self) -> BTreeMap<String, i64> {
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table'";
        let mut statement = self.0.prepare(sql).unwrap();
        let names = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let count = |name: String| {
            let sql = format!("SELECT count(*) FROM \"{name}\"");
            let count = self.0.query_row(&sql, [], |row| row.get(0)).unwrap();
            (name, count)
        };
        names.map(Result::unwrap).map(count).collect()
    }

    /// What events of a type say, in the order of the log.
    pub(crate) fn payloads(&self, kind: &str) -> Vec<serde_json::Value> {
        let sql = "SELECT data FROM events WHERE type = ? ORDER BY position";
        let mut statement = self.0.prepare(sql).unwrap();
        let texts = statement.query_map([kind], |row| row.get::<_, String>(0)).unwrap();
        texts.map(|text| serde_json::from_str(&text.unwrap()).unwrap()).collect()
    }

    /// A digest of all that is in it, but for what moves when somebody looks, tries or is refused:
    /// how far subscriptions have come, when sessions and tokens were used, and the events of refusals.
    pub(crate) fn state(&self) -> u64 {
        let mut digest = DefaultHasher::new();
        for table in self.counts().into_keys() {
            let skipped = ["subscriptions", "deliveries"].contains(&table.as_str());
            if !skipped {
                table.hash(&mut digest);
                self.digest_table(&table, &mut digest);
            }
        }
        digest.finish()
    }

    fn digest_table(&self, table: &str, digest: &mut DefaultHasher) {
        let only = match table {
            "events" => "WHERE type NOT IN ('ACCESS_DENIED', 'SIGN_IN_FAILED')",
            _ => "",
        };
        let mut statement = self.0.prepare(&format!("SELECT * FROM \"{table}\" {only}")).unwrap();
        let names: Vec<String> = statement.column_names().map(ToOwned::to_owned).collect();
        let columns: Vec<usize> = (0..names.len())
            .filter(|column| !["seen_at", "last_used_at"].contains(&names[*column].as_str()))
            .collect();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in &columns {
                let value: rusqlite::types::Value = row.get(*column).unwrap();
                format!("{value:?}").hash(digest);
            }
        }
    }

    fn pairs(&self, sql: &str) -> Vec<(String, String)> {
        let mut statement = self.0.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

/// Changes the file behind the server's back.
fn change(file: &Path, sql: &str) {
    let connection = Connection::open(file).unwrap();
    connection.execute_batch(&format!("PRAGMA busy_timeout = 10000; {sql}")).unwrap();
}

/// Demands what must hold of any log: positions 1..n, and versions 1..n within each subject.
pub(crate) fn assert_gap_free(events: &[StoredEvent]) {
    let mut versions: BTreeMap<&str, i64> = BTreeMap::new();
    for (index, event) in events.iter().enumerate() {
        let expected = i64::try_from(index).unwrap() + 1;
        assert_eq!(event.position, expected, "positions have no gap: {event:?}");
        let version = versions.entry(&event.subject).or_default();
        *version += 1;
        assert_eq!(event.version, *version, "versions of a subject are 1..n: {event:?}");
    }
}
