//! How many streams each person holds open.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rishi_domain::id::UserId;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many streams read at a time. When something happens, all of them want to know; if all were let run at
/// once, every request would stand in a queue behind them.
const TURNS: usize = 2;

/// Counts open streams and refuses one too many; lets few of them read at a time.
#[derive(Debug, Clone)]
pub(crate) struct Streams {
    most: usize,
    open: Arc<Mutex<HashMap<UserId, usize>>>,
    turns: Arc<Semaphore>,
    given_up: Arc<AtomicU64>,
}

/// A person's place for one stream, given back when dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    user: UserId,
    streams: Streams,
}

impl Streams {
    /// At most so many for each person.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            open: Arc::default(),
            turns: Arc::new(Semaphore::new(TURNS)),
            given_up: Arc::default(),
        }
    }

    /// The turn to read, in the order of asking; given back when dropped.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed.
        self.turns.acquire().await.ok()
    }

    /// How many streams read now, of those that may at a time.
    pub(crate) fn reading(&self) -> usize {
        TURNS - self.turns.available_permits()
    }

    /// Notes that a stream was ended because its reader does not read.
    pub(super) fn give_up(&self) {
        self.given_up.fetch_add(1, Ordering::Relaxed);
    }

    /// How many streams were ended so.
    pub(crate) fn given_up(&self) -> u64 {
        self.given_up.load(Ordering::Relaxed)
    }

    /// How many streams are open.
    pub(crate) fn open(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// A place, unless the person has them all.
    pub(crate) fn enter(&self, user: UserId) -> Option<Seat> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(user).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Seat { user, streams: self.clone() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_person_gets_so_many_places_and_a_closed_stream_gives_its_place_back() {
        let streams = Streams::new(2);
        let (one, other) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let first = streams.enter(one);
        let second = streams.enter(one);
        assert!(first.is_some() && second.is_some());
        assert!(streams.enter(one).is_none(), "one too many");
        assert!(streams.enter(other).is_some(), "somebody else is not concerned");
        drop(first);
        assert!(streams.enter(one).is_some());
        drop(second);
        assert!(streams.open.lock().unwrap().is_empty(), "nothing is left behind");
    }
}
