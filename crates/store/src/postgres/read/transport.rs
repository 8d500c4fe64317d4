//! How the relay stands.

use rishi_app::transport::RelayStanding;

use crate::postgres::columns::in_table;
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::transport::{RELAY, standing};

pub(in crate::postgres) async fn relay(db: &Db<'_>) -> Result<RelayStanding, StoreError> {
    let sql = format!(
        "SELECT {RELAY}, (SELECT h.position FROM log_head h WHERE one = 1),
                (SELECT e.timestamp FROM events e WHERE e.position > r.position
                  ORDER BY e.position LIMIT 1)
           FROM relays r WHERE r.name = 'nats'"
    );
    let row = db.one(&sql, &[]).await?;
    in_table("relays", &row, standing(&row))
}
