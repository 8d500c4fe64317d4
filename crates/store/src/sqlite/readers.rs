//! Read-only connections.
//!
//! A read by key or by a selective index takes microseconds from the page cache, less than handing it
//! to another thread would, so it runs where it is asked for. What may look at many rows goes to a
//! blocking thread. Either way a reader never waits for the writer (WAL).
//!
//! Bounds: so many connections, so many queries that wait for one, and a time after which a query is
//! interrupted. Whoever comes beyond is refused as unavailable.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, InterruptHandle};

use super::connection;
use super::error::{OpenError, StoreError};
use crate::guard::{Guard, Weight};

/// How many queries may wait for a connection.
pub(super) const MOST_WAITING: usize = 512;

/// A pool of read-only connections.
pub(super) struct Readers {
    /// Where connections go back; gone when the pool is closed.
    put: Mutex<Option<flume::Sender<Connection>>>,
    take: flume::Receiver<Connection>,
    guard: Guard,
    waiting: AtomicUsize,
}

/// One view of the database for several queries, whatever is committed meanwhile.
pub(super) struct View<'c>(&'c Connection);

impl<'c> View<'c> {
    /// The view as of the first query.
    pub(super) fn open(connection: &'c Connection) -> Result<Self, StoreError> {
        connection.prepare_cached("BEGIN")?.execute([])?;
        Ok(Self(connection))
    }
}

impl std::ops::Deref for View<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

impl Drop for View<'_> {
    fn drop(&mut self) {
        let end = || self.0.prepare_cached("ROLLBACK")?.execute([]);
        if let Err(error) = end() {
            tracing::error!(%error, "a view of the database could not be closed");
        }
    }
}

/// A connection on loan; it goes back when dropped, also when the borrower panics.
struct Loan {
    connection: Option<Connection>,
    put: Option<flume::Sender<Connection>>,
}

impl Drop for Loan {
    fn drop(&mut self) {
        if let (Some(connection), Some(put)) = (self.connection.take(), self.put.take()) {
            // The pool holds the other end, so this can only fail while everything is going down.
            put.send(connection).ok();
        }
    }
}

impl Loan {
    fn run<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.connection.as_ref().map_or(Err(StoreError::Closed), query)
    }

    /// What ends this borrower's query and no other one's.
    fn interrupter(&self) -> Interrupter {
        let handle = self.connection.as_ref().map(Connection::get_interrupt_handle);
        Interrupter(Arc::new(Mutex::new(handle)))
    }
}

/// Ends a query that takes too long, unless it has ended.
#[derive(Clone)]
struct Interrupter(Arc<Mutex<Option<InterruptHandle>>>);

impl Interrupter {
    fn interrupt(&self) {
        if let Some(handle) = self.handle().as_ref() {
            handle.interrupt();
        }
    }

    /// The query has ended: the next one on this connection is none of ours.
    fn ended(&self) {
        self.handle().take();
    }

    fn handle(&self) -> std::sync::MutexGuard<'_, Option<InterruptHandle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that waits for a connection, for as long as it does.
struct Waiting<'r>(&'r AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Readers {
    /// Opens `count` connections behind `guard`.
    pub(super) fn open(path: &Path, count: usize, guard: Guard) -> Result<Self, OpenError> {
        let (put, take) = flume::bounded(count.max(1));
        for _ in 0..count.max(1) {
            put.send(connection::reader(path)?)
                .map_err(|_| OpenError::Read(Box::new(StoreError::Closed)))?;
        }
        Ok(Self { put: Mutex::new(Some(put)), take, guard, waiting: AtomicUsize::new(0) })
    }

    /// Closes the connections that are not on loan, and refuses further queries once the others are
    /// back.
    pub(super) fn close(&self) {
        self.put.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(self.take.drain());
    }

    /// How many queries wait for a connection.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    fn lend(&self, connection: Connection) -> Loan {
        let put = self.put.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Loan { connection: Some(connection), put }
    }

    /// A connection, when there is one free, or as soon as there is.
    async fn loan(&self) -> Result<Loan, StoreError> {
        if let Ok(connection) = self.take.try_recv() {
            return Ok(self.lend(connection));
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        if before >= MOST_WAITING {
            return Err(StoreError::Crowded);
        }
        let free = tokio::time::timeout(self.guard.limit(), self.take.recv_async());
        let connection = free.await.map_err(|_| StoreError::Crowded)?;
        Ok(self.lend(connection.map_err(|_| StoreError::Closed)?))
    }

    /// Runs `query` on this thread, waiting for a connection if need be.
    pub(super) fn with<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let loan = self.lend(self.take.recv().map_err(|_| StoreError::Closed)?);
        loan.run(query)
    }

    /// A read that takes microseconds: runs here.
    pub(super) async fn point<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.weighed(Weight::Usual, query).await
    }

    /// The same for what recognises a caller.
    pub(super) async fn vital<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.weighed(Weight::Vital, query).await
    }

    /// The same past the circuit, for who wants to know how the database is.
    pub(super) async fn probe<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.loan().await?.run(query)
    }

    async fn weighed<T>(
        &self,
        weight: Weight,
        query: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let pass = self.guard.admit(weight)?;
        let outcome = self.loan().await?.run(query);
        pass.read(&outcome);
        outcome
    }

    /// A read that may look at many rows: runs on a blocking thread, and is interrupted when it takes too long.
    pub(super) async fn scan<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let pass = self.guard.admit(Weight::Usual)?;
        let loan = self.loan().await?;
        let interrupter = loan.interrupter();
        let ours = interrupter.clone();
        let mut reading = tokio::task::spawn_blocking(move || {
            let outcome = loan.run(query);
            ours.ended();
            outcome
        });
        let limit = self.guard.limit();
        let Ok(read) = tokio::time::timeout(limit, &mut reading).await else {
            interrupter.interrupt();
            pass.timed_out(limit);
            return Err(StoreError::TooSlow);
        };
        match read {
            Ok(outcome) => {
                pass.read(&outcome);
                outcome
            }
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(StoreError::Closed),
            },
        }
    }
}
