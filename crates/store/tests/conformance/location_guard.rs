//! No two bookings of a location overlap unless one of them is cancelled.

use rishi_app::commit::{CommitError, Conflict};
use rishi_app::{Commit, Store as _};
use rishi_domain::booking::{Booking, BookingStatus};
use rishi_domain::location::Location;

use crate::things::{self, expected, free, next, put};
use crate::world::{Fixture, World};

/// Puts a booking while its location is guarded.
fn guarded<F: Fixture>(world: &World<F>, booking: &Booking) -> Commit {
    Commit { guards: vec![free(booking)], ..world.told(vec![put(booking)]) }
}

/// Replaces a booking while its location is guarded.
fn moved<F: Fixture>(world: &World<F>, before: &Booking, after: &Booking) -> Commit {
    Commit { expected: vec![expected(before)], ..guarded(world, after) }
}

fn taken_by(outcome: Result<impl std::fmt::Debug, CommitError>) -> Vec<Conflict> {
    match outcome {
        Err(CommitError::LocationTaken(conflicts)) => conflicts,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn i2_overlap_is_refused_in_every_form_and_back_to_back_is_fine<F: Fixture>() {
    let world = World::<F>::new().await;
    let present = world.booking_there(10, 20);
    world.commit(guarded(&world, &present)).await.unwrap();
    let conflict = Conflict {
        booking_id: present.id,
        organization_id: world.client.id,
        range: present.range(),
    };
    let forms =
        [(5, 25), (12, 18), (10, 20), (5, 11), (19, 25), (10, 15), (15, 20), (5, 20), (10, 25)];
    for (from, to) in forms {
        let wanted = world.booking_there(from, to);
        let conflicts = taken_by(world.commit(guarded(&world, &wanted)).await);
        assert_eq!(conflicts, std::slice::from_ref(&conflict), "{from}–{to}");
        assert_eq!(world.stored(wanted.id).await, None);
    }
    for (from, to) in [(5, 10), (20, 25)] {
        world.commit(guarded(&world, &world.booking_there(from, to))).await.unwrap();
    }
}

pub(crate) async fn i2_a_cancelled_booking_is_in_nobodys_way<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = world.booking_there(10, 20);
    let cancelled = Booking { status: BookingStatus::Cancelled, ..next(&before) };
    world.put([put(&before)]).await;
    world.commit(moved(&world, &before, &cancelled)).await.unwrap();
    let other = world.booking_there(12, 14);
    world.commit(guarded(&world, &other)).await.unwrap();
    // Nor does one that is cancelled from the start ask for room.
    let stillborn = Booking { status: BookingStatus::Cancelled, ..world.booking_there(11, 15) };
    world.put([put(&stillborn)]).await;
}

pub(crate) async fn i2_another_organizations_booking_is_in_the_way_at_a_shared_location<
    F: Fixture,
>() {
    let world = World::<F>::new().await;
    let shared = Location { id: world.id(), organization_id: None, ..world.place.clone() };
    world.put([rishi_app::commit::Change::Location(Box::new(shared.clone()))]).await;
    let there = Some(shared.id);
    let theirs =
        Booking { organization_id: world.stranger.id, location_id: there, ..world.booking(10, 20) };
    world.commit(guarded(&world, &theirs)).await.unwrap();
    let ours = Booking { location_id: there, ..world.booking(15, 16) };
    let conflicts = taken_by(world.commit(guarded(&world, &ours)).await);
    assert_eq!(conflicts[0].organization_id, world.stranger.id);
    // The same time at another location is free.
    world.commit(guarded(&world, &world.booking_there(10, 20))).await.unwrap();
}

pub(crate) async fn i2_a_booking_is_not_in_its_own_way<F: Fixture>() {
    let world = World::<F>::new().await;
    let before = world.booking_there(10, 20);
    world.put([put(&before)]).await;
    let after = Booking {
        scheduled_start: things::hour(15),
        scheduled_end: things::hour(30),
        ..next(&before)
    };
    world.commit(moved(&world, &before, &after)).await.unwrap();
    assert_eq!(world.stored(before.id).await, Some(after));
}

pub(crate) async fn i2_a_reschedule_onto_a_taken_time_is_refused<F: Fixture>() {
    let world = World::<F>::new().await;
    let (one, two) = (world.booking_there(10, 20), world.booking_there(20, 30));
    world.put([put(&one), put(&two)]).await;
    let longer = Booking { scheduled_end: things::hour(21), ..next(&one) };
    let conflicts = taken_by(world.commit(moved(&world, &one, &longer)).await);
    assert_eq!(conflicts[0].booking_id, two.id);
    // Nor may one move in from elsewhere.
    let elsewhere = world.booking(25, 26);
    world.put([put(&elsewhere)]).await;
    let moved_in = Booking { location_id: Some(world.place.id), ..next(&elsewhere) };
    taken_by(world.commit(moved(&world, &elsewhere, &moved_in)).await);
    taken_by(world.commit(world.told(vec![put(&moved_in)])).await);
    assert_eq!(world.stored(elsewhere.id).await, Some(elsewhere));
    assert_eq!(world.stored(one.id).await, Some(one));
}

pub(crate) async fn i2_a_booking_on_hold_keeps_its_place<F: Fixture>() {
    let world = World::<F>::new().await;
    let approved = Booking { status: BookingStatus::Approved, ..world.booking_there(10, 20) };
    let held = Booking { status: BookingStatus::OnHold, ..next(&approved) };
    world.put([put(&approved)]).await;
    world.put([put(&held)]).await;
    taken_by(world.commit(guarded(&world, &world.booking_there(12, 13))).await);
    let resumed = Booking { status: BookingStatus::Approved, ..next(&held) };
    world.commit(moved(&world, &held, &resumed)).await.unwrap();
    // Should one ever come back to life, its place must be free.
    let cancelled = Booking { status: BookingStatus::Cancelled, ..next(&resumed) };
    world.put([put(&cancelled)]).await;
    world.commit(guarded(&world, &world.booking_there(12, 13))).await.unwrap();
    let revived = Booking { status: BookingStatus::Approved, ..next(&cancelled) };
    taken_by(world.commit(moved(&world, &cancelled, &revived)).await);
    taken_by(world.commit(world.told(vec![put(&revived)])).await);
}

pub(crate) async fn i2_the_database_refuses_even_without_the_guard<F: Fixture>() {
    let world = World::<F>::new().await;
    world.put([put(&world.booking_there(10, 20))]).await;
    let before = world.log_length().await;
    for (from, to) in [(5, 25), (12, 18), (5, 11), (19, 25)] {
        let wanted = world.booking_there(from, to);
        taken_by(world.commit(world.told(vec![put(&wanted)])).await);
        assert_eq!(world.stored(wanted.id).await, None);
    }
    // Two of the same commit are in each other's way too.
    let pair = vec![put(&world.booking_there(30, 32)), put(&world.booking_there(31, 33))];
    taken_by(world.commit(world.told(pair)).await);
    assert_eq!(world.log_length().await, before);
    world.put([put(&world.booking_there(20, 21)), put(&world.booking_there(9, 10))]).await;
}

pub(crate) async fn i2_of_64_concurrent_commits_for_one_slot_exactly_one_wins<F: Fixture>() {
    let world = World::<F>::new().await;
    let mut running = tokio::task::JoinSet::new();
    for number in 0..64 {
        // All of them share the hour from 10 to 11.
        let booking = world.booking_there(10 - number % 5, 11 + number % 7);
        let (store, commit) = (world.store.clone(), guarded(&world, &booking));
        running.spawn(async move { store.commit(commit).await });
    }
    let outcomes = running.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for refused in lost {
        assert_eq!(taken_by(refused).len(), 1);
    }
}

pub(crate) async fn i11_a_foreign_location_is_refused<F: Fixture>() {
    let world = World::<F>::new().await;
    let foreign = |outcome| match outcome {
        Err(CommitError::UnknownReference(_)) => {}
        other => panic!("{other:?}"),
    };
    let theirs = Booking { organization_id: world.stranger.id, ..world.booking_there(10, 20) };
    foreign(world.commit(world.told(vec![put(&theirs)])).await);
    let placeless = Booking { location_id: None, ..theirs };
    world.put([put(&placeless)]).await;
    let moved = Booking { location_id: Some(world.place.id), ..next(&placeless) };
    foreign(world.commit(world.told(vec![put(&moved)])).await);
    let cancelled = Booking { status: BookingStatus::Cancelled, ..moved };
    foreign(world.commit(world.told(vec![put(&cancelled)])).await);
    assert_eq!(world.stored(placeless.id).await, Some(placeless));
}

pub(crate) async fn every_conflict_is_named_in_order<F: Fixture>() {
    let world = World::<F>::new().await;
    let present: Vec<Booking> =
        (0..6).map(|at| world.booking_there(at * 10, at * 10 + 5)).collect();
    world.put(present.iter().map(put)).await;
    // From within the second to the start of the fifth.
    let wanted = world.booking_there(12, 40);
    let conflicts = taken_by(world.commit(guarded(&world, &wanted)).await);
    let named: Vec<_> = conflicts.iter().map(|conflict| conflict.booking_id).collect();
    assert_eq!(named, [present[1].id, present[2].id, present[3].id]);
}
