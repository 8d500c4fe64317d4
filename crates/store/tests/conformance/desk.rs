//! What an operator sees.

use jiff::{SignedDuration, Timestamp};
use rishi_app::Commit;
use rishi_app::events::subject;
use rishi_bus::{Desk as _, LetterFilter, Order, Outcome, ParkedState, RowState, Standing};

use crate::operated::{
    BESIDE, NAME, catch_up, dead, failed, letters_of, pause, rows, say, settle, settle_parked,
    skipped, standing, subscribed,
};
use crate::things::{at, hour};
use crate::world::{Fixture, World};

pub(crate) async fn standings_count_what_is_owed<F: Fixture>() {
    let world = subscribed::<F>().await;
    catch_up(&world).await;
    let head = world.log_length().await as u64;
    let empty = Standing {
        name: NAME.to_owned(),
        cursor: head,
        paused_since: None,
        generation: 0,
        waiting: 0,
        retrying: 0,
        dead: 0,
        skipped: 0,
        oldest_pending: None,
        last_error: None,
        last_error_at: None,
    };
    let beside = Standing { name: BESIDE.to_owned(), ..empty.clone() };
    assert_eq!(world.store.standings().await.unwrap(), [empty.clone(), beside]);

    let mut event = world.event(subject::booking(world.id()), "SOMETHING_SAID");
    event.timestamp = hour(5);
    world.commit(Commit { events: vec![event], ..Commit::default() }).await.unwrap();
    assert_eq!(standing(&world, NAME).await.oldest_pending, Some(hour(5)));
    let parked = vec![
        (head + 1, "a", dead("no")),
        (head + 2, "b", skipped()),
        (head + 3, "c", Outcome::Failed(failed(1, "not yet"))),
        (head + 4, "c", Outcome::Wait),
        (head + 5, "c", Outcome::Wait),
    ];
    for _ in 0..4 {
        say(&world, subject::booking(world.id())).await;
    }
    settle(&world, NAME, head + 5, parked).await;
    crate::operated::order(&world, pause(NAME)).await.unwrap();
    settle(&world, NAME, head + 6, Vec::new()).await;
    let now = standing(&world, NAME).await;
    // What is dead waits for nobody but the operator.
    let third = world.log().await.iter().find(|e| e.position == head + 3).unwrap().timestamp;
    assert_eq!(now.oldest_pending, Some(third));
    assert!(now.paused_since.is_some());
    assert_eq!((now.waiting, now.retrying, now.dead, now.skipped), (2, 1, 1, 1));
    // Both failed at the same instant.
    let settled_at = Some(at("2030-01-01T00:00:00Z"));
    assert_eq!((now.last_error.as_deref(), now.last_error_at), (Some("not yet"), settled_at));
    let redriven = crate::operated::order(&world, Order::Redrive(letters_of(NAME)));
    assert_eq!(redriven.await.unwrap(), 1);
    let passed = vec![(head + 3, "c", skipped())];
    settle_parked(&world, NAME, passed).await;
    let now = standing(&world, NAME).await;
    assert_eq!((now.last_error, now.last_error_at), (None, None), "nothing has failed any more");
}

pub(crate) async fn letters_come_with_their_events_and_followers<F: Fixture>() {
    let world = subscribed::<F>().await;
    let parked = vec![
        (3, "a", dead("first: cause")),
        (4, "a", Outcome::Wait),
        (5, "a", Outcome::Failed(failed(1, "no"))),
        (6, "b", dead("second")),
        (7, "a", skipped()),
    ];
    settle(&world, NAME, 8, parked).await;
    settle(&world, BESIDE, 8, vec![(2, "a", dead("beside")), (9, "a", dead("beside"))]).await;
    let every = LetterFilter::default();
    let (letters, total) = world.store.letters(&every, 10, 0).await.unwrap();
    let seen: Vec<_> = letters.iter().map(|one| (one.position, &*one.subscription)).collect();
    assert_eq!(seen, [(2, BESIDE), (3, NAME), (6, NAME), (9, BESIDE)]);
    assert_eq!(total, 4);
    let (letter, log) = (&letters[1], world.log().await);
    assert_eq!(letter.event.id, log[2].id);
    assert_eq!((letter.followers, letters[0].followers, letters[2].followers), (2, 1, 0));
    assert_eq!((&*letter.key, letter.attempts, &*letter.error), ("a", 6, "first: cause"));
    assert_eq!(letter.state, ParkedState::Dead);
    assert_eq!([letter.since, letter.last], [at("2030-01-01T00:00:00Z"); 2]);

    let (page, total) = world.store.letters(&every, 2, 1).await.unwrap();
    assert_eq!((page[0].position, page[1].position, total), (3, 6, 4));
    let (page, total) = world.store.letters(&letters_of(NAME), 10, 1).await.unwrap();
    assert_eq!((page.len(), page[0].position, total), (1, 6, 2));
    let (page, total) = world.store.letters(&every, 10, u64::MAX).await.unwrap();
    assert_eq!((page.len(), total), (0, 4));
}

pub(crate) async fn one_letter_is_shown_while_it_is_owed<F: Fixture>() {
    let world = subscribed::<F>().await;
    let parked = vec![(3, "a", Outcome::Wait), (4, "a", dead("no")), (5, "b", skipped())];
    settle(&world, NAME, 6, parked).await;
    let letter = world.store.letter(NAME, 3).await.unwrap().unwrap();
    assert_eq!((letter.state, letter.followers), (ParkedState::Waiting, 1));
    assert_eq!((letter.error.as_str(), letter.attempts), ("", 0));
    assert_eq!(world.store.letter(NAME, 4).await.unwrap().unwrap().state, ParkedState::Dead);
    for (name, position) in [(NAME, 5), (NAME, 6), (BESIDE, 3), ("nobody", 3), (NAME, u64::MAX)] {
        assert!(world.store.letter(name, position).await.unwrap().is_none(), "{name} {position}");
    }
    let wanted = [(3, RowState::Waiting), (4, RowState::Dead), (5, RowState::Skipped)];
    assert_eq!(rows(&world, NAME).await, wanted);
    assert_eq!(rows(&world, "nobody").await, []);
}

pub(crate) async fn letters_that_look_alike_are_grouped<F: Fixture>() {
    let world = subscribed::<F>().await;
    let parked = vec![(3, "a", dead("once")), (4, "b", dead("often")), (6, "c", dead("often"))];
    settle(&world, NAME, 8, parked).await;
    settle(&world, BESIDE, 8, vec![(2, "a", dead("often"))]).await;
    let groups = world.store.letter_groups(&LetterFilter::default()).await.unwrap();
    let seen: Vec<_> = groups
        .iter()
        .map(|group| (&*group.subscription, &*group.error, group.count, group.first))
        .collect();
    assert_eq!(seen, [(NAME, "often", 2, 4), (BESIDE, "often", 1, 2), (NAME, "once", 1, 3)]);
    assert_eq!(groups[0].last, at("2030-01-01T00:00:00Z"));
    let once = LetterFilter { error: Some("once".to_owned()), ..letters_of(NAME) };
    assert_eq!(world.store.letter_groups(&once).await.unwrap().len(), 1);
}

pub(crate) async fn a_position_is_found_by_time<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = world.log_length().await as u64;
    // A few came late, by less than an hour.
    let minutes: Vec<i64> =
        (0..).step_by(10).zip([0, 45, 0, 20, 0].repeat(20)).map(|(n, late)| n + late).collect();
    let made: Vec<Timestamp> =
        minutes.iter().map(|&n| hour(0) + SignedDuration::from_mins(n)).collect();
    let events = made.iter().map(|&timestamp| {
        let event = world.event(subject::booking(world.id()), "SOMETHING_SAID");
        rishi_bus::NewEvent { timestamp, ..event }
    });
    world.commit(Commit { events: events.collect(), ..Commit::default() }).await.unwrap();
    for minute in (-10..1_100).step_by(7) {
        let instant = hour(0) + SignedDuration::from_mins(minute);
        let last = made.iter().rposition(|&timestamp| timestamp <= instant);
        let wanted = last.map_or(before, |index| before + index as u64 + 1);
        assert_eq!(world.store.position_at(instant).await.unwrap(), wanted, "minute {minute}");
    }
    assert_eq!(world.store.position_at(Timestamp::MIN).await.unwrap(), 0);
    assert_eq!(world.store.position_at(Timestamp::MAX).await.unwrap(), before + 100);
}

pub(crate) async fn an_event_is_found_by_its_id_whoevers_it_is<F: Fixture>() {
    let world = World::<F>::new().await;
    let id = say(&world, subject::organization(world.stranger.id)).await;
    let found = world.store.event_by_id(id).await.unwrap().unwrap();
    assert_eq!((found.id, found.position), (id, world.log_length().await as u64));
    assert!(world.store.event_by_id(world.id()).await.unwrap().is_none());
}
