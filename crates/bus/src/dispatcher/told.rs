//! Tasks that serve all subscriptions, and how far they have come.

use tokio::sync::watch;

use super::worker::Idle;

/// A task that serves all subscriptions: what it is to take notice of, and how far it has.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) changes: watch::Receiver<u64>,
    pub(crate) idle: watch::Receiver<Idle>,
}

impl Told {
    /// Waits for the answer to a question; false when there is more to take notice of already.
    pub(crate) async fn answer(&self, question: u64) -> bool {
        let mut idle = self.idle.clone();
        // A task that has ended takes notice of nothing.
        let Ok(idle) = idle.wait_for(|idle| idle.question >= question).await else { return true };
        idle.read >= *self.changes.borrow()
    }
}
