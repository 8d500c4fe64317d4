//! No two live assignments of a person overlap.

use rishi_app::commit::{Change, CommitError, Conflict, Guard};
use rishi_app::{Commit, Store as _};
use rishi_domain::assignment::{Assignment, AssignmentStatus};
use rishi_domain::booking::Booking;
use rishi_domain::id::UserId;
use rishi_domain::permission::Role;

use crate::things::{self, next, put};
use crate::world::{Fixture, World};

fn assigned(assignment: &Assignment) -> Change {
    Change::Assignment(Box::new(assignment.clone()))
}

/// Assigns a person to a booking while the person is guarded.
fn guarded<F: Fixture>(world: &World<F>, booking: &Booking, staff: UserId) -> Commit {
    let assignment = things::assignment(world.id(), booking, staff);
    let guard = Guard::StaffFree { staff, range: booking.range(), booking: booking.id };
    Commit { guards: vec![guard], ..world.told(vec![assigned(&assignment)]) }
}

fn taken_by(outcome: Result<impl std::fmt::Debug, CommitError>) -> Vec<Conflict> {
    match outcome {
        Err(CommitError::StaffTaken { conflicts, .. }) => conflicts,
        other => panic!("{other:?}"),
    }
}

async fn agent<F: Fixture>(world: &World<F>) -> UserId {
    world.member(&world.house, Role::BrandAgent, &[]).await.user.id
}

async fn bookings<F: Fixture, const N: usize>(
    world: &World<F>,
    hours: [(i64, i64); N],
) -> [Booking; N] {
    let bookings = hours.map(|(from, to)| world.booking(from, to));
    world.put(bookings.iter().map(put)).await;
    bookings
}

pub(crate) async fn i2_a_person_is_not_in_two_places_at_once<F: Fixture>() {
    let world = World::<F>::new().await;
    let staff = agent(&world).await;
    let hours = [(10, 20), (5, 25), (12, 18), (10, 20), (5, 11), (19, 25), (5, 10), (20, 25)];
    let [first, around, within, same, before, after, earlier, later] =
        bookings(&world, hours).await;
    world.commit(guarded(&world, &first, staff)).await.unwrap();
    for booking in [around, within, same, before, after] {
        let conflicts = taken_by(world.commit(guarded(&world, &booking, staff)).await);
        let named: Vec<_> = conflicts.iter().map(|one| (one.booking_id, one.range)).collect();
        assert_eq!(named, [(first.id, first.range())]);
    }
    for booking in [earlier, later] {
        world.commit(guarded(&world, &booking, staff)).await.unwrap();
    }
    let [again] = bookings(&world, [(12, 13)]).await;
    world.commit(guarded(&world, &again, agent(&world).await)).await.unwrap();
}

pub(crate) async fn i2_a_released_person_is_free<F: Fixture>() {
    let world = World::<F>::new().await;
    let staff = agent(&world).await;
    let [one, two] = bookings(&world, [(10, 20), (15, 25)]).await;
    let first = things::assignment(world.id(), &one, staff);
    world.put([assigned(&first)]).await;
    taken_by(world.commit(guarded(&world, &two, staff)).await);
    let released = Assignment { status: AssignmentStatus::Released, version: 2, ..first.clone() };
    world.put([assigned(&released)]).await;
    world.commit(guarded(&world, &two, staff)).await.unwrap();
    // Coming back to life is an overlap again.
    let back = Assignment { status: AssignmentStatus::Assigned, version: 3, ..first };
    taken_by(world.commit(world.told(vec![assigned(&back)])).await);
}

pub(crate) async fn i2_the_database_refuses_even_without_the_guard<F: Fixture>() {
    let world = World::<F>::new().await;
    let staff = agent(&world).await;
    let [one, two] = bookings(&world, [(10, 20), (15, 25)]).await;
    world.put([assigned(&things::assignment(world.id(), &one, staff))]).await;
    let unguarded = world.told(vec![assigned(&things::assignment(world.id(), &two, staff))]);
    taken_by(world.commit(unguarded).await);
    assert!(world.store.booking(&world.all(), two.id).await.unwrap().unwrap().staff.is_empty());
}

pub(crate) async fn i2_a_reschedule_takes_its_people_along_or_is_refused<F: Fixture>() {
    let world = World::<F>::new().await;
    let staff = agent(&world).await;
    let [one, two, three] = bookings(&world, [(10, 20), (30, 40), (12, 13)]).await;
    for booking in [&one, &two] {
        world.commit(guarded(&world, booking, staff)).await.unwrap();
    }
    let to = |from, to| Booking {
        scheduled_start: things::hour(from),
        scheduled_end: things::hour(to),
        ..next(&one)
    };
    // With the guard and without it.
    let onto = to(35, 45);
    let guard = Guard::StaffFree { staff, range: onto.range(), booking: one.id };
    let commit = Commit { guards: vec![guard], ..world.told(vec![put(&onto)]) };
    assert_eq!(taken_by(world.commit(commit).await)[0].booking_id, two.id);
    taken_by(world.commit(world.told(vec![put(&onto)])).await);
    // Where the person is free, the assignment moves too: the old time is free, the new one is not.
    world.put([put(&to(50, 60))]).await;
    world.commit(guarded(&world, &three, staff)).await.unwrap();
    let [late] = bookings(&world, [(55, 56)]).await;
    taken_by(world.commit(guarded(&world, &late, staff)).await);
}

pub(crate) async fn i2_of_32_concurrent_assignments_of_one_person_exactly_one_wins<F: Fixture>() {
    let world = World::<F>::new().await;
    let staff = agent(&world).await;
    let bookings = bookings(&world, [(10, 20); 32]).await;
    let mut running = tokio::task::JoinSet::new();
    for booking in &bookings {
        let (store, commit) = (world.store.clone(), guarded(&world, booking, staff));
        running.spawn(async move { store.commit(commit).await });
    }
    let outcomes = running.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for refused in lost {
        assert_eq!(taken_by(refused).len(), 1);
    }
}

pub(crate) async fn i2_two_processes_cannot_take_one_person<F: Fixture>() {
    let world = World::<F>::new().await;
    let other = world.fixture.open().await;
    let staff = agent(&world).await;
    let bookings = bookings(&world, [(10, 20); 32]).await;
    let mut running = tokio::task::JoinSet::new();
    for (number, booking) in bookings.iter().enumerate() {
        let commit = guarded(&world, booking, staff);
        let store = if number % 2 == 0 { world.store.clone() } else { other.clone() };
        running.spawn(async move { store.commit(commit).await });
    }
    let (won, lost): (Vec<_>, Vec<_>) =
        running.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for refused in lost {
        assert_eq!(taken_by(refused).len(), 1);
    }
}

pub(crate) async fn a_person_is_on_a_booking_once<F: Fixture>() {
    let world = World::<F>::new().await;
    let staff = agent(&world).await;
    let [booking] = bookings(&world, [(10, 20)]).await;
    let first = things::assignment(world.id(), &booking, staff);
    world.put([assigned(&first)]).await;
    let refused = world.commit(guarded(&world, &booking, staff)).await.unwrap_err();
    // An engine finds out by its rows or by its guard, whichever it asks first.
    let named =
        matches!(refused, CommitError::Duplicate("assignment") | CommitError::StaffTaken { .. });
    assert!(named, "{refused:?}");
    let seen = world.store.booking(&world.all(), booking.id).await.unwrap().unwrap();
    let on_it: Vec<_> = seen.staff.iter().map(|one| one.id).collect();
    assert_eq!(on_it, [first.id]);
    let declined = Assignment { status: AssignmentStatus::Declined, version: 2, ..first };
    world.put([assigned(&declined)]).await;
    world.commit(guarded(&world, &booking, staff)).await.unwrap();
}
