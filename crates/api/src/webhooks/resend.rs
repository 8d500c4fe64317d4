//! POST /api/webhooks/{id}/deliveries/{deliveryId}/resend

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::commit::Answer;
use rishi_app::webhooks::Delivery;

use super::{View, accepted};
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, DeliveryTo};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("resendWebhookDelivery").tag(super::TAG);
    let operation = operation.summary("Deliver an event once more").description(
        "At once, under the same id, with all its attempts before it: whatever became of it before.",
    );
    let operation = document::answers::<View>(operation, 202, "It is on its way.");
    document::may_refuse(operation, &[409])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    DeliveryTo(webhook, event): DeliveryTo,
    Command { caller }: Command,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    Ok(answer::send(shared.app.resend_delivery(&caller, (webhook, event), resent).await?))
}

fn resent(delivery: &Delivery) -> Result<Answer, rishi_app::Error> {
    accepted(&View::from(delivery))
}
