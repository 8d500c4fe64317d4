//! What a test of operating starts from: two subscriptions over a log, rows of every state, orders.

use rishi_app::Commit;
use rishi_app::commit::{CommitError, Committed};
use rishi_app::events::subject;
use rishi_bus::{Desk as _, LedgerError, LetterFilter, Standing};
use rishi_bus::{
    Failure, Ledger as _, Order, Outcome, Position, RowState, Settled, Settlement, Start, Subject,
};
use uuid::Uuid;

use crate::things::at;
use crate::world::{Fixture, World};

pub(crate) const NAME: &str = "tell-managers";
pub(crate) const BESIDE: &str = "tell-managers@v2";

/// Two subscriptions from the beginning, over a log that ends with ten events of ten bookings.
pub(crate) async fn subscribed<F: Fixture>() -> World<F> {
    let world = World::<F>::new().await;
    for _ in 0..10 {
        say(&world, subject::booking(world.id())).await;
    }
    for name in [NAME, BESIDE] {
        world.store.register(name, Start::Beginning).await.unwrap();
    }
    world
}

/// Commits an event.
pub(crate) async fn say<F: Fixture>(world: &World<F>, about: Subject) -> Uuid {
    let event = world.event(about, "SOMETHING_SAID");
    let id = event.id;
    world.commit(Commit { events: vec![event], ..Commit::default() }).await.unwrap();
    id
}

/// Orders with the event that tells of them.
pub(crate) fn orders<F: Fixture>(world: &World<F>, orders: Vec<Order>) -> Commit {
    let told = world.event(Subject::new("subscription", world.id()), "ORDER_GIVEN");
    Commit { orders, events: vec![told], ..Commit::default() }
}

/// Gives an order; how much it reached.
pub(crate) async fn order<F: Fixture>(world: &World<F>, order: Order) -> Result<u64, CommitError> {
    match world.commit(orders(world, vec![order])).await? {
        Committed::Fresh { affected, .. } => Ok(affected),
        Committed::Replayed(_) => panic!("nothing was asked twice"),
    }
}

/// Why an order was refused.
pub(crate) async fn refusal<F: Fixture>(world: &World<F>, given: Order) -> String {
    match order(world, given).await.unwrap_err() {
        CommitError::Refused(why) => why,
        other => panic!("{other}"),
    }
}

pub(crate) fn pause(name: &str) -> Order {
    Order::Pause { subscription: name.to_owned() }
}

pub(crate) fn replay(name: &str, after: Position) -> Order {
    Order::Replay { subscription: name.to_owned(), after }
}

pub(crate) fn letters_of(name: &str) -> LetterFilter {
    LetterFilter { subscription: Some(name.to_owned()), ..LetterFilter::default() }
}

pub(crate) fn failed(attempts: u32, error: &str) -> Failure {
    Failure { attempts, due: at("2030-01-02T00:00:00Z"), error: error.to_owned() }
}

pub(crate) fn dead(error: &str) -> Outcome<Commit> {
    Outcome::Dead(failed(6, error))
}

pub(crate) fn skipped() -> Outcome<Commit> {
    Outcome::Skipped { reason: "too old".to_owned() }
}

/// A settlement of the present generation: the rows, by position and key, and the cursor after them.
pub(crate) async fn settlement<F: Fixture>(
    world: &World<F>,
    name: &str,
    cursor: Position,
    rows: Vec<(Position, &str, Outcome<Commit>)>,
) -> Settlement<Commit> {
    let deliveries = rows.into_iter().map(|(position, key, outcome)| Settled {
        position,
        event_id: Uuid::nil(),
        key: key.to_owned(),
        was_parked: false,
        outcome,
    });
    let standing = standing(world, name).await;
    Settlement {
        subscription: name.to_owned(),
        generation: standing.generation,
        fence: 0,
        rests_on: standing.cursor,
        cursor: Some(cursor),
        at: at("2030-01-01T00:00:00Z"),
        deliveries: deliveries.collect(),
    }
}

pub(crate) async fn settle<F: Fixture>(
    world: &World<F>,
    name: &str,
    cursor: Position,
    rows: Vec<(Position, &str, Outcome<Commit>)>,
) {
    let settling = settlement(world, name, cursor, rows).await;
    world.store.settle(settling).await.unwrap();
}

/// What becomes of rows that are there.
pub(crate) async fn settle_parked<F: Fixture>(
    world: &World<F>,
    name: &str,
    rows: Vec<(Position, &str, Outcome<Commit>)>,
) {
    let cursor = standing(world, name).await.cursor;
    let mut settling = settlement(world, name, cursor, rows).await;
    for settled in &mut settling.deliveries {
        settled.was_parked = true;
    }
    world.store.settle(settling).await.unwrap();
}

/// Passes every event by.
pub(crate) async fn catch_up<F: Fixture>(world: &World<F>) {
    let head = world.store.refresh_head().await.unwrap();
    for name in [NAME, BESIDE] {
        settle(world, name, head, Vec::new()).await;
    }
}

pub(crate) async fn standing<F: Fixture>(world: &World<F>, name: &str) -> Standing {
    let standings = world.store.standings().await.unwrap();
    standings.into_iter().find(|one| one.name == name).unwrap()
}

pub(crate) async fn rows<F: Fixture>(world: &World<F>, name: &str) -> Vec<(Position, RowState)> {
    world.store.rows(name).await.unwrap()
}

/// Whether an answer says that an operator was first.
pub(crate) fn superseded<T>(answer: &Result<T, LedgerError>) -> bool {
    answer.as_ref().is_err_and(LedgerError::is_superseded)
}

/// Recomputes the chain from its beginning and looks at every subscription's coverage.
pub(crate) async fn verified<F: Fixture>(store: &F::Engine) -> rishi_bus::verify::Report {
    rishi_bus::verify(store, None, &mut |_| {}).await.unwrap()
}
