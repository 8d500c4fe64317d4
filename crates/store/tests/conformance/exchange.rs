//! What exports and imports ask.

use rishi_app::Store as _;
use rishi_app::bookings::{BookingFilter, Cursor, Window};
use rishi_app::commit::{Change, Slot};
use rishi_app::exchange::ExchangeQueries as _;

use crate::things::filter;
use crate::world::{Fixture, World};

pub(crate) async fn a_stretch_is_the_same_counted_or_not<F: Fixture>() {
    let world = World::<F>::new().await;
    for from in 0..5 {
        world.put([Change::Booking(Box::new(world.booking(from, from + 1)))]).await;
    }
    let scope = world.all();
    let mut wanted = BookingFilter { limit: 2, ..filter() };
    let mut read = Vec::new();
    loop {
        let counted = world.store.bookings(&scope, &wanted).await.unwrap();
        let page = world.store.bookings_uncounted(&scope, &wanted).await.unwrap();
        let ids = |items: &[std::sync::Arc<rishi_app::bookings::SharedRecord>]| {
            items.iter().map(|one| one.booking.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(&page), ids(&counted.items));
        let Some(last) = page.last() else { break };
        wanted.window = Window::After(Cursor::of(&last.booking, wanted.sort.field));
        read.extend(ids(&page));
    }
    read.dedup();
    assert_eq!(read.len(), 5);
}

pub(crate) async fn what_is_taken_is_told_by_slot_and_changes_nothing<F: Fixture>() {
    let world = World::<F>::new().await;
    let booking = world.booking_there(10, 12);
    world.put([Change::Booking(Box::new(booking.clone()))]).await;
    let length = world.log_length().await;
    let slot = |number, from, to| {
        let wanted = world.booking_there(from, to);
        Slot {
            booking: wanted.id,
            number,
            range: wanted.range(),
            location: wanted.location_id,
            staff: Vec::new(),
        }
    };
    let slots = vec![slot(2, 8, 10), slot(3, 11, 13), slot(4, 12, 14), slot(5, 0, 20)];
    let taken = world.store.taken(slots).await.unwrap();
    assert_eq!(taken.iter().map(|one| one.number).collect::<Vec<_>>(), [3, 5]);
    for one in &taken {
        assert_eq!(one.conflicts[0].booking_id, booking.id);
        assert_eq!(one.conflicts[0].range, booking.range());
    }
    let own = Slot { booking: booking.id, ..slot(6, 10, 12) };
    assert!(
        world.store.taken(vec![own]).await.unwrap().is_empty(),
        "a booking is not in its own way"
    );
    assert_eq!(world.log_length().await, length);
}
