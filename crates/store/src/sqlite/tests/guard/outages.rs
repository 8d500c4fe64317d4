//! A database that fails, comes and goes, or is asked wrongly, with the figures. How long a slow one holds anybody up
//! is for the tests beside this: its queries are really interrupted.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rishi_resilience::testing::{Dependency, Manner, failing, flapping, probes, refusing};

use super::*;
use crate::guard::Weight;

/// A database behind its circuit, by a clock set by hand.
struct Behind {
    _folder: TempDir,
    store: Arc<Sqlite>,
    circuit: Arc<Circuit>,
    millis: Arc<AtomicU64>,
    manner: Mutex<Manner>,
    reached: AtomicU64,
}

async fn database() -> Behind {
    let folder = TempDir::new().unwrap();
    let millis = Arc::new(AtomicU64::new(0));
    let clock = Arc::clone(&millis);
    let elapsed = move || Duration::from_millis(clock.load(Ordering::Relaxed));
    let circuit = Circuits::new(Arc::new(elapsed)).of("database", BreakerSettings::default());
    let options = SqliteOptions::new(folder.path().join("rishi.db"));
    let options = SqliteOptions { circuit: Some(Arc::clone(&circuit)), readers: 1, ..options };
    let store = Sqlite::open(options).await.unwrap();
    let (manner, reached) = (Mutex::new(Manner::Works), AtomicU64::new(0));
    Behind { _folder: folder, store, circuit, millis, manner, reached }
}

impl Dependency for Behind {
    fn becomes(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    fn reached(&self) -> u64 {
        self.reached.load(Ordering::Relaxed)
    }

    fn circuit(&self) -> &Arc<Circuit> {
        &self.circuit
    }

    async fn call(&self) {
        let manner = *self.manner.lock().unwrap();
        if manner == Manner::Hangs {
            let Ok(_pass) = self.store.guard.admit(Weight::Usual) else { return };
            return std::future::pending().await;
        }
        let asked = self.store.readers.point(|_| {
            self.reached.fetch_add(1, Ordering::Relaxed);
            match manner {
                Manner::Works | Manner::Hangs => Ok(()),
                Manner::Fails => failure(SQLITE_IOERR),
                Manner::Refuses => failure(SQLITE_CONSTRAINT),
            }
        });
        drop(asked.await);
    }

    fn now(&self) -> Duration {
        Duration::from_millis(self.millis.load(Ordering::Relaxed))
    }

    async fn pass(&self, time: Duration) {
        self.millis.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_database_that_fails_or_flaps_costs_few_calls_and_is_found_again() {
    failing(&database().await).await;
    probes(&database().await).await;
    refusing(&database().await).await;
    println!("{:?}", flapping(&database().await).await);
}
