//! The generation: whoever works on older knowledge than an operator's last order is refused.

use rishi_bus::{Ledger as _, LetterFilter, Order, Outcome, Start};

use crate::operated::{
    BESIDE, NAME, dead, order, pause, replay, rows, settle, settlement, standing, subscribed,
    superseded,
};
use crate::things::put;
use crate::world::Fixture;

pub(crate) async fn a_settlement_of_another_generation_writes_nothing<F: Fixture>() {
    let world = subscribed::<F>().await;
    let booking = world.booking(0, 1);
    let commit = world.told(vec![put(&booking)]);
    let or_else = crate::operated::failed(1, "no");
    let parked = vec![
        (1, "a", Outcome::Wait),
        (2, "b", Outcome::Commit { commit, or_else }),
        (3, "c", dead("no")),
    ];
    let late = settlement(&world, NAME, 7, parked).await;
    order(&world, replay(NAME, 0)).await.unwrap();
    let before = world.log_length().await;
    assert!(superseded(&world.store.settle(late).await));
    let mut early = settlement(&world, NAME, 7, vec![(1, "a", Outcome::Wait)]).await;
    early.generation += 1;
    assert!(superseded(&world.store.settle(early).await));
    assert_eq!(rows(&world, NAME).await, []);
    assert_eq!(world.stored(booking.id).await, None);
    assert_eq!(world.log_length().await, before);
    let now = world.store.registration(NAME, Start::Now).await.unwrap();
    assert_eq!((now.cursor, now.generation), (0, 1));
    settle(&world, NAME, 7, vec![(1, "a", Outcome::Wait)]).await;
    assert_eq!(rows(&world, NAME).await.len(), 1);
}

pub(crate) async fn an_order_fences_those_whose_rows_it_changes_and_no_other<F: Fixture>() {
    let world = subscribed::<F>().await;
    settle(&world, NAME, 5, vec![(1, "a", dead("no")), (2, "b", dead("no"))]).await;
    let position = |position| LetterFilter { position: Some(position), ..LetterFilter::default() };
    let discard = Order::Discard { letters: position(2), reason: "done by hand".to_owned() };
    let swap = Order::Swap { subscription: NAME.to_owned(), with: BESIDE.to_owned() };
    let steps = [
        (Order::Redrive(position(1)), [1, 0]),
        (discard, [2, 0]),
        (replay(BESIDE, 0), [2, 1]),
        (pause(NAME), [2, 1]),
        (pause(BESIDE), [2, 1]),
        (swap, [3, 2]),
        (Order::Retain { through: 0 }, [3, 2]),
    ];
    for (given, generations) in steps {
        order(&world, given.clone()).await.unwrap();
        let now = [standing(&world, NAME).await, standing(&world, BESIDE).await];
        assert_eq!(now.map(|one| one.generation), generations, "{given:?}");
    }
}

/// A dispatcher that died may have handed in a settlement that is made after its successor has looked.
pub(crate) async fn a_settlement_made_on_an_older_cursor_writes_nothing<F: Fixture>() {
    let world = subscribed::<F>().await;
    let booking = world.booking(0, 1);
    let commit = world.told(vec![put(&booking)]);
    let or_else = crate::operated::failed(1, "no");
    let decided = vec![(4, "d", Outcome::Commit { commit, or_else })];
    let late = settlement(&world, NAME, 7, decided).await;
    settle(&world, NAME, 5, vec![(2, "b", dead("no"))]).await;
    let left = rows(&world, NAME).await;
    assert!(superseded(&world.store.settle(late).await));
    assert_eq!(rows(&world, NAME).await, left);
    assert_eq!(world.stored(booking.id).await, None);
    assert_eq!(standing(&world, NAME).await.cursor, 5);
    settle(&world, NAME, 7, vec![(6, "f", Outcome::Wait)]).await;
    assert_eq!(standing(&world, NAME).await.cursor, 7);
}

pub(crate) async fn another_process_is_fenced_too<F: Fixture>() {
    let world = subscribed::<F>().await;
    let other = world.fixture.open().await;
    let late = settlement(&world, NAME, 7, vec![(1, "a", Outcome::Wait)]).await;
    order(&world, replay(NAME, 3)).await.unwrap();
    assert!(superseded(&other.settle(late).await));
    let control = other.controls().await.unwrap().into_iter().find(|one| one.name == NAME).unwrap();
    assert_eq!(control.generation, 1);
}
