//! Commits that are tried and taken back.

use rishi_app::bookings::StatisticsQuery;
use rishi_app::commit::Guard;
use rishi_app::events::subject;
use rishi_app::{Commit, Store as _};
use rishi_bus::{Desk as _, Ledger as _, Timer, TimerChange};
use rishi_domain::booking::Booking;

use crate::operated::{NAME, pause, say, standing, subscribed, verified};
use crate::things::{free, hour, put};
use crate::world::Fixture;

pub(crate) async fn a_rehearsal_answers_for_each_and_leaves_no_trace<F: Fixture>() {
    let world = subscribed::<F>().await;
    let head = world.log_length().await as u64;
    let story = subject::booking(world.id());
    let mut heads = world.store.head();
    let (mut timers, mut controls) = (world.store.timer_changes(), world.store.control_changes());
    heads.borrow_and_update();
    timers.borrow_and_update();
    controls.borrow_and_update();

    let there = world.booking_there(0, 2);
    let second = Booking { id: world.id(), ..there.clone() };
    let guarded = |booking: &Booking| {
        let guards: Vec<Guard> = vec![free(booking)];
        Commit { guards, ..world.told(vec![put(booking)]) }
    };
    let event = world.event(story.clone(), "LATER");
    let timer = Timer { key: "a".to_owned(), due: hour(1), event };
    let telling = Commit {
        events: vec![world.event(story.clone(), "SOMETHING_SAID")],
        timers: vec![TimerChange::Set(Box::new(timer))],
        orders: vec![pause(NAME)],
        ..Commit::default()
    };
    let commits = vec![guarded(&there), guarded(&second), telling];
    let outcomes = world.store.rehearse(commits).await.unwrap();
    // The second is refused because of the first, which is there while it is tried.
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok(), "{outcomes:?}");
    assert!(outcomes[1].as_ref().is_err_and(|why| why.contains("taken")), "{outcomes:?}");

    assert!(!heads.has_changed().unwrap());
    assert!(!timers.has_changed().unwrap() && !controls.has_changed().unwrap());
    assert_eq!(world.log_length().await as u64, head);
    assert_eq!(world.stored(there.id).await, None);
    assert_eq!(world.store.next_timer().await.unwrap(), None);
    assert_eq!(standing(&world, NAME).await.paused_since, None);
    let id = say(&world, story).await;
    let said = world.store.event_by_id(id).await.unwrap().unwrap();
    assert_eq!((said.position, said.version), (head + 1, 1));
    verified::<F>(&world.store).await;
}

pub(crate) async fn rehearsals_do_not_leak_into_the_commits_beside_them<F: Fixture>() {
    let world = subscribed::<F>().await;
    let before = world.log_length().await as u64;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..40 {
        let store = world.store.clone();
        let commit = world.told(vec![put(&world.booking(number, number + 1))]);
        let rehearsed = world.told(vec![put(&world.booking(number, number + 1))]);
        running.spawn(async move {
            let (made, tried) = tokio::join!(store.commit(commit), store.rehearse(vec![rehearsed]));
            made.unwrap();
            assert_eq!(tried.unwrap(), [Ok(())]);
        });
    }
    running.join_all().await;
    assert_eq!(verified::<F>(&world.store).await.events, before + 40);
    let query = StatisticsQuery { organization: world.client.id, from: None, to: None };
    let counted = world.store.statistics(&world.all(), &query).await.unwrap();
    assert_eq!(counted.total_bookings, 40);
}

pub(crate) async fn rehearsing_nothing_is_no_error<F: Fixture>() {
    let world = subscribed::<F>().await;
    assert_eq!(world.store.rehearse(Vec::new()).await.unwrap(), []);
}
