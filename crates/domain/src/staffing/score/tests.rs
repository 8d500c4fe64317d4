//! Each part rises with what it is about, and the sum stays within its bounds.

use proptest::prelude::*;

use super::*;
use crate::booking::Booking;
use crate::id::BookingId;
use crate::location::Location;
use crate::money::Money;
use crate::organization::OrganizationSettings;
use crate::staffing::Position;
use crate::staffing::check::tests::{booking, person, shift};
use crate::staffing::person::Reliability;
use crate::testing::{id, location};

fn value_on(booking: &Booking, person: &Person, part: Part) -> f64 {
    let (location, settings) = (location(), OrganizationSettings::default());
    let work = Work { booking, location: Some(&location), settings: &settings };
    let score = score(&work, person, "driver", true);
    score.parts.iter().find(|one| one.part == part).unwrap().value
}

fn value(person: &Person, part: Part) -> f64 {
    value_on(&booking(), person, part)
}

fn with(change: impl FnOnce(&mut StaffProfile)) -> Person {
    let mut person = person(50);
    change(person.profile.as_mut().unwrap());
    person
}

#[track_caller]
fn is(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 0.0011, "{found} is not {wanted}");
}

#[test]
fn a_skill_counts_by_its_level_once_it_is_brought_as_wanted() {
    is(value(&person(50), Part::Skills), 1.0);
    let less = |level| with(|profile| profile.skills[0].level = level);
    is(value(&less(SkillLevel::Experienced), Part::Skills), 0.833);
    is(value(&less(SkillLevel::Beginner), Part::Skills), 0.5);
    is(value(&with(|profile| profile.skills.clear()), Part::Skills), 0.0);
    let unseen = with(|one| one.skills[0].certification.as_mut().unwrap().verified_by = None);
    is(value(&unseen, Part::Skills), 0.0);
    let plain = Booking { staff_requirements: None, ..booking() };
    is(value_on(&plain, &with(|profile| profile.skills.clear()), Part::Skills), 1.0);
}

#[test]
fn a_certification_counts_by_how_long_it_holds_after_the_end() {
    let until = |date| with(|one| one.skills[0].certification.as_mut().unwrap().expires_on = date);
    // The booking ends at 18:00 of the second of July.
    is(value(&until(jiff::civil::date(2026, 7, 2)), Part::Certification), 0.25 / 90.0);
    is(value(&until(jiff::civil::date(2026, 8, 16)), Part::Certification), 45.25 / 90.0);
    is(value(&until(jiff::civil::date(2030, 1, 1)), Part::Certification), 1.0);
    is(value(&with(|one| one.skills[0].certification = None), Part::Certification), 1.0);
}

#[test]
fn near_is_better_and_unknown_is_half() {
    let living = |home| with(|profile| profile.home = home);
    let far = Position { latitude: 40.7128, longitude: -74.006 - 0.592 };
    is(value(&living(Some(far)), Part::Distance), 0.501);
    let short = with(|one| (one.home, one.max_travel_km) = (Some(far), Some(50)));
    assert!(value(&short, Part::Distance) < 0.01);
    is(value(&living(None), Part::Distance), 0.5);
}

#[test]
fn cheap_is_better_and_a_budget_is_shared_by_all_who_are_needed() {
    let paid = |minor| with(|one| one.default_hourly_rate = Some(Money::from_minor(minor)));
    let rich = Booking { budget: Some(Money::from_minor(80_000)), ..booking() };
    // Eight hours of a budget of 800.
    is(value_on(&rich, &paid(2_500), Part::Cost), 0.75);
    is(value_on(&rich, &paid(0), Part::Cost), 1.0);
    is(value_on(&rich, &paid(20_000), Part::Cost), 0.0);
    is(value_on(&rich, &person(50), Part::Cost), 0.5);
    is(value(&paid(2_500), Part::Cost), 0.5);
    let mut two = rich;
    two.staff_requirements.as_mut().unwrap().roles.as_mut().unwrap()[0].count = 2;
    is(value_on(&two, &paid(2_500), Part::Cost), 0.5);
}

#[test]
fn who_works_much_that_week_gives_way() {
    let mut busy = person(50);
    busy.shifts = vec![shift(1, "2026-06-30T16:00:00Z", "2026-07-01T02:00:00Z")];
    is(value(&busy, Part::Hours), 0.75);
    busy.profile.as_mut().unwrap().max_hours_per_week = Some(20);
    is(value(&busy, Part::Hours), 0.5);
    busy.shifts[0].booking_id = booking().id;
    is(value(&busy, Part::Hours), 1.0);
    busy.shifts = vec![shift(1, "2026-06-22T16:00:00Z", "2026-06-23T02:00:00Z")];
    is(value(&busy, Part::Hours), 1.0);
}

#[test]
fn who_came_is_trusted_and_who_did_not_is_less() {
    let past = |completed, no_shows| Person {
        reliability: Reliability { completed, no_shows },
        ..person(50)
    };
    is(value(&past(0, 0), Part::Reliability), 0.5);
    is(value(&past(9, 0), Part::Reliability), 10.0 / 11.0);
    is(value(&past(9, 1), Part::Reliability), 10.0 / 14.0);
    is(value(&past(0, 1), Part::Reliability), 0.2);
}

#[test]
fn without_cost_the_other_parts_make_up_the_hundred() {
    let (booking, location, settings) = (booking(), location(), OrganizationSettings::default());
    let work = Work { booking: &booking, location: Some(&location), settings: &settings };
    let seen = score(&work, &person(50), "driver", false);
    assert!(seen.parts.iter().all(|part| part.part != Part::Cost));
    let mut priceless = person(50);
    priceless.profile.as_mut().unwrap().default_hourly_rate = Some(Money::from_minor(99_999));
    assert_eq!(score(&work, &priceless, "driver", false), seen);
    assert_eq!(Part::ALL.iter().map(|part| u32::from(part.weight())).sum::<u32>(), 100);
}

proptest! {
    #[test]
    fn a_score_lies_between_0_and_100(
        lat in -90.0..90.0, lon in -180.0..180.0, rate in 0_i64..1_000_000, budget in 1_i64..10_000_000,
        km in 0_u32..20_000, week in 1_u16..168, came in 0_u32..1_000, failed in 0_u32..1_000, cost: bool,
    ) {
        let booking = Booking { budget: Some(Money::from_minor(budget)), ..booking() };
        let mut person = with(|one| {
            one.home = Some(Position { latitude: lat, longitude: lon });
            one.default_hourly_rate = Some(Money::from_minor(rate));
            (one.max_travel_km, one.max_hours_per_week) = (Some(km), Some(week));
        });
        person.reliability = Reliability { completed: came, no_shows: failed };
        let other = shift(3, "2026-06-29T16:00:00Z", "2026-07-05T02:00:00Z");
        person.shifts = vec![crate::staffing::person::Shift { booking_id: id::<BookingId>(3), ..other }];
        let (location, settings): (Location, _) = (location(), OrganizationSettings::default());
        let work = Work { booking: &booking, location: Some(&location), settings: &settings };
        let score = score(&work, &person, "driver", cost);
        prop_assert!((0.0..=100.0).contains(&score.points), "{:?}", score);
        prop_assert!(score.parts.iter().all(|part| (0.0..=1.0).contains(&part.value)));
    }
}
