//! Signing in, and what follows from it.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;

use crate::shared::Shared;

mod me;

const TAG: &str = "Sign-in";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route("/api/auth/me", get_with(me::handle, me::describe))
}
