//! Staff profiles: one file per endpoint.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use rishi_app::commit::Answer;
use rishi_app::staffing::StaffView;

use crate::answer;
use crate::shared::Shared;

mod list;
mod put;
mod read;
mod verify;

const TAG: &str = "Staff";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/api/staff", get_with(list::handle, list::describe))
        .api_route(
            "/api/staff/{id}",
            get_with(read::handle, read::describe).put_with(put::handle, put::describe),
        )
        .api_route(
            "/api/staff/{id}/certifications/verify",
            post_with(verify::handle, verify::describe),
        )
}

/// A profile that was made or changed, as it is answered.
fn written(view: &StaffView, made: bool) -> Result<Answer, rishi_app::Error> {
    let version = view.profile.version;
    if made {
        return answer::created(format!("/api/staff/{}", view.profile.user_id), version, view);
    }
    answer::changed(version, view)
}
