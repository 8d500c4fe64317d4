//! Series of bookings, and bookings that are written together.

use rishi_app::Commit;
use rishi_app::commit::{Change, CommitError, Guard, Slot, TakenSlot};
use rishi_app::series::SeriesQueries as _;
use rishi_domain::booking::Booking;
use rishi_domain::id::BookingSeriesId;
use rishi_domain::permission::{Capability, Role};
use rishi_domain::series::{BookingSeries, SeriesReference};

use crate::things::{self, next, put};
use crate::world::{Fixture, World};

fn series<F: Fixture>(world: &World<F>) -> BookingSeries {
    BookingSeries {
        id: world.id(),
        organization_id: world.client.id,
        recurrence: "FREQ=DAILY;COUNT=3".to_owned(),
        local_start: "2030-05-01T09:00:00".parse().unwrap(),
        duration_seconds: 3_600,
        timezone: "America/Denver".to_owned(),
        split_from: None,
        cancelled_at: None,
        created_by: world.author.id,
        created_at: world.client.created_at,
        updated_at: world.client.updated_at,
        version: 1,
    }
}

fn row(series: &BookingSeries) -> Change {
    Change::BookingSeries(Box::new(series.clone()))
}

fn numbered(booking: Booking, id: BookingSeriesId, number: u32) -> Booking {
    let changed = vec!["title".to_owned()];
    Booking { series: Some(SeriesReference { id, number, changed }), ..booking }
}

pub(crate) async fn a_series_is_read_back_with_its_bookings_that_are_in_scope<F: Fixture>() {
    let world = World::<F>::new().await;
    let first = series(&world);
    let bookings = [(4, 5), (0, 1), (2, 3)].map(|(from, to)| world.booking(from, to));
    let [third, one, two] = bookings;
    let third = numbered(third, first.id, 3);
    let (one, two) = (numbered(one, first.id, 1), numbered(two, first.id, 2));
    let alone = world.booking(6, 7);
    let rows = [&third, &one, &two, &alone].map(put);
    world.put([row(&first)].into_iter().chain(rows)).await;
    let read = async |scope| world.store.series(scope, first.id).await.unwrap();
    let all = world.all();
    let found = read(&all).await.unwrap();
    assert_eq!(found.series, first);
    let shown: Vec<_> = found.bookings.into_iter().map(|one| one.booking).collect();
    assert_eq!(shown, [one.clone(), two.clone(), third.clone()]);
    assert_eq!(world.stored(third.id).await, Some(third.clone()));

    let agent = world.member(&world.house, Role::BrandAgent, &[world.client.id]).await;
    let scope = agent.sees(Capability::ReadBookings);
    assert!(read(&scope).await.is_none());
    let assigned = things::assignment(world.id(), &two, agent.user.id);
    world.put([Change::Assignment(Box::new(assigned))]).await;
    let seen = read(&scope).await.unwrap().bookings;
    assert_eq!(seen.iter().map(|one| one.booking.id).collect::<Vec<_>>(), [two.id]);

    // A part of it becomes another series.
    let second = BookingSeries {
        id: world.id(),
        split_from: Some(first.id),
        cancelled_at: Some(first.created_at),
        ..first.clone()
    };
    let shorter =
        BookingSeries { recurrence: "FREQ=DAILY;COUNT=2".to_owned(), version: 2, ..first };
    let moved = numbered(next(&third), second.id, 1);
    world.put([row(&second), row(&shorter), put(&moved)]).await;
    let found = world.store.series(&world.all(), second.id).await.unwrap().unwrap();
    assert_eq!((found.series, found.bookings.len()), (second.clone(), 1));
    let left = world.store.series(&world.all(), shorter.id).await.unwrap().unwrap();
    assert_eq!((left.series, left.bookings.len()), (shorter.clone(), 2));
    let stale = world.commit(world.told(vec![row(&shorter)])).await;
    assert!(matches!(stale, Err(CommitError::VersionConflict { .. })), "{stale:?}");
}

pub(crate) async fn i11_a_booking_is_in_no_other_organizations_series<F: Fixture>() {
    let world = World::<F>::new().await;
    let foreign = BookingSeries { organization_id: world.stranger.id, ..series(&world) };
    world.put([row(&foreign)]).await;
    let booking = world.booking(0, 1);
    world.put([put(&booking)]).await;
    for wrong in [
        numbered(world.booking(2, 3), foreign.id, 1),
        numbered(next(&booking), foreign.id, 1),
        numbered(world.booking(4, 5), world.id(), 1),
    ] {
        let refused = world.commit(world.told(vec![put(&wrong)])).await;
        assert!(matches!(refused, Err(CommitError::UnknownReference(_))), "{refused:?}");
    }
}

fn slot(number: u32, booking: &Booking) -> Slot {
    let (id, range, location) = (booking.id, booking.range(), booking.location_id);
    Slot { booking: id, number, range, location, staff: Vec::new() }
}

pub(crate) async fn i2_bookings_that_move_together_are_not_in_each_others_way<F: Fixture>() {
    let world = World::<F>::new().await;
    let bookings = [(0, 1), (1, 2), (2, 3)].map(|(from, to)| world.booking_there(from, to));
    world.put(bookings.iter().map(put)).await;
    let staff = world.member(&world.house, Role::BrandAgent, &[]).await.user.id;
    let on = |booking: &Booking| {
        Change::Assignment(Box::new(things::assignment(world.id(), booking, staff)))
    };
    world.put(bookings.iter().map(on)).await;
    let later = |booking: &Booking| Booking {
        scheduled_start: booking.scheduled_end,
        scheduled_end: booking.scheduled_end + jiff::SignedDuration::from_hours(1),
        ..next(booking)
    };
    let moved = bookings.each_ref().map(later);
    let commit = || {
        let slots = (1..)
            .zip(&moved)
            .map(|(number, booking)| Slot { staff: vec![staff], ..slot(number, booking) });
        // The last comes first: where it stood, the one before can stand.
        let changes = moved.iter().rev().map(put).collect();
        Commit { guards: vec![Guard::TogetherFree(slots.collect())], ..world.told(changes) }
    };
    let (stranger, elsewhere) = (world.booking_there(3, 4), world.booking(3, 4));
    world.put([put(&stranger), put(&elsewhere)]).await;
    let before = world.log_length().await;
    let refused = world.commit(commit()).await;
    let Err(CommitError::TogetherTaken(taken)) = refused else { panic!("{refused:?}") };
    let [TakenSlot { number: 3, range, staff: None, conflicts }] = &taken[..] else {
        panic!("{taken:?}")
    };
    assert_eq!((*range, conflicts[0].booking_id), (moved[2].range(), stranger.id));
    assert_eq!(world.log_length().await, before);

    let gone =
        Booking { status: rishi_domain::booking::BookingStatus::Cancelled, ..next(&stranger) };
    world.put([put(&gone), on(&elsewhere)]).await;
    let refused = world.commit(commit()).await;
    let Err(CommitError::TogetherTaken(taken)) = refused else { panic!("{refused:?}") };
    assert_eq!((taken.len(), taken[0].number, taken[0].staff), (1, 3, Some(staff)));
    let away = Booking {
        scheduled_start: things::hour(9),
        scheduled_end: things::hour(10),
        ..next(&elsewhere)
    };
    world.put([put(&away)]).await;
    world.commit(commit()).await.unwrap();
    assert_eq!(world.stored(moved[0].id).await, Some(moved[0].clone()));
}
