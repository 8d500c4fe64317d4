//! The port of the transport: it reads one row.

use async_trait::async_trait;
use rishi_app::store::QueryError;
use rishi_app::transport::{RelayStanding, TransportQueries};

use super::Sqlite;
use super::read::transport;

#[async_trait]
impl TransportQueries for Sqlite {
    async fn relay(&self) -> Result<RelayStanding, QueryError> {
        Ok(self.readers.point(transport::relay).await?)
    }
}
