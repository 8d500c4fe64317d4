//! Every code: what produces it, and what narrowly does not.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::availability::{Availability, Part};
use crate::booking::BookingStatus;
use crate::id::{BookingId, UserId};
use crate::staffing::person::Reliability;
use crate::staffing::{Certification, StaffProfile};
use crate::testing::{booking as plain, id, location, organization, profile};
use crate::time::TimeRange;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A booking on the second of July, 10:00 to 18:00 in Denver, with a role that requires a forklift.
pub(crate) fn booking() -> Booking {
    Booking {
        scheduled_start: at("2026-07-02T16:00:00Z"),
        scheduled_end: at("2026-07-03T00:00:00Z"),
        location_id: Some(location().id),
        staff_requirements: Some(serde_json::from_value(needs()).unwrap()),
        ..plain(BookingStatus::Approved)
    }
}

fn needs() -> Value {
    json!({ "roles": [{ "role": "driver", "count": 1, "skills": ["Forklift"] }], "skills": ["sales"] })
}

/// How somebody stands to the whole of a booking.
pub(crate) fn declared(range: TimeRange, standing: Standing) -> Availability {
    Availability { parts: vec![Part { range, standing, deciding: Vec::new() }] }
}

/// Somebody against whom nothing speaks: free, available, proved, near.
pub(crate) fn person(n: u128) -> Person {
    let mut profile = StaffProfile { user_id: id(n), ..profile() };
    profile.skills[0].certification.as_mut().unwrap().verified_by = Some(id(7));
    profile.home = Some(Position { latitude: 40.7, longitude: -74.0 });
    Person {
        id: id::<UserId>(n),
        display_name: format!("Person {n}"),
        profile: Some(profile),
        serves: true,
        shifts: Vec::new(),
        availability: declared(booking().range(), Standing::Available),
        reliability: Reliability::default(),
    }
}

fn with(change: impl FnOnce(&mut StaffProfile)) -> Person {
    let mut person = person(50);
    change(person.profile.as_mut().unwrap());
    person
}

pub(crate) fn shift(booking: u128, start: &str, end: &str) -> Shift {
    Shift {
        booking_id: id::<BookingId>(booking),
        organization_id: organization().id,
        range: TimeRange::new(at(start), at(end)).unwrap(),
        live: true,
    }
}

struct Scene {
    booking: Booking,
    settings: OrganizationSettings,
    role: &'static str,
}

fn scene() -> Scene {
    Scene { booking: booking(), settings: OrganizationSettings::default(), role: "driver" }
}

impl Scene {
    fn findings(&self, person: &Person) -> Vec<Finding> {
        let location = location();
        let work =
            Work { booking: &self.booking, location: Some(&location), settings: &self.settings };
        check(&work, person, self.role)
    }

    fn codes(&self, person: &Person) -> Vec<(Code, Kind)> {
        self.findings(person).iter().map(|finding| (finding.code, finding.kind)).collect()
    }
}

fn codes(person: &Person) -> Vec<(Code, Kind)> {
    scene().codes(person)
}

const NOTHING: [(Code, Kind); 0] = [];

#[test]
fn nothing_speaks_against_who_fits() {
    assert_eq!(codes(&person(50)), NOTHING);
}

#[test]
fn a_booking_that_is_over_takes_nobody() {
    for status in BookingStatus::ALL {
        let scene = Scene { booking: Booking { status, ..booking() }, ..scene() };
        let expected: &[_] =
            if status.is_final() { &[(Code::BookingClosed, Kind::Hard)] } else { &[] };
        assert_eq!(scene.codes(&person(50)), expected, "{status}");
    }
}

#[test]
fn who_is_no_active_staff_member_of_the_organizations_is_not_eligible() {
    let expected = [(Code::NotEligible, Kind::Hard)];
    assert_eq!(codes(&Person::stranger(id(50))), expected);
    assert_eq!(codes(&Person { serves: false, ..person(50) }), expected);
    assert_eq!(codes(&Person { profile: None, ..person(50) }), expected);
    for status in StaffStatus::ALL {
        let expected: &[_] = if status == StaffStatus::Active { &[] } else { &expected };
        assert_eq!(codes(&with(|profile| profile.status = status)), expected, "{status}");
    }
    // Of a stranger nothing else is told.
    let mut stranger = Person { serves: false, ..person(50) };
    stranger.shifts.push(shift(1, "2026-07-02T16:00:00Z", "2026-07-02T17:00:00Z"));
    assert_eq!(codes(&stranger), expected);
}

#[test]
fn who_is_on_the_booking_already_is_not_assigned_again() {
    let mut on_it = person(50);
    let own = Shift {
        booking_id: booking().id,
        ..shift(1, "2026-07-02T16:00:00Z", "2026-07-03T00:00:00Z")
    };
    on_it.shifts = vec![own];
    assert_eq!(codes(&on_it), [(Code::AlreadyAssigned, Kind::Hard)]);
    on_it.shifts = vec![Shift { live: false, ..own }];
    assert_eq!(codes(&on_it), NOTHING, "whose assignment is over may come again");
}

#[test]
fn two_shifts_at_a_time_are_one_too_many_and_back_to_back_is_fine() {
    let double = [(Code::DoubleBooked, Kind::Hard)];
    let cases: [(&str, &str, &[_]); 6] = [
        ("2026-07-02T15:00:00Z", "2026-07-02T16:00:00.000001Z", &double),
        ("2026-07-02T15:00:00Z", "2026-07-02T16:00:00Z", &[]),
        ("2026-07-02T23:59:59Z", "2026-07-03T02:00:00Z", &double),
        ("2026-07-03T00:00:00Z", "2026-07-03T02:00:00Z", &[]),
        ("2026-07-02T17:00:00Z", "2026-07-02T18:00:00Z", &double),
        ("2026-07-01T00:00:00Z", "2026-07-09T00:00:00Z", &double),
    ];
    for (start, end, expected) in cases {
        let mut busy = person(50);
        busy.shifts = vec![shift(1, start, end)];
        assert_eq!(codes(&busy), expected, "{start}");
        let findings = scene().findings(&busy);
        assert_eq!(findings.first().map_or(0, |one| one.shifts.len()), expected.len());
        busy.shifts[0].live = false;
        assert_eq!(codes(&busy), NOTHING, "{start}: what is over is in nobody's way");
    }
}

#[test]
fn leave_or_a_block_over_any_part_refuses() {
    let range = booking().range();
    let mut away = person(50);
    away.availability = declared(range, Standing::Unavailable);
    assert_eq!(codes(&away), [(Code::Unavailable, Kind::Hard)]);
    let last = TimeRange { start: at("2026-07-02T23:59:00Z"), ..range };
    away.availability = declared(range, Standing::Available);
    away.availability.parts.push(declared(last, Standing::Unavailable).parts.remove(0));
    assert_eq!(codes(&away), [(Code::Unavailable, Kind::Hard)]);
}

#[test]
fn what_is_not_known_of_availability_is_as_bad_as_the_organization_says() {
    use UnknownAvailability::{Allow, Refuse, Warn};
    let soft: &[_] = &[(Code::AvailabilityUnknown, Kind::Soft)];
    let hard: &[_] = &[(Code::AvailabilityUnknown, Kind::Hard)];
    let cases = [
        (Standing::Undeclared, Allow, &[][..]),
        (Standing::Undeclared, Warn, soft),
        (Standing::Undeclared, Refuse, hard),
        (Standing::Tentative, Allow, soft),
        (Standing::Tentative, Warn, soft),
        (Standing::Tentative, Refuse, soft),
        (Standing::Available, Refuse, &[]),
    ];
    for (standing, setting, expected) in cases {
        let mut scene = scene();
        scene.settings.unknown_availability = setting;
        let availability = declared(booking().range(), standing);
        let codes = scene.codes(&Person { availability, ..person(50) });
        assert_eq!(codes, expected, "{standing}, {setting}");
    }
}

#[test]
fn a_role_requires_its_skills_and_a_team_its_own() {
    let lacking = with(|profile| profile.skills.retain(|skill| skill.name != "forklift"));
    assert_eq!(codes(&lacking), [(Code::SkillMissing, Kind::Hard)]);
    // Another role does not require it, and the team's skill is nobody's alone.
    assert_eq!(Scene { role: "host", ..scene() }.codes(&lacking), NOTHING);
    let lacking = with(|profile| profile.skills.retain(|skill| skill.name != "sales"));
    assert_eq!(codes(&lacking), NOTHING);
    assert_eq!(
        Scene { role: "DRIVER ", ..scene() }.codes(&with(|one| one.skills.clear())).len(),
        1
    );
}

/// The certification of the person's forklift.
fn paper(change: impl FnOnce(&mut Certification)) -> Person {
    with(|profile| change(profile.skills[0].certification.as_mut().unwrap()))
}

#[test]
fn a_certification_holds_until_the_booking_ends_to_the_minute() {
    let expired = [(Code::CertificationExpired, Kind::Hard)];
    // The booking ends at 18:00 on the second of July in Denver.
    assert_eq!(codes(&paper(|paper| paper.expires_on = date(2026, 7, 2))), NOTHING);
    assert_eq!(codes(&paper(|paper| paper.expires_on = date(2026, 7, 1))), expired);
    // A booking until midnight ends as the paper does; a minute later is too late.
    let mut scene = scene();
    let last_day = paper(|paper| paper.expires_on = date(2026, 7, 2));
    scene.booking.scheduled_end = at("2026-07-03T06:00:00Z");
    assert_eq!(scene.codes(&last_day), NOTHING);
    scene.booking.scheduled_end = at("2026-07-03T06:01:00Z");
    assert_eq!(scene.codes(&last_day), expired);
    assert!(scene.findings(&last_day)[0].message.ends_with("ends before the booking does"));
    // The same instants on other clocks: there it is the third of July already.
    scene.booking.scheduled_end = at("2026-07-03T00:00:00Z");
    scene.booking.timezone = "Europe/Berlin".to_owned();
    assert_eq!(scene.codes(&last_day), expired);
}

#[test]
fn a_certification_counts_from_its_first_day_and_once_it_is_verified() {
    let expired = [(Code::CertificationExpired, Kind::Hard)];
    assert_eq!(codes(&paper(|paper| paper.issued_on = date(2026, 7, 2))), NOTHING);
    assert_eq!(codes(&paper(|paper| paper.issued_on = date(2026, 7, 3))), expired);
    assert_eq!(codes(&paper(|paper| paper.verified_by = None)), expired);
}

#[test]
fn only_a_special_skill_needs_a_certification_at_all() {
    let bare = with(|profile| profile.skills[0].certification = None);
    assert_eq!(codes(&bare), NOTHING);
    let mut scene = scene();
    let needs = scene.booking.staff_requirements.as_mut().unwrap();
    needs.special_skills = Some(vec!["FORKLIFT".to_owned()]);
    assert_eq!(scene.codes(&bare), [(Code::CertificationExpired, Kind::Hard)]);
    assert_eq!(scene.codes(&person(50)), NOTHING);
}

#[test]
fn a_level_below_the_least_is_a_soft_reason() {
    use crate::booking::SkillLevel::{Expert, Intermediate};
    let low: &[_] = &[(Code::LevelTooLow, Kind::Soft)];
    let mut scene = scene();
    let mut least = |level| {
        scene.booking.staff_requirements.as_mut().unwrap().minimum_level = Some(level);
        let driver = with(|profile| profile.skills[0].level = Intermediate);
        let host = Scene { role: "host", booking: scene.booking.clone(), ..self::scene() };
        let nobody = with(|profile| profile.skills.clear());
        (scene.codes(&driver), host.codes(&person(50)), host.codes(&nobody))
    };
    // The role's own skill counts for the driver; for a host the best of the team's: sales.
    assert_eq!(least(Intermediate), (vec![], vec![], low.to_vec()));
    let (driver, host, _) = least(Expert);
    assert_eq!(
        (driver.as_slice(), host.as_slice()),
        (low, &[][..]),
        "forklift is a skill of the team too"
    );
}

#[test]
fn rest_is_counted_before_and_after_to_the_microsecond() {
    let short: &[_] = &[(Code::RestTooShort, Kind::Soft)];
    let cases: [(&str, &str, &[_]); 4] = [
        ("2026-07-01T22:00:00Z", "2026-07-02T05:00:00.000001Z", short),
        ("2026-07-01T22:00:00Z", "2026-07-02T05:00:00Z", &[]),
        ("2026-07-03T10:59:59Z", "2026-07-03T12:00:00Z", short),
        ("2026-07-03T11:00:00Z", "2026-07-03T12:00:00Z", &[]),
    ];
    for (start, end, expected) in cases {
        let mut tired = with(|profile| profile.min_rest_hours = Some(11));
        tired.shifts = vec![shift(1, start, end)];
        assert_eq!(codes(&tired), expected, "{start}");
        // Work that is done tires too.
        tired.shifts[0].live = false;
        assert_eq!(codes(&tired), expected, "{start}");
        // The organization's rule holds where it is stricter, and only there.
        let mut scene = scene();
        scene.settings.min_rest_hours = Some(11);
        tired.profile.as_mut().unwrap().min_rest_hours = Some(3);
        assert_eq!(scene.codes(&tired), expected, "{start}");
    }
    let mut back_to_back = person(50);
    back_to_back.shifts = vec![shift(1, "2026-07-02T15:00:00Z", "2026-07-02T16:00:00Z")];
    assert_eq!(codes(&back_to_back), NOTHING, "without a rule no rest is due");
}

#[test]
fn hours_of_a_day_are_those_between_two_midnights_of_the_booking() {
    let many: &[_] = &[(Code::HoursExceeded, Kind::Soft)];
    let limited = |hours| with(|profile| profile.max_hours_per_day = Some(hours));
    assert_eq!(codes(&limited(8)), NOTHING, "eight hours are eight hours");
    assert_eq!(codes(&limited(7)), many);
    let mut second = limited(10);
    // From 06:00 to 08:00 in Denver, and a minute more.
    second.shifts = vec![shift(1, "2026-07-02T12:00:00Z", "2026-07-02T14:00:00Z")];
    assert_eq!(codes(&second), NOTHING);
    second.shifts = vec![shift(1, "2026-07-02T12:00:00Z", "2026-07-02T14:01:00Z")];
    assert_eq!(codes(&second), many);
    assert!(scene().findings(&second)[0].message.contains("10.01 h on 2026-07-02"));
    // What lies before midnight in Denver counts for the day before.
    second.shifts = vec![shift(1, "2026-07-02T03:00:00Z", "2026-07-02T06:00:00Z")];
    assert_eq!(codes(&second), NOTHING);
    // A booking over midnight has its hours on both days.
    let mut night = scene();
    night.booking.scheduled_end = at("2026-07-03T14:00:00Z");
    assert_eq!(night.codes(&limited(14)), NOTHING);
    assert_eq!(night.codes(&limited(13)), many);
}

#[test]
fn hours_of_a_week_are_those_from_monday_to_sunday() {
    let many: &[_] = &[(Code::HoursExceeded, Kind::Soft)];
    let mut busy = with(|profile| profile.max_hours_per_week = Some(40));
    // Thursday is the day; 32 hours from Monday 00:00 in Denver on leave room for its eight.
    busy.shifts = vec![shift(1, "2026-06-29T06:00:00Z", "2026-06-30T14:00:00Z")];
    assert_eq!(codes(&busy), NOTHING);
    busy.shifts = vec![shift(1, "2026-06-29T06:00:00Z", "2026-06-30T14:01:00Z")];
    assert_eq!(codes(&busy), many);
    // The minute before Monday belongs to the week before, and so does Monday after to the next.
    busy.shifts = vec![shift(1, "2026-06-29T05:59:00Z", "2026-06-30T14:00:00Z")];
    assert_eq!(codes(&busy), NOTHING);
    busy.shifts = vec![shift(1, "2026-07-06T06:00:00Z", "2026-07-08T06:00:00Z")];
    assert_eq!(codes(&busy), NOTHING);
}

#[test]
fn days_on_which_clocks_change_have_23_and_25_hours() {
    let day_of = |start: &str, end: &str, hours| {
        let mut scene = Scene { role: "host", ..scene() };
        scene.booking.scheduled_start = at(start);
        scene.booking.scheduled_end = at(end);
        scene.settings.max_hours_per_day = Some(hours);
        scene.codes(&with(|profile| profile.skills.clear()))
    };
    let many = [(Code::HoursExceeded, Kind::Soft)];
    // The eighth of March from midnight to midnight in Denver, and the first of November.
    let spring = ("2026-03-08T07:00:00Z", "2026-03-09T06:00:00Z");
    assert_eq!(day_of(spring.0, spring.1, 23), NOTHING);
    assert_eq!(day_of(spring.0, spring.1, 22), many);
    let autumn = ("2026-11-01T06:00:00Z", "2026-11-02T07:00:00Z");
    assert_eq!(day_of(autumn.0, autumn.1, 25), NOTHING);
    assert_eq!(day_of(autumn.0, autumn.1, 24), many);
}

#[test]
fn who_lives_too_far_away_is_too_far() {
    let far: &[_] = &[(Code::TooFar, Kind::Soft)];
    let limited = |km| with(|profile| profile.max_travel_km = Some(km));
    // The place is 1.5 km from home.
    assert_eq!(codes(&limited(2)), NOTHING);
    assert_eq!(codes(&limited(1)), far);
    let mut nowhere = limited(0);
    nowhere.profile.as_mut().unwrap().home = None;
    assert_eq!(codes(&nowhere), NOTHING, "what is not known is not held against anybody");
}

#[test]
fn a_blocked_location_is_that_location_and_no_other() {
    let blocked = with(|profile| profile.blocked_locations = vec![location().id]);
    assert_eq!(codes(&blocked), [(Code::BlockedLocation, Kind::Soft)]);
    let elsewhere = Scene { booking: Booking { location_id: None, ..booking() }, ..scene() };
    assert_eq!(elsewhere.codes(&blocked), NOTHING);
    assert_eq!(codes(&with(|profile| profile.blocked_locations = vec![id(999)])), NOTHING);
}

#[test]
fn all_reasons_are_told_at_once_in_the_order_of_the_table() {
    let mut wrong = with(|profile| {
        profile.skills.clear();
        profile.max_hours_per_day = Some(1);
        profile.min_rest_hours = Some(24);
        profile.max_travel_km = Some(0);
        profile.blocked_locations = vec![location().id];
    });
    wrong.shifts = vec![
        shift(1, "2026-07-02T16:00:00Z", "2026-07-02T17:00:00Z"),
        shift(2, "2026-07-02T14:00:00Z", "2026-07-02T15:00:00Z"),
    ];
    wrong.availability = declared(booking().range(), Standing::Unavailable);
    let found: Vec<Code> = codes(&wrong).into_iter().map(|(code, _)| code).collect();
    let expected = [
        Code::DoubleBooked,
        Code::Unavailable,
        Code::SkillMissing,
        Code::RestTooShort,
        Code::HoursExceeded,
        Code::TooFar,
        Code::BlockedLocation,
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_team_covers_what_any_of_it_brings() {
    let booking = booking();
    let brings = |people: &[&Person]| {
        let profiles: Vec<_> = people.iter().filter_map(|one| one.profile.as_ref()).collect();
        matched(&booking, &profiles)
    };
    let driver = with(|profile| profile.skills.retain(|skill| skill.name == "forklift"));
    let seller = with(|profile| profile.skills.retain(|skill| skill.name == "sales"));
    let unproved = paper(|paper| paper.verified_by = None);
    assert_eq!(brings(&[]), Vec::<String>::new());
    assert_eq!(brings(&[&driver]), ["Forklift"]);
    assert_eq!(brings(&[&driver, &seller]), ["sales", "Forklift"]);
    assert_eq!(brings(&[&unproved]), ["sales"]);
}

proptest! {
    #[test]
    fn hours_on_a_day_are_what_counting_minutes_says(
        shifts in prop::collection::vec((-2_000_i64..3_000, 1_i64..900), 0..6),
        start in 0_i64..1_440, length in 1_i64..2_000, most in 1_u16..24,
    ) {
        let midnight = at("2026-07-02T06:00:00Z");
        let minute = |minute: i64| midnight + SignedDuration::from_mins(minute);
        let range = |start: i64, length: i64| TimeRange::new(minute(start), minute(start + length)).unwrap();
        let mut scene = Scene { role: "host", ..scene() };
        (scene.booking.scheduled_start, scene.booking.scheduled_end) = (minute(start), minute(start + length));
        scene.settings.max_hours_per_day = Some(most);
        let mut busy = with(|profile| profile.skills.clear());
        busy.shifts = shifts.iter().map(|(start, length)| Shift {
            range: range(*start, *length), live: false, ..shift(1, "2026-07-02T16:00:00Z", "2026-07-03T00:00:00Z")
        }).collect();
        let works = |from: i64, length: i64, minute: i64| i64::from((from..from + length).contains(&minute));
        let exceeded = (0..3_i64).any(|day| {
            let minutes = || day * 1_440..(day + 1) * 1_440;
            let own: i64 = minutes().map(|one| works(start, length, one)).sum();
            let others: i64 = minutes()
                .map(|one| shifts.iter().map(|(from, length)| works(*from, *length, one)).sum::<i64>())
                .sum();
            own > 0 && own + others > i64::from(most) * 60
        });
        let told = scene.codes(&busy).iter().any(|(code, _)| *code == Code::HoursExceeded);
        prop_assert_eq!(told, exceeded);
    }
}
