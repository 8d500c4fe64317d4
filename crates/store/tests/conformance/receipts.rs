//! The same request has one effect and one answer.

use jiff::{SignedDuration, Timestamp};
use rishi_app::commit::{Answer, CommitError, Committed, Kept, Receipt, ReceiptKey};
use rishi_app::{Commit, Store as _};
use rishi_domain::booking::Booking;

use crate::things::{expected, hour, next, put};
use crate::world::{Fixture, World};

fn key(scope: &str, key: &str) -> ReceiptKey {
    ReceiptKey { scope: scope.to_owned(), key: key.to_owned() }
}

fn receipt(key: ReceiptKey, request: u8, made_at: Timestamp, body: &str) -> Receipt {
    let answer = Answer {
        status: 201,
        location: Some("/api/bookings/1".to_owned()),
        version: Some(1),
        body: body.to_owned(),
    };
    let expires_at = made_at + SignedDuration::from_hours(24);
    Receipt { key, made_at, kept: Kept { request: [request; 32], answer, expires_at } }
}

fn with<F: Fixture>(world: &World<F>, booking: &Booking, receipt: Receipt) -> Commit {
    Commit { receipt: Some(receipt), ..world.told(vec![put(booking)]) }
}

fn replayed(outcome: Result<Committed, CommitError>) -> String {
    match outcome {
        Ok(Committed::Replayed(answer)) => answer.body,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn i8_the_same_request_gets_the_same_answer_and_has_one_effect<F: Fixture>() {
    let world = World::<F>::new().await;
    let first = receipt(key("client", "k"), 1, hour(0), "{\"n\":1}");
    world.commit(with(&world, &world.booking(0, 1), first.clone())).await.unwrap();
    assert_eq!(world.store.receipt(&first.key).await.unwrap(), Some(first.kept.clone()));
    let before = world.log_length().await;
    let again = world.booking(5, 6);
    let second = receipt(key("client", "k"), 1, hour(1), "{\"n\":2}");
    let Committed::Replayed(answer) = world.commit(with(&world, &again, second)).await.unwrap()
    else {
        panic!("a second effect")
    };
    assert_eq!(answer, first.kept.answer);
    assert_eq!(world.stored(again.id).await, None);
    assert_eq!(world.log_length().await, before);
    assert_eq!(world.store.receipt(&key("client", "other")).await.unwrap(), None);
}

pub(crate) async fn i8_the_same_key_with_another_body_is_refused<F: Fixture>() {
    let world = World::<F>::new().await;
    let first = receipt(key("client", "k"), 1, hour(0), "{}");
    world.commit(with(&world, &world.booking(0, 1), first)).await.unwrap();
    let other = world.booking(5, 6);
    let reused = with(&world, &other, receipt(key("client", "k"), 2, hour(1), "{}"));
    assert!(matches!(world.commit(reused).await, Err(CommitError::ReceiptReused)));
    assert_eq!(world.stored(other.id).await, None);
}

pub(crate) async fn i8_of_100_concurrent_requests_under_one_key_one_takes_effect<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = world.log_length().await;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..100 {
        let receipt = receipt(key("client", "k"), 1, hour(0), &number.to_string());
        let commit = with(&world, &world.booking(number, number + 1), receipt);
        let store = world.store.clone();
        running.spawn(async move { (number.to_string(), store.commit(commit).await.unwrap()) });
    }
    let (mut fresh, mut answers) = (Vec::new(), Vec::new());
    while let Some(done) = running.join_next().await {
        match done.unwrap() {
            (body, Committed::Fresh { .. }) => fresh.push(body),
            (_, Committed::Replayed(answer)) => answers.push(answer.body),
        }
    }
    assert_eq!((fresh.len(), answers.len()), (1, 99));
    assert!(answers.iter().all(|answer| *answer == fresh[0]));
    assert_eq!(world.log_length().await, before + 1);
}

pub(crate) async fn keys_of_two_callers_do_not_meet<F: Fixture>() {
    let world = World::<F>::new().await;
    for (scope, request) in [("one", 1), ("two", 2), ("", 3), ("onetwo", 4)] {
        let booking = world.booking(0, 1);
        let kept = receipt(key(scope, "k"), request, hour(0), scope);
        let outcome = world.commit(with(&world, &booking, kept)).await.unwrap();
        assert!(matches!(outcome, Committed::Fresh { .. }), "{scope}");
    }
}

pub(crate) async fn an_expired_key_may_be_used_again<F: Fixture>() {
    let world = World::<F>::new().await;
    for number in 0..6 {
        let old = receipt(key("client", &number.to_string()), 1, hour(0), "old");
        world.commit(with(&world, &world.booking(0, 1), old)).await.unwrap();
    }
    let almost = receipt(key("client", "0"), 1, hour(24) - SignedDuration::from_micros(1), "new");
    assert_eq!(replayed(world.commit(with(&world, &world.booking(0, 1), almost)).await), "old");
    for number in 0..6 {
        let late = receipt(key("client", &number.to_string()), 2, hour(24), "new");
        let booking = world.booking(0, 1);
        let outcome = world.commit(with(&world, &booking, late.clone())).await.unwrap();
        assert!(matches!(outcome, Committed::Fresh { .. }), "{number}: {outcome:?}");
        assert_eq!(world.store.receipt(&late.key).await.unwrap(), Some(late.kept));
    }
}

pub(crate) async fn a_refused_commit_keeps_no_receipt<F: Fixture>() {
    let world = World::<F>::new().await;
    let kept = receipt(key("client", "k"), 1, hour(0), "{}");
    let bad = Booking { location_id: Some(world.id()), ..world.booking(0, 1) };
    world.commit(with(&world, &bad, kept.clone())).await.unwrap_err();
    assert_eq!(world.store.receipt(&kept.key).await.unwrap(), None);
    let outcome = world.commit(with(&world, &world.booking(0, 1), kept)).await.unwrap();
    assert!(matches!(outcome, Committed::Fresh { .. }));
}

pub(crate) async fn a_replay_is_answered_before_anything_else_is_looked_at<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = world.booking(0, 1);
    world.put([put(&before)]).await;
    let edit = || Commit {
        expected: vec![expected(&before)],
        ..with(&world, &next(&before), receipt(key("client", "k"), 1, hour(0), "done"))
    };
    world.commit(edit()).await.unwrap();
    // By now the version is another; whoever repeats the request must not hear of it.
    assert_eq!(replayed(world.commit(edit()).await), "done");
}
