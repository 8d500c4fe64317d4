//! Who stands at the door, before it is known who that is.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use http::{Extensions, HeaderMap, HeaderValue, header};
use rishi_app::auth::Visitor;
use rishi_domain::event::Whence;

use crate::middleware::Trail;
use crate::shared::Shared;

/// The most that is kept of what a client calls itself, in characters.
const AGENT_MAX: usize = 256;

/// What is known of a request by its head alone.
pub(crate) fn visitor(shared: &Shared, headers: &HeaderMap, extensions: &Extensions) -> Visitor {
    let trail = extensions.get::<Arc<Trail>>();
    // The frame stands before everything: there is always a trail.
    let address = trail.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |trail| trail.address());
    Visitor {
        request_id: trail.map_or_else(|| shared.app.ids.next(), |trail| trail.request_id()),
        traceparent: trail.and_then(|trail| trail.traceparent()).map(str::to_owned),
        address,
        whence: whence(headers, address),
    }
}

/// The client's address, and what it calls itself.
fn whence(headers: &HeaderMap, address: IpAddr) -> Whence {
    let agent = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes);
    let agent = agent.map(|bytes| {
        let printable = |c: &char| !c.is_control();
        String::from_utf8_lossy(bytes).chars().filter(printable).take(AGENT_MAX).collect::<String>()
    });
    Whence {
        address: Some(address.to_string()),
        user_agent: agent.filter(|agent| !agent.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(value: &[u8]) -> Option<String> {
        let value = HeaderValue::from_bytes(value).unwrap();
        let headers: HeaderMap = [(header::USER_AGENT, value)].into_iter().collect();
        let whence = whence(&headers, "192.0.2.7".parse().unwrap());
        assert_eq!(whence.address.as_deref(), Some("192.0.2.7"));
        whence.user_agent
    }

    #[test]
    fn what_a_client_calls_itself_is_kept_short_and_plain() {
        assert_eq!(agent(b"curl/8").as_deref(), Some("curl/8"));
        assert_eq!(agent(b"a\tb").as_deref(), Some("ab"));
        assert_eq!(agent(b""), None);
        assert_eq!(agent(&[b'x'; 5_000]).map(|agent| agent.len()), Some(AGENT_MAX));
        assert_eq!(agent(&[0xff]).as_deref(), Some("\u{fffd}"));
    }
}
