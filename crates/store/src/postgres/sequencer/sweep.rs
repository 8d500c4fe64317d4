//! Sweeping up after the rounds.
//!
//! What a round has moved stays in `unsequenced` as dead rows and as entries of its indexes until it is vacuumed, and
//! every later round passes all of it. The server does that by itself once a minute at most, which is long: after some
//! thousand events a round takes many times what its own events cost. So a process sweeps after so many events as it has
//! moved, beside the rounds and in a task of its own.
//!
//! Guarantee: nobody waits for it. A VACUUM keeps no one from inserting or taking rows; it is left out where another
//! is under way, and gives no space back to the disk, which is what would need the table for itself.

use std::sync::Arc;

use tokio::task::JoinSet;

use crate::postgres::columns::{get, in_table};
use crate::postgres::connection::Pool;
use crate::postgres::error::StoreError;

/// After how many events it is swept.
const EVENTS: usize = 1_000;
/// How many times as long as a sweep takes none is begun: one that can take nothing away, since a long transaction may
/// still look at it, has more to look through each time.
const REST: u32 = 20;

/// Few dead rows in many pages would not be taken out of the indexes, which is where the rounds pass them.
const SWEEP: &str = "VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON, TRUNCATE OFF) unsequenced";
/// Whoever may use the table and not sweep it would be told each time that it is left out. Before 17 only owners may.
const OURS: &str = "SELECT CASE WHEN current_setting('server_version_num')::int >= 170000
        THEN has_table_privilege('unsequenced', 'MAINTAIN')
        ELSE pg_has_role(relowner, 'USAGE') END
   FROM pg_class WHERE oid = 'unsequenced'::regclass";

/// Sweeps in time; what is under way ends when this is dropped.
pub(super) struct Sweeper {
    pool: Arc<Pool>,
    moved: usize,
    allowed: bool,
    sweeping: JoinSet<bool>,
}

impl Sweeper {
    pub(super) fn new(pool: Arc<Pool>) -> Self {
        Self { pool, moved: 0, allowed: true, sweeping: JoinSet::new() }
    }

    /// So many events were moved.
    pub(super) fn moved(&mut self, events: usize) {
        self.moved = self.moved.saturating_add(events);
        while let Some(swept) = self.sweeping.try_join_next() {
            self.allowed &= swept.unwrap_or(true);
        }
        if self.moved < EVENTS || !self.allowed || !self.sweeping.is_empty() {
            return;
        }
        self.moved = 0;
        let pool = Arc::clone(&self.pool);
        self.sweeping.spawn(async move { sweep_and_rest(&pool).await });
    }
}

/// Sweeps; whether that is this process's to do.
async fn sweep_and_rest(pool: &Pool) -> bool {
    // tidy: because it measures a sweep, and only when the next may come rests on it
    let began = tokio::time::Instant::now();
    let allowed = match sweep(pool).await {
        Ok(true) => true,
        Ok(false) => {
            tracing::warn!(
                "this role may not sweep the table of unsequenced events; the server does it alone"
            );
            false
        }
        Err(error) => {
            tracing::warn!(cause = ?error, "the table of unsequenced events was not swept");
            true
        }
    };
    tokio::time::sleep(began.elapsed().saturating_mul(REST)).await;
    allowed
}

async fn sweep(pool: &Pool) -> Result<bool, StoreError> {
    let own = pool.own().await?;
    let db = own.db()?;
    let row = db.one(OURS, &[]).await?;
    let ours = in_table("pg_class", &row, get(&row, 0))?;
    if ours {
        db.simply(SWEEP).await?;
    }
    own.rest();
    Ok(ours)
}
