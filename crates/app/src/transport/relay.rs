//! The relay's book, kept in the database through the one door.

use std::sync::Arc;

use async_trait::async_trait;
use rishi_bus::relay::{RelayBook, RelayState};
use rishi_bus::{Clock, LedgerError, Position};
use rishi_domain::time::to_microsecond;

use super::port::{RelayStanding, TransportChange};
use crate::commit::{Change, CommitError};
use crate::{App, Commit, Error, Store};

/// The longest error that is kept, in bytes.
const ERROR: usize = 500;

impl App {
    /// How the relay of events to the broker stands, whichever node it runs on.
    pub async fn relay(&self) -> Result<RelayStanding, Error> {
        Ok(self.store.relay().await?)
    }
}

/// Keeps where the relay stands.
pub struct Book {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl Book {
    /// In a database, by a clock.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    async fn put(&self, change: TransportChange) -> Result<(), CommitError> {
        let changes = vec![Change::Transport(change)];
        self.store.commit(Commit { changes, ..Commit::default() }).await.map(drop)
    }
}

#[async_trait]
impl RelayBook for Book {
    async fn state(&self) -> Result<RelayState, LedgerError> {
        Ok(self.store.relay().await.map_err(LedgerError::new)?.state)
    }

    async fn advance(&self, from: Position, to: Position) -> Result<bool, LedgerError> {
        let at = to_microsecond(self.clock.now());
        match self.put(TransportChange::Relayed { from, to, at }).await {
            Ok(()) => Ok(true),
            Err(CommitError::Refused(_)) => Ok(false),
            Err(error) => Err(LedgerError::new(error)),
        }
    }

    async fn tell(&self, error: Option<String>) -> Result<(), LedgerError> {
        let error = error.map(|mut text| {
            text.truncate(text.floor_char_boundary(ERROR));
            text
        });
        let at = to_microsecond(self.clock.now());
        self.put(TransportChange::Told { error, at }).await.map_err(LedgerError::new)
    }
}
