//! What runs in the process: started in order, watched, started again or missed, stopped in reverse.
//!
//! A service is a task that runs until it is told to stop. One that panics or ends before is started again after a
//! pause that grows, and counted; an *essential* one is not: whoever waits for [`Services::lost`] ends the process. What
//! keeps tasks of its own (the database, the event handlers) is [held](Services::hold): it says itself how it is, and how
//! it is stopped.
//!
//! Guarantee: everything that runs for as long as the process does is listed, and is stopped before whatever was
//! started before it.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rishi_app::operations::services::{ServiceState, ServiceView};
use rishi_bus::{Clock, Jitter};
use rishi_resilience::Backoff;
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

#[cfg(test)]
mod tests;

/// How long a service is left alone before it is started again: longer each time it fails soon after a start.
const PAUSES: Backoff = Backoff {
    first: Duration::from_secs(1),
    factor: 2.0,
    max: Duration::from_mins(1),
    attempts: u32::MAX,
};
/// After running so long a failure is a first one again.
const STEADY: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);
/// How often those that say themselves how they are are looked at.
const LOOK: Duration = Duration::from_secs(1);

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;
type Stop = Box<dyn FnOnce() -> Work + Send>;
type Look = Box<dyn Fn() -> Vec<ServiceView> + Send + Sync>;

/// Where how a task is can be read.
type Standing = Arc<Mutex<ServiceView>>;

struct Row {
    look: Look,
    stop: Option<Stop>,
}

/// The services of a process. Cheap to clone: whoever holds one sees the same.
#[derive(Clone)]
pub(crate) struct Services {
    rows: Arc<Mutex<Vec<Row>>>,
    clock: Arc<dyn Clock>,
    jitter: Jitter,
}

impl Services {
    /// None yet.
    pub(crate) fn new(clock: Arc<dyn Clock>, jitter: Jitter) -> Self {
        Self { rows: Arc::default(), clock, jitter }
    }

    /// Starts a service: `work` runs until its token is cancelled, and is asked for anew at each start.
    pub(crate) fn start<F>(
        &self,
        name: &'static str,
        work: impl Fn(CancellationToken) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let watched = self.watched(name, false, CancellationToken::new());
        let jitter = Arc::clone(&self.jitter);
        self.watch(watched, |watched| async move { watched.run(work, jitter).await });
    }

    /// Starts a service without which the process stops: `work` runs until `stop` is cancelled.
    pub(crate) fn start_essential(
        &self,
        name: &'static str,
        stop: CancellationToken,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let watched = self.watched(name, true, stop);
        self.watch(watched, |watched| async move { watched.run_once(work).await });
    }

    fn watched(&self, name: &'static str, essential: bool, stop: CancellationToken) -> Watched {
        let view = ServiceView::running(name, essential, self.clock.now());
        Watched { standing: Arc::new(Mutex::new(view)), clock: Arc::clone(&self.clock), stop }
    }

    fn watch<F>(&self, watched: Watched, run: impl FnOnce(Watched) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (standing, stop) = (Arc::clone(&watched.standing), watched.stop.clone());
        let task = tokio::spawn(run(watched));
        let stop: Stop = Box::new(move || {
            stop.cancel();
            Box::pin(async move {
                if let Err(error) = task.await {
                    tracing::error!(%error, "the watch over a service was lost");
                }
            })
        });
        let look = Box::new(move || vec![read(&standing).clone()]);
        self.rows().push(Row { look, stop: Some(stop) });
    }

    /// Lists what runs by itself: `look` says how it is, `stop` ends it.
    pub(crate) fn hold<F>(
        &self,
        look: impl Fn() -> Vec<ServiceView> + Send + Sync + 'static,
        stop: impl FnOnce() -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let stop: Stop = Box::new(move || Box::pin(stop()));
        self.rows().push(Row { look: Box::new(look), stop: Some(stop) });
    }

    /// Every service, in the order of the start.
    pub(crate) fn list(&self) -> Vec<ServiceView> {
        self.rows().iter().flat_map(|row| (row.look)()).collect()
    }

    /// Waits until an essential service has failed; its name.
    pub(crate) async fn lost(&self) -> String {
        let mut looks = tokio::time::interval(LOOK);
        loop {
            looks.tick().await;
            let lost = |view: &ServiceView| view.essential && view.state == ServiceState::Failed;
            if let Some(view) = self.list().into_iter().find(lost) {
                return view.name;
            }
        }
    }

    /// Stops them, the last one first, each when the one after it has ended.
    pub(crate) async fn stop(&self) {
        loop {
            let next = self.rows().iter_mut().rev().find_map(|row| row.stop.take());
            let Some(stop) = next else { return };
            stop().await;
        }
    }

    fn rows(&self) -> MutexGuard<'_, Vec<Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task under watch.
struct Watched {
    standing: Standing,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
}

impl Watched {
    async fn run_once(self, work: impl Future<Output = ()> + Send + 'static) {
        let ended = tokio::spawn(work).await;
        let now = self.clock.now();
        if self.stop.is_cancelled() && ended.is_ok() {
            return self.becomes(ServiceState::Stopped, now);
        }
        self.failed(&how(ended), now);
        self.becomes(ServiceState::Failed, now);
    }

    async fn run<F>(self, work: impl Fn(CancellationToken) -> F, jitter: Jitter)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut failures = 0_u32;
        loop {
            let begun = self.clock.now();
            let ended = tokio::spawn(work(self.stop.clone())).await;
            let now = self.clock.now();
            if self.stop.is_cancelled() && ended.is_ok() {
                return self.becomes(ServiceState::Stopped, now);
            }
            self.failed(&how(ended), now);
            failures = if now.duration_since(begun) >= STEADY { 1 } else { failures + 1 };
            self.becomes(ServiceState::Restarting, now);
            let pause = PAUSES.delay(failures, jitter()).unwrap_or(PAUSES.max);
            let wait = tokio::time::sleep(pause);
            if self.stop.run_until_cancelled(wait).await.is_none() {
                return self.becomes(ServiceState::Stopped, self.clock.now());
            }
            self.becomes(ServiceState::Running, self.clock.now());
            read(&self.standing).restarts += 1;
        }
    }

    fn becomes(&self, state: ServiceState, now: Timestamp) {
        let mut view = read(&self.standing);
        (view.state, view.since) = (state, now);
    }

    fn failed(&self, how: &str, now: Timestamp) {
        let mut view = read(&self.standing);
        tracing::error!(service = view.name, how, "a service failed");
        view.last_failure = Some((now, how.to_owned()));
    }
}

fn read(standing: &Standing) -> MutexGuard<'_, ServiceView> {
    standing.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a task ended that should not have.
fn how(ended: Result<(), JoinError>) -> String {
    let Err(error) = ended else { return "it ended by itself".to_owned() };
    match error.try_into_panic() {
        Ok(panic) => {
            let text = panic.downcast_ref::<&str>().map(ToString::to_string);
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            format!("it panicked: {}", text.as_deref().unwrap_or("without a message"))
        }
        Err(error) => error.to_string(),
    }
}
