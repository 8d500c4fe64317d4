//! Given, when, then; and after any changes each occurrence is where its series says.

use std::collections::{BTreeMap, HashSet};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::booking::{Booking, BookingStatus, EditBooking};
use crate::error::Invalid;
use crate::event::{BookingSeriesCancelled, BookingSeriesCreated, BookingSeriesUpdated};
use crate::recurrence::EditScope;
use crate::testing::{actor, codes, given, id, now, organization, payload};

/// A series and what was parted from it.
struct World {
    series: BTreeMap<BookingSeriesId, BookingSeries>,
    bookings: Vec<Booking>,
    now: Timestamp,
    made: u128,
}

/// Six weeks from a Friday, 09:00 to 11:00 in Denver; on 1 November 2026 its clocks are put back.
fn fridays() -> Value {
    json!({
        "organizationId": organization().id,
        "title": "Tasting",
        "scheduledStart": "2026-10-09T15:00:00Z",
        "scheduledEnd": "2026-10-09T17:00:00Z",
        "timezone": "America/Denver",
        "recurrence": "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261113",
    })
}

fn asked(body: &Value) -> Result<Created, CreateSeriesError> {
    let organization = organization();
    let command: CreateSeries = serde_json::from_value(body.clone()).unwrap();
    let mut made = 1_000;
    create(&given(&organization, None), id(500), &command, || {
        made += 1;
        id(made)
    })
}

fn made(body: &Value) -> World {
    let Created { series, bookings } = asked(body).unwrap();
    let bookings = bookings.into_iter().map(|one| one.state).collect();
    let series = BTreeMap::from([(series.state.id, series.state)]);
    World { series, bookings, now: now(), made: 500 }
}

fn broken(body: &Value) -> Vec<String> {
    match asked(body) {
        Err(CreateSeriesError::Invalid(invalid)) => codes(&invalid),
        other => panic!("expected broken rules, got {other:?}"),
    }
}

fn with(field: &str, value: Value) -> Value {
    let mut body = fridays();
    body[field] = value;
    body
}

impl World {
    fn of(&self, series: BookingSeriesId) -> impl Iterator<Item = &Booking> {
        self.bookings
            .iter()
            .filter(move |one| one.series.as_ref().is_some_and(|place| place.id == series))
    }

    fn booking(&self, series: BookingSeriesId, number: u32) -> &Booking {
        let numbered = |one: &&Booking| one.series.as_ref().unwrap().number == number;
        self.of(series).find(numbered).unwrap()
    }

    /// Does to a part of a series what is asked for; the facts about series.
    fn change(
        &mut self,
        series: BookingSeriesId,
        scope: EditScope,
        from: Option<u32>,
        body: Option<Value>,
    ) -> Result<Vec<crate::event::Fact>, SeriesError> {
        let organization = organization();
        self.made += 1;
        let (now, actor) = (self.now, actor());
        let id = id(self.made);
        let given = Given { now, actor, id, organization: &organization, locations: &[] };
        let from = from.map(|number| Named::Booking(self.booking(series, number).id));
        let selection = select(self.of(series), scope, from, now)?;
        let row = &self.series[&series];
        let revised = match body {
            Some(body) => {
                let command: EditBooking = serde_json::from_value(body).unwrap();
                edit(&given, row, &selection, &command)?
            }
            None => cancel(&given, row, &selection, Some("over"))?,
        };
        for booking in revised.bookings {
            let slot = self.bookings.iter_mut().find(|one| one.id == booking.state.id).unwrap();
            assert_eq!(booking.state.version, slot.version + 1);
            *slot = booking.state;
        }
        let mut facts = Vec::new();
        for one in revised.series {
            self.series.insert(one.state.id, one.state);
            facts.extend(one.facts);
        }
        Ok(facts)
    }

    fn starts(&self, series: BookingSeriesId) -> Vec<String> {
        self.of(series).map(|one| one.scheduled_start.to_string()).collect()
    }
}

fn refused(outcome: Result<Vec<crate::event::Fact>, SeriesError>) -> Vec<String> {
    match outcome {
        Err(SeriesError::Invalid(Invalid(errors))) => codes(&Invalid(errors)),
        other => panic!("expected broken rules, got {other:?}"),
    }
}

#[test]
fn every_occurrence_is_a_draft_of_its_own_at_the_same_time_of_the_clock() {
    let Created { series, bookings } = asked(&fridays()).unwrap();
    let world = made(&fridays());
    let (before, after) = ("15:00:00Z", "16:00:00Z");
    let expected = [("10-09", before), ("10-16", before), ("10-23", before), ("10-30", before)]
        .into_iter()
        .chain([("11-06", after), ("11-13", after)])
        .map(|(day, time)| format!("2026-{day}T{time}"));
    assert_eq!(world.starts(id(500)), expected.collect::<Vec<_>>());
    assert_eq!(series.state.recurrence, "FREQ=WEEKLY;BYDAY=FR;COUNT=6", "its end is a count");
    assert_eq!(series.state.local_start.to_string(), "2026-10-09T09:00:00");
    assert_eq!(series.state.duration_seconds, 7_200);
    let told: BookingSeriesCreated = payload(&series.facts[0]);
    assert_eq!((told.booking_ids.len(), told.series), (6, series.state));
    for (number, one) in (1..).zip(&bookings) {
        let place = SeriesReference { id: id(500), number, changed: Vec::new() };
        assert_eq!(
            (one.state.series.as_ref(), one.state.status),
            (Some(&place), BookingStatus::Draft)
        );
        assert_eq!(one.facts[0].event_type, "BOOKING_CREATED");
    }
}

#[test]
fn a_rule_that_makes_no_such_series_is_refused_with_its_field() {
    for (field, value, expected) in [
        ("recurrence", json!("FREQ=WEEKLY"), "recurrence: endless"),
        ("recurrence", json!("FREQ=DAILY;COUNT=367"), "recurrence: too_many"),
        ("recurrence", json!("FREQ=DAILY;UNTIL=20280101"), "recurrence: too_many"),
        ("recurrence", json!("FREQ=SECONDLY;COUNT=2"), "recurrence: invalid_recurrence"),
        ("recurrence", json!("FREQ=WEEKLY;BYDAY=MO;COUNT=2"), "scheduledStart: not_by_rule"),
        ("recurrence", json!("FREQ=HOURLY;COUNT=2"), "recurrence: overlaps_itself"),
        ("scheduledEnd", json!("2026-10-09T15:00:00Z"), "scheduledEnd: end_not_after_start"),
        ("scheduledEnd", json!("2026-10-09T15:00:00.5Z"), "scheduledEnd: whole_seconds"),
        // 01:30 comes twice that night; this is the second.
        ("scheduledStart", json!("2026-11-01T08:30:00Z"), "scheduledStart: ambiguous_local_time"),
    ] {
        let mut body = with(field, value);
        if field == "scheduledStart" {
            body["scheduledEnd"] = json!("2026-11-01T10:30:00Z");
            body["recurrence"] = json!("FREQ=DAILY;COUNT=2");
        }
        assert_eq!(broken(&body), [expected], "{body}");
    }
    let most = with("recurrence", json!("FREQ=DAILY;COUNT=366"));
    assert_eq!(asked(&most).unwrap().bookings.len(), 366);
    let wrong = asked(&with("title", json!(" "))).unwrap_err();
    assert!(matches!(wrong, CreateSeriesError::Booking(_)), "{wrong:?}");
}

#[test]
fn all_move_by_as_much_on_their_clock_and_what_was_moved_alone_stays() {
    let mut world = made(&fridays());
    let own =
        json!({ "scheduledStart": "2026-10-17T20:00:00Z", "scheduledEnd": "2026-10-17T21:00:00Z" });
    world.change(id(500), EditScope::This, Some(2), Some(own)).unwrap();
    assert_eq!(
        world.booking(id(500), 2).series.as_ref().unwrap().changed,
        ["scheduledEnd", "scheduledStart"]
    );
    let later =
        json!({ "scheduledStart": "2026-10-09T16:30:00Z", "scheduledEnd": "2026-10-09T19:30:00Z" });
    let facts = world.change(id(500), EditScope::All, None, Some(later)).unwrap();
    let expected = [
        "2026-10-09T16:30:00Z",
        "2026-10-17T20:00:00Z",
        "2026-10-23T16:30:00Z",
        "2026-10-30T16:30:00Z",
        "2026-11-06T17:30:00Z",
        "2026-11-13T17:30:00Z",
    ];
    assert_eq!(world.starts(id(500)), expected);
    let told: BookingSeriesUpdated = payload(&facts[0]);
    assert_eq!((told.scope, told.booking_ids.len()), (EditScope::All, 5));
    assert_eq!(told.changed, ["scheduledEnd", "scheduledStart"]);
    // The last is written first, so that none stands where the next still is.
    assert_eq!(told.booking_ids[0], world.booking(id(500), 6).id);
    assert_eq!(told.series.local_start.to_string(), "2026-10-09T10:30:00");
    assert_eq!((told.series.duration_seconds, told.series.version), (10_800, 3));
}

#[test]
fn a_field_that_was_changed_alone_is_kept_unless_it_is_that_occurrence_that_is_named() {
    let mut world = made(&fridays());
    world.change(id(500), EditScope::This, Some(3), Some(json!({ "title": "Finale" }))).unwrap();
    let all = json!({ "title": "Tasting II", "notes": "bring ice" });
    world.change(id(500), EditScope::All, None, Some(all.clone())).unwrap();
    let titles = |world: &World| {
        let of = |one: &Booking| (one.title.clone(), one.notes.is_some());
        world.of(id(500)).map(of).collect::<Vec<_>>()
    };
    assert_eq!(titles(&world)[2], ("Finale".to_owned(), true), "the other field is changed");
    assert!(titles(&world).iter().enumerate().all(|(at, one)| at == 2 || one.0 == "Tasting II"));
    world
        .change(id(500), EditScope::All, Some(3), Some(json!({ "title": "One for all" })))
        .unwrap();
    assert!(titles(&world).iter().all(|one| one.0 == "One for all"));
    assert!(world.booking(id(500), 3).series.as_ref().unwrap().changed.is_empty());
}

#[test]
fn what_follows_becomes_a_series_of_its_own() {
    let mut world = made(&fridays());
    let body = json!({ "title": "Evenings", "scheduledStart": "2026-10-31T00:00:00Z",
        "scheduledEnd": "2026-10-31T02:00:00Z" });
    let facts = world.change(id(500), EditScope::ThisAndFollowing, Some(4), Some(body)).unwrap();
    let types: Vec<_> = facts.iter().map(|fact| fact.event_type).collect();
    assert_eq!(types, ["BOOKING_SERIES_UPDATED", "BOOKING_SERIES_CREATED"]);
    let (before, after) = (&world.series[&id(500)], &world.series[&id(501)]);
    assert_eq!(before.recurrence, "FREQ=WEEKLY;BYDAY=FR;COUNT=3");
    assert_eq!(after.recurrence, "FREQ=WEEKLY;BYDAY=FR;COUNT=3");
    assert_eq!((after.split_from, after.version), (Some(id(500)), 1));
    assert_eq!(after.local_start.to_string(), "2026-10-30T18:00:00");
    let expected = ["2026-10-31T00:00:00Z", "2026-11-07T01:00:00Z", "2026-11-14T01:00:00Z"];
    assert_eq!(world.starts(id(501)), expected);
    assert!(world.of(id(501)).all(|one| one.title == "Evenings"));
    assert!(world.of(id(500)).all(|one| one.title == "Tasting" && one.version == 1));
    // From the first on it is all of it, and stays one series.
    world
        .change(id(500), EditScope::ThisAndFollowing, Some(1), Some(json!({ "title": "x" })))
        .unwrap();
    assert_eq!((world.series.len(), world.series[&id(500)].version), (2, 3));
}

#[test]
fn the_days_that_the_rule_names_move_along_or_the_move_is_refused() {
    let mut world = made(&fridays());
    let saturday =
        json!({ "scheduledStart": "2026-10-10T15:00:00Z", "scheduledEnd": "2026-10-10T17:00:00Z" });
    world.change(id(500), EditScope::All, None, Some(saturday)).unwrap();
    assert_eq!(world.series[&id(500)].recurrence, "FREQ=WEEKLY;BYDAY=SA;COUNT=6");
    assert_eq!(world.starts(id(500))[5], "2026-11-14T16:00:00Z");
    let mut monthly = made(&with("recurrence", json!("FREQ=MONTHLY;BYMONTHDAY=9;COUNT=3")));
    let tenth =
        json!({ "scheduledStart": "2026-10-10T15:00:00Z", "scheduledEnd": "2026-10-10T17:00:00Z" });
    let outcome = monthly.change(id(500), EditScope::All, None, Some(tenth));
    assert_eq!(refused(outcome), ["scheduledStart: not_by_rule"]);
    let outcome = world.change(id(500), EditScope::All, None, Some(json!({ "timezone": "UTC" })));
    assert_eq!(refused(outcome), ["timezone: one_occurrence"]);
    let outcome = world.change(id(500), EditScope::This, None, Some(json!({ "title": "x" })));
    assert_eq!(refused(outcome), ["from: required"]);
}

#[test]
fn what_is_over_or_has_begun_stays_as_it_is() {
    let mut world = made(&fridays());
    let over = world.booking(id(500), 4).id;
    let over = world.bookings.iter_mut().find(|one| one.id == over).unwrap();
    over.status = BookingStatus::Completed;
    world.now = world.booking(id(500), 2).scheduled_start;
    world.change(id(500), EditScope::All, None, Some(json!({ "title": "Later" }))).unwrap();
    let later: Vec<bool> = world.of(id(500)).map(|one| one.title == "Later").collect();
    assert_eq!(later, [false, false, true, false, true, true]);
    let facts = world.change(id(500), EditScope::ThisAndFollowing, Some(4), None).unwrap();
    let told: BookingSeriesCancelled = payload(&facts[0]);
    assert_eq!((told.booking_ids.len(), told.notes.as_deref()), (2, Some("over")));
    assert_eq!(world.series[&id(500)].recurrence, "FREQ=WEEKLY;BYDAY=FR;COUNT=3");
    world.change(id(500), EditScope::All, None, None).unwrap();
    assert_eq!(world.series[&id(500)].cancelled_at, Some(world.now));
    let statuses: Vec<_> = world.of(id(500)).map(|one| one.status.as_str()).collect();
    let expected = ["draft", "draft", "cancelled", "completed", "cancelled", "cancelled"];
    assert_eq!(statuses, expected);
    let again = world.change(id(500), EditScope::All, None, None);
    assert!(matches!(again, Err(SeriesError::Over)), "{again:?}");
    let final_one = world.change(id(500), EditScope::This, Some(4), Some(json!({ "title": "x" })));
    assert!(matches!(final_one, Err(SeriesError::Edit(_))), "{final_one:?}");
}

#[test]
fn a_change_that_makes_no_difference_leaves_everything_as_it_is() {
    let mut world = made(&fridays());
    for scope in [EditScope::All, EditScope::ThisAndFollowing, EditScope::This] {
        let body = json!({ "title": "Tasting", "scheduledStart": "2026-10-23T15:00:00Z" });
        assert!(world.change(id(500), scope, Some(3), Some(body)).unwrap().is_empty());
    }
    assert!(world.bookings.iter().all(|one| one.version == 1));
    assert_eq!(world.series.len(), 1);
}

/// What somebody does to a series.
#[derive(Debug, Clone)]
struct Deed {
    series: prop::sample::Index,
    number: prop::sample::Index,
    scope: EditScope,
    /// Minutes by which it is moved; nothing to cancel.
    moved: Option<i64>,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let scope = prop::sample::select(EditScope::ALL.to_vec());
    let moved = prop::option::weighted(0.8, -2_000_i64..4_000);
    let deed = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), scope, moved);
    let deed =
        deed.prop_map(|(series, number, scope, moved)| Deed { series, number, scope, moved });
    prop::collection::vec(deed, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn after_any_changes_each_occurrence_lies_where_its_series_says(deeds in deeds()) {
        let mut world = made(&fridays());
        let ids: HashSet<_> = world.bookings.iter().map(|one| one.id).collect();
        for deed in deeds {
            let all: Vec<_> = world.series.keys().copied().collect();
            let series = *deed.series.get(&all);
            let numbers: Vec<u32> =
                world.of(series).map(|one| one.series.as_ref().unwrap().number).collect();
            if numbers.is_empty() {
                continue;
            }
            let number = *deed.number.get(&numbers);
            let body = deed.moved.map(|minutes| {
                let one = world.booking(series, number);
                let by = SignedDuration::from_mins(minutes);
                json!({ "scheduledStart": one.scheduled_start + by,
                    "scheduledEnd": one.scheduled_end + by })
            });
            // What is refused changes nothing, which is looked at too.
            let _: Result<_, _> = world.change(series, deed.scope, Some(number), body);
            let mut seen = HashSet::new();
            for booking in &world.bookings {
                let place = booking.series.as_ref().unwrap();
                prop_assert!(seen.insert((place.id, place.number)), "a number twice");
                let row = &world.series[&place.id];
                let by_rule = row.occurrences().unwrap();
                let counted = row.rule().unwrap().count().unwrap() as usize;
                prop_assert_eq!(by_rule.len(), counted);
                let open = !booking.status.is_final() && !place.keeps_time();
                if let Some(one) = by_rule.get(place.number as usize - 1).filter(|_| open) {
                    prop_assert_eq!(one.range, booking.range());
                    let zone = TimeZone::get("America/Denver").unwrap();
                    let local = booking.scheduled_start.to_zoned(zone).datetime();
                    // In a gap the clock shows another time than the rule.
                    prop_assert!(local >= one.local);
                }
            }
            prop_assert_eq!(&ids, &world.bookings.iter().map(|one| one.id).collect());
        }
    }
}
