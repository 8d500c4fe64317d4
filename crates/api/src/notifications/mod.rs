//! The inbox.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;

use crate::shared::Shared;

mod list;

const TAG: &str = "Notifications";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route("/api/notifications", get_with(list::handle, list::describe))
}
