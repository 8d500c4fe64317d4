//! Connections: how they are made, shared and given back.
//!
//! Short queries ([`Pool::point`]) share a few connections: they are sent one after another without waiting for
//! each other's answers, so a few connections carry what a pool of many would. Whatever may look at many rows
//! ([`Pool::scan`]), needs one view of several tables ([`Pool::view`]) or writes ([`Pool::own`]) has a connection
//! for itself.
//!
//! Bounds: so many connections, so many that wait for one, and a time after which a query is given up here and
//! interrupted there. Whoever comes beyond is refused as unavailable. A connection that is not known to be
//! at rest is closed rather than given back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use deadpool_postgres::{ClientWrapper, Object, PoolError, TimeoutType, Timeouts};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use super::error::{OpenError, StoreError};
use super::server::{CONNECTING, Server};
use crate::guard::{Guard, Weight};

/// How many queries may wait for a connection.
pub(super) const MOST_WAITING: usize = 512;
/// How many prepared statements a connection keeps: more than there are, but for lists whose parts somebody
/// combines in all ways.
const STATEMENTS: usize = 512;
/// A connection as queries see it.
pub(super) struct Db<'c>(&'c ClientWrapper);

/// What stands for `$1`, `$2` … in a statement.
pub(super) type Values<'a> = [&'a (dyn ToSql + Sync)];

impl Db<'_> {
    /// A statement, prepared once for each connection.
    pub(super) async fn prepare(&self, sql: &str) -> Result<Statement, StoreError> {
        if self.0.statement_cache.size() > STATEMENTS {
            self.0.statement_cache.clear();
        }
        Ok(self.0.prepare_cached(sql).await?)
    }

    /// All rows.
    pub(super) async fn query(
        &self,
        sql: &str,
        values: &Values<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepare(sql).await?;
        Ok(self.0.query(&statement, values).await?)
    }

    /// The only row.
    pub(super) async fn one(&self, sql: &str, values: &Values<'_>) -> Result<Row, StoreError> {
        let statement = self.prepare(sql).await?;
        Ok(self.0.query_one(&statement, values).await?)
    }

    /// The only row, if there is one.
    pub(super) async fn optional(
        &self,
        sql: &str,
        values: &Values<'_>,
    ) -> Result<Option<Row>, StoreError> {
        let statement = self.prepare(sql).await?;
        Ok(self.0.query_opt(&statement, values).await?)
    }

    /// How many rows it changed.
    pub(super) async fn execute(&self, sql: &str, values: &Values<'_>) -> Result<u64, StoreError> {
        let statement = self.prepare(sql).await?;
        Ok(self.0.execute(&statement, values).await?)
    }

    /// Something that takes no values and gives no rows.
    pub(super) async fn simply(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.0.batch_execute(sql).await?)
    }
}

/// A connection that one borrower has for itself. Unless it is said to be at rest it is closed when dropped, for a
/// query or a transaction may still be under way on it.
pub(super) struct Own(Option<Object>);

impl Own {
    /// The connection as queries see it.
    pub(super) fn db(&self) -> Result<Db<'_>, StoreError> {
        self.0.as_ref().map(|object| Db(object)).ok_or(StoreError::Closed)
    }

    /// The connection itself.
    pub(super) fn client(&self) -> Result<&Client, StoreError> {
        self.0.as_ref().map(|object| &***object).ok_or(StoreError::Closed)
    }

    /// Gives it back for others to use.
    pub(super) fn rest(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

/// One of the connections that short queries share.
#[derive(Default)]
struct Shared(tokio::sync::Mutex<Option<Arc<Object>>>);

/// The connections of a process.
pub(super) struct Pool {
    connections: deadpool_postgres::Pool,
    shared: Box<[Shared]>,
    next: AtomicUsize,
    guard: Guard,
    waiting: AtomicUsize,
}

/// One that waits for a connection, for as long as it does.
struct Waiting<'p>(&'p AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pool {
    /// A pool behind `guard`: `shared` connections that short queries share, and at most `own` others.
    pub(super) fn new(
        server: Server,
        shared: usize,
        own: usize,
        guard: Guard,
    ) -> Result<Self, OpenError> {
        let shared = shared.max(1);
        Ok(Self {
            connections: server.pool(shared + own.max(1))?,
            shared: std::iter::repeat_with(Shared::default).take(shared).collect(),
            next: AtomicUsize::new(0),
            guard,
            waiting: AtomicUsize::new(0),
        })
    }

    /// Closes all connections; later queries are refused.
    pub(super) async fn close(&self) {
        self.connections.close();
        for one in &self.shared {
            one.0.lock().await.take();
        }
    }

    /// How many queries wait for a connection.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// What stands before the database.
    pub(super) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// A connection for a borrower alone, past the circuit.
    pub(super) async fn own(&self) -> Result<Own, StoreError> {
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        if before >= MOST_WAITING {
            return Err(StoreError::Crowded);
        }
        Ok(Own(Some(self.connection().await?)))
    }

    async fn connection(&self) -> Result<Object, StoreError> {
        let timeouts = Timeouts {
            wait: Some(self.guard.limit()),
            create: Some(CONNECTING),
            recycle: Some(CONNECTING),
        };
        self.connections.timeout_get(&timeouts).await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => StoreError::Crowded,
            PoolError::Closed => StoreError::Closed,
            error => StoreError::Unreachable(Box::new(error)),
        })
    }

    /// One of the connections that short queries share, in turn; a broken one is made anew.
    async fn line(&self) -> Result<Arc<Object>, StoreError> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.shared.len();
        let mut slot = self.shared[turn].0.lock().await;
        if let Some(line) = slot.as_ref().filter(|line| !line.is_closed()) {
            return Ok(Arc::clone(line));
        }
        slot.take();
        let line = Arc::new(self.connection().await?);
        *slot = Some(Arc::clone(&line));
        Ok(line)
    }

    /// A short query: by a key or a selective index.
    pub(super) async fn point<T>(
        &self,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.weighed(Weight::Usual, query).await
    }

    /// The same for what recognises a caller.
    pub(super) async fn vital<T>(
        &self,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.weighed(Weight::Vital, query).await
    }

    /// The same past the circuit, for who wants to know how the database is.
    pub(super) async fn probe<T>(
        &self,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let asked = async {
            let line = self.line().await?;
            query(&Db(&line)).await
        };
        tokio::time::timeout(self.guard.limit(), asked).await.unwrap_or(Err(StoreError::TooSlow))
    }

    async fn weighed<T>(
        &self,
        weight: Weight,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let pass = self.guard.admit(weight)?;
        let outcome = self.probe(query).await;
        pass.read(&outcome);
        outcome
    }

    /// A query that may look at many rows, on a connection of its own.
    pub(super) async fn scan<T>(
        &self,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let pass = self.guard.admit(Weight::Usual)?;
        let outcome = self.alone(query).await;
        pass.read(&outcome);
        outcome
    }

    /// Several queries on one view of the database, whatever is committed meanwhile.
    pub(super) async fn view<T>(
        &self,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.scan(async |db| {
            db.simply("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let found = query(db).await?;
            db.simply("COMMIT").await?;
            Ok(found)
        })
        .await
    }

    /// A query on a connection of its own, past the circuit.
    pub(super) async fn alone<T>(
        &self,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let own = self.own().await?;
        let asked = async { query(&own.db()?).await };
        let found = tokio::time::timeout(self.guard.limit(), asked)
            .await
            .unwrap_or(Err(StoreError::TooSlow))?;
        own.rest();
        Ok(found)
    }
}
