//! One story from the first commit to the last order, which any number of processes can tell to its end:
//! each does what its predecessors have not done.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use rishi_app::commit::Change;
use rishi_app::events::subject;
use rishi_app::{Commit, Store as _};
use rishi_bus::testing::Fault;
use rishi_bus::{Clock as _, Desk as _, Dispatcher, LetterFilter, NewEvent, Order, Subject};
use rishi_domain::organization::Organization;
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use serde_json::value::RawValue;
use tempfile::TempDir;
use uuid::Uuid;

use super::cast::{BOILED, Outside, POISON, subscriptions};
use super::faulty::{Faulty, Plan};
use crate::support::File;

/// The subjects of the events of both first commits; one of the second commit's is poison to "tea".
const KETTLES: [[u128; 4]; 2] = [[1, 2, 1, 3], [3, 1, 3, 2]];
const POISONED: usize = 0;

/// A file that the story has not begun on, to be copied for each telling.
pub(super) struct Beginning {
    folder: TempDir,
    house: Organization,
    outside: Box<dyn Fn() -> Outside>,
}

/// A telling on a file of its own.
pub(super) struct Story {
    _folder: TempDir,
    pub(super) outside: Arc<Outside>,
    house: Organization,
    pub(super) file: PathBuf,
    pub(super) grave: PathBuf,
}

/// Whether a process is woken by what others commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Yes,
    No,
}

/// What became of a process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    /// Whether it died of the fault at its call.
    pub(super) died: bool,
    /// How many calls it made.
    pub(super) calls: u32,
    /// How long the write-ahead log was before the call at which it died.
    pub(super) log_before: u64,
}

/// Where nothing has to be flushed to a disk, if the machine has such a place: what a kill leaves is the
/// same there, and there are many kills.
fn folder() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

impl Beginning {
    pub(super) async fn new() -> Self {
        let file = File::new().await;
        file.store.close().await;
        let (user, organization) = (file.all.user().unwrap(), file.house.id);
        let outside = Box::new(move || Outside::new(user, organization));
        Self { folder: file.folder, house: file.house, outside }
    }

    pub(super) fn story(&self) -> Story {
        let folder = folder();
        let (file, grave) = (folder.path().join("rishi.db"), folder.path().join("grave.db"));
        std::fs::copy(self.folder.path().join("rishi.db"), &file).unwrap();
        let (outside, house) = (Arc::new((self.outside)()), self.house.clone());
        Story { _folder: folder, outside, house, file, grave }
    }
}

impl Story {
    /// Opens a file as a process does.
    pub(super) async fn open(&self, file: &Path) -> Arc<Sqlite> {
        file.clone_into(&mut self.outside.file.lock().unwrap());
        Sqlite::open(SqliteOptions { readers: 1, ..SqliteOptions::new(file) }).await.unwrap()
    }

    /// A process that tells the story as far as it comes.
    pub(super) async fn live(&self, engine: &Arc<Sqlite>, plan: Plan) -> Life {
        self.live_as(engine, plan, Seen::Yes).await
    }

    /// The same, woken by what others commit or not.
    pub(super) async fn live_as(&self, engine: &Arc<Sqlite>, plan: Plan, seen: Seen) -> Life {
        let ledger = Arc::new(Faulty::new(Arc::clone(engine), plan, self.grave.clone()));
        let died = tokio::select! {
            biased;
            () = ledger.death() => true,
            () = self.tell(&ledger, seen) => false,
        };
        Life { died, calls: ledger.calls(), log_before: ledger.log_before() }
    }

    /// A process that nothing happens to.
    pub(super) async fn to_its_end(&self, engine: &Arc<Sqlite>) {
        let telling = tokio::time::timeout(Duration::from_mins(1), self.live(engine, Plan::NONE));
        telling.await.unwrap();
    }

    /// A process that is asked to stop when it comes to a call; whether it came there.
    pub(super) async fn stop_at(&self, engine: &Arc<Sqlite>, step: u32) -> bool {
        let plan = Plan { step, fault: Fault::None };
        let ledger = Arc::new(Faulty::new(Arc::clone(engine), plan, self.grave.clone()));
        let running = Mutex::new(None);
        let telling = async {
            self.kettles_are_put_on(&ledger).await;
            let Some(dispatcher) = self.start(&ledger).await else { return };
            let dispatcher = running.lock().unwrap().insert(Arc::new(dispatcher)).clone();
            self.go_on(&ledger, &dispatcher).await;
        };
        let reached = tokio::select! {
            biased;
            () = ledger.reached() => true,
            () = telling => false,
        };
        if let Some(dispatcher) = running.into_inner().unwrap().and_then(Arc::into_inner) {
            let stopping = dispatcher.shutdown(Duration::from_secs(5));
            let in_time = tokio::time::timeout(Duration::from_secs(8), stopping).await;
            assert!(in_time.is_ok(), "a stop at call {step} takes too long");
        }
        reached
    }

    async fn tell(&self, ledger: &Arc<Faulty>, seen: Seen) {
        if seen == Seen::Yes {
            self.kettles_are_put_on(ledger).await;
        }
        // Where that fails, a supervisor starts the process again.
        let Some(dispatcher) = self.start(ledger).await else { return };
        if seen == Seen::No {
            dispatcher.idle().await;
            self.another_process_puts_kettles_on(&ledger.engine).await;
        }
        self.go_on(ledger, &dispatcher).await;
        dispatcher.shutdown(Duration::from_secs(5)).await;
    }

    async fn kettles_are_put_on(&self, ledger: &Arc<Faulty>) {
        for number in 0..KETTLES.len() {
            self.commit_once(ledger, number as u128 + 1, || self.kettles(number)).await;
        }
    }

    /// The same from elsewhere, of which this process hears nothing; it looks by itself.
    async fn another_process_puts_kettles_on(&self, engine: &Arc<Sqlite>) {
        let other = Sqlite::open(SqliteOptions { readers: 1, ..SqliteOptions::new(engine.path()) });
        let other = other.await.unwrap();
        for number in 0..KETTLES.len() {
            let id = Uuid::from_u128(number as u128 + 1);
            if other.event_by_id(id).await.unwrap().is_none() {
                other.commit(self.kettles(number)).await.unwrap();
            }
        }
        other.close().await;
        let behind =
            "SELECT 1 FROM subscriptions WHERE cursor < (SELECT max(position) FROM events)";
        while self.outside.look().prepare(behind).unwrap().exists([]).unwrap() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn start(&self, ledger: &Arc<Faulty>) -> Option<Dispatcher> {
        let (clock, cast) = (self.outside.clock.clone(), subscriptions(&self.outside));
        Dispatcher::start(Arc::clone(ledger), cast, clock, Arc::new(|| 0.5)).await.ok()
    }

    /// All that follows the kettles.
    async fn go_on(&self, ledger: &Arc<Faulty>, dispatcher: &Dispatcher) {
        let name = || "brew".to_owned();
        let order = async |number, order| {
            self.commit_once(ledger, number, || self.told(number, vec![Order::clone(&order)]))
                .await;
            dispatcher.idle().await;
        };
        dispatcher.idle().await;
        // Timers are set. The clock is set a day back, and ahead, and back, and comes there by itself.
        for hours in [-24, 48, -24, 24] {
            self.jump(hours);
            dispatcher.idle().await;
        }
        order(10, Order::Pause { subscription: name() }).await;
        self.jump(24);
        dispatcher.idle().await;
        order(11, Order::Resume { subscription: name() }).await;
        for _ in 0..3 {
            self.jump(24);
            dispatcher.idle().await;
        }
        order(12, Order::Redrive(LetterFilter::default())).await;
        for _ in 0..2 {
            self.jump(24);
            dispatcher.idle().await;
        }
        let letters = LetterFilter::default();
        order(13, Order::Discard { letters, reason: "poison".to_owned() }).await;
        let (subscription, after) = ("mail".to_owned(), 3);
        order(14, Order::Replay { subscription, after }).await;
        for _ in 0..4 {
            self.jump(24);
            dispatcher.idle().await;
        }
    }

    /// Gives orders, with an event that bears this number.
    pub(super) async fn give(&self, engine: &Sqlite, number: u128, orders: Vec<Order>) {
        engine.commit(self.told(number, orders)).await.unwrap();
    }

    fn jump(&self, hours: i64) {
        let clock = &self.outside.clock;
        clock.set(clock.now() + SignedDuration::from_hours(hours));
    }

    /// Makes a commit unless its first event, which bears this number, is in the log.
    async fn commit_once(&self, ledger: &Faulty, number: u128, make: impl Fn() -> Commit) {
        while ledger.engine.event_by_id(Uuid::from_u128(number)).await.unwrap().is_none() {
            ledger.commit(make()).await;
        }
    }

    fn numbered(&self, number: u128, event_type: &str, about: &Subject) -> NewEvent {
        NewEvent { id: Uuid::from_u128(number), ..self.outside.event(event_type, about) }
    }

    /// An organization, and events about kettles.
    fn kettles(&self, number: usize) -> Commit {
        let row = Organization { id: self.outside.ids.next(), ..self.house.clone() };
        let about = subject::organization(row.id);
        let mut events = vec![self.numbered(number as u128 + 1, "ORGANIZATION_CREATED", &about)];
        for (index, kettle) in KETTLES[number].into_iter().enumerate() {
            let about = Subject::new("kettle", Uuid::from_u128(kettle));
            let mut event = self.outside.event(BOILED, &about);
            if (number, index) == (1, POISONED) {
                event.data = RawValue::from_string(POISON.to_owned()).unwrap();
            }
            events.push(event);
        }
        Commit { changes: vec![Change::Organization(Box::new(row))], events, ..Commit::default() }
    }

    fn told(&self, number: u128, orders: Vec<Order>) -> Commit {
        let about = Subject::new("system", Uuid::nil());
        let events = vec![self.numbered(number, "ORDER_GIVEN", &about)];
        Commit { orders, events, ..Commit::default() }
    }
}
