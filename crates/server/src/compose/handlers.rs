//! The event handlers of a process, as services.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rishi_app::operations::SubscriptionStatus;
use rishi_app::operations::services::{ServiceState, ServiceView};
use rishi_bus::Dispatcher;

use crate::services::Services;

/// How long handlers of events may still run when the server stops.
const HANDLERS: Duration = Duration::from_secs(5);

/// The event handlers, which those who only look share with the one who stops them.
#[derive(Clone)]
pub(super) struct Handlers(Arc<Mutex<Option<Dispatcher>>>);

impl Handlers {
    pub(super) fn none() -> Self {
        Self(Arc::default())
    }

    pub(super) fn of(dispatcher: Dispatcher) -> Self {
        Self(Arc::new(Mutex::new(Some(dispatcher))))
    }

    /// What each is doing; nothing once they were stopped.
    pub(super) fn status(&self) -> Vec<SubscriptionStatus> {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().map(Dispatcher::status).unwrap_or_default()
    }

    /// Each is a service: one whose task has ended is missed.
    pub(super) fn hold(&self, services: &Services, since: Timestamp) {
        let (looked, stopped) = (self.clone(), self.clone());
        let view = move |one: SubscriptionStatus| {
            let name = format!("subscription {}", one.name);
            let state = if one.alive { ServiceState::Running } else { ServiceState::Failed };
            ServiceView { state, ..ServiceView::running(name, true, since) }
        };
        services.hold(
            move || looked.status().into_iter().map(view).collect(),
            async move || stopped.stop().await,
        );
    }

    pub(super) async fn stop(&self) {
        if let Some(dispatcher) = self.take() {
            dispatcher.shutdown(HANDLERS).await;
        }
    }

    fn take(&self) -> Option<Dispatcher> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
