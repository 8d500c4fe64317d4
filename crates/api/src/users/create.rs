//! POST /api/users

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::links::IssuedLink;
use rishi_app::users::{Entry, NewMember};
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Role;
use rishi_domain::user::{CreateUser, User};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::SignInLinkView;
use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::shared::Shared;

/// A person to be added, with a first role.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AddUser {
    /// Where mail reaches the person; nobody else's, whatever the case.
    #[schemars(length(min = 3, max = 254), regex(pattern = r"^[^@\s]+@[^@\s]+$"))]
    email: String,
    /// The name that others see.
    #[schemars(length(min = 1, max = 200), regex(pattern = r"\S"))]
    display_name: String,
    /// Where the person is to be a member.
    organization_id: OrganizationId,
    /// As what.
    role: Role,
    /// The client organizations that an internal field role works for.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    serves: Vec<OrganizationId>,
    /// BCP 47 language tag; `en` when absent.
    #[serde(default)]
    #[schemars(length(min = 2, max = 35))]
    locale: Option<String>,
    /// IANA zone of the person's clock; `UTC` when absent.
    #[serde(default)]
    timezone: Option<String>,
}

/// A person who was just added.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NewUser")]
struct Added<'a> {
    #[serde(flatten)]
    user: &'a User,
    /// How the person gets in; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in_link: Option<SignInLinkView>,
}

impl From<AddUser> for NewMember {
    fn from(add: AddUser) -> Self {
        Self {
            user: CreateUser {
                email: add.email,
                display_name: add.display_name,
                locale: add.locale,
                timezone: add.timezone,
            },
            organization: add.organization_id,
            role: add.role,
            serves: add.serves,
            entry: Entry::Link,
        }
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("createUser").tag(super::TAG).summary("Add a person");
    let operation = operation.description(
        "With a membership and a one-time link by which the person chooses a password. 409 \
         `email_in_use` when somebody has the address already. The answer to a repetition under the \
         same idempotency key lacks the link. Where e-mail is configured the link is mailed to the person \
         instead.",
    );
    let operation = document::example(
        operation,
        json!({
            "email": "kim@example.com",
            "displayName": "Kim Lee",
            "organizationId": "0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f",
            "role": "client_manager"
        }),
    );
    let operation = document::creates::<Added>(operation, "The person.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<AddUser>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let base = &shared.config.base_url;
    let reply = |user: &User, link: Option<&IssuedLink>| {
        let sign_in_link = link.map(|link| SignInLinkView::of(link, Some(base)));
        let location = format!("/api/users/{}", user.id);
        answer::created(location, user.version, &Added { user, sign_in_link })
    };
    Ok(answer::send(shared.app.create_user(&caller, body.into(), reply).await?))
}
