//! What the platform calls over HTTP, at addresses that others choose, and what the operator has named: the provider of
//! identities, the collector of traces, Redis.
//!
//! Cast: [`Client`] is the one way out to where others choose; `addresses` says where it may go, `resolver` sees to it that a
//! name leads nowhere else; [`Messenger`] takes webhooks, as the port [`Courier`](rishi_app::webhooks::Courier);
//! [`GoogleMaps`] finds addresses, as the port [`Geocoder`](rishi_app::geocoding::Geocoder).
//! `oidc` speaks to the provider of identities that the operator has named, `otlp` to the collector of traces, `allowances` to
//! Redis; all of these may well be inside.
//!
//! Guarantee: a connection is only made to a global unicast address. An address in the URL is judged by
//! itself, in whatever form it is written; of a name, each address that it leads to is judged when it is
//! dialled, so a name that leads elsewhere the second time gains nothing. Redirects are not followed, no
//! proxy of the environment is used, a call ends within its time, and of an answer no more is read than
//! was said.

mod addresses;
#[cfg(feature = "redis")]
mod allowances;
mod client;
mod google;
mod messenger;
#[cfg(feature = "oidc")]
mod oidc;
#[cfg(feature = "otlp")]
mod otlp;
mod resolver;
mod target;
mod waiting;

pub use addresses::is_public;
#[cfg(feature = "redis")]
pub use allowances::{REDIS, Redis, check_redis, redis_circuit};
pub use client::{Answer, Client, Failure, NoTls};
pub use google::{GOOGLE_MAPS, GoogleMaps};
pub use messenger::Messenger;
#[cfg(feature = "oidc")]
pub use oidc::{Provider, ProviderProbe, ProviderSettings};
#[cfg(feature = "otlp")]
pub use otlp::{Exporter, NextId, Now};
pub use resolver::{Lookup, SystemLookup};
pub use target::{Forbidden, Reach};
