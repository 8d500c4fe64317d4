//! A database that is filled from somewhere else, in many transactions, each of which also writes down how far it has come.
//!
//! Guarantee: what is written down is there. From the first row until [`Target::finish`] the database says of itself that
//! it is not whole, and nothing is served from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::pin::pin;

use futures::TryStreamExt as _;
use rishi_bus::Checkpoint;
use tokio_postgres::binary_copy::{BinaryCopyInWriter, BinaryCopyOutRow, BinaryCopyOutStream};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error};

use super::columns::count;
use super::error::OpenError;
use super::migrate::{self, ONE_AT_A_TIME};
use super::server::Server;
use crate::moving::{Cell, CopyError, Kind, Row, Sum, Table};

/// What both engines make by themselves and is taken from the source instead.
const SEEDED: [&str; 3] = ["signing_keys", "relays", "log_anchor"];
/// What is not copied row by row: the one row is set.
const SET: &str = "log_anchor";
/// What the other engine has and this one does not, yet.
const ELSEWHERE: [(&str, &str); 1] = [("subscriptions", "rows")];

/// COPY takes no rows into a table whose rows are kept from whoever copies: until it is finished its owner is not bound.
const OPEN_WALL: &str = "DO $$ DECLARE held regclass; BEGIN
    FOR held IN SELECT oid FROM pg_class
        WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace
    LOOP EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', held); END LOOP; END $$";
const CLOSE_WALL: &str = "DO $$ DECLARE held regclass; BEGIN
    FOR held IN SELECT oid FROM pg_class
        WHERE relrowsecurity AND relnamespace = current_schema()::regnamespace
    LOOP EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', held); END LOOP; END $$";

/// A connection by which a database is filled.
pub(crate) struct Target {
    client: Client,
}

/// A table of the source with what its columns hold here.
pub(crate) struct Place {
    pub(crate) table: Table,
    pub(crate) kinds: Vec<Kind>,
    /// Whether its rows refer to others of the same table, so that they must come together.
    pub(crate) refers_to_itself: bool,
}

impl Target {
    /// Makes the schema, and takes the database for this copy alone.
    pub(crate) async fn open(url: &str) -> Result<Self, CopyError> {
        migrate::migrate(url).await?;
        let client = Server::parse(url)?.connect_to_migrate().await?;
        let target = Self { client };
        target.simply("SET lock_timeout = '10s'").await?;
        let lock = target.client.execute("SELECT pg_advisory_lock($1)", &[&ONE_AT_A_TIME]).await;
        lock.map_err(|error| match error.code() {
            Some(&SqlState::LOCK_NOT_AVAILABLE) => CopyError::Busy,
            _ => failed(error),
        })?;
        migrate::check_schema(&target.client).await?;
        Ok(target)
    }

    /// Marks the database as half copied, unless it is by the same copy already.
    pub(crate) async fn begin(
        &self,
        source: &Path,
        places: &[Place],
        anchor: Checkpoint,
        head: Checkpoint,
    ) -> Result<(), CopyError> {
        let begun = self.client.query_opt("SELECT position, hash FROM copying", &[]).await;
        if let Some(row) = begun.map_err(failed)? {
            self.simply(OPEN_WALL).await?;
            let position: i64 = row.try_get(0).map_err(failed)?;
            let hash: Vec<u8> = row.try_get(1).map_err(failed)?;
            let mut then = Checkpoint { position: position.unsigned_abs(), ..Checkpoint::GENESIS };
            then.hash.iter_mut().zip(hash).for_each(|(byte, stored)| *byte = stored);
            return if then == head { Ok(()) } else { Err(CopyError::Moved { then, now: head }) };
        }
        self.simply("BEGIN").await?;
        let names: Vec<&str> = places.iter().map(|place| place.table.name.as_str()).collect();
        for name in names.iter().chain(&["unsequenced"]) {
            self.simply(&format!("LOCK TABLE \"{name}\" IN SHARE ROW EXCLUSIVE MODE")).await?;
            let sql = format!("SELECT EXISTS (SELECT 1 FROM \"{name}\")");
            if !SEEDED.contains(name) && self.is(&sql).await? {
                return Err(CopyError::NotEmpty((*name).to_owned()));
            }
        }
        if self.is("SELECT position > 0 FROM log_head").await? {
            return Err(CopyError::NotEmpty("log_head".to_owned()));
        }
        let sql = "INSERT INTO copying (one, source, position, hash) VALUES (1, $1, $2, $3)";
        let (path, hash) = (source.display().to_string(), head.hash.to_vec());
        self.execute(sql, &[&path, &count(head.position), &hash]).await?;
        self.simply("DELETE FROM signing_keys; DELETE FROM relays").await?;
        self.simply(OPEN_WALL).await?;
        if anchor.position > 0 {
            // The event that it stands at is gone, so it cannot be moved there along the chain.
            self.simply("ALTER TABLE log_anchor DISABLE TRIGGER USER").await?;
            let sql = "UPDATE log_anchor SET position = $1, hash = $2";
            self.execute(sql, &[&count(anchor.position), &anchor.hash.to_vec()]).await?;
            self.simply("ALTER TABLE log_anchor ENABLE TRIGGER USER").await?;
        }
        self.simply("COMMIT").await
    }

    /// Where the source's tables go, in an order in which everything that is referred to comes first.
    pub(crate) async fn places(&self, tables: Vec<Table>) -> Result<Vec<Place>, CopyError> {
        let sql = "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
                    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace";
        let mut needs = BTreeMap::<String, BTreeSet<String>>::new();
        for row in self.client.query(sql, &[]).await.map_err(failed)? {
            let (table, other) = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
            needs.entry(table).or_default().insert(other);
        }
        let (mut waiting, mut placed) = (tables, Vec::<Place>::new());
        while !waiting.is_empty() {
            let there = |name: &String| placed.iter().any(|place| place.table.name == *name);
            let ready = |table: &Table| {
                let others = needs.get(&table.name).into_iter().flatten();
                others.filter(|other| **other != table.name).all(there)
            };
            let (next, later): (Vec<Table>, Vec<Table>) = waiting.into_iter().partition(ready);
            if next.is_empty() {
                let names: Vec<String> = later.into_iter().map(|table| table.name).collect();
                return Err(alien(format!("the tables {} refer to each other", names.join(", "))));
            }
            for table in next {
                let own = needs.get(&table.name).is_some_and(|all| all.contains(&table.name));
                placed.push(self.place(table, own).await?);
            }
            waiting = later;
        }
        Ok(placed)
    }

    async fn place(&self, mut table: Table, refers_to_itself: bool) -> Result<Place, CopyError> {
        let sql = "SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute
                    WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''";
        let mut there = BTreeMap::<String, String>::new();
        for row in self.client.query(sql, &[&table.name]).await.map_err(failed)? {
            there.insert(row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
        }
        let missing = |column: &String| {
            !there.contains_key(column) && ELSEWHERE.contains(&(&table.name, column))
        };
        let columns: Vec<String> =
            table.columns.iter().filter(|column| !missing(column)).cloned().collect();
        let mut kinds = Vec::new();
        for column in &columns {
            let found = there.get(column).map(String::as_str);
            kinds.push(found.and_then(kind).ok_or_else(|| {
                alien(format!("{}.{column} has no place there ({found:?})", table.name))
            })?);
        }
        table.columns = columns;
        Ok(Place { table, kinds, refers_to_itself })
    }

    /// How far a table has come.
    pub(crate) async fn copied(&self, place: &Place) -> Result<Sum, CopyError> {
        let sql = "SELECT rows, digest FROM copied WHERE name = $1";
        let row = self.client.query_opt(sql, &[&place.table.name]).await.map_err(failed)?;
        let Some(row) = row else { return Ok(Sum::default()) };
        let (rows, stored): (i64, Vec<u8>) =
            (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
        let mut digest = [0; 32];
        digest.iter_mut().zip(stored).for_each(|(byte, stored)| *byte = stored);
        Ok(Sum { rows: rows.unsigned_abs(), digest })
    }

    /// Begins a transaction that takes rows of a table.
    pub(crate) async fn take<'t>(&'t self, place: &'t Place) -> Result<Taking<'t>, CopyError> {
        self.simply("BEGIN").await?;
        let sql = format!("COPY {} FROM STDIN (FORMAT binary)", columns(place));
        let sink = self.client.copy_in(sql.as_str()).await.map_err(failed)?;
        let types: Vec<Type> = place.kinds.iter().map(|kind| column_type(*kind)).collect();
        Ok(Taking { target: self, place, writer: Box::pin(BinaryCopyInWriter::new(sink, &types)) })
    }

    /// What lies in a table now.
    pub(crate) async fn sum(
        &self,
        place: &Place,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Sum, CopyError> {
        let sql = format!("COPY {} TO STDOUT (FORMAT binary)", columns(place));
        let stream = self.client.copy_out(sql.as_str()).await.map_err(failed)?;
        let types: Vec<Type> = place.kinds.iter().map(|kind| column_type(*kind)).collect();
        let mut rows = pin!(BinaryCopyOutStream::new(stream, &types));
        let mut sum = Sum::default();
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let cells =
                place.kinds.iter().enumerate().map(|(index, kind)| cell(&row, index, *kind));
            sum.add(&cells.collect::<Result<Row, Error>>().map_err(failed)?);
            progress(sum.rows);
        }
        Ok(sum)
    }

    /// Tells the sequencers where the log ends, and the planner what there is.
    pub(crate) async fn settle(&self, places: &[Place], head: Checkpoint) -> Result<(), CopyError> {
        let sql = "UPDATE log_head SET position = $1, hash = $2 WHERE one = 1";
        self.execute(sql, &[&count(head.position), &head.hash.to_vec()]).await?;
        for place in places {
            self.simply(&format!("ANALYZE \"{}\"", place.table.name)).await?;
        }
        Ok(())
    }

    /// The database is whole: it may be used.
    pub(crate) async fn finish(&self) -> Result<(), CopyError> {
        // Sent as one text it is one transaction.
        self.simply(&format!("{CLOSE_WALL}; DELETE FROM copied; DELETE FROM copying")).await
    }

    async fn simply(&self, sql: &str) -> Result<(), CopyError> {
        self.client.batch_execute(sql).await.map_err(failed)
    }

    async fn execute(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<(), CopyError> {
        self.client.execute(sql, values).await.map(drop).map_err(failed)
    }

    async fn is(&self, sql: &str) -> Result<bool, CopyError> {
        let row = self.client.query_one(sql, &[]).await.map_err(failed)?;
        row.try_get(0).map_err(failed)
    }
}

/// Rows on their way into a table, in a transaction of their own.
pub(crate) struct Taking<'t> {
    target: &'t Target,
    place: &'t Place,
    writer: std::pin::Pin<Box<BinaryCopyInWriter>>,
}

impl Taking<'_> {
    pub(crate) async fn row(&mut self, row: &Row) -> Result<(), CopyError> {
        self.writer.as_mut().write_raw(row.iter().map(value)).await.map_err(failed)
    }

    /// Makes them stay, together with the record of how far the table has come by them.
    pub(crate) async fn commit(mut self, so_far: &Sum) -> Result<(), CopyError> {
        self.writer.as_mut().finish().await.map_err(failed)?;
        let sql = "INSERT INTO copied (name, rows, digest) VALUES ($1, $2, $3)
                   ON CONFLICT (name) DO UPDATE SET rows = EXCLUDED.rows, digest = EXCLUDED.digest";
        let (rows, digest) = (count(so_far.rows), so_far.digest.to_vec());
        self.target.execute(sql, &[&self.place.table.name, &rows, &digest]).await?;
        self.target.simply("COMMIT").await
    }
}

/// Whether its rows are copied, or set.
pub(crate) fn is_copied(table: &Table) -> bool {
    table.name != SET
}

fn columns(place: &Place) -> String {
    let names: Vec<String> = place.table.columns.iter().map(|name| format!("\"{name}\"")).collect();
    format!("\"{}\" ({})", place.table.name, names.join(", "))
}

fn kind(name: &str) -> Option<Kind> {
    match name {
        "uuid" => Some(Kind::Id),
        "bigint" => Some(Kind::Number),
        "double precision" => Some(Kind::Real),
        "boolean" => Some(Kind::Truth),
        "text" => Some(Kind::Text),
        "bytea" => Some(Kind::Bytes),
        _ => None,
    }
}

fn column_type(kind: Kind) -> Type {
    match kind {
        Kind::Id => Type::UUID,
        Kind::Number => Type::INT8,
        Kind::Real => Type::FLOAT8,
        Kind::Truth => Type::BOOL,
        Kind::Text => Type::TEXT,
        Kind::Bytes => Type::BYTEA,
    }
}

fn value(cell: &Cell) -> &(dyn ToSql + Sync) {
    match cell {
        Cell::Id(value) => value,
        Cell::Number(value) => value,
        Cell::Real(value) => value,
        Cell::Truth(value) => value,
        Cell::Text(value) => value,
        Cell::Bytes(value) => value,
    }
}

fn cell(row: &BinaryCopyOutRow, index: usize, kind: Kind) -> Result<Cell, Error> {
    Ok(match kind {
        Kind::Id => Cell::Id(row.try_get(index)?),
        Kind::Number => Cell::Number(row.try_get(index)?),
        Kind::Real => Cell::Real(row.try_get(index)?),
        Kind::Truth => Cell::Truth(row.try_get(index)?),
        Kind::Text => Cell::Text(row.try_get(index)?),
        Kind::Bytes => Cell::Bytes(row.try_get(index)?),
    })
}

fn failed(error: Error) -> CopyError {
    OpenError::from(error).into()
}

fn alien(what: String) -> CopyError {
    CopyError::Alien(what)
}
