//! GET /api/system/verification
//!
//! Server-Sent Events: the log and the bookings are verified while the reader listens. Who goes away ends it, so it
//! leaves nothing behind, whichever process was asked.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use rishi_app::Error;
use rishi_app::auth::Principal;
use rishi_app::operations::verification::{Verification, VerificationProgress};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use crate::document;
use crate::events::Seat;
use crate::extract::Signed;
use crate::problem::{Code, Problem};
use crate::shared::Shared;

/// How many messages wait for a slow reader.
const WAITING: usize = 4;

/// A message of the stream, as the fields of a Server-Sent Event.
#[derive(JsonSchema)]
#[schemars(rename = "VerificationFrame")]
#[expect(dead_code, reason = "describes what the stream sends")]
struct FrameDocument {
    /// `progress`, and for the last one `end` or `failed`.
    event: String,
    /// As JSON text: how far it has come, what came of it, or why it could not be read.
    data: FrameData,
}

/// What the messages say.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "VerificationMessage")]
#[serde(untagged)]
enum FrameData {
    /// Of `progress`.
    Progress(VerificationProgress),
    /// Of `end`.
    End(Verification),
    /// Of `failed`.
    Failed {
        /// Why.
        detail: String,
    },
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("verifyLog").tag(super::TAG).summary("Verify log and bookings");
    let operation = operation.description(
        "Server-Sent Events: `progress` as it goes, then `end` with what came of it, or `failed` where it could not be \
         read; the stream ends with that. It is what `rishi events verify` does: the hash chain, the version of every \
         subject, the progress of every subscription, and every booking against its events. Nothing is changed; who \
         closes the stream ends it. One at a time in a process (409 `order_refused`).",
    );
    let (media, description) = ("text/event-stream", "The stream.");
    let operation = document::respond::<FrameDocument>(operation, 200, media, description, |_| {});
    document::may_refuse(operation, &[409, 429])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
) -> Result<Response, Problem> {
    shared.app.may_see(&caller.principal)?;
    let seat = shared.streams().enter(caller.principal.user_id()).ok_or_else(|| {
        let most = shared.config.streams_per_user;
        Problem::new(Code::TooManyStreams, format!("a person may hold {most} streams open"))
    })?;
    let turn = Arc::clone(shared.verifying()).try_acquire_owned().map_err(|_| {
        Problem::new(
            Code::OrderRefused,
            "the log is being verified already; wait until that is done",
        )
    })?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let alive = KeepAlive::new().interval(shared.config.stream_heartbeat);
    let verifier = Verifier { principal: caller.principal, sender, shared, _held: (seat, turn) };
    tokio::spawn(verifier.run());
    let events = ReceiverStream::new(receiver).map(Ok::<_, std::convert::Infallible>);
    let mut response = Sse::new(events).keep_alive(alive).into_response();
    // A proxy that collected events before passing them on would make them late.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().remove(http::header::CACHE_CONTROL);
    Ok(response)
}

/// A verification for one reader.
struct Verifier {
    principal: Arc<Principal>,
    sender: mpsc::Sender<Event>,
    shared: Shared,
    /// The reader's place among streams, and the turn to verify.
    _held: (Seat, OwnedSemaphorePermit),
}

impl Verifier {
    async fn run(self) {
        let shutdown = self.shared.shutdown.clone();
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = self.sender.closed() => {}
            () = self.follow() => {}
        }
    }

    async fn follow(&self) {
        let (told, mut news) = watch::channel(None);
        let verifying = self.verify(told);
        tokio::pin!(verifying);
        let mut recheck = tokio::time::interval(self.shared.config.stream_recheck);
        loop {
            tokio::select! {
                found = &mut verifying => {
                    let (name, data) = match found {
                        Ok(found) => ("end", FrameData::End(found)),
                        Err(error) => ("failed", FrameData::Failed { detail: error.to_string() }),
                    };
                    self.send(name, &data).await;
                    return;
                }
                _ = recheck.tick() => {
                    if !self.allowed().await {
                        return;
                    }
                    let latest = *news.borrow_and_update();
                    if let Some(progress) = latest && !self.send("progress", &FrameData::Progress(progress)).await {
                        return;
                    }
                }
            }
        }
    }

    async fn verify(
        &self,
        told: watch::Sender<Option<VerificationProgress>>,
    ) -> Result<Verification, Error> {
        let head = *self.shared.head.borrow();
        let mut progress = |now| {
            told.send_replace(Some(now));
        };
        self.shared.app.verify(&self.principal, head, &mut progress).await
    }

    /// Whether the reader took it.
    async fn send(&self, name: &str, data: &FrameData) -> bool {
        // Strings and numbers: nothing that JSON cannot carry.
        let data = serde_json::to_string(data).unwrap_or_default();
        let sending = self.sender.send(Event::default().event(name).data(data));
        matches!(
            tokio::time::timeout(self.shared.config.stream_patience, sending).await,
            Ok(Ok(()))
        )
    }

    /// Whether the reader may still see it.
    async fn allowed(&self) -> bool {
        let now = self.shared.app.clock.now();
        let found = self.shared.authenticator.again(&self.principal, now).await;
        found.is_ok_and(|principal| self.shared.app.may_see(&principal).is_ok())
    }
}
