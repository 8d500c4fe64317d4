//! Signing in, and what follows from it.

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};

use crate::shared::Shared;

mod forgot;
mod link;
mod login;
mod logout;
mod me;
mod methods;
mod oidc;
mod password;
mod sessions;

const TAG: &str = "Sign-in";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/api/auth/me", get_with(me::handle, me::describe))
        .api_route("/api/auth/logout", post_with(logout::handle, logout::describe))
        .api_route("/api/auth/password", post_with(password::handle, password::describe))
        .api_route("/api/auth/sessions", get_with(sessions::list, sessions::describe_list))
        .api_route(
            "/api/auth/sessions/{id}",
            delete_with(sessions::revoke, sessions::describe_revoke),
        )
}

/// The routes of those who are not signed in yet.
pub(crate) fn open_routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/api/auth/login", post_with(login::handle, login::describe))
        .api_route("/api/auth/link", post_with(link::handle, link::describe))
        .api_route("/api/auth/methods", get_with(methods::handle, methods::describe))
        .api_route(oidc::START, get_with(oidc::start::handle, oidc::start::describe))
        .api_route(oidc::CALLBACK, get_with(oidc::callback::handle, oidc::callback::describe))
        .api_route("/api/auth/forgot", post_with(forgot::handle, forgot::describe))
}
