//! How the relay stands.

use rishi_app::transport::RelayStanding;
use rusqlite::Connection;

use crate::rows::transport::{RELAY, standing};
use crate::sqlite::columns::in_table;
use crate::sqlite::error::StoreError;

pub(in crate::sqlite) fn relay(db: &Connection) -> Result<RelayStanding, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {RELAY},
                coalesce((SELECT max(position) FROM events),
                         (SELECT position FROM log_anchor WHERE one = 1)),
                (SELECT e.timestamp FROM events e WHERE e.position > r.position
                  ORDER BY e.position LIMIT 1)
           FROM relays r WHERE r.name = 'nats'"
    ))?;
    statement.query_row([], |row| Ok(in_table("relays", row, standing(row))))?
}
