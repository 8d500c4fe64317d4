//! Where a request comes from.
//!
//! That is the address at the other end of the connection, unless it is one of the proxies that the
//! operator has named. Then each proxy on the way vouches for the address before it: the last entry
//! of `X-Forwarded-For` (or `Forwarded`, RFC 7239) was written by the peer itself, the one before it
//! by the proxy that the last one names, and so on. The walk ends at the first address that is no
//! proxy of ours, or at an entry that is none.
//!
//! Guarantee: whoever does not come through a named proxy cannot choose the address. A proxy writes
//! one of the two headers and may pass the other on as it came, so where both are there and do not
//! agree, neither is believed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address.
pub(super) fn of(request: &Request, proxies: &[IpNet]) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    // Whoever serves the router says who the peer is; unknown peers are all the same one.
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    let peer = peer.to_canonical();
    if proxies.is_empty() || !trusted(proxies, peer) {
        return peer;
    }
    forwarded(request.headers(), proxies, peer)
}

fn trusted(proxies: &[IpNet], address: IpAddr) -> bool {
    proxies.iter().any(|net| net.contains(&address))
}

/// The address that a trusted peer speaks for.
fn forwarded(headers: &HeaderMap, proxies: &[IpNet], peer: IpAddr) -> IpAddr {
    let walk = |entries: Vec<&str>, read: fn(&str) -> Option<IpAddr>| {
        let mut at = peer;
        for entry in entries.iter().rev() {
            let Some(before) = read(entry).filter(|_| trusted(proxies, at)) else { break };
            at = before;
        }
        at
    };
    let plain = entries(headers, &X_FORWARDED_FOR);
    let standard = entries(headers, &header::FORWARDED);
    match (plain, standard) {
        (None, None) => peer,
        (Some(plain), None) => walk(plain, node),
        (None, Some(standard)) => walk(standard, for_node),
        (Some(plain), Some(standard)) => {
            let (one, other) = (walk(plain, node), walk(standard, for_node));
            if one == other { one } else { peer }
        }
    }
}

/// A list's entries, over all lines of the header; nothing when it is absent. A line that is not
/// text counts as an entry that names nobody.
fn entries<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Vec<&'a str>> {
    let mut lines = headers.get_all(name).iter().peekable();
    lines.peek()?;
    Some(lines.flat_map(|line| line.to_str().unwrap_or_default().split(',')).collect())
}

/// The address of an element of `Forwarded`: `for=192.0.2.43;proto=https`.
fn for_node(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (Some((_, value)), None) = (found.next(), found.next()) else { return None };
    node(value.trim().trim_matches('"'))
}

/// An address with or without a port: `192.0.2.43`, `192.0.2.43:80`, `2001:db8::1`,
/// `[2001:db8::1]:80`.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = text
        .parse::<IpAddr>()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
        .or_else(bare)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests;
