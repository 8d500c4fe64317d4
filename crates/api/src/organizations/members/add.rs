//! POST /api/organizations/{id}/members

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::links::IssuedLink;
use rishi_app::members::{AddMember, Member};
use rishi_domain::id::OrganizationId;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::View;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Post};
use crate::shared::Shared;
use crate::users::SignInLinkView;

/// Somebody who was just made a member.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NewMember")]
struct Added {
    #[serde(flatten)]
    member: View,
    /// How somebody new gets in; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in_link: Option<SignInLinkView>,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("addMember").tag(super::TAG).summary("Make somebody a member");
    let operation = operation.description(
        "By id, or by an address: who is not known yet is added and gets a one-time link. 409 \
         `email_in_use` when somebody has the address whom the caller may not see; 409 `duplicate` for \
         who is a member already. The answer to a repetition under the same idempotency key lacks the \
         link. Where e-mail is configured the link is mailed to the person instead.",
    );
    let operation = document::example(
        operation,
        json!({ "email": "kim@example.com", "displayName": "Kim Lee", "role": "client_user" }),
    );
    let operation = document::creates::<Added>(operation, "The member.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<OrganizationId>,
    Post { caller, body }: Post<AddMember>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let base = &shared.config.base_url;
    let reply = |member: &Member, link: Option<&IssuedLink>| {
        let location = format!("/api/organizations/{id}/members/{}", member.user.id);
        let sign_in_link = link.map(|link| SignInLinkView::of(link, Some(base)));
        let added = Added { member: View::from(member), sign_in_link };
        answer::created(location, member.membership.version, &added)
    };
    Ok(answer::send(shared.app.add_member(&caller, id, body, reply).await?))
}
