//! POST /api/users/{id}/sign-in-link

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::links::IssuedLink;
use rishi_domain::event::LinkPurpose;
use rishi_domain::id::UserId;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, Id};
use crate::shared::Shared;

/// A one-time link by which a person chooses a password.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SignInLink")]
pub(crate) struct View {
    /// What it is for: somebody's first password, or another.
    purpose: LinkPurpose,
    /// Until when it works.
    expires_at: Timestamp,
    /// Whether it was mailed to the person whom it lets in. Then it is shown to nobody else.
    mailed: bool,
    /// The address to be opened; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl View {
    /// A link, with its address when it is to be shown.
    pub(crate) fn of(link: &IssuedLink, base: Option<&str>) -> Self {
        let (purpose, expires_at) = (link.purpose, link.expires_at);
        let (mailed, link) = (link.is_mailed(), base.and_then(|base| link.address(base)));
        Self { purpose, expires_at, mailed, link }
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("createSignInLink").tag(super::TAG);
    let operation = operation.summary("Give a person a one-time link to sign in").description(
        "For somebody all of whose roles the caller may give, and not for oneself. It works once, for \
         24 hours (7 days for who has no password yet), and only until a newer one is made. Where e-mail \
         is configured it is mailed to the person, and the answer lacks `link`; so does the answer to a \
         repetition under the same idempotency key.",
    );
    document::answers::<View>(operation, 200, "The link.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<UserId>,
    Command { caller }: Command,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let base = &shared.config.base_url;
    let reply =
        |link: &IssuedLink, now: bool| answer::done(&View::of(link, now.then_some(base.as_str())));
    Ok(answer::send(shared.app.create_sign_in_link(&caller, id, reply).await?))
}
