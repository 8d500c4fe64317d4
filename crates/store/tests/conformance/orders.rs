//! What operators say about subscriptions and dead letters.

use rishi_app::Commit;
use rishi_app::commit::CommitError;
use rishi_bus::{
    Control, Desk as _, Ledger as _, LetterFilter, Order, Outcome, ParkedState, RowState, Start,
};

use crate::operated::{
    BESIDE, NAME, dead, failed, letters_of, order, orders, pause, refusal, replay, rows, settle,
    skipped, standing, subscribed,
};
use crate::world::Fixture;

fn swap() -> Order {
    Order::Swap { subscription: NAME.to_owned(), with: BESIDE.to_owned() }
}

fn resume(name: &str) -> Order {
    Order::Resume { subscription: name.to_owned() }
}

pub(crate) async fn pausing_is_told_and_leaves_the_generation<F: Fixture>() {
    let world = subscribed::<F>().await;
    let mut changes = world.store.control_changes();
    changes.borrow_and_update();
    let commit = orders(&world, vec![pause(NAME)]);
    let since = commit.events[0].timestamp;
    world.commit(commit).await.unwrap();
    assert!(changes.has_changed().unwrap());
    order(&world, pause(NAME)).await.unwrap();
    assert_eq!(standing(&world, NAME).await.paused_since, Some(since));
    let control = |name: &str, paused| Control { name: name.to_owned(), paused, generation: 0 };
    let wanted = [control(NAME, true), control(BESIDE, false)];
    assert_eq!(world.store.controls().await.unwrap(), wanted);
    assert!(world.store.registration(NAME, Start::Now).await.unwrap().paused);
    // What is running may finish.
    settle(&world, NAME, 3, Vec::new()).await;
    order(&world, resume(NAME)).await.unwrap();
    let now = world.store.registration(NAME, Start::Now).await.unwrap();
    assert_eq!((now.cursor, now.paused, now.generation), (3, false, 0));
}

pub(crate) async fn a_replay_moves_the_cursor_and_drops_later_rows<F: Fixture>() {
    let world = subscribed::<F>().await;
    let parked = vec![
        (2, "a", dead("no")),
        (4, "a", Outcome::Wait),
        (6, "b", skipped()),
        (7, "b", dead("no")),
    ];
    settle(&world, NAME, 9, parked).await;
    settle(&world, BESIDE, 9, vec![(7, "b", Outcome::Wait)]).await;
    order(&world, replay(NAME, 4)).await.unwrap();
    let now = world.store.registration(NAME, Start::Now).await.unwrap();
    assert_eq!((now.cursor, now.generation), (4, 1));
    assert_eq!(rows(&world, NAME).await, [(2, RowState::Dead), (4, RowState::Waiting)]);
    assert_eq!(rows(&world, BESIDE).await, [(7, RowState::Waiting)]);
    // It is handled anew.
    settle(&world, NAME, 9, vec![(7, "b", Outcome::Wait)]).await;
    assert_eq!(rows(&world, NAME).await.len(), 3);
}

pub(crate) async fn a_replay_from_outside_the_log_is_refused<F: Fixture>() {
    let world = subscribed::<F>().await;
    let head = world.log_length().await as u64;
    let why = refusal(&world, replay(NAME, head + 1)).await;
    assert!(why.contains(&head.to_string()), "{why}");
    refusal(&world, replay(NAME, u64::MAX)).await;
    assert_eq!(standing(&world, NAME).await.generation, 0);
}

pub(crate) async fn a_swap_exchanges_cursors_and_rows<F: Fixture>() {
    let world = subscribed::<F>().await;
    settle(&world, NAME, 5, vec![(2, "a", dead("no")), (3, "a", Outcome::Wait)]).await;
    settle(&world, BESIDE, 8, vec![(3, "a", skipped()), (7, "b", Outcome::Wait)]).await;
    // The orders of one commit are carried out one after the other.
    let all = vec![pause(NAME), pause(BESIDE), swap(), resume(BESIDE)];
    world.commit(orders(&world, all)).await.unwrap();
    assert_eq!(rows(&world, NAME).await, [(3, RowState::Skipped), (7, RowState::Waiting)]);
    assert_eq!(rows(&world, BESIDE).await, [(2, RowState::Dead), (3, RowState::Waiting)]);
    for (name, cursor, paused) in [(NAME, 8, true), (BESIDE, 5, false)] {
        let now = world.store.registration(name, Start::Now).await.unwrap();
        assert_eq!((now.cursor, now.paused, now.generation), (cursor, paused, 1), "{name}");
    }
}

pub(crate) async fn only_what_is_paused_is_swapped<F: Fixture>() {
    let world = subscribed::<F>().await;
    settle(&world, NAME, 5, Vec::new()).await;
    assert!(refusal(&world, swap()).await.contains(NAME));
    order(&world, pause(NAME)).await.unwrap();
    assert!(refusal(&world, swap()).await.contains(BESIDE));
    let alone = Order::Swap { subscription: NAME.to_owned(), with: NAME.to_owned() };
    refusal(&world, alone).await;
    assert_eq!(standing(&world, NAME).await.cursor, 5);
}

pub(crate) async fn redriven_letters_wait_in_their_place<F: Fixture>() {
    let world = subscribed::<F>().await;
    let parked = vec![
        (1, "a", dead("no")),
        (2, "a", Outcome::Wait),
        (3, "b", Outcome::Failed(failed(2, "no"))),
        (4, "b", dead("no")),
    ];
    settle(&world, NAME, 5, parked).await;
    settle(&world, BESIDE, 5, vec![(1, "a", dead("no"))]).await;
    assert_eq!(order(&world, Order::Redrive(letters_of(NAME))).await.unwrap(), 2);
    let heads = world.store.parked_heads(NAME).await.unwrap();
    let first = &heads[0];
    assert_eq!((first.position, first.state), (1, ParkedState::Waiting));
    assert_eq!((first.attempts, first.due), (0, None));
    assert_eq!((heads[1].position, heads[1].attempts), (3, 2));
    assert_eq!(rows(&world, NAME).await[3], (4, RowState::Waiting));
    assert_eq!(standing(&world, NAME).await.generation, 1);
    assert_eq!(standing(&world, BESIDE).await.generation, 0);
    assert_eq!(rows(&world, BESIDE).await, [(1, RowState::Dead)]);
    // There is nothing left to redrive.
    assert_eq!(order(&world, Order::Redrive(letters_of(NAME))).await.unwrap(), 0);
    assert_eq!(standing(&world, NAME).await.generation, 1);
}

pub(crate) async fn a_filter_means_what_meets_all_of_it<F: Fixture>() {
    let world = subscribed::<F>().await;
    for name in [NAME, BESIDE] {
        let parked = vec![
            (1, "a", dead("timed out: 50%_off")),
            (2, "b", dead("Refused")),
            (3, "c", dead("timed out")),
        ];
        settle(&world, name, 5, parked).await;
    }
    let error =
        |text: &str| LetterFilter { error: Some(text.to_owned()), ..LetterFilter::default() };
    let at = |position| LetterFilter { position: Some(position), ..LetterFilter::default() };
    let cases = [
        (LetterFilter { position: Some(3), ..error("Refused") }, 0),
        (error("refused"), 0),
        (error("%"), 2),
        (LetterFilter { error: Some("timed".to_owned()), ..letters_of(NAME) }, 1),
        (at(3), 1),
        (at(9), 0),
        (at(u64::MAX), 0),
        (LetterFilter::default(), 1),
    ];
    // Each takes from what those before it have left.
    let mut left = 6;
    for (filter, reached) in cases {
        let reached = if filter == LetterFilter::default() { left } else { reached };
        assert_eq!(
            order(&world, Order::Redrive(filter.clone())).await.unwrap(),
            reached,
            "{filter:?}"
        );
        left -= reached;
        assert_eq!(world.store.letters(&LetterFilter::default(), 9, 0).await.unwrap().1, left);
    }
}

pub(crate) async fn discarded_letters_are_skipped_for_the_reason<F: Fixture>() {
    let world = subscribed::<F>().await;
    settle(&world, NAME, 5, vec![(1, "a", dead("no")), (2, "a", Outcome::Wait)]).await;
    let reason = "the client was told by phone".to_owned();
    let discard = Order::Discard { letters: letters_of(NAME), reason };
    assert_eq!(order(&world, discard.clone()).await.unwrap(), 1);
    assert_eq!(rows(&world, NAME).await, [(1, RowState::Skipped), (2, RowState::Waiting)]);
    assert_eq!(world.store.parked_heads(NAME).await.unwrap()[0].position, 2);
    assert_eq!(standing(&world, NAME).await.generation, 1);
    assert_eq!(order(&world, discard).await.unwrap(), 0);
}

pub(crate) async fn an_order_about_nobody_is_refused_whole<F: Fixture>() {
    let world = subscribed::<F>().await;
    let before = world.log_length().await;
    let nobody = || "nobody".to_owned();
    let discard = Order::Discard { letters: letters_of("nobody"), reason: "why".to_owned() };
    for given in [
        pause("nobody"),
        resume("nobody"),
        replay("nobody", 1),
        Order::Swap { subscription: NAME.to_owned(), with: nobody() },
        Order::Swap { subscription: nobody(), with: NAME.to_owned() },
        Order::Redrive(letters_of("nobody")),
        discard,
    ] {
        let commit = orders(&world, vec![pause(NAME), given.clone()]);
        let refused = world.commit(commit).await.unwrap_err();
        let CommitError::Refused(why) = refused else { panic!("{given:?}: {refused}") };
        assert!(why.contains("nobody"), "{why}");
    }
    assert_eq!(standing(&world, NAME).await.paused_since, None);
    assert_eq!(world.log_length().await, before);
}

pub(crate) async fn an_order_that_no_event_tells_of_is_malformed<F: Fixture>() {
    let world = subscribed::<F>().await;
    let silent = Commit { orders: vec![pause(NAME)], ..Commit::default() };
    let refused = world.commit(silent).await.unwrap_err();
    assert!(matches!(refused, CommitError::Malformed(_)), "{refused}");
    assert_eq!(standing(&world, NAME).await.paused_since, None);
}

pub(crate) async fn a_paused_subscription_can_be_forgotten_with_its_rows<F: Fixture>() {
    let world = subscribed::<F>().await;
    let forget = |name: &str| Order::Forget { subscription: name.to_owned() };
    let parked = vec![(5, "a", skipped()), (6, "b", Outcome::Wait), (7, "c", dead("no"))];
    settle(&world, BESIDE, 8, parked).await;
    let head = world.log_length().await as u64;
    settle(&world, NAME, head, Vec::new()).await;
    assert!(refusal(&world, forget(BESIDE)).await.contains("pause"));
    assert!(refusal(&world, forget("nobody")).await.contains("nobody"));
    let why = refusal(&world, Order::Retain { through: head }).await;
    assert!(why.contains(BESIDE) && why.contains("forgotten"), "{why}");
    order(&world, pause(BESIDE)).await.unwrap();
    assert_eq!(order(&world, forget(BESIDE)).await.unwrap(), 2, "what it owed");
    let standings = world.store.standings().await.unwrap();
    assert_eq!(standings.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), [NAME]);
    assert_eq!(rows(&world, BESIDE).await, []);
    order(&world, Order::Retain { through: head }).await.unwrap();
    // Whoever registers the name again begins anew.
    assert_eq!(world.store.register(BESIDE, Start::Beginning).await.unwrap(), head);
}
