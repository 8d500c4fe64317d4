//! Lets timers fire when they are due.
//!
//! It sleeps until the earliest is due and looks at the clock again every second, since the clock may be set and another
//! process may set a timer. Firing is one transaction of the ledger, which deletes the timers and appends their events,
//! so whatever happens before or after, and however the clock jumps, each fires once: what is due after a jump ahead
//! fires then, and after a jump back it is gone.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{
    LOOK,
    patience::{patiently, pause},
    worker::{Idle, Shared},
};
use crate::{Ledger, causes::chain};

/// Timers fired in one transaction.
const BATCH: usize = 256;

/// Fires until stopped. `idle` is answered when none is due at the clock's present time.
pub(crate) async fn fire<L: Ledger + ?Sized>(
    shared: Arc<Shared<L>>,
    mut question: watch::Receiver<u64>,
    idle: watch::Sender<Idle>,
) {
    let mut changes = shared.ledger.timer_changes();
    let mut tries = 0;
    loop {
        let asked = *question.borrow_and_update();
        let read = *changes.borrow_and_update();
        let ask = || shared.ledger.next_timer();
        let Some(next) = patiently(&shared.stop, "timers", "next_timer", ask).await else { return };
        let now = shared.clock.now();
        if next.is_some_and(|due| due <= now) {
            match shared.ledger.fire_timers(now, BATCH).await {
                // Another process was first, or will be.
                Ok(0) => {}
                Ok(_) => {
                    tries = 0;
                    continue;
                }
                // It may have happened; the ledger knows.
                Err(error) => {
                    tries += 1;
                    tracing::warn!(tries, error = chain(&error), "timers could not be fired");
                    if pause(&shared.stop, tries).await {
                        continue;
                    }
                    return;
                }
            }
        }
        idle.send_replace(Idle { question: asked, read });
        let wait = next.and_then(|due| Duration::try_from(due.duration_since(now)).ok());
        let wait = wait.filter(|wait| !wait.is_zero()).unwrap_or(LOOK).min(LOOK);
        tokio::select! {
            () = shared.stop.cancelled() => return,
            Ok(()) = changes.changed() => {}
            Ok(()) = question.changed() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}
