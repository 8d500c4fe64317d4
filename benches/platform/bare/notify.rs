//! The limit of a policy that writes one row: notifications and the cursor, as many to a
//! transaction as the dispatcher takes at once.

use std::time::Instant;

use super::row::Ids;
use super::{Row, Writer};
use crate::figures::Pace;
use crate::{Result, machine};

/// Events that the dispatcher takes at once.
const WAVE: u64 = 512;

/// Writes `count` notifications like `notice`, the cursor of `subscription` with each batch.
pub(crate) fn notices(
    writer: &mut Writer,
    notice: &mut Row,
    subscription: &str,
    count: u64,
) -> Result<Pace> {
    let mut ids = Ids::now();
    let (own, about) = (notice.column("id")?, notice.column("related_entity_id")?);
    let (begun, used, mut done) = (Instant::now(), machine::own_thread(), 0);
    while done < count {
        let batch = WAVE.min(count - done);
        writer.transaction(|db| {
            let mut insert = db.prepare_cached(&notice.insert)?;
            for _ in 0..batch {
                notice.id(own, ids.next());
                notice.id(about, ids.next());
                notice.write(&mut insert)?;
            }
            db.prepare_cached("UPDATE subscriptions SET cursor = cursor + ?2 WHERE name = ?1")?
                .execute(rusqlite::params![subscription, batch])?;
            Ok(())
        })?;
        done += batch;
    }
    Ok(Pace::of(done, begun.elapsed(), machine::own_thread() - used))
}
