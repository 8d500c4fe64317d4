//! The database, read from the outside. The only place in these tests that knows its tables, on either engine.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rishi_app::auth::TokenSecret;
use rishi_store::Engine;
use rishi_store::postgres::{Postgres, PostgresOptions};
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use rusqlite::{Connection, OpenFlags, types::Value};
use uuid::Uuid;

use super::Home;
use crate::fixture;

/// A look at a database, with or without a server at work on it.
pub(crate) enum Database {
    File(Connection),
    /// By its address.
    Server(String),
}

/// A row of texts, whatever its columns hold.
type Texts = Vec<Option<String>>;

/// An event as it lies in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredEvent {
    pub(crate) position: i64,
    pub(crate) subject: String,
    pub(crate) version: i64,
    pub(crate) kind: String,
}

impl Database {
    /// The one of a home.
    pub(crate) fn of(home: &Home) -> Self {
        if home.is_on_file() { Self::open(&home.database()) } else { Self::Server(home.url()) }
    }

    /// A file, which is only read.
    pub(crate) fn open(file: &Path) -> Self {
        // Read-only in what is asked of it. The flag for it would refuse a log left by a kill.
        let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .unwrap_or_else(|why| panic!("{} opens: {why}", file.display()));
        connection.execute_batch("PRAGMA query_only = on; PRAGMA busy_timeout = 10000").unwrap();
        Self::File(connection)
    }

    /// What a query finds. Ids read as they are written, other bytes in hexadecimal digits.
    fn rows(&self, sql: &str) -> Vec<Texts> {
        match self {
            Self::File(connection) => {
                let mut statement = connection.prepare(sql).unwrap();
                let columns = statement.column_count();
                let rows = statement.query_map([], |row| {
                    (0..columns).map(|column| Ok(text(row.get(column)?))).collect()
                });
                rows.unwrap().map(Result::unwrap).collect()
            }
            Self::Server(url) => fixture::query(url, sql),
        }
    }

    /// One number, if there is a row with one; nothing also where there is no such table.
    pub(crate) fn number(&self, sql: &str) -> Option<i64> {
        let known = match self {
            Self::File(connection) => connection.prepare(sql).is_ok(),
            Self::Server(url) => fixture::is_understood(url, sql),
        };
        let found = known.then(|| self.rows(sql).into_iter().flatten().flatten().next()).flatten();
        found.map(|text| text.parse().unwrap())
    }

    /// Changes the database behind the server's back.
    pub(crate) fn change(home: &Home, sql: &str) {
        if home.is_on_file() {
            let connection = Connection::open(home.database()).unwrap();
            connection.execute_batch(&format!("PRAGMA busy_timeout = 10000; {sql}")).unwrap();
        } else {
            fixture::query(&home.url(), sql);
        }
    }

    /// Lets every timer be due at once, as if time had passed for it: what the server would do at its
    /// hour it does within a second.
    pub(crate) fn hurry(home: &Home) {
        Self::change(home, "UPDATE timers SET due_at = 0");
    }

    /// Lets every event that waits for another attempt have it at once.
    pub(crate) fn hurry_retries(home: &Home) {
        Self::change(home, "UPDATE deliveries SET due_at = 0 WHERE state = 'retrying'");
    }

    /// Lets every webhook that waits be due at once, as if time had passed for it.
    pub(crate) fn hurry_webhooks(home: &Home) {
        Self::change(home, "UPDATE webhook_deliveries SET due_at = 0 WHERE status = 'pending'");
    }

    /// Lets every endpoint that fails have failed for so many hours.
    pub(crate) fn fail_webhooks_since(home: &Home, hours: i64) {
        let since = Timestamp::now() - SignedDuration::from_hours(hours);
        let since = since.as_microsecond();
        let sql =
            format!("UPDATE webhook_endpoints SET failing_since = {since} WHERE failing_since > 0");
        Self::change(home, &sql);
    }

    /// People of an organization, so many, each with a token: those are answered. Where a crowd is needed, adding one
    /// after the other would take longer than what is to be seen.
    pub(crate) fn crowd(home: &Home, organization: &str, role: &str, count: usize) -> Vec<String> {
        let organization = Uuid::parse_str(organization).unwrap();
        let now = Timestamp::now().as_microsecond();
        let end = now + 3_600_000_000;
        let bytes = |bytes: &[u8]| {
            let digits = hex(bytes);
            if home.is_on_file() { format!("X'{digits}'") } else { format!("'\\x{digits}'::bytea") }
        };
        let id = |id: Uuid| {
            if home.is_on_file() { bytes(id.as_bytes()) } else { format!("'{id}'::uuid") }
        };
        let (mut tokens, mut sql) = (Vec::with_capacity(count), "BEGIN;".to_owned());
        for _ in 0..count {
            let (person, secret) = (Uuid::now_v7(), TokenSecret::generate().unwrap());
            let (user, house) = (id(person), id(organization));
            let _ = write!(
                sql,
                "INSERT INTO users VALUES
                    ({user}, '{person}@example.com', '{person}@example.com', 'One of many', 'active', 'en', 'UTC', {now}, {now}, 1);
                 INSERT INTO memberships VALUES ({}, {user}, {house}, '{role}', '[]', {now}, {now}, 1);
                 INSERT INTO tokens (id, user_id, organization_id, name, digest, expires_at, created_at)
                    VALUES ({}, {user}, {house}, 'crowd', {}, {end}, {now});",
                id(Uuid::now_v7()),
                id(Uuid::now_v7()),
                bytes(&secret.digest()),
            );
            tokens.push(secret.reveal().to_owned());
        }
        Self::change(home, &(sql + "COMMIT"));
        tokens
    }

    /// Whether these bytes lie anywhere in the database; of a server in its tables, as far as one can look.
    pub(crate) fn holds(home: &Home, needle: &[u8]) -> bool {
        let found = |bytes: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
        let database = Self::of(home);
        let Self::Server(_) = database else {
            let log = home.database().with_extension("db-wal");
            return found(&std::fs::read(home.database()).unwrap())
                || found(&std::fs::read(log).unwrap_or_default());
        };
        let digits = hex(needle);
        database.counts().into_keys().any(|table| {
            let rows = database.rows(&format!("SELECT t::text FROM \"{table}\" t"));
            let mut texts = rows.into_iter().flatten().flatten();
            texts.any(|text| found(text.as_bytes()) || text.contains(&digits))
        })
    }

    /// What the engine itself says about the file; a server has no such word.
    pub(crate) fn integrity(&self) -> String {
        match self {
            Self::File(_) => self.rows("PRAGMA integrity_check")[0][0].clone().unwrap(),
            Self::Server(_) => "ok".to_owned(),
        }
    }

    /// All events, in the order of the log.
    pub(crate) fn events(&self) -> Vec<StoredEvent> {
        let sql = "SELECT position, subject_kind, subject_id, version, type FROM events
             ORDER BY position";
        let event = |row: Texts| {
            let row: Vec<String> = row.into_iter().map(Option::unwrap).collect();
            StoredEvent {
                position: row[0].parse().unwrap(),
                subject: format!("{}/{}", row[1], row[2]),
                version: row[3].parse().unwrap(),
                kind: row[4].clone(),
            }
        };
        self.rows(sql).into_iter().map(event).collect()
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
        self.number(sql).unwrap()
    }

    /// How many rows every table has; what leaves no trace leaves this as it was.
    pub(crate) fn counts(&self) -> BTreeMap<String, i64> {
        let sql = match self {
            Self::File(_) => "SELECT name FROM sqlite_schema WHERE type = 'table'",
            Self::Server(_) => {
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            }
        };
        let names = self.rows(sql).into_iter().flatten().flatten();
        let count = |name: String| {
            let count = self.number(&format!("SELECT count(*) FROM \"{name}\"")).unwrap();
            (name, count)
        };
        names.map(count).collect()
    }

    /// What events of a type say, in the order of the log.
    pub(crate) fn payloads(&self, kind: &str) -> Vec<serde_json::Value> {
        let sql = format!("SELECT data FROM events WHERE type = '{kind}' ORDER BY position");
        let texts = self.rows(&sql).into_iter().flatten().flatten();
        texts.map(|text| serde_json::from_str(&text).unwrap()).collect()
    }

    /// A digest of each table, but for what moves when somebody looks, tries or is refused:
    /// how far subscriptions have come, when sessions and tokens were used, and the events of refusals.
    pub(crate) fn state(&self) -> BTreeMap<String, u64> {
        let tables = self.counts().into_keys().filter(|table| !MOVING.contains(&table.as_str()));
        let digest = |table: String| {
            let mut digest = DefaultHasher::new();
            self.digest_table(&table, &mut digest);
            (table, digest.finish())
        };
        tables.map(digest).collect()
    }

    fn digest_table(&self, table: &str, digest: &mut DefaultHasher) {
        let only = match table {
            "events" => "WHERE type NOT IN ('ACCESS_DENIED', 'SIGN_IN_FAILED')",
            _ => "",
        };
        let names = match self {
            Self::File(_) => format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"),
            Self::Server(_) => format!(
                "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('{table}') AND attnum > 0
                    AND NOT attisdropped ORDER BY attnum"
            ),
        };
        let names = self.rows(&names).into_iter().flatten().flatten();
        let names = names.filter(|name| !["seen_at", "used_at"].contains(&name.as_str()));
        let columns: Vec<String> = names.map(|name| format!("\"{name}\"")).collect();
        let mut rows = self.rows(&format!("SELECT {} FROM \"{table}\" {only}", columns.join(", ")));
        // A server gives them in any order.
        rows.sort();
        rows.hash(digest);
    }

    fn pairs(&self, sql: &str) -> Vec<(String, String)> {
        let pair = |mut row: Texts| {
            let other = row.pop().flatten().unwrap();
            (row.pop().flatten().unwrap(), other)
        };
        self.rows(sql).into_iter().map(pair).collect()
    }
}

/// The database as another program would use it.
pub(crate) async fn engine(home: &Home) -> Arc<dyn Engine> {
    if home.is_on_file() {
        Sqlite::open(SqliteOptions::new(home.database())).await.unwrap()
    } else {
        Postgres::open(PostgresOptions::new(home.url())).await.unwrap()
    }
}

/// Tables that say how far somebody has come.
const MOVING: [&str; 6] =
    ["subscriptions", "deliveries", "log_head", "unsequenced", "nodes", "leases"];

/// Two digits for each byte.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A value of a file as a text.
fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Integer(number) => Some(number.to_string()),
        Value::Real(number) => Some(number.to_string()),
        Value::Text(text) => Some(text),
        Value::Blob(bytes) => Some(match Uuid::from_slice(&bytes) {
            Ok(id) => id.to_string(),
            Err(_) => hex(&bytes),
        }),
    }
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
