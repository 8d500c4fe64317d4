//! A request, and what it makes of a booking.

use reqwest::Method;
use serde_json::{Value, json};

use super::journal::State;
use crate::support::Client;
use crate::support::client::etag;

/// A booking of one worker alone, so that its next state is always known.
pub(crate) struct Owned {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) state: State,
}

/// A request that is going to be sent, or was sent and not answered.
pub(crate) struct Step {
    /// Which of the worker's bookings; none while it is being made.
    pub(crate) index: Option<usize>,
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) after: State,
    by_admin: bool,
    method: Method,
    path: String,
    if_match: Option<u64>,
    body: Value,
}

impl Step {
    pub(crate) fn make(key: String, mut body: Value) -> Self {
        let name = format!("booking of {key}");
        body["title"] = json!(name);
        body["description"] = json!("new");
        Self {
            index: None,
            name,
            key,
            after: State { status: "draft".into(), description: "new".into(), version: 1 },
            by_admin: false,
            method: Method::POST,
            path: "/api/bookings".into(),
            if_match: None,
            body,
        }
    }

    pub(crate) fn move_on(key: String, index: usize, booking: &Owned, to: &str) -> Self {
        let version = booking.state.version + 1;
        Self {
            index: Some(index),
            name: booking.name.clone(),
            key,
            after: State { status: to.into(), version, ..booking.state.clone() },
            by_admin: to != "pending_approval",
            method: Method::POST,
            path: format!("/api/bookings/{}/status", booking.id),
            if_match: None,
            body: json!({ "status": to }),
        }
    }

    pub(crate) fn edit(key: String, index: usize, booking: &Owned) -> Self {
        let version = booking.state.version + 1;
        let description = format!("edited by {key}");
        Self {
            index: Some(index),
            name: booking.name.clone(),
            key,
            body: json!({ "description": description }),
            after: State { description, version, ..booking.state.clone() },
            by_admin: true,
            method: Method::PATCH,
            path: format!("/api/bookings/{}", booking.id),
            if_match: Some(booking.state.version),
        }
    }

    /// Whether the server takes it for the same request when it is sent again.
    pub(crate) fn can_be_sent_again(&self) -> bool {
        self.method == Method::POST
    }

    pub(crate) fn request(&self, manager: &Client, admin: &Client) -> reqwest::RequestBuilder {
        let actor = if self.by_admin { admin } else { manager };
        let mut request = actor.request(self.method.clone(), &self.path).json(&self.body);
        if self.can_be_sent_again() {
            request = request.header("Idempotency-Key", &self.key);
        }
        if let Some(version) = self.if_match {
            request = request.header("If-Match", etag(version));
        }
        request
    }
}
