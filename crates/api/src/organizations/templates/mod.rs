//! An organization's own words for what people are told: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use jiff::Timestamp;
use rishi_app::notifications::{Holding, facts};
use rishi_domain::notification::NotificationKind;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::shared::Shared;

mod list;
mod one;
mod preview;

const TAG: &str = "Notifications";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/organizations/{id}/notification-templates",
            get_with(list::handle, list::describe),
        )
        .api_route(
            "/api/organizations/{id}/notification-templates/{kind}/{language}",
            get_with(one::read, one::describe_read)
                .put_with(one::put, one::describe_put)
                .delete_with(one::reset, one::describe_reset),
        )
        .api_route(
            "/api/organizations/{id}/notification-templates/{kind}/{language}/preview",
            post_with(preview::handle, preview::describe),
        )
}

/// The texts of a kind in a language that hold for an organization.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationTemplate")]
struct View {
    /// The kind.
    kind: NotificationKind,
    /// The language: ISO 639, without a region.
    language: String,
    /// Whether they are the organization's own; the built-in ones otherwise.
    own: bool,
    /// The title, as a template.
    title: String,
    /// The text, as a template.
    text: String,
    /// What a mail shows instead, as a template; made of title and text when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
    /// An example of all that they may name, beside `recipient.name`, `organization.name`, `timezone` and
    /// `language`.
    example: Map<String, Value>,
    /// What of it may be missing: a template asks `is defined` first.
    optional: Vec<String>,
    /// When the organization last set or reset them.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Timestamp>,
    /// How often it did.
    version: u64,
}

impl From<&Holding> for View {
    fn from(holding: &Holding) -> Self {
        let Holding { texts, set } = holding;
        Self {
            kind: set.kind,
            language: set.language.clone(),
            own: set.texts.is_some(),
            title: texts.title.clone(),
            text: texts.text.clone(),
            html: texts.html.clone(),
            example: facts::sample(set.kind).values().clone(),
            optional: facts::optional(set.kind).iter().map(|name| (*name).to_owned()).collect(),
            updated_at: (set.version > 0).then_some(set.updated_at),
            version: set.version,
        }
    }
}
