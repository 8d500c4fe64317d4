//! What this process is told of as soon as it is on the disk.

use rishi_bus::Position;
use tokio::sync::watch;

/// The senders; whoever clones them raises the same.
#[derive(Clone)]
pub(crate) struct Signals {
    /// The newest position.
    pub(crate) head: watch::Sender<Position>,
    /// Raised after an operator's order.
    pub(crate) controls: watch::Sender<u64>,
    /// Raised after a timer was set.
    pub(crate) timers: watch::Sender<u64>,
}

impl Signals {
    /// Nothing yet, of a log whose head is `head`.
    pub(crate) fn new(head: Position) -> Self {
        Self {
            head: watch::Sender::new(head),
            controls: watch::Sender::new(0),
            timers: watch::Sender::new(0),
        }
    }

    /// Makes a newer head known. It never goes back, whoever learns of it last.
    pub(crate) fn raise(&self, newest: Position) {
        self.head.send_if_modified(|known| {
            let newer = newest > *known;
            *known = newest.max(*known);
            newer
        });
    }
}
