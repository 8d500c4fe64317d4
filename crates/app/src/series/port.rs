//! What series ask of an engine.

use async_trait::async_trait;
use rishi_domain::id::BookingSeriesId;
use rishi_domain::series::BookingSeries;

use crate::bookings::BookingRecord;
use crate::scope::Scope;
use crate::store::QueryError;

/// A series with its bookings.
#[derive(Debug, Clone)]
pub struct SeriesRecord {
    /// The series.
    pub series: BookingSeries,
    /// Its bookings that are in scope, by number.
    pub bookings: Vec<BookingRecord>,
}

/// Queries about series.
#[async_trait]
pub trait SeriesQueries: Send + Sync {
    /// A series of which at least one booking is in scope.
    async fn series(
        &self,
        scope: &Scope,
        id: BookingSeriesId,
    ) -> Result<Option<SeriesRecord>, QueryError>;
}
