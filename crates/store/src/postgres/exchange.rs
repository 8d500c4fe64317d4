//! The port of exports and imports.

use std::sync::Arc;

use async_trait::async_trait;
use rishi_app::bookings::{BookingFilter, SharedRecord};
use rishi_app::commit::{Slot, TakenSlot};
use rishi_app::exchange::ExchangeQueries;
use rishi_app::scope::Scope;
use rishi_app::store::QueryError;

use super::Postgres;
use super::reach::EVERYTHING;
use super::writer;

#[async_trait]
impl ExchangeQueries for Postgres {
    async fn bookings_uncounted(
        &self,
        scope: &Scope,
        filter: &BookingFilter,
    ) -> Result<Vec<Arc<SharedRecord>>, QueryError> {
        Ok(self.list(scope, filter, false).await?.items)
    }

    async fn taken(&self, slots: Vec<Slot>) -> Result<Vec<TakenSlot>, QueryError> {
        Ok(self.pool.view(EVERYTHING, async |db| writer::taken(db, &slots).await).await?)
    }
}
