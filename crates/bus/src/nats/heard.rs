//! What the client says of its connection, kept for whoever asks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::Event;
use tokio::sync::Notify;

use crate::relay::TransportFigures;

/// What was heard until now.
pub(super) struct Heard {
    figures: Arc<TransportFigures>,
    trouble: Mutex<Option<String>>,
    /// An answer to the first attempt to connect.
    answered: Notify,
    closing: AtomicBool,
}

impl Heard {
    pub(super) fn nothing(figures: Arc<TransportFigures>) -> Self {
        let trouble = Mutex::new(Some("no server has answered yet".to_owned()));
        Self { figures, trouble, answered: Notify::new(), closing: AtomicBool::new(false) }
    }

    /// Keeps an event.
    pub(super) fn hear(&self, event: &Event) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Connected => {
                tracing::info!("connected to NATS");
                self.figures.set_connected(true);
                *trouble = None;
                self.answered.notify_one();
            }
            Event::Disconnected | Event::Closed => {
                if self.closing.load(Ordering::Relaxed) {
                    tracing::debug!("the connection to NATS has ended");
                } else {
                    tracing::warn!("the connection to NATS was lost; it is made again");
                }
                self.figures.set_connected(false);
                trouble.get_or_insert_with(|| "the connection was lost".to_owned());
            }
            Event::ServerError(_) | Event::ClientError(_) => {
                tracing::warn!(%event, "NATS");
                *trouble = Some(event.to_string());
                self.answered.notify_one();
            }
            Event::SlowConsumer(_) | Event::LameDuckMode | Event::Draining => {
                tracing::debug!(%event, "NATS");
            }
        }
    }

    /// Why there is no connection now.
    pub(super) fn trouble(&self) -> String {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone();
        trouble.unwrap_or_else(|| "the connection was lost".to_owned())
    }

    /// Waits for the first attempt to connect, but not longer than so.
    pub(super) async fn first(&self, limit: Duration) {
        // Who waits in vain is told what is wrong by what it asks next.
        tokio::time::timeout(limit, self.answered.notified()).await.ok();
    }

    /// The connection ends because it is to end.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }
}
