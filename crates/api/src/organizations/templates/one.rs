//! GET, PUT, DELETE /api/organizations/{id}/notification-templates/{kind}/{language}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::notifications::Holding;
use rishi_domain::id::OrganizationId;
use rishi_domain::notification::TemplateTexts;
use serde_json::json;

use super::View;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfMatch, IfNoneMatch, Put, Signed, Wording};
use crate::shared::Shared;

pub(super) fn describe_read(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readNotificationTemplate").tag(super::TAG);
    let operation = operation.summary("The words of a kind in a language").description(
        "The organization's own if it has set some, or else the built-in ones (English for languages that \
         are not built in), with an example of what they may name.",
    );
    document::answers_entity::<View>(operation, "The words.")
}

pub(super) async fn read(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<OrganizationId>,
    Wording(kind, language): Wording,
    known: IfNoneMatch,
) -> Reply {
    let found = shared.app.notification_template(&caller.principal, id, kind, language).await?;
    answer::entity(found.set.version, &View::from(&found), &known)
}

pub(super) fn describe_put(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("putNotificationTemplate").tag(super::TAG);
    let operation = operation.summary("Set an organization's own words").description(
        "Templates as Jinja has them, without includes and macros, with the filters `time`, `date` and \
         `word`. They are filled in with the example first, also without what may be missing: 400 \
         `template` with the line where that fails. What is filled into HTML is escaped. People who read \
         that language are told so from then on; a template that fails all the same is replaced by the \
         built-in words, and the delivery says why (`templateError`).",
    );
    let operation = document::example(
        operation,
        json!({
            "title": "{{ booking.title }} is on",
            "text": "{{ recipient.name }}, see you at {{ booking.start | time }}.",
            "html": "<p>See you at <b>{{ booking.start | time }}</b>.</p>"
        }),
    );
    document::answers_entity::<View>(operation, "The words.")
}

pub(super) async fn put(
    State(shared): State<Shared>,
    Id(id): Id<OrganizationId>,
    Wording(kind, language): Wording,
    Put { caller, version, body }: Put<TemplateTexts>,
) -> Reply {
    let reply = |set: &Holding| answer::changed(set.set.version, &View::from(set));
    let which = (id, kind, language);
    let put = shared.app.put_notification_template(&caller, which, version, body, reply);
    Ok(answer::send(put.await?))
}

pub(super) fn describe_reset(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("resetNotificationTemplate").tag(super::TAG);
    let operation = operation.summary("Go back to the built-in words");
    let operation = document::answers_nothing(operation, "The built-in words hold.");
    document::may_refuse(operation, &[409])
}

pub(super) async fn reset(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<OrganizationId>,
    Wording(kind, language): Wording,
    if_match: IfMatch,
) -> Reply {
    let (which, version) = ((id, kind, language), if_match.version());
    let done = answer::nothing();
    let reset = shared.app.reset_notification_template(&caller, which, version, done);
    Ok(answer::send(reset.await?))
}
