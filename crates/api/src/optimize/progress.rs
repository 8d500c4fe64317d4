//! GET /api/schedule/optimize/{id}/progress
//!
//! Server-Sent Events: how far a search has come, until it is over. As with the stream of the log, token
//! and permission are asked again and again, and a reader that does not read is given up.

use std::sync::Arc;
use std::time::Duration;

use aide::transform::TransformOperation;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use rishi_app::auth::Principal;
use rishi_app::staffing::optimize::{Optimization, ProgressView, State as Stand};
use schemars::JsonSchema;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

use crate::document;
use crate::events::Seat;
use crate::extract::{Id, Signed};
use crate::problem::{Code, Problem};
use crate::shared::Shared;

/// How many messages wait for a slow reader.
const WAITING: usize = 4;

/// A message of the stream, as the fields of a Server-Sent Event.
#[derive(JsonSchema)]
#[schemars(rename = "ProgressFrame")]
#[expect(dead_code, reason = "describes what the stream sends")]
struct FrameDocument {
    /// 1, 2, … within the stream.
    id: String,
    /// `progress`, and `end` for the last one.
    event: String,
    /// How far the search has come, as JSON text.
    data: ProgressView,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("followOptimization").tag(super::TAG);
    let operation = operation.summary("Follow a search").description(
        "Server-Sent Events: `progress` whenever there is news, at most five a second, and `end` when the \
         search is over, after which the stream ends.",
    );
    let operation = document::respond::<FrameDocument>(
        operation,
        200,
        "text/event-stream",
        "The stream.",
        |_| {},
    );
    document::may_refuse(operation, &[404, 429])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<Uuid>,
) -> Result<Response, Problem> {
    let search = shared.app.optimization(&caller.principal, id)?;
    let seat = shared.streams().enter(caller.principal.user_id()).ok_or_else(|| {
        let most = shared.config.streams_per_user;
        Problem::new(Code::TooManyStreams, format!("a person may hold {most} streams open"))
    })?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let alive = KeepAlive::new().interval(shared.config.stream_heartbeat);
    let follower = Follower { principal: caller.principal, search, sender, seat, shared };
    tokio::spawn(follower.run());
    let events = ReceiverStream::new(receiver).map(Ok::<_, std::convert::Infallible>);
    let mut response = Sse::new(events).keep_alive(alive).into_response();
    // A proxy that collected events before passing them on would make them late.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().remove(http::header::CACHE_CONTROL);
    Ok(response)
}

/// One reader's stream.
struct Follower {
    principal: Arc<Principal>,
    search: Arc<Optimization>,
    sender: mpsc::Sender<Event>,
    /// Held as long as the stream is open.
    seat: Seat,
    shared: Shared,
}

/// The stream is over.
struct Over;

impl Follower {
    async fn run(mut self) {
        let shutdown = self.shared.shutdown.clone();
        tokio::select! {
            () = shutdown.cancelled() => {}
            Over = self.follow() => {}
        }
        drop(self.seat);
    }

    async fn follow(&mut self) -> Over {
        let mut watch = self.search.watch();
        let mut recheck = tokio::time::interval(self.shared.config.stream_recheck);
        let sender = self.sender.clone();
        let mut number = 0_u64;
        loop {
            let snapshot = watch.borrow_and_update().clone();
            let over = snapshot.state != Stand::Running;
            number += 1;
            let name = if over { "end" } else { "progress" };
            // Strings and numbers: nothing that JSON cannot carry.
            let data = serde_json::to_string(&ProgressView::from(&snapshot)).unwrap_or_default();
            let event = Event::default().id(number.to_string()).event(name).data(data);
            if self.send(event, self.shared.config.stream_patience).await.is_err() || over {
                return Over;
            }
            loop {
                tokio::select! {
                    changed = watch.changed() => match changed {
                        Ok(()) => break,
                        Err(_) => return Over,
                    },
                    _ = recheck.tick() => if self.allowed().await.is_err() { return Over },
                    () = sender.closed() => return Over,
                }
            }
        }
    }

    async fn send(&self, event: Event, patience: Duration) -> Result<(), Over> {
        match tokio::time::timeout(patience, self.sender.send(event)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Over),
        }
    }

    /// Whether the reader may still read.
    async fn allowed(&mut self) -> Result<(), Over> {
        let now = self.shared.app.clock.now();
        let found = self.shared.authenticator.again(&self.principal, now).await;
        self.principal = found.map_err(|_| Over)?;
        self.shared.app.optimization(&self.principal, self.search.id).map_err(|_| Over)?;
        Ok(())
    }
}
