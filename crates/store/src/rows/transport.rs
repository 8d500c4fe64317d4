//! How the relay stands.

use rishi_app::transport::{RelayStanding, RelayState};

use super::{Fields, number, optional_instant, optional_string, truth};

/// Columns of a row of `relays`, before the head and the oldest event that is not relayed.
pub(crate) const RELAY: &str = "r.position, r.moved_at, r.connected, r.error, r.error_at";

pub(crate) fn standing<R: Fields>(row: &R) -> Result<RelayStanding, R::Error> {
    let error = optional_string(row, 3)?.zip(optional_instant(row, 4)?);
    Ok(RelayStanding {
        state: RelayState {
            position: number(row, 0)?,
            moved_at: optional_instant(row, 1)?,
            connected: truth(row, 2)?,
            error,
        },
        head: number(row, 5)?,
        oldest: optional_instant(row, 6)?,
    })
}
