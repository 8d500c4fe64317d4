//! Plans for a whole range of bookings: searched beside everything else, followed, ended, put into force.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use rishi_app::commit::Answer;
use rishi_app::staffing::optimize::PlanView;

use crate::answer;
use crate::shared::Shared;

mod apply;
mod cancel;
mod progress;
mod read;
mod start;

const TAG: &str = "Staff";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/api/schedule/optimize", post_with(start::handle, start::describe))
        .api_route("/api/schedule/optimize/{id}", get_with(read::handle, read::describe))
        .api_route(
            "/api/schedule/optimize/{id}/progress",
            get_with(progress::handle, progress::describe),
        )
        .api_route(
            "/api/schedule/optimize/{id}/cancel",
            post_with(cancel::handle, cancel::describe),
        )
        .api_route("/api/schedule/optimize/{id}/apply", post_with(apply::handle, apply::describe))
}

/// A search that begins, as its answer is kept.
fn accepted(view: &PlanView) -> Result<Answer, rishi_app::Error> {
    let location = Some(format!("/api/schedule/optimize/{}", view.id));
    Ok(Answer { status: 202, location, ..answer::done(view)? })
}
