//! Finds what other processes have written to the log.

use std::sync::Arc;

use tokio::time::MissedTickBehavior;

use super::{LOOK, worker::Shared};
use crate::{Ledger, causes::chain};

/// Looks every second until stopped.
pub(crate) async fn look<L: Ledger + ?Sized>(shared: Arc<Shared<L>>) {
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while shared.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Some(Err(error)) =
            shared.stop.run_until_cancelled(shared.ledger.refresh_head()).await
        {
            tracing::warn!(error = chain(&error), "the ledger's head could not be read");
        }
    }
}
