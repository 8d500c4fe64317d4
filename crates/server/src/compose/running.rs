//! A server at work, and how it ends.

use std::net::SocketAddr;
use std::sync::Arc;

use rishi_api::{Readiness, Stance};
use rishi_app::staffing::optimize::Optimizations;

use crate::failure::Failure;
use crate::services::Services;

/// A server at work.
pub(crate) struct Running {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    pub(super) services: Services,
    pub(super) readiness: Arc<Readiness>,
    pub(super) searches: Arc<Optimizations>,
}

impl Running {
    /// Waits until a service that the server cannot do without has ended.
    pub(crate) async fn failed(&self) -> Failure {
        let name = self.services.lost().await;
        tracing::error!(service = name, "a service ended by itself; stopping");
        Failure::Refused(format!(
            "the service {name:?} ended by itself; the log says why, start the server again"
        ))
    }

    /// Stops in reverse: takes nothing new, ends the streams and the searches for plans, finishes requests, then handlers
    /// of events, then writes the log into the database file.
    pub(crate) async fn stop(self) {
        self.readiness.set(Stance::Draining);
        self.searches.stop();
        self.services.stop().await;
        tracing::info!("stopped");
    }
}
