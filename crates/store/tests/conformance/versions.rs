//! Version guards, versions of subjects, positions.

use std::collections::HashMap;

use rishi_app::commit::{Change, CommitError, Expected};
use rishi_app::events::subject;
use rishi_app::{Commit, Store as _};
use rishi_bus::Subject;
use rishi_domain::booking::Booking;
use rishi_domain::organization::Organization;

use crate::things::{expected, next, put};
use crate::world::{Fixture, World};

/// An edit that rests on the version at hand.
fn edit<F: Fixture>(world: &World<F>, before: &Booking, title: &str) -> Commit {
    let after = Booking { title: title.to_owned(), ..next(before) };
    Commit { expected: vec![expected(before)], ..world.told(vec![put(&after)]) }
}

fn actual(refused: CommitError) -> (Subject, u64, Option<u64>) {
    match refused {
        CommitError::VersionConflict { subject, expected, actual } => (subject, expected, actual),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn a_change_rests_on_the_version_that_was_read<F: Fixture>() {
    let world = World::<F>::new().await;
    let first = world.booking(0, 1);
    world.put([put(&first)]).await;
    world.commit(edit(&world, &first, "winner")).await.unwrap();
    let before = world.log_length().await;

    let mut loser = edit(&world, &first, "loser");
    let beside = world.booking(5, 6);
    loser.changes.insert(0, put(&beside));
    loser.events.push(world.event(subject::booking(beside.id), "SOMETHING_PUT"));
    let conflict = actual(world.commit(loser).await.unwrap_err());
    assert_eq!(conflict, (subject::booking(first.id), 1, Some(2)));

    let stands = world.stored(first.id).await.unwrap();
    assert_eq!((stands.title.as_str(), stands.version), ("winner", 2));
    assert_eq!(world.stored(beside.id).await, None);
    assert_eq!(world.log_length().await, before);
}

pub(crate) async fn an_expectation_of_something_unknown_is_refused<F: Fixture>() {
    let world = World::<F>::new().await;
    let unknown = world.booking(0, 1);
    let event = world.event(subject::booking(world.id()), "SOMETHING_SEEN");
    let commit =
        Commit { expected: vec![expected(&unknown)], events: vec![event], ..Commit::default() };
    let conflict = actual(world.commit(commit).await.unwrap_err());
    assert_eq!(conflict, (subject::booking(unknown.id), 1, None));

    let odd = Expected { subject: Subject::new("teapot", world.id()), version: 1 };
    let refused = world.commit(Commit { expected: vec![odd], ..Commit::default() }).await;
    assert!(matches!(refused, Err(CommitError::Malformed(_))), "{refused:?}");

    // Several entities may be named, of every kind that has versions.
    let all = vec![
        Expected { subject: subject::organization(world.client.id), version: 1 },
        Expected { subject: subject::location(world.place.id), version: 1 },
        Expected { subject: subject::user(world.author.id), version: 1 },
    ];
    world.commit(Commit { expected: all, ..Commit::default() }).await.unwrap();
}

pub(crate) async fn a_replacement_of_another_version_is_refused_without_an_expectation_too<
    F: Fixture,
>() {
    let world = World::<F>::new().await;
    let first = world.booking(0, 1);
    world.put([put(&first)]).await;
    let skipping = Booking { version: 3, ..first.clone() };
    let conflict = actual(world.commit(world.told(vec![put(&skipping)])).await.unwrap_err());
    assert_eq!(conflict, (subject::booking(first.id), 2, Some(1)));

    let unknown = Booking { version: 2, ..world.booking(0, 1) };
    let conflict = actual(world.commit(world.told(vec![put(&unknown)])).await.unwrap_err());
    assert_eq!(conflict, (subject::booking(unknown.id), 1, None));

    // New, but it is there already.
    world.commit(world.told(vec![put(&first)])).await.unwrap_err();
    let renamed = Organization { name: "Other".to_owned(), version: 3, ..world.client.clone() };
    let change = Change::Organization(Box::new(renamed));
    let conflict = actual(world.commit(world.told(vec![change])).await.unwrap_err());
    assert_eq!(conflict, (subject::organization(world.client.id), 2, Some(1)));
    assert_eq!(world.stored(first.id).await, Some(first));
}

pub(crate) async fn of_32_concurrent_edits_one_wins_each_round<F: Fixture>() {
    let world = World::<F>::new().await;
    let mut present = world.booking(0, 1);
    world.put([put(&present)]).await;
    for _ in 0..3 {
        let mut running = tokio::task::JoinSet::new();
        for number in 0..32 {
            let (store, commit) =
                (world.store.clone(), edit(&world, &present, &number.to_string()));
            running.spawn(async move { store.commit(commit).await });
        }
        let outcomes = running.join_all().await;
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1);
        for refused in lost {
            let (_, expected, actual) = actual(refused.unwrap_err());
            assert_eq!((expected, actual), (present.version, Some(present.version + 1)));
        }
        present = world.stored(present.id).await.unwrap();
    }
    assert_eq!(present.version, 4);
}

/// Of each subject, the versions of its events in position order.
async fn versions<F: Fixture>(world: &World<F>) -> HashMap<Subject, Vec<u64>> {
    let mut versions: HashMap<Subject, Vec<u64>> = HashMap::new();
    for event in world.log().await {
        versions.entry(event.subject.clone()).or_default().push(event.version);
    }
    versions
}

pub(crate) async fn i3_versions_of_a_subject_run_from_one_without_a_gap<F: Fixture>() {
    let world = World::<F>::new().await;
    let mut bookings: Vec<Booking> = (0..4).map(|at| world.booking(at, at + 1)).collect();
    for _ in 0..5 {
        let mut running = tokio::task::JoinSet::new();
        for booking in &bookings {
            let (store, commit) = (world.store.clone(), world.told(vec![put(booking)]));
            running.spawn(async move { store.commit(commit).await });
            let (store, loser) = (world.store.clone(), edit(&world, booking, "too early"));
            running.spawn(async move { store.commit(loser).await });
        }
        running.join_all().await;
        for booking in &mut bookings {
            *booking = next(&world.stored(booking.id).await.unwrap());
        }
    }
    for (subject, versions) in versions(&world).await {
        let wanted: Vec<u64> = (1..=versions.len() as u64).collect();
        assert_eq!(versions, wanted, "{subject}");
    }
}

pub(crate) async fn i3_versions_go_on_across_several_events_of_one_commit<F: Fixture>() {
    let world = World::<F>::new().await;
    let [one, two] = [world.id(), world.id()].map(subject::booking);
    for _ in 0..2 {
        let order = [&one, &two, &one, &one, &two];
        let events = order.map(|subject| world.event(subject.clone(), "SOMETHING_SAID")).into();
        world.commit(Commit { events, ..Commit::default() }).await.unwrap();
    }
    // The same id under another kind is another subject.
    let namesake = Subject::new("location", one.id());
    let events = vec![world.event(namesake.clone(), "SOMETHING_SAID")];
    world.commit(Commit { events, ..Commit::default() }).await.unwrap();
    let versions = versions(&world).await;
    assert_eq!(versions[&one], [1, 2, 3, 4, 5, 6]);
    assert_eq!(versions[&two], [1, 2, 3, 4]);
    assert_eq!(versions[&namesake], [1]);
}

pub(crate) async fn i5_positions_have_no_gap_after_refusals<F: Fixture>() {
    let world = World::<F>::new().await;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..60 {
        let mut booking = world.booking(number, number + 1);
        if number % 3 == 0 {
            booking.location_id = Some(world.id());
        }
        let (store, mut commit) = (world.store.clone(), world.told(vec![put(&booking)]));
        // Some say more than one thing.
        for _ in 0..number % 4 {
            commit.events.push(world.event(subject::booking(booking.id), "SOMETHING_SAID"));
        }
        running.spawn(async move { store.commit(commit).await });
    }
    let refused = running.join_all().await.iter().filter(|outcome| outcome.is_err()).count();
    assert_eq!(refused, 20);
    let positions: Vec<u64> = world.log().await.iter().map(|event| event.position).collect();
    let wanted: Vec<u64> = (1..=positions.len() as u64).collect();
    assert_eq!(positions, wanted);
}
