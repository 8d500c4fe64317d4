//! The event log: read it, or listen to it.

use std::sync::Arc;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use rishi_app::Envelope;
use rishi_app::store::Listed;
use serde::Serialize;

use crate::answer::Pagination;
use crate::extract::Limit;
use crate::shared::Shared;

mod document;
mod feed;
mod filter;
mod frames;
pub(crate) mod inbox;
mod list;
mod read;
mod stream;
mod streams;

pub(crate) use document::{EventDocument, EventListDocument};
pub(crate) use filter::Place;
pub(crate) use frames::Frames;
pub(crate) use streams::{Seat, Streams};

const TAG: &str = "Events";

pub(crate) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route("/api/events", get_with(list::handle, list::describe))
        .api_route("/api/events/stream", get_with(stream::handle, stream::describe))
        .api_route("/api/events/{id}", get_with(read::handle, read::describe))
}

/// A stretch of the log as it is sent.
#[derive(Serialize)]
pub(crate) struct EventList<'a> {
    events: &'a [Arc<Envelope>],
    pagination: Pagination,
}

impl<'a> EventList<'a> {
    /// What was found, and from where to read on: the last position, while answers are full.
    pub(crate) fn new(found: &'a Listed<Arc<Envelope>>, limit: Limit) -> Self {
        let full = found.items.len() as u64 == u64::from(limit.0);
        let last = found.items.last().filter(|_| full);
        let pagination = Pagination {
            page: None,
            limit: limit.0,
            total: found.total,
            next: last.map(|event| event.position.to_string()),
        };
        Self { events: &found.items, pagination }
    }
}
