//! NATS JetStream: sequenced events to other nodes and services, events of others from there.
//!
//! Cast: [`Link`] is the connection of a process, with its circuit; [`Relay`] publishes the log in its order;
//! [`Wake`] hears of what was published and looks into the log; [`Intake`] takes messages of others. [`subject`] knows what
//! is published where.
//!
//! ```text
//! log ─► Relay ─► rishi.events.<organization>.<type> ─► Wake of every node ─► looks into the log
//!          ▲ rishi.wake                              └► services, by consumers of their own
//!          └── a node that has sequenced something
//! services ─► rishi.ingress.<organization>.<type> ─► Intake ─► judged ─► the log
//! ```
//!
//! Guarantee 7: the broker may lose, repeat, reorder or be erased, and messages may be forged: only latency suffers. No
//! event is handled because a message says so, but because it is in the log; and a place in the stream is never taken for
//! one in the log, but to publish again what is missing there.

use std::path::PathBuf;
use std::time::Duration;

mod heard;
mod intake;
mod link;
mod publish;
mod relay;
mod streams;
pub mod subject;
mod wake;

pub use intake::Intake;
pub use link::{Link, LinkError, check_servers};
pub use relay::Relay;
pub use wake::Wake;

/// The oldest server that is spoken to: 2.9 drops parts of what is asked of it without a word.
pub const OLDEST_SERVER: (u32, u32) = (2, 10);

/// Where the broker is, and what is kept there.
#[derive(Clone)]
pub struct Settings {
    /// Its servers, as [`check_servers`] takes them. They may hold passwords.
    pub servers: Vec<String>,
    /// A user's credentials (a `.creds` file's text), where they are not in the address.
    pub credentials: Option<String>,
    /// A PEM file of the authorities that servers are judged by, instead of the machine's.
    pub ca: Option<PathBuf>,
    /// PEM files of the certificate and the key that the platform shows.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// The stream of events; that of messages from others has `_INGRESS` behind it.
    pub stream: String,
    /// Copies of each stream in a cluster.
    pub replicas: usize,
    /// How long events are kept there.
    pub max_age: Duration,
    /// How many bytes of them at most.
    pub max_bytes: i64,
}
