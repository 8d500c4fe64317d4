//! POST /api/organizations/{id}/notification-templates/{kind}/{language}/preview

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::notifications::text::Rendered;
use rishi_domain::id::OrganizationId;
use rishi_domain::notification::TemplateTexts;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::TAG;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Post, Wording};
use crate::shared::Shared;

/// What templates come to.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotificationTemplatePreview")]
struct View {
    /// The title.
    title: String,
    /// The text.
    text: String,
    /// What a mail shows instead, if there is a template for it. Whoever shows it has to keep it from
    /// running anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
}

impl From<Rendered> for View {
    fn from(rendered: Rendered) -> Self {
        Self { title: rendered.title, text: rendered.message, html: rendered.html }
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("previewNotificationTemplate").tag(TAG);
    let operation = operation.summary("See what words would look like").description(
        "Fills templates in with the example of their kind, as setting them would, and changes nothing: \
         400 `template` with the line where that fails. The reader is the caller, on the organization's \
         clock.",
    );
    let operation = document::example(
        operation,
        json!({ "title": "{{ booking.title }}", "text": "At {{ booking.start | time }}." }),
    );
    document::answers::<View>(operation, 200, "What they come to.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<OrganizationId>,
    Wording(kind, language): Wording,
    Post { caller, body }: Post<TemplateTexts>,
) -> Reply {
    let which = (id, kind, language);
    let shown = shared.app.preview_notification_template(&caller.principal, which, body).await?;
    answer::json(&View::from(shown))
}
