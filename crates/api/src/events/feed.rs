//! What keeps a stream going: reads the log, page by page, and hands it to the connection.
//!
//! Woken by the log's head and by a timer; few read at a time. Before every page and while it waits for a slow reader it
//! asks again whom token or session stand for, so what is sent is decided by the present permissions, and a
//! revoked one ends the stream within seconds. Memory is bounded by the channel; a reader that
//! does not read is given up.

use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::Event;
use rishi_app::Position;
use rishi_app::auth::Principal;
use rishi_app::store::EventFilter;
use rishi_domain::notification::Notification;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::streams::Seat;
use crate::shared::Shared;

/// How many events are read at once.
const PAGE: u32 = 100;

/// What a stream shows.
pub(super) enum Matter {
    /// The log, as far as the reader may read it.
    Log(EventFilter),
    /// What the reader is told.
    Inbox,
}

/// One reader's stream.
pub(super) struct Feed {
    pub(super) principal: Arc<Principal>,
    pub(super) matter: Matter,
    /// Everything up to here was sent or does not concern the reader.
    pub(super) cursor: Position,
    /// Whether it may come upon what retention removed: at its beginning, and while there is more than a page to read.
    pub(super) far_behind: bool,
    pub(super) sender: mpsc::Sender<Event>,
    /// Held as long as the stream is open.
    pub(super) seat: Seat,
    pub(super) shared: Shared,
}

/// The stream is over: the reader is gone or may not read any more, or the log cannot be read. The
/// reader resumes if it can.
struct Over;

impl Feed {
    /// Runs until the stream is over.
    pub(super) async fn run(mut self) {
        let shutdown = self.shared.shutdown.clone();
        tokio::select! {
            () = shutdown.cancelled() => {}
            Over = self.follow() => {}
        }
        drop(self.seat);
    }

    async fn follow(&mut self) -> Over {
        let mut head = self.shared.head.clone();
        let mut recheck = tokio::time::interval(self.shared.config.stream_recheck);
        let sender = self.sender.clone();
        loop {
            if let Err(over) = self.catch_up(&mut head).await {
                return over;
            }
            tokio::select! {
                changed = head.changed() => if changed.is_err() { return Over },
                _ = recheck.tick() => if let Err(over) = self.authenticate().await { return over },
                () = sender.closed() => return Over,
            }
        }
    }

    /// Sends what the log holds. Reading is done by turns, so that a crowd of streams is no burden to requests;
    /// whoever waited for the turn then reads all that has come meanwhile.
    async fn catch_up(&mut self, log: &mut watch::Receiver<Position>) -> Result<(), Over> {
        while self.cursor < *log.borrow_and_update() {
            let shared = self.shared.clone();
            let turn = shared.streams().turn().await;
            let head = *log.borrow_and_update();
            self.authenticate().await?;
            let found = self.page().await?;
            drop(turn);
            // Asked after reading, so that what is missing in the page is told of.
            if self.far_behind && self.pass_a_gap().await? {
                continue;
            }
            let full = found.len() == PAGE as usize;
            self.far_behind = full;
            for (position, event) in found {
                if let Some(event) = event {
                    self.send(event).await?;
                }
                self.cursor = position;
            }
            if !full {
                // Whatever else lies before the head is not for this reader.
                self.cursor = self.cursor.max(head);
            }
        }
        Ok(())
    }

    /// Tells the reader if retention has removed what it would have been sent next, and goes on after that; whether
    /// it has.
    async fn pass_a_gap(&mut self) -> Result<bool, Over> {
        let anchor = self.shared.app.desk.anchor().await.map_err(|_| Over)?.position;
        if self.cursor >= anchor {
            return Ok(false);
        }
        self.send(gap(self.cursor, anchor)).await?;
        self.cursor = anchor;
        Ok(true)
    }

    /// What follows in the log, with what is to be sent of it.
    async fn page(&mut self) -> Result<Vec<(Position, Option<Event>)>, Over> {
        let app = &self.shared.app;
        match &mut self.matter {
            Matter::Log(filter) => {
                filter.after = Some(self.cursor);
                let found = app.tail(&self.principal, filter, PAGE).await.map_err(|_| Over)?;
                let frames = self.shared.frames();
                Ok(found.iter().map(|event| (event.position, Some(frames.of(event)))).collect())
            }
            Matter::Inbox => {
                let found = app.told(&self.principal, self.cursor, PAGE).await.map_err(|_| Over)?;
                let framed = |(position, told): (Position, Option<Notification>)| {
                    (position, told.map(|told| news(position, &told)))
                };
                Ok(found.into_iter().map(framed).collect())
            }
        }
    }

    /// Whom token or session stands for now. Whose roles are others comes again, and is asked anew what
    /// they may hear.
    async fn authenticate(&mut self) -> Result<(), Over> {
        let now = self.shared.app.clock.now();
        let found = self.shared.authenticator.again(&self.principal, now).await;
        let found = found.map_err(|_| Over)?;
        if found.grants() != self.principal.grants() {
            return Err(Over);
        }
        self.principal = found;
        Ok(())
    }

    async fn send(&mut self, event: Event) -> Result<(), Over> {
        let (recheck, patience) =
            (self.shared.config.stream_recheck, self.shared.config.stream_patience);
        let sender = self.sender.clone();
        let mut waited = Duration::ZERO;
        loop {
            match timeout(recheck, sender.reserve()).await {
                Ok(Ok(place)) => {
                    place.send(event);
                    return Ok(());
                }
                Ok(Err(_)) => return Err(Over),
                Err(_) => waited += recheck,
            }
            if waited >= patience {
                self.shared.streams().give_up();
                tracing::info!(user = %self.principal.user_id(), "a reader does not read: stream ended");
                return Err(Over);
            }
            self.authenticate().await?;
        }
    }
}

/// Where a part of the log is missing, as a message of the stream.
fn gap(after: Position, removed_through: Position) -> Event {
    let data = serde_json::json!({ "after": after, "removedThrough": removed_through });
    Event::default().id(removed_through.to_string()).event("gap").data(data.to_string())
}

/// A notification as a message of the stream.
fn news(position: Position, told: &Notification) -> Event {
    // It is made of strings, ids and instants: nothing that JSON cannot carry.
    let data = serde_json::to_string(told).unwrap_or_default();
    Event::default().id(position.to_string()).event("notification").data(data)
}
