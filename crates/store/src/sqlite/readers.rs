//! Read-only connections.
//!
//! A read by key or by a selective index takes microseconds from the page cache, less than handing it
//! to another thread would, so it runs where it is asked for. What may look at many rows goes to a
//! blocking thread. Either way a reader never waits for the writer (WAL).

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use super::connection;
use super::error::{OpenError, StoreError};

/// A pool of read-only connections.
pub(super) struct Readers {
    /// Where connections go back; gone when the pool is closed.
    put: Mutex<Option<flume::Sender<Connection>>>,
    take: flume::Receiver<Connection>,
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
}

impl Readers {
    /// Opens `count` connections.
    pub(super) fn open(path: &Path, count: usize) -> Result<Self, OpenError> {
        let (put, take) = flume::bounded(count.max(1));
        for _ in 0..count.max(1) {
            put.send(connection::reader(path)?)
                .map_err(|_| OpenError::Read(Box::new(StoreError::Closed)))?;
        }
        Ok(Self { put: Mutex::new(Some(put)), take })
    }

    /// Closes the connections that are not on loan, and refuses further queries once the others are
    /// back.
    pub(super) fn close(&self) {
        self.put.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(self.take.drain());
    }

    fn lend(&self, connection: Connection) -> Loan {
        let put = self.put.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Loan { connection: Some(connection), put }
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
        let connection = match self.take.try_recv() {
            Ok(connection) => connection,
            Err(_) => self.take.recv_async().await.map_err(|_| StoreError::Closed)?,
        };
        let loan = self.lend(connection);
        loan.run(query)
    }

    /// A read that may look at many rows: runs on a blocking thread.
    pub(super) async fn scan<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let connection = self.take.recv_async().await.map_err(|_| StoreError::Closed)?;
        let loan = self.lend(connection);
        let reading = tokio::task::spawn_blocking(move || loan.run(query));
        match reading.await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(StoreError::Closed),
            },
        }
    }
}
