//! A booking's staff: one file per endpoint, the steps of an assignment's life in one.

use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};
use rishi_app::bookings::BookingView;
use rishi_app::commit::Answer;

use crate::answer;
use crate::shared::Shared;

mod assign;
mod auto_assign;
mod candidates;
mod release;
mod steps;

pub(super) fn routes() -> ApiRouter<Shared> {
    let one = "/api/bookings/{id}/staff/{assignmentId}";
    ApiRouter::new()
        .api_route("/api/bookings/{id}/staff", post_with(assign::handle, assign::describe))
        .api_route(
            "/api/bookings/{id}/candidates",
            get_with(candidates::handle, candidates::describe),
        )
        .api_route(
            "/api/bookings/{id}/auto-assign",
            post_with(auto_assign::handle, auto_assign::describe),
        )
        .api_route(one, delete_with(release::handle, release::describe))
        .api_route(
            "/api/bookings/{id}/staff/{assignmentId}/confirm",
            post_with(steps::confirm, steps::describe_confirm),
        )
        .api_route(
            "/api/bookings/{id}/staff/{assignmentId}/decline",
            post_with(steps::decline, steps::describe_decline),
        )
        .api_route(
            "/api/bookings/{id}/staff/{assignmentId}/check-in",
            post_with(steps::check_in, steps::describe_check_in),
        )
        .api_route(
            "/api/bookings/{id}/staff/{assignmentId}/check-out",
            post_with(steps::check_out, steps::describe_check_out),
        )
        .api_route(
            "/api/bookings/{id}/staff/{assignmentId}/no-show",
            post_with(steps::no_show, steps::describe_no_show),
        )
}

/// Assignments that were made, as the answer is kept.
fn made(view: &BookingView) -> Result<Answer, rishi_app::Error> {
    let booking = &view.booking;
    answer::created(format!("/api/bookings/{}", booking.id), booking.version, view)
}
