//! Connections: how they are made, shared and given back.
//!
//! Short queries ([`Pool::point`]) share a few connections: they are sent one after another without waiting for
//! each other's answers, so a few connections carry what a pool of many would. Whatever may look at many rows
//! ([`Pool::scan`]), needs one view of several tables ([`Pool::view`]) or writes ([`Pool::own`]) has a connection
//! for itself.
//!
//! What rows a query may see is said to the database before it ([`Reach`]), as the schema's policies want it.
//! Connections see everything from the start. On those that short queries of a part share, the part is said right before
//! each statement and nothing comes between; on one of its own it is said for the transaction.
//!
//! Bounds: so many connections, so many that wait for one, and a time after which a query is given up here and
//! interrupted there. Whoever comes beyond is refused as unavailable. A connection that is not known to be
//! at rest is closed rather than given back.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use deadpool_postgres::{Object, PoolError, TimeoutType, Timeouts};
use tokio_postgres::Client;

use super::error::{OpenError, StoreError};
use super::reach::{EVERYTHING, Reach, SAY, WORKPLACES};
use super::server::{CONNECTING, Server};
use crate::guard::{Guard, Weight};

mod db;

pub(super) use db::{Db, Values};

/// How many queries may wait for a connection.
pub(super) const MOST_WAITING: usize = 512;

/// A connection that one borrower has for itself. Unless it is said to be at rest it is closed when dropped, for a
/// query or a transaction may still be under way on it.
pub(super) struct Own(Option<Object>);

impl Own {
    /// The connection as queries see it.
    pub(super) fn db(&self) -> Result<Db<'_>, StoreError> {
        self.0.as_ref().map(|object| Db::new(object)).ok_or(StoreError::Closed)
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

/// A connection that short queries share.
struct Line {
    connection: Object,
    /// Held while what belongs together is sent.
    sending: std::sync::Mutex<()>,
}

/// The place of one of them.
#[derive(Default)]
struct Shared(tokio::sync::Mutex<Option<Arc<Line>>>);

/// The connections of a process.
pub(super) struct Pool {
    connections: deadpool_postgres::Pool,
    /// For queries that may see everything.
    wide: Box<[Shared]>,
    /// For those that may see a part.
    narrow: Box<[Shared]>,
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
    /// A pool behind `guard`: `shared` connections that short queries share which may see everything, as many for
    /// those that see a part, and at most `own` others.
    pub(super) fn new(
        server: Server,
        shared: usize,
        own: usize,
        guard: Guard,
    ) -> Result<Self, OpenError> {
        let shared = shared.max(1);
        let places = || std::iter::repeat_with(Shared::default).take(shared).collect();
        Ok(Self {
            connections: server.pool(2 * shared + own.max(1))?,
            wide: places(),
            narrow: places(),
            next: AtomicUsize::new(0),
            guard,
            waiting: AtomicUsize::new(0),
        })
    }

    /// Closes all connections; later queries are refused.
    pub(super) async fn close(&self) {
        self.connections.close();
        for one in self.wide.iter().chain(&self.narrow) {
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
    async fn line(&self, reach: &Reach) -> Result<Arc<Line>, StoreError> {
        let lines = match reach {
            Reach::Everything => &self.wide,
            Reach::Part(_) => &self.narrow,
        };
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % lines.len();
        let mut slot = lines[turn].0.lock().await;
        if let Some(line) = slot.as_ref().filter(|line| !line.connection.is_closed()) {
            return Ok(Arc::clone(line));
        }
        slot.take();
        let connection = self.connection().await?;
        if let Reach::Part(_) = reach {
            // What would be sent without saying anything sees nothing.
            connection.batch_execute("SET rishi.scope = ''").await?;
        }
        let line = Arc::new(Line { connection, sending: std::sync::Mutex::default() });
        *slot = Some(Arc::clone(&line));
        Ok(line)
    }

    /// A short query: by a key or a selective index.
    pub(super) async fn point<T>(
        &self,
        reach: &Reach,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let reach = self.with_workplaces(reach).await?;
        self.weighed(Weight::Usual, &reach, query).await
    }

    /// The same reach, and the organizations where its person works, if it sees the own work wherever it is.
    async fn with_workplaces<'r>(&self, reach: &'r Reach) -> Result<Cow<'r, Reach>, StoreError> {
        let Reach::Part(part) = reach else { return Ok(Cow::Borrowed(reach)) };
        let Some(person) = part.works() else { return Ok(Cow::Borrowed(reach)) };
        let asked = async |db: &Db<'_>| Ok(db.one(WORKPLACES, &[&person.0]).await?.try_get(0)?);
        let workplaces: String = self.weighed(Weight::Usual, EVERYTHING, asked).await?;
        Ok(Cow::Owned(Reach::Part(part.at(&workplaces))))
    }

    /// The same for what recognises a caller, of whom nothing is known before.
    pub(super) async fn vital<T>(
        &self,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.weighed(Weight::Vital, EVERYTHING, query).await
    }

    /// The same past the circuit, for who wants to know how the database is.
    pub(super) async fn probe<T>(
        &self,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.shared(EVERYTHING, query).await
    }

    async fn shared<T>(
        &self,
        reach: &Reach,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let asked = async {
            let line = self.line(reach).await?;
            let said = match reach {
                Reach::Everything => None,
                Reach::Part(part) => Some((part, &line.sending)),
            };
            query(&Db { client: &line.connection, said }).await
        };
        tokio::time::timeout(self.guard.limit(), asked).await.unwrap_or(Err(StoreError::TooSlow))
    }

    async fn weighed<T>(
        &self,
        weight: Weight,
        reach: &Reach,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let pass = self.guard.admit(weight)?;
        let outcome = self.shared(reach, query).await;
        pass.read(&outcome);
        outcome
    }

    /// A query that may look at many rows, on a connection of its own.
    pub(super) async fn scan<T>(
        &self,
        reach: &Reach,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match reach {
            Reach::Everything => self.passing(query).await,
            Reach::Part(_) => Box::pin(self.within("BEGIN READ ONLY", reach, query)).await,
        }
    }

    /// Several queries on one view of the database, whatever is committed meanwhile.
    pub(super) async fn view<T>(
        &self,
        reach: &Reach,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.within("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", reach, query).await
    }

    /// A query in a transaction that begins so; what is said in it is forgotten at its end.
    async fn within<T>(
        &self,
        begin: &str,
        reach: &Reach,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let reach = self.with_workplaces(reach).await?;
        self.passing(async |db| {
            let found = match &*reach {
                Reach::Everything => {
                    db.simply(begin).await?;
                    query(db).await?
                }
                Reach::Part(part) => {
                    let say = db.prepare(SAY).await?;
                    // What is asked is on its way before it is known that it was said, and answers nothing otherwise.
                    let (opened, said, found) =
                        tokio::join!(db.simply(begin), db.say(&say, part), query(db));
                    opened.and(said)?;
                    found?
                }
            };
            db.simply("COMMIT").await?;
            Ok(found)
        })
        .await
    }

    async fn passing<T>(
        &self,
        query: impl AsyncFnOnce(&Db<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let pass = self.guard.admit(Weight::Usual)?;
        let outcome = self.alone(query).await;
        pass.read(&outcome);
        outcome
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
