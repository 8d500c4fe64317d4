mod model;
mod operators;
mod outages;
mod registry;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::Elapsed;

/// Circuits with a clock set by hand, and all that was told of them.
struct Stage {
    millis: Arc<AtomicU64>,
    circuits: Circuits,
    told: Arc<Mutex<Vec<Transition>>>,
}

impl Stage {
    fn new() -> Self {
        let millis = Arc::new(AtomicU64::new(0));
        let clock = Arc::clone(&millis);
        let elapsed: Elapsed =
            Arc::new(move || Duration::from_millis(clock.load(Ordering::Relaxed)));
        let (circuits, told) = (Circuits::new(elapsed), Arc::new(Mutex::new(Vec::new())));
        let tell = Arc::clone(&told);
        circuits.watch(Arc::new(move |one: &Transition| tell.lock().unwrap().push(one.clone())));
        Self { millis, circuits, told }
    }

    fn mail(&self) -> Arc<Circuit> {
        self.circuits.of("smtp", BreakerSettings::default())
    }

    fn pass(&self, millis: u64) {
        self.millis.fetch_add(millis, Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        self.millis.load(Ordering::Relaxed)
    }

    /// The changes so far, as `from>to`.
    fn changes(&self) -> Vec<String> {
        let told = self.told.lock().unwrap();
        told.iter().map(|one| format!("{}>{}", one.from.as_str(), one.to.as_str())).collect()
    }
}

fn fail(circuit: &Arc<Circuit>) {
    circuit.admit().unwrap().failed("connection refused");
}

fn succeed(circuit: &Arc<Circuit>) {
    circuit.admit().unwrap().succeeded();
}

fn end(circuit: &Arc<Circuit>, failed: bool) {
    if failed {
        fail(circuit);
    } else {
        succeed(circuit);
    }
}
