//! Whether this process wants requests: what a load balancer asks `/readyz`.

use std::sync::atomic::{AtomicU8, Ordering};

/// How a process stands toward new requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Stance {
    /// Not started yet, or something it needs is missing.
    Unavailable = 0,
    /// Takes requests.
    Ready = 1,
    /// Is stopping: finishes what it has and wants nothing new.
    Draining = 2,
}

/// The process's stance, set by whoever starts and stops it. Begins as unavailable.
#[derive(Debug, Default)]
pub struct Readiness(AtomicU8);

impl Readiness {
    /// Not ready yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the given stance. Draining is final: a late "ready" does not undo it.
    pub fn set(&self, stance: Stance) {
        self.0.fetch_max(stance as u8, Ordering::Relaxed);
    }

    /// The present stance.
    pub fn stance(&self) -> Stance {
        match self.0.load(Ordering::Relaxed) {
            0 => Stance::Unavailable,
            1 => Stance::Ready,
            _ => Stance::Draining,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draining_is_final() {
        let readiness = Readiness::new();
        assert_eq!(readiness.stance(), Stance::Unavailable);
        readiness.set(Stance::Ready);
        assert_eq!(readiness.stance(), Stance::Ready);
        readiness.set(Stance::Draining);
        readiness.set(Stance::Ready);
        assert_eq!(readiness.stance(), Stance::Draining);
    }
}
