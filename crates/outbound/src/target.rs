//! Where a URL leads, as far as it shows by itself.
//!
//! `url` reads it as browsers do (WHATWG URL): an address in decimal, octal, hexadecimal or short form, in
//! full-width digits or with a dot at the end is the address that it means, and is judged as such.

use std::net::IpAddr;

use url::{Host, Url};

use crate::addresses::is_public;

/// How far the client goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// For development: also to this machine itself, and there without TLS.
    pub loopback: bool,
}

/// Why a URL must not be called, in words for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// It is no URL with a host.
    #[error("this is not an address of the web; write https://HOST/PATH")]
    NotAUrl,
    /// What is sent could be read on its way.
    #[error("the address must begin with https://")]
    NotHttps,
    /// A password would be stored and sent where nobody expects it.
    #[error("the address must not hold a user name or a password")]
    Credentials,
    /// It says nothing to a server.
    #[error("the address must not have a fragment (#…)")]
    Fragment,
    /// It leads to this machine, into a private network, or to something else that not everybody can reach.
    #[error("the address must lead to a public host")]
    NotPublic,
}

/// Names that lead to the machine itself (RFC 6761), or into networks that are not the Internet's
/// (RFC 6762, RFC 8375, and what clouds give their machines).
const INSIDE: [&str; 7] =
    ["localhost", "local", "internal", "home.arpa", "localdomain", "lan", "intranet"];

impl Reach {
    /// The URL, if it may be called.
    pub fn check(self, text: &str) -> Result<Url, Forbidden> {
        // What browsers would quietly take out is a mistake or an attempt.
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(Forbidden::NotAUrl);
        }
        let url = Url::parse(text).map_err(|_| Forbidden::NotAUrl)?;
        let host = url.host().ok_or(Forbidden::NotAUrl)?;
        let here = self.loopback && is_here(&host);
        match url.scheme() {
            "https" => {}
            "http" if here => {}
            _ => return Err(Forbidden::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Forbidden::Credentials);
        }
        if url.fragment().is_some() {
            return Err(Forbidden::Fragment);
        }
        let public = match &host {
            Host::Ipv4(address) => is_public(IpAddr::V4(*address)),
            Host::Ipv6(address) => is_public(IpAddr::V6(*address)),
            Host::Domain(name) => is_name_of_the_internet(name),
        };
        if !public && !here {
            return Err(Forbidden::NotPublic);
        }
        Ok(url)
    }

    /// Whether a connection may be made to an address.
    pub(crate) fn allows(self, address: IpAddr) -> bool {
        is_public(address) || (self.loopback && address.is_loopback())
    }
}

fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => *name == "localhost",
    }
}

/// Whether a name has the form of one on the Internet: with a dot inside, and not under a name that is
/// kept for something else. Where it leads is seen when it is called.
fn is_name_of_the_internet(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let Some((_, top)) = name.rsplit_once('.') else { return false };
    let inside = INSIDE.iter().any(|inside| {
        name.strip_suffix(inside).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    !top.is_empty() && !inside
}

#[cfg(test)]
pub(crate) mod tests;
