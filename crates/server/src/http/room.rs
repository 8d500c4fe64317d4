//! Room for connections: there are never more than so many, and when they are all taken, whoever has been
//! there longest goes.
//!
//! A connection that never asked anything is dropped; one that did is asked to end, which an idle one does at once and a
//! busy one after its answer. So a crowd of idle connections keeps nobody out.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// How long one that was asked to leave may take before another is asked.
const LEAVING: Duration = Duration::from_millis(20);

/// The connections that there are.
#[derive(Debug)]
pub(crate) struct Room {
    most: usize,
    slots: Arc<Semaphore>,
    /// Those who were not asked to leave, the longest there first.
    seated: Mutex<VecDeque<Weak<Seat>>>,
}

/// One connection's place, given back when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    /// It is asked to leave.
    pub(super) leave: CancellationToken,
    asked: AtomicBool,
    _slot: OwnedSemaphorePermit,
}

impl Seat {
    /// It has sent a request.
    pub(super) fn asks(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Whether it ever has.
    pub(super) fn has_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Room {
    /// For so many.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        let most = most.max(1);
        Arc::new(Self { most, slots: Arc::new(Semaphore::new(most)), seated: Mutex::default() })
    }

    /// How many connections there are.
    pub(crate) fn taken(&self) -> usize {
        self.most - self.slots.available_permits()
    }

    /// How many there may be.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// A place, as soon as there is one.
    pub(super) async fn enter(&self) -> Option<Arc<Seat>> {
        let slot = loop {
            let slot = Arc::clone(&self.slots).acquire_owned();
            if self.slots.available_permits() > 0 || !self.ask_one_to_leave() {
                break slot.await.ok()?;
            }
            if let Ok(slot) = tokio::time::timeout(LEAVING, slot).await {
                break slot.ok()?;
            }
        };
        let (leave, asked) = (CancellationToken::new(), AtomicBool::new(false));
        let seat = Arc::new(Seat { leave, asked, _slot: slot });
        let mut seated = self.seated();
        // Those who have gone are forgotten before they outnumber those who are there.
        if seated.len() >= self.most * 2 {
            seated.retain(|seat| seat.strong_count() > 0);
        }
        seated.push_back(Arc::downgrade(&seat));
        Some(seat)
    }

    /// Asks whoever has been there longest; false when all have been asked.
    fn ask_one_to_leave(&self) -> bool {
        loop {
            let Some(longest) = self.seated().pop_front() else { return false };
            if let Some(seat) = longest.upgrade() {
                tracing::debug!("every connection is taken; the one that is there longest goes");
                seat.leave.cancel();
                return true;
            }
        }
    }

    fn seated(&self) -> std::sync::MutexGuard<'_, VecDeque<Weak<Seat>>> {
        self.seated.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
