//! Stretches of a list, and its order.

use rishi_app::Store as _;
use rishi_app::bookings::{BookingFilter, Cursor, CursorKey, Sort, SortField, Window};
use rishi_domain::booking::{Booking, Priority};
use rishi_domain::id::BookingId;

use crate::things::{filter, hour, put};
use crate::world::{Fixture, World};

/// Bookings with many ties in every field that they can be sorted by.
async fn tied<F: Fixture>() -> (World<F>, Vec<Booking>) {
    let world = World::<F>::new().await;
    let titles = ["Ärger", "apple", "Zebra", "apple", "", "zebra", "Éclair"];
    let bookings: Vec<Booking> = (0_i64..30)
        .map(|number| Booking {
            title: titles[usize::try_from(number).unwrap() % titles.len()].to_owned(),
            priority: Priority::ALL[usize::try_from(number % 4).unwrap()],
            created_at: hour(number % 3),
            updated_at: hour(-(number % 4)),
            ..world.booking(number % 5, 10 + number)
        })
        .collect();
    world.put(bookings.iter().rev().map(put)).await;
    (world, bookings)
}

/// The value that a booking is sorted by.
fn key(booking: &Booking, field: SortField) -> CursorKey {
    let rank = Priority::ALL.iter().position(|priority| *priority == booking.priority).unwrap();
    match field {
        SortField::ScheduledStart => CursorKey::Integer(booking.scheduled_start.as_microsecond()),
        SortField::CreatedAt => CursorKey::Integer(booking.created_at.as_microsecond()),
        SortField::UpdatedAt => CursorKey::Integer(booking.updated_at.as_microsecond()),
        SortField::Title => CursorKey::Text(booking.title.clone()),
        SortField::Priority => CursorKey::Integer(i64::try_from(rank).unwrap()),
    }
}

/// The order that a list must have: by bytes for texts, by id where values are the same.
fn sorted(bookings: &[Booking], sort: Sort) -> Vec<BookingId> {
    let rank = |booking: &Booking| match key(booking, sort.field) {
        CursorKey::Integer(number) => (number, Vec::new()),
        CursorKey::Text(text) => (0, text.into_bytes()),
    };
    let mut order: Vec<_> = bookings.iter().map(|booking| (rank(booking), booking.id)).collect();
    order.sort_unstable();
    if sort.descending {
        order.reverse();
    }
    order.into_iter().map(|(_, id)| id).collect()
}

fn sorts() -> impl Iterator<Item = Sort> {
    SortField::ALL
        .into_iter()
        .flat_map(|(field, _)| [false, true].map(|descending| Sort { field, descending }))
}

pub(crate) async fn pages_and_cursors_give_the_same_sequence_in_every_order<F: Fixture>() {
    let (world, bookings) = tied::<F>().await;
    for sort in sorts() {
        let wanted = sorted(&bookings, sort);
        for organization in [None, Some(world.client.id)] {
            let whole = BookingFilter { organization, sort, limit: 7, ..filter() };
            let (mut by_page, mut by_cursor) = (Vec::new(), Vec::new());
            for offset in (0..30).step_by(7) {
                let page = BookingFilter { window: Window::Offset(offset), ..whole.clone() };
                let listed = world.store.bookings(&world.all(), &page).await.unwrap();
                assert_eq!(listed.total, 30);
                by_page.extend(listed.items.into_iter().map(|record| record.booking.id));
            }
            let mut window = Window::Offset(0);
            loop {
                let page = BookingFilter { window, ..whole.clone() };
                let listed = world.store.bookings(&world.all(), &page).await.unwrap();
                assert_eq!(listed.total, 30, "a cursor does not change the total");
                let Some(last) = listed.items.last() else { break };
                let key = key(&last.booking, sort.field);
                window = Window::After(Cursor { key, id: last.booking.id });
                by_cursor.extend(listed.items.into_iter().map(|record| record.booking.id));
            }
            assert_eq!(by_page, wanted, "{sort:?}");
            assert_eq!(by_cursor, wanted, "{sort:?}");
        }
    }
}

pub(crate) async fn ties_are_broken_by_id_both_ways<F: Fixture>() {
    let (world, _) = tied::<F>().await;
    for (field, _) in SortField::ALL {
        let mut orders = Vec::new();
        for descending in [false, true] {
            let whole = BookingFilter { sort: Sort { field, descending }, ..filter() };
            let listed = world.store.bookings(&world.all(), &whole).await.unwrap();
            orders.push(listed.items.iter().map(|record| record.booking.id).collect::<Vec<_>>());
        }
        orders[1].reverse();
        assert_eq!(orders[0], orders[1], "{field:?}");
    }
}

pub(crate) async fn a_page_beyond_the_end_is_empty_and_knows_the_total<F: Fixture>() {
    let (world, _) = tied::<F>().await;
    let beyond = BookingFilter { window: Window::Offset(1_000_000), ..filter() };
    let listed = world.store.bookings(&world.all(), &beyond).await.unwrap();
    assert_eq!((listed.items.len(), listed.total), (0, 30));
    let none = BookingFilter { limit: 0, ..filter() };
    assert!(world.store.bookings(&world.all(), &none).await.unwrap().items.is_empty());
}

pub(crate) async fn absurd_limits_and_offsets_are_no_error<F: Fixture>() {
    let (world, _) = tied::<F>().await;
    let everything = BookingFilter { limit: u32::MAX, ..filter() };
    assert_eq!(world.store.bookings(&world.all(), &everything).await.unwrap().items.len(), 30);
    let beyond = BookingFilter { window: Window::Offset(u64::MAX), ..filter() };
    assert!(world.store.bookings(&world.all(), &beyond).await.unwrap().items.is_empty());
}
