//! What exports and imports ask of an engine.

use std::sync::Arc;

use async_trait::async_trait;

use crate::bookings::{BookingFilter, SharedRecord};
use crate::commit::{Slot, TakenSlot};
use crate::scope::Scope;
use crate::store::QueryError;

/// Questions of those who read everything, or want to write much.
#[async_trait]
pub trait ExchangeQueries: Send + Sync {
    /// A stretch of the bookings that match, without counting all that do: whoever reads them to the end
    /// would count them once for each stretch.
    async fn bookings_uncounted(
        &self,
        scope: &Scope,
        filter: &BookingFilter,
    ) -> Result<Vec<Arc<SharedRecord>>, QueryError>;

    /// Which of these slots are taken as things stand, as [`crate::commit::Guard::TogetherFree`] would say.
    async fn taken(&self, slots: Vec<Slot>) -> Result<Vec<TakenSlot>, QueryError>;
}
