//! All that the platform asks of an engine.

use std::sync::Arc;

use async_trait::async_trait;
use rishi_app::operations::storage::StorageFigures;
use rishi_app::{Commit, Store};
use rishi_bus::lease::Leases;
use rishi_bus::{Desk, Ledger};

/// An engine, whichever it is: the use cases' port, the bus's and the operator's, and its end.
#[async_trait]
pub trait Engine: Store + Ledger<Commit = Commit> + Desk {
    /// What it has been doing in this process, and how it is.
    fn figures(&self) -> StorageFigures;

    /// What several processes share their work by; nothing where one process works alone.
    fn leases(self: Arc<Self>) -> Option<Arc<dyn Leases>>;

    /// Finishes what is under way and lets the database go. Later commits are refused as unavailable.
    async fn close(&self);
}

#[async_trait]
impl Engine for crate::sqlite::Sqlite {
    fn leases(self: Arc<Self>) -> Option<Arc<dyn Leases>> {
        None
    }

    fn figures(&self) -> StorageFigures {
        self.figures()
    }

    async fn close(&self) {
        self.close().await;
    }
}

#[async_trait]
impl Engine for crate::postgres::Postgres {
    fn leases(self: Arc<Self>) -> Option<Arc<dyn Leases>> {
        Some(self)
    }

    fn figures(&self) -> StorageFigures {
        self.figures()
    }

    async fn close(&self) {
        self.close().await;
    }
}
