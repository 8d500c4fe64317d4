//! An organization's figures.

use rishi_app::Store as _;
use rishi_app::bookings::{Statistics, StatisticsQuery};
use rishi_app::commit::Change;
use rishi_domain::booking::{Booking, BookingStatus, OperationType};
use rishi_domain::location::Location;
use rishi_domain::money::Money;
use rishi_domain::organization::Organization;

use crate::things::{at, hour, put};
use crate::world::{Fixture, World};

/// The figures from the counters, which must be those of one aggregate over everything.
pub(crate) async fn figures<F: Fixture>(world: &World<F>) -> Statistics {
    let all = world.all();
    let counted = StatisticsQuery { organization: world.client.id, from: None, to: None };
    let aggregated = StatisticsQuery { from: Some(at("1970-01-01T00:00:00Z")), ..counted };
    let counted = world.store.statistics(&all, &counted).await.unwrap();
    assert_eq!(counted, world.store.statistics(&all, &aggregated).await.unwrap());
    counted
}

fn minor(amount: Option<Money>) -> i64 {
    amount.unwrap().minor()
}

pub(crate) async fn an_organization_without_bookings_has_zeros<F: Fixture>() {
    let world = World::<F>::new().await;
    let figures = figures(&world).await;
    assert_eq!((figures.total_bookings, figures.monthly_trends.len()), (0, 0));
    assert_eq!((minor(figures.total_revenue), minor(figures.average_booking_value)), (0, 0));
    assert!(figures.by_status.is_empty() && figures.by_location.is_empty());
}

pub(crate) async fn money_is_summed_as_the_domain_says<F: Fixture>() {
    let world = World::<F>::new().await;
    let money = |minor: Option<i64>| minor.map(Money::from_minor);
    let rows = [
        (BookingStatus::Completed, Some(1_000), Some(1_500)),
        (BookingStatus::Completed, Some(2_001), None),
        (BookingStatus::Completed, None, None),
        (BookingStatus::Completed, Some(77), Some(0)),
        (BookingStatus::Approved, Some(400), None),
        (BookingStatus::Cancelled, Some(50), Some(25)),
        (BookingStatus::InProgress, None, None),
    ];
    let bookings = rows.map(|(status, budget, actual)| Booking {
        status,
        budget: money(budget),
        actual_cost: money(actual),
        operation_type: OperationType::Retail,
        ..world.booking(0, 1)
    });
    world.put(bookings.iter().map(put)).await;
    let figures = figures(&world).await;
    assert_eq!(minor(figures.total_revenue), 1_500 + 2_001);
    assert_eq!(minor(figures.total_budget), 1_000 + 2_001 + 77 + 400 + 50);
    assert_eq!(minor(figures.total_actual_cost), 1_500 + 25);
    assert_eq!(minor(figures.average_booking_value), 875, "3501 / 4, rounded half up");
    let counts = [
        figures.total_bookings,
        figures.active_bookings,
        figures.completed_bookings,
        figures.cancelled_bookings,
    ];
    assert_eq!(counts, [7, 2, 4, 1]);
    assert_eq!(figures.by_operation_type["retail"], 7);
    let month = &figures.monthly_trends[0];
    assert_eq!((month.total, month.completed, month.cancelled), (7, 4, 1));
    assert_eq!(minor(month.revenue), 3_501);
}

pub(crate) async fn months_are_the_organizations_own_also_when_its_clocks_change<F: Fixture>() {
    let world = World::<F>::new().await;
    // Denver is UTC-7 in winter, UTC-6 from 10 March 2030 to 3 November 2030.
    let starts = [
        ("2030-02-01T06:59:59.999999Z", "2030-01"),
        ("2030-02-01T07:00:00Z", "2030-02"),
        ("2030-04-01T05:59:59.999999Z", "2030-03"),
        ("2030-04-01T06:00:00Z", "2030-04"),
        ("2030-12-01T06:59:59Z", "2030-11"),
        ("2031-01-01T06:59:59Z", "2030-12"),
        ("2031-01-01T07:00:00Z", "2031-01"),
    ];
    let bookings = starts.map(|(start, _)| Booking {
        scheduled_start: at(start),
        scheduled_end: at(start) + jiff::SignedDuration::from_hours(1),
        ..world.booking(0, 1)
    });
    world.put(bookings.iter().map(put)).await;
    let counted = |figures: Statistics| -> Vec<String> {
        let months = figures.monthly_trends.into_iter().filter(|month| month.total > 0);
        months.map(|month| format!("{} {}", month.month, month.total)).collect()
    };
    let wanted = starts.map(|(_, month)| format!("{month} 1"));
    assert_eq!(counted(figures(&world).await), wanted);

    // Moving the clocks moves the bookings into other months.
    let utc = Organization { timezone: "UTC".to_owned(), version: 2, ..world.client.clone() };
    world.put([Change::Organization(Box::new(utc))]).await;
    let wanted = ["2030-02 2", "2030-04 2", "2030-12 1", "2031-01 2"];
    assert_eq!(counted(figures(&world).await), wanted);
}

pub(crate) async fn a_gap_between_months_is_filled<F: Fixture>() {
    let world = World::<F>::new().await;
    let bookings = [world.booking(0, 1), world.booking(24 * 92, 24 * 92 + 1)];
    world.put(bookings.iter().map(put)).await;
    let figures = figures(&world).await;
    let months: Vec<_> = figures
        .monthly_trends
        .iter()
        .map(|month| (month.month.as_str(), month.total, minor(month.revenue)))
        .collect();
    assert_eq!(
        months,
        [("2030-05", 1, 0), ("2030-06", 0, 0), ("2030-07", 0, 0), ("2030-08", 1, 0)]
    );
}

pub(crate) async fn a_range_takes_what_overlaps_it<F: Fixture>() {
    let world = World::<F>::new().await;
    let hours = [(0, 10), (5, 15), (12, 13), (15, 25), (20, 30), (-31 * 24 + 11, 11)];
    let bookings = hours.map(|(from, to)| world.booking(from, to));
    world.put(bookings.iter().map(put)).await;
    let query = |from, to| StatisticsQuery { organization: world.client.id, from, to };
    let cases = [
        (Some(hour(10)), Some(hour(20)), 4),
        (Some(hour(10)), None, 5),
        (None, Some(hour(20)), 5),
        (Some(hour(30)), None, 0),
    ];
    for (from, to, count) in cases {
        let figures = world.store.statistics(&world.all(), &query(from, to)).await.unwrap();
        assert_eq!(figures.total_bookings, count, "{from:?} {to:?}");
    }
}

pub(crate) async fn bookings_without_a_location_are_counted_as_such<F: Fixture>() {
    let world = World::<F>::new().await;
    let namesake = Location { id: world.id(), ..world.place.clone() };
    let there = Booking { location_id: Some(namesake.id), ..world.booking(0, 1) };
    let changes = [put(&world.booking(0, 1)), put(&world.booking_there(0, 1)), put(&there)];
    world.put([Change::Location(Box::new(namesake))]).await;
    world.put(changes).await;
    let by_location = figures(&world).await.by_location;
    let counted: Vec<_> = by_location.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(counted, [("Main Street", 2), ("No Location", 1)]);
}

pub(crate) async fn a_renamed_location_is_counted_under_its_new_name<F: Fixture>() {
    let world = World::<F>::new().await;
    world.put([put(&world.booking_there(0, 1))]).await;
    let renamed = Location { name: "Side Street".to_owned(), version: 2, ..world.place.clone() };
    world.put([Change::Location(Box::new(renamed))]).await;
    assert_eq!(figures(&world).await.by_location["Side Street"], 1);
}

pub(crate) async fn sums_that_no_number_holds_stop_no_commit<F: Fixture>() {
    let world = World::<F>::new().await;
    let fortune = Some(Money::from_minor(i64::MAX));
    for _ in 0..2 {
        let pair = [0, 1].map(|_| Booking { budget: fortune, ..world.booking(0, 1) });
        world.put(pair.iter().map(put)).await;
    }
    let query = StatisticsQuery { organization: world.client.id, from: None, to: None };
    let counted = world.store.statistics(&world.all(), &query).await.unwrap();
    assert_eq!((counted.total_bookings, counted.total_budget), (4, fortune));
    let utc = Organization { timezone: "UTC".to_owned(), version: 2, ..world.client.clone() };
    world.put([Change::Organization(Box::new(utc))]).await;
}
