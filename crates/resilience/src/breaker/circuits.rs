//! The circuits of a process, by name.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::{BreakerSettings, Circuit, CircuitState, Mode, Snapshot, Transition};
use crate::Elapsed;

/// Hears of every change of state, in its order for each circuit. It is called while the circuit is locked: it must be
/// quick and must not ask the circuit anything.
pub type Watcher = Arc<dyn Fn(&Transition) + Send + Sync>;

/// How many circuits are remembered: names may come from outside (one for each host).
const MOST: usize = 1_000;

/// One circuit for each thing outside the process.
///
/// Guarantee: the same name is the same circuit for as long as anybody holds it or it is of any account. When there are
/// too many, one that nobody holds is forgotten: first one that is closed and on its own, then the one that was asked
/// longest ago.
pub struct Circuits {
    all: Mutex<BTreeMap<Arc<str>, Arc<Circuit>>>,
    elapsed: Elapsed,
    watcher: Arc<OnceLock<Watcher>>,
}

impl Circuits {
    /// No circuits yet, by a clock.
    pub fn new(elapsed: Elapsed) -> Self {
        Self { all: Mutex::default(), elapsed, watcher: Arc::default() }
    }

    /// Tells `watcher` of changes from now on, also those of circuits that are there. The first one stays.
    pub fn watch(&self, watcher: Watcher) {
        self.watcher.get_or_init(|| watcher);
    }

    /// The circuit of this name, made with these settings if there is none yet.
    pub fn of(&self, name: &str, settings: BreakerSettings) -> Arc<Circuit> {
        let mut all = self.lock();
        if let Some(circuit) = all.get(name) {
            return Arc::clone(circuit);
        }
        if all.len() >= MOST {
            forget_one(&mut all);
        }
        let watcher = Arc::clone(&self.watcher);
        let tell: Watcher = Arc::new(move |transition| {
            if let Some(watcher) = watcher.get() {
                watcher(transition);
            }
        });
        let name: Arc<str> = Arc::from(name);
        let circuit = Circuit::new(Arc::clone(&name), settings, Arc::clone(&self.elapsed), tell);
        let circuit = Arc::new(circuit);
        all.insert(name, Arc::clone(&circuit));
        circuit
    }

    /// The circuit of this name, if there is one.
    pub fn find(&self, name: &str) -> Option<Arc<Circuit>> {
        self.lock().get(name).cloned()
    }

    /// How every circuit is, by name.
    pub fn snapshots(&self) -> Vec<Snapshot> {
        let all: Vec<Arc<Circuit>> = self.lock().values().cloned().collect();
        all.iter().map(|circuit| circuit.snapshot()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Arc<Circuit>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn forget_one(all: &mut BTreeMap<Arc<str>, Arc<Circuit>>) {
    let unheld = all.iter().filter(|(_, circuit)| Arc::strong_count(circuit) == 1);
    let least = unheld.min_by_key(|(_, circuit)| {
        let now = circuit.snapshot();
        let matters = now.state != CircuitState::Closed || now.mode != Mode::Auto;
        (matters, circuit.asked())
    });
    if let Some(name) = least.map(|(name, _)| Arc::clone(name)) {
        all.remove(&name);
    }
}

impl fmt::Debug for Circuits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.lock().keys()).finish()
    }
}
