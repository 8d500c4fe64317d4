//! Webhooks: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use rishi_app::Error;
use rishi_app::commit::Answer;
use rishi_app::webhooks::{Delivery, DeliveryStatus, WebhookSecret};
use rishi_domain::webhook::WebhookEndpoint;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::answer;
use crate::shared::Shared;

mod create;
mod delete;
mod deliveries;
mod edit;
mod list;
mod read;
mod replay;
mod resend;
mod rotate;
mod test;

const TAG: &str = "Webhooks";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/webhooks",
            get_with(list::handle, list::describe).post_with(create::handle, create::describe),
        )
        .api_route(
            "/api/webhooks/{id}",
            get_with(read::handle, read::describe)
                .patch_with(edit::handle, edit::describe)
                .delete_with(delete::handle, delete::describe),
        )
        .api_route("/api/webhooks/{id}/rotate-secret", post_with(rotate::handle, rotate::describe))
        .api_route("/api/webhooks/{id}/test", post_with(test::handle, test::describe))
        .api_route("/api/webhooks/{id}/replay", post_with(replay::handle, replay::describe))
        .api_route(
            "/api/webhooks/{id}/deliveries",
            get_with(deliveries::handle, deliveries::describe),
        )
        .api_route(
            "/api/webhooks/{id}/deliveries/{deliveryId}/resend",
            post_with(resend::handle, resend::describe),
        )
}

/// An endpoint whose secret is shown, this once.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WebhookWithSecret")]
struct Shown<'a> {
    #[serde(flatten)]
    webhook: &'a WebhookEndpoint,
    /// What signs deliveries, as Standard Webhooks has it; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl<'a> Shown<'a> {
    fn new(webhook: &'a WebhookEndpoint, secret: Option<&WebhookSecret>) -> Self {
        Self { webhook, secret: secret.map(WebhookSecret::reveal) }
    }
}

/// An event on its way to an endpoint.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WebhookDelivery")]
struct View {
    /// The event's id, which is also the header `webhook-id`.
    id: Uuid,
    /// The event's place in the log.
    position: u64,
    /// The event's type.
    event_type: String,
    /// What the event is about.
    subject: String,
    /// Where the delivery stands.
    #[schemars(extend("enum" = DeliveryStatus::ALL.map(DeliveryStatus::as_str)))]
    status: &'static str,
    /// How often it was attempted, since it was made or resent.
    attempts: u32,
    /// When it is attempted next.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<jiff::Timestamp>,
    /// When it was last attempted.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_attempt_at: Option<jiff::Timestamp>,
    /// The HTTP status that was answered last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_status: Option<u16>,
    /// What went wrong last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// How long the last attempt took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<u32>,
    /// When the event was first owed to the endpoint.
    created_at: jiff::Timestamp,
}

impl From<&Delivery> for View {
    fn from(delivery: &Delivery) -> Self {
        Self {
            id: delivery.event_id,
            position: delivery.position,
            event_type: delivery.event_type.clone(),
            subject: delivery.subject.to_string(),
            status: delivery.status.as_str(),
            attempts: delivery.attempts,
            next_attempt_at: delivery.due_at,
            last_attempt_at: delivery.attempted_at,
            last_status: delivery.last_status,
            last_error: delivery.last_error.clone(),
            duration_ms: delivery.duration_ms,
            created_at: delivery.created_at,
        }
    }
}

/// What was asked for has begun: 202.
fn accepted<T: Serialize>(value: &T) -> Result<Answer, Error> {
    Ok(Answer { status: 202, ..answer::done(value)? })
}
