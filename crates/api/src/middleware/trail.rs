//! What is known of a request while it is served: its id, where it comes from, and who sent it once
//! that is known.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use axum::extract::{MatchedPath, Request};
use http::HeaderMap;
use rishi_app::auth::Principal;
use rishi_domain::id::{OrganizationId, UserId};
use uuid::Uuid;

/// The name of the header that carries a request's id both ways.
pub(super) const REQUEST_ID: &str = "x-request-id";

/// The most characters that a caller may name a request by.
const NAME_MAX: usize = 128;

/// A request's id, origin and sender.
#[derive(Debug)]
pub(crate) struct Trail {
    request_id: Uuid,
    address: IpAddr,
    /// Its W3C trace context: the caller's, or that of the step in which it is answered.
    traceparent: Option<String>,
    route: OnceLock<MatchedPath>,
    sender: OnceLock<(UserId, Option<OrganizationId>)>,
}

impl Trail {
    pub(crate) fn new(request_id: Uuid, address: IpAddr, traceparent: Option<String>) -> Self {
        let (route, sender) = (OnceLock::new(), OnceLock::new());
        Self { request_id, address, traceparent, route, sender }
    }

    /// The trace that what it leads to is a part of.
    pub(crate) fn traceparent(&self) -> Option<&str> {
        self.traceparent.as_deref()
    }

    pub(crate) fn request_id(&self) -> Uuid {
        self.request_id
    }

    /// Where it comes from.
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// The route that it matched, as it is declared.
    pub(super) fn route(&self) -> &str {
        self.route.get().map_or("-", MatchedPath::as_str)
    }

    /// Remembers who sent it.
    pub(crate) fn sent_by(&self, principal: &Principal) {
        let home = rishi_app::auth::home(principal);
        let _ = self.sender.set((principal.user_id(), home));
    }

    pub(super) fn user(&self) -> Option<UserId> {
        self.sender.get().map(|(user, _)| *user)
    }

    pub(super) fn organization(&self) -> Option<OrganizationId> {
        self.sender.get().and_then(|(_, organization)| *organization)
    }
}

/// Remembers the route that a request matched: the first thing between the router and a route. Sign-in
/// does it where it stands, which spares a layer.
pub(crate) fn matched(request: Request) -> Request {
    let extensions = request.extensions();
    if let (Some(trail), Some(route)) =
        (extensions.get::<Arc<Trail>>(), extensions.get::<MatchedPath>())
    {
        // Set once, because a request matches once.
        let _ = trail.route.set(route.clone());
    }
    request
}

/// The name that the caller gave the request, when it is harmless wherever it is written.
pub(super) fn given_name(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(&byte);
    let fits = (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(plain);
    fits.then(|| text.to_owned())
}

/// The id that such a name is, when it is a UUID in its usual form.
pub(super) fn id_of(name: &str) -> Option<Uuid> {
    if name.len() == 36 { Uuid::parse_str(name).ok() } else { None }
}

/// The W3C trace context that the caller sent, when it is well formed (version 00, not all zeros).
pub(super) fn traceparent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let mut parts = text.split('-');
    let hex = |part: Option<&str>, length: usize| {
        part.is_some_and(|part| {
            let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            part.len() == length && part.bytes().all(digit)
        })
    };
    let some = |part: Option<&str>| part.is_some_and(|part| part.bytes().any(|byte| byte != b'0'));
    let (version, trace, parent, flags) = (parts.next(), parts.next(), parts.next(), parts.next());
    let well_formed = version == Some("00")
        && hex(trace, 32)
        && some(trace)
        && hex(parent, 16)
        && some(parent)
        && hex(flags, 2)
        && parts.next().is_none();
    well_formed.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        [(http::HeaderName::from_static(name), value.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn a_request_is_named_by_any_harmless_word() {
        for name in ["7", "job-7:3/a.b_c", "018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f", &"x".repeat(128)]
        {
            assert_eq!(given_name(&headers(REQUEST_ID, name)).as_deref(), Some(name));
        }
        for name in ["", "a b", "<b>", "a\"b", "a,b", &"x".repeat(129)] {
            assert_eq!(given_name(&headers(REQUEST_ID, name)), None, "{name}");
        }
        assert_eq!(given_name(&HeaderMap::new()), None);
    }

    #[test]
    fn only_a_uuid_in_its_usual_form_is_an_id_as_well() {
        let id = "018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f";
        assert_eq!(id_of(id).unwrap().to_string(), id);
        for text in
            ["7", "018f3c2e7b1a7c3d9e4f5a6b7c8d9e0f", "018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0g"]
        {
            assert_eq!(id_of(text), None, "{text}");
        }
    }

    #[test]
    fn only_a_well_formed_trace_context_is_taken() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(traceparent(&headers("traceparent", good)).as_deref(), Some(good));
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        ] {
            assert_eq!(traceparent(&headers("traceparent", bad)), None, "{bad}");
        }
    }
}
