//! The port of exports and imports.

use std::sync::Arc;

use async_trait::async_trait;
use rishi_app::bookings::{BookingFilter, SharedRecord};
use rishi_app::commit::{Slot, TakenSlot};
use rishi_app::exchange::ExchangeQueries;
use rishi_app::scope::Scope;
use rishi_app::store::QueryError;

use super::Sqlite;
use super::read::bookings;
use super::writer;

#[async_trait]
impl ExchangeQueries for Sqlite {
    async fn bookings_uncounted(
        &self,
        scope: &Scope,
        filter: &BookingFilter,
    ) -> Result<Vec<Arc<SharedRecord>>, QueryError> {
        let (kept, scope, filter) = (Arc::clone(&self.records), scope.clone(), filter.clone());
        let query = move |db: &_| bookings::uncounted(db, &kept, &scope, &filter);
        Ok(self.readers.scan(query).await?)
    }

    async fn taken(&self, slots: Vec<Slot>) -> Result<Vec<TakenSlot>, QueryError> {
        Ok(self.readers.scan(move |db| writer::taken(db, &slots)).await?)
    }
}
