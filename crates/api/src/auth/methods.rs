//! GET /api/auth/methods

use aide::transform::TransformOperation;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Guest;
use crate::shared::Shared;

/// How one may sign in here.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignInMethods {
    /// With a password: always.
    password: bool,
    /// Whether who has forgotten it gets a link by mail (`POST /api/auth/forgot`): where mail is configured.
    forgotten_by_mail: bool,
    /// By a provider of identities, where one is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    oidc: Option<OidcMethod>,
}

/// A provider of identities.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OidcMethod {
    /// What people know it by.
    name: String,
    /// Where a browser begins.
    start: &'static str,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listSignInMethods").tag(super::TAG);
    let operation = operation.summary("How may one sign in here?");
    let operation = document::answers::<SignInMethods>(operation, 200, "The ways.");
    document::may_refuse(operation, &[400])
}

pub(super) async fn handle(State(shared): State<Shared>, Guest(_): Guest) -> Reply {
    let provider = shared.app.oidc.as_ref();
    let oidc = provider.map(|one| OidcMethod { name: one.name.clone(), start: super::oidc::START });
    let forgotten_by_mail = shared.app.mail.is_some();
    answer::json(&SignInMethods { password: true, forgotten_by_mail, oidc })
}
