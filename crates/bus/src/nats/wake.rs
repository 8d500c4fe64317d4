//! Hears of what was relayed, and looks into the log.
//!
//! A message is a hint and nothing more: what it says is newer than what is known makes the node look. So a forged
//! message costs a look, of which there are not many a second, and one that is missing costs the time until the
//! next message or the next look that happens anyway.
//!
//! A node that has sequenced something tells the others by a plain message ([`subject::WAKE`]): it is for whoever relays,
//! which would otherwise hear of it a second later.

use std::sync::Arc;
use std::time::Duration;

use async_nats::Message;
use futures::StreamExt;
use tokio_util::sync::CancellationToken;

use super::{Link, LinkError, subject};
use crate::causes::chain;
use crate::relay::Count;
use crate::{Jitter, Ledger, Position};

/// The shortest time between two looks that find what was said.
const BETWEEN: Duration = Duration::from_millis(2);
/// The same after one that did not.
const AFTER_A_LIE: Duration = Duration::from_millis(250);
/// How soon it listens again after it could not.
const AGAIN: Duration = Duration::from_secs(1);

/// Wakes a node.
pub struct Wake<L: ?Sized> {
    link: Arc<Link>,
    ledger: Arc<L>,
    jitter: Jitter,
}

impl<L: Ledger + ?Sized> Wake<L> {
    /// Over a connection.
    pub fn new(link: Arc<Link>, ledger: Arc<L>, jitter: Jitter) -> Self {
        Self { link, ledger, jitter }
    }

    /// Listens and tells until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let listen = async {
            // Ends by being dropped.
            loop {
                match self.listen().await {
                    Ok(()) => tracing::debug!("nothing more is heard from NATS"),
                    Err(error) => tracing::debug!(error = chain(&error), "NATS is not heard"),
                }
                tokio::time::sleep(AGAIN.mul_f64(1.0 + (self.jitter)())).await;
            }
        };
        let both = futures::future::join(listen, self.tell());
        stop.run_until_cancelled(both).await;
    }

    /// Tells whoever relays of what this node has sequenced.
    async fn tell(&self) {
        let mut head = self.ledger.head();
        while head.changed().await.is_ok() {
            let newest = *head.borrow_and_update();
            // What nobody hears now is found by the look that happens anyway.
            if self.link.figures.is_relaying() || self.link.ready().is_err() {
                continue;
            }
            let said = self.link.client.publish(subject::WAKE, newest.to_string().into()).await;
            if let Err(error) = said {
                tracing::debug!(error = chain(&error), "nobody is told of new events");
            }
        }
    }

    async fn listen(&self) -> Result<(), LinkError> {
        let failed = |error: async_nats::SubscribeError| LinkError::Failed(chain(&error));
        let events = self.link.client.subscribe(subject::EVENTS).await.map_err(failed)?;
        let hints = self.link.client.subscribe(subject::WAKE).await.map_err(failed)?;
        let mut messages = futures::stream::select(events, hints).ready_chunks(1_024);
        let mut last = None;
        while let Some(chunk) = messages.next().await {
            let claimed = chunk.iter().filter_map(|message| self.claim(message, &mut last)).max();
            let Some(claimed) = claimed else { continue };
            if claimed <= *self.ledger.head().borrow() {
                continue;
            }
            let pause = match self.look().await {
                found if found >= claimed => BETWEEN,
                _ => AFTER_A_LIE,
            };
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }

    /// The newest position that a message speaks of, if it does.
    fn claim(&self, message: &Message, last: &mut Option<Position>) -> Option<Position> {
        if message.subject.as_str() == subject::WAKE {
            return std::str::from_utf8(&message.payload).ok()?.parse().ok();
        }
        let header = |name: &str| -> Option<Position> {
            message.headers.as_ref()?.get(name)?.as_str().parse().ok()
        };
        let position = header(subject::POSITION)?;
        let previous = header(subject::PREVIOUS);
        // What is missing is in the log, which is read from where the node stands and not from what it heard.
        if last.is_some_and(|last| previous.is_some_and(|previous| previous > last)) {
            self.link.figures.add(Count::Gaps);
        }
        *last = Some(position.max(last.unwrap_or_default()));
        Some(position)
    }

    async fn look(&self) -> Position {
        self.link.figures.add(Count::Woken);
        match self.ledger.refresh_head().await {
            Ok(head) => head,
            Err(error) => {
                tracing::debug!(error = chain(&error), "the log's head could not be read");
                0
            }
        }
    }
}
