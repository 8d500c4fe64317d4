//! GET, PUT /api/notification-preferences

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::notification::{NotificationPreferences, PutPreferences};
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{IfNoneMatch, Put, Signed};
use crate::shared::Shared;

pub(super) fn describe_read(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readNotificationPreferences").tag(super::TAG);
    let operation = operation.summary("What the caller wants to be told, and how");
    document::answers_entity::<NotificationPreferences>(operation, "The preferences.")
}

pub(super) async fn read(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    known: IfNoneMatch,
) -> Reply {
    let preferences = shared.app.notification_preferences(&caller.principal).await?;
    answer::entity(preferences.version, &preferences, &known)
}

pub(super) fn describe_put(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("putNotificationPreferences").tag(super::TAG);
    let operation = operation.summary("Say what one wants to be told, and how").description(
        "All of it: a kind that is not muted is told. A kind that is muted in the inbox comes as read \
         already. In quiet hours, on the caller's own clock, nothing is sent; what was held back is sent \
         when they end. With a digest all that would have been mailed goes in one mail a day.",
    );
    let operation = document::example(
        operation,
        json!({
            "muted": { "email": ["booking_created"] },
            "quietHours": { "from": "22:00", "to": "07:00" },
            "digest": { "at": "08:00" }
        }),
    );
    document::answers_entity::<NotificationPreferences>(operation, "The preferences.")
}

pub(super) async fn put(
    State(shared): State<Shared>,
    Put { caller, version, body }: Put<PutPreferences>,
) -> Reply {
    let reply = |set: &NotificationPreferences| answer::changed(set.version, set);
    let answer = shared.app.put_notification_preferences(&caller, version, body, reply).await?;
    Ok(answer::send(answer))
}
