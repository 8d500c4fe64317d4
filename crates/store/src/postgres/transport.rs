//! The port of the transport: it reads one row.

use async_trait::async_trait;
use rishi_app::store::QueryError;
use rishi_app::transport::{RelayStanding, TransportQueries};

use super::Postgres;
use super::reach::EVERYTHING;
use super::read::transport;

#[async_trait]
impl TransportQueries for Postgres {
    async fn relay(&self) -> Result<RelayStanding, QueryError> {
        Ok(self.pool.point(EVERYTHING, transport::relay).await?)
    }
}
