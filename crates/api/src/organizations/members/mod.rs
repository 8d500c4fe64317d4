//! The people of an organization: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, patch_with};
use rishi_app::members::Member;
use rishi_domain::membership::Membership;
use rishi_domain::user::User;
use schemars::JsonSchema;
use serde::Serialize;

use crate::shared::Shared;

mod add;
mod edit;
mod list;
mod remove;

const TAG: &str = "People";

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/organizations/{id}/members",
            get_with(list::handle, list::describe).post_with(add::handle, add::describe),
        )
        .api_route(
            "/api/organizations/{id}/members/{userId}",
            patch_with(edit::handle, edit::describe).delete_with(remove::handle, remove::describe),
        )
}

/// What a person is in an organization, and who that is.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Member")]
struct View {
    #[serde(flatten)]
    membership: Membership,
    /// The person.
    user: User,
}

impl From<&Member> for View {
    fn from(member: &Member) -> Self {
        Self { membership: member.membership.clone(), user: member.user.clone() }
    }
}
