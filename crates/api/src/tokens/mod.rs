//! API tokens: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};
use jiff::Timestamp;
use rishi_app::credentials::Token;
use rishi_domain::id::{OrganizationId, TokenId, UserId};
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::Serialize;

use crate::shared::Shared;

mod create;
mod list;
mod revoke;

const TAG: &str = "Sign-in";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/tokens",
            get_with(list::handle, list::describe).post_with(create::handle, create::describe),
        )
        .api_route("/api/tokens/{id}", delete_with(revoke::handle, revoke::describe))
}

/// A program's access on a person's behalf.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Token")]
struct View {
    id: TokenId,
    /// What it is for.
    name: String,
    /// On whose behalf it acts.
    user_id: UserId,
    /// That person's name.
    user_name: String,
    /// In which organization it acts.
    organization_id: OrganizationId,
    /// What it is limited to; to nothing but its owner's role when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<Capability>>,
    created_at: Timestamp,
    /// When it ends.
    expires_at: Timestamp,
    /// When it was last used, up to a minute late; absent when it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Timestamp>,
}

impl From<&Token> for View {
    fn from(token: &Token) -> Self {
        Self {
            id: token.id,
            name: token.name.clone(),
            user_id: token.user_id,
            user_name: token.user_name.clone(),
            organization_id: token.organization_id,
            scopes: token.scopes.clone(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.used_at,
        }
    }
}
