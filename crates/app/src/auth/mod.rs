//! Who is calling: a [`Principal`], which only [`Authenticator`] makes, and the [`Caller`] whose request
//! is being served.
//!
//! Programs show a bearer token, browsers a session's cookie ([`secret`] says what both look like). A
//! token acts with its owner's role in one organization, a session with all of the person's roles.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::Timestamp;
use rishi_domain::booking::Booking;
use rishi_domain::event::Whence;
use rishi_domain::id::{OrganizationId, SessionId, TokenId, UserId};
use rishi_domain::organization::Organization;
use rishi_domain::permission::{
    BookingFacts, Capability, Grant, Target, permits, permits_everywhere, visible,
};
use uuid::Uuid;

use crate::commit::ReceiptKey;
use crate::scope::Scope;

mod authenticator;
pub(crate) mod secret;

pub use authenticator::{Authenticator, Beliefs, Recognised};
pub use secret::{Secret, TokenSecret};

/// By what somebody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Means {
    /// An API token.
    Token(TokenId),
    /// A session.
    Session(SessionId),
    /// The command line, whose operator acts on the person's behalf.
    Operator,
}

/// Somebody who is signed in. Only [`Authenticator`] makes one.
#[derive(Debug, Clone)]
pub struct Principal {
    means: Means,
    /// SHA-256 of the secret that was shown.
    digest: [u8; 32],
    expires_at: Timestamp,
    user_id: UserId,
    display_name: String,
    email: String,
    grants: Vec<Grant>,
}

impl Principal {
    /// The person.
    pub fn user_id(&self) -> UserId {
        self.user_id
    }

    /// The person's name.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// The person's address.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// By what the person is signed in.
    pub fn means(&self) -> Means {
        self.means
    }

    /// The session, if it is one.
    pub fn session(&self) -> Option<SessionId> {
        match self.means {
            Means::Session(id) => Some(id),
            Means::Token(_) | Means::Operator => None,
        }
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// When that ends for good.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// What the person acts as, and where.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The data that the person may touch with `capability`.
    pub fn scope(&self, capability: Capability) -> Scope {
        Scope::of(visible(&self.grants, capability), self.user_id)
    }

    /// Whether the person has `capability` toward an organization, and toward a booking of it when
    /// one is given.
    pub fn may(
        &self,
        capability: Capability,
        organization: &Organization,
        booking: Option<(&Booking, bool)>,
        now: Timestamp,
    ) -> bool {
        permits(&self.grants, capability, &self.target(organization, booking, now))
    }

    /// Whether the person has `capability` where no single organization is concerned.
    pub fn may_everywhere(&self, capability: Capability) -> bool {
        permits_everywhere(&self.grants, capability)
    }

    /// The question "may this person?" about an organization and perhaps a booking of it with
    /// whether the person is assigned to it.
    pub fn target(
        &self,
        organization: &Organization,
        booking: Option<(&Booking, bool)>,
        now: Timestamp,
    ) -> Target<'static> {
        let facts =
            booking.map(|(booking, assigned)| BookingFacts::of(booking, organization, assigned));
        Target { booking: facts, ..Target::new(organization, now, self.user_id) }
    }
}

/// A request on somebody's behalf.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub principal: Arc<Principal>,
    /// The request's id: the cause of every event it leads to.
    pub request_id: Uuid,
    /// W3C trace context, when the caller sent one.
    pub traceparent: Option<String>,
    /// How a repetition of this request is recognised.
    pub idempotency: Option<Idempotency>,
    /// The client's address; what throttling goes by.
    pub address: IpAddr,
    /// From where it came, as it is recorded.
    pub whence: Whence,
}

impl Visitor {
    /// The program itself, which comes over no connection.
    pub fn here(request_id: Uuid) -> Self {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self { request_id, traceparent: None, address, whence: Whence::default() }
    }
}

impl Caller {
    /// A visitor who turned out to be somebody.
    pub fn new(principal: Arc<Principal>, visitor: Visitor) -> Self {
        let Visitor { request_id, traceparent, address, whence } = visitor;
        Self { principal, request_id, traceparent, idempotency: None, address, whence }
    }
}

/// A request of somebody who is not signed in yet.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The request's id: the cause of every event it leads to.
    pub request_id: Uuid,
    /// W3C trace context, when the visitor sent one.
    pub traceparent: Option<String>,
    /// The visitor's address; what throttling goes by.
    pub address: IpAddr,
    /// From where the request came, as it is recorded.
    pub whence: Whence,
}

/// How a repetition of a request is recognised.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// Organization, user, route and the caller's key.
    pub key: ReceiptKey,
    /// SHA-256 of the request's body.
    pub request: [u8; 32],
}

/// The organization a principal acts for when the request names none: the only one it is a member
/// of.
pub fn home(principal: &Principal) -> Option<OrganizationId> {
    match principal.grants() {
        [only] => Some(only.organization_id),
        _ => None,
    }
}
