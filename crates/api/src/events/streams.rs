//! How many streams each person holds open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rishi_domain::id::UserId;

/// Counts open streams and refuses one too many.
#[derive(Debug, Clone)]
pub(crate) struct Streams {
    most: usize,
    open: Arc<Mutex<HashMap<UserId, usize>>>,
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
        Self { most, open: Arc::default() }
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
