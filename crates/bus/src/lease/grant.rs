//! What a node holds, as long as it does.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rishi_resilience::Elapsed;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::keeper::Desk;

/// A unit that is ours under a token, until it is lost or given back.
#[derive(Clone)]
pub struct Grant(Arc<Inner>);

struct Inner {
    token: u64,
    /// Milliseconds of `elapsed` up to which it is ours.
    until: AtomicU64,
    /// Nothing where there is nobody to share with.
    elapsed: Option<Elapsed>,
    lost: CancellationToken,
    wanted: CancellationToken,
}

impl Grant {
    pub(super) fn new(token: u64, until: Duration, elapsed: Elapsed) -> Self {
        Self::with(token, millis(until), Some(elapsed))
    }

    /// Ours for good, where there is nobody to share with.
    pub(crate) fn always() -> Self {
        Self::with(0, u64::MAX, None)
    }

    fn with(token: u64, until: u64, elapsed: Option<Elapsed>) -> Self {
        let (lost, wanted) = (CancellationToken::new(), CancellationToken::new());
        Self(Arc::new(Inner { token, until: AtomicU64::new(until), elapsed, lost, wanted }))
    }

    /// What is to be shown with every change. It is above 0 where there are leases.
    pub fn token(&self) -> u64 {
        self.0.token
    }

    /// Whether it is ours at this moment. To be asked right before anything begins that touches the outside world.
    pub fn is_live(&self) -> bool {
        !self.0.lost.is_cancelled() && !self.left().is_zero()
    }

    /// Waits until it is ours no longer: whatever rests on it is to be dropped at once.
    pub async fn lost(&self) {
        while self.is_live() {
            if self.0.elapsed.is_none() {
                return self.0.lost.cancelled().await;
            }
            tokio::select! {
                () = self.0.lost.cancelled() => return,
                () = tokio::time::sleep(self.left()) => {}
            }
        }
    }

    /// Waits until another node is to have it: what runs is to be finished, nothing begun, and it is to be
    /// [released](Hold::release).
    pub async fn wanted(&self) {
        self.0.wanted.cancelled().await;
    }

    /// Whether another node is to have it.
    pub fn is_wanted(&self) -> bool {
        self.0.wanted.is_cancelled()
    }

    /// Gives it up for lost: the database says that it is somebody else's.
    pub(crate) fn forfeit(&self) {
        self.0.lost.cancel();
    }

    pub(super) fn prolong(&self, until: Duration) {
        self.0.until.fetch_max(millis(until), Ordering::Relaxed);
    }

    pub(super) fn want(&self) {
        self.0.wanted.cancel();
    }

    fn left(&self) -> Duration {
        let Some(elapsed) = &self.0.elapsed else { return Duration::MAX };
        Duration::from_millis(self.0.until.load(Ordering::Relaxed)).saturating_sub(elapsed())
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant").field("token", &self.0.token).finish_non_exhaustive()
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The wish to hold a unit. As long as it lives its [`Keeper`](super::Keeper) tries to get and to keep it; dropping it
/// gives the unit back.
pub struct Hold(Option<Wish>);

struct Wish {
    unit: String,
    state: watch::Receiver<Option<Grant>>,
    desk: Arc<Desk>,
}

impl Hold {
    pub(super) fn new(
        unit: String,
        state: watch::Receiver<Option<Grant>>,
        desk: Arc<Desk>,
    ) -> Self {
        Self(Some(Wish { unit, state, desk }))
    }

    /// Where there is nobody to share with: it is granted at once and for good.
    pub fn always() -> Self {
        Self(None)
    }

    /// Waits until the unit is ours.
    pub async fn granted(&mut self) -> Grant {
        let Some(wish) = &mut self.0 else { return Grant::always() };
        loop {
            let grant = wish.state.borrow_and_update().clone();
            if let Some(grant) = grant.filter(Grant::is_live) {
                return grant;
            }
            if wish.state.changed().await.is_err() {
                // The keeper has ended: nothing is ours any more.
                return std::future::pending().await;
            }
        }
    }

    /// Gives the unit back: nothing that rests on the grant runs any more.
    pub fn release(&self, grant: &Grant) {
        // First told, then given up: what is not told yet and no longer live would count as lost.
        if let Some(wish) = &self.0 {
            wish.desk.released(&wish.unit, grant.token(), grant.is_live());
        }
        grant.forfeit();
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(wish) = &self.0 {
            wish.desk.withdrawn(&wish.unit);
        }
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.0.as_ref().map(|wish| &wish.unit);
        f.debug_struct("Hold").field("unit", &unit).finish_non_exhaustive()
    }
}
