//! Given, when, then.

use serde_json::{Value, json};

use super::*;
use crate::availability::Standing;
use crate::organization::OrganizationSettings;
use crate::staffing::check::Code;
use crate::staffing::check::tests::{booking, declared, person, shift};
use crate::testing::{actor, codes, id, location, metadata, now, payload};

fn decide_as(
    may_override: bool,
    people: &[Person],
    settings: &OrganizationSettings,
    body: Value,
) -> Result<Assigned, AssignError> {
    let (booking, location) = (booking(), location());
    let work = Work { booking: &booking, location: Some(&location), settings };
    let ids: Vec<AssignmentId> = (1..=ORDERS_MAX as u128).map(|n| id(1_000 + n)).collect();
    let given = AssignGiven { now: now(), actor: actor(), work, people, may_override, ids: &ids };
    assign(&given, serde_json::from_value(body).unwrap())
}

fn decide(people: &[Person], body: Value) -> Result<Assigned, AssignError> {
    decide_as(true, people, &OrganizationSettings::default(), body)
}

fn order(n: u128, role: &str) -> Value {
    json!({ "staffId": id::<UserId>(n), "role": role })
}

/// Of everybody against whom something speaks, the codes.
fn refused(answer: Result<Assigned, AssignError>) -> Vec<(UserId, Vec<Code>)> {
    let Err(AssignError::Refused(problems)) = answer else { panic!("{answer:?}") };
    let codes = |one: StaffProblem| one.findings.iter().map(|finding| finding.code).collect();
    problems.into_iter().map(|one| (one.staff_id, codes(one))).collect()
}

/// Somebody who has declared nothing.
fn unsure(n: u128) -> Person {
    Person { availability: declared(booking().range(), Standing::Undeclared), ..person(n) }
}

#[test]
fn all_are_assigned_and_told_in_one_event() {
    let mut paid = person(51);
    paid.profile.as_mut().unwrap().default_hourly_rate = Some(Money::from_minor(2_000));
    let people = [person(50), paid];
    let mut first = order(50, "driver");
    first["hourlyRate"] = json!(31.25);
    first["specialRequirements"] = json!(["boots"]);
    let assigned = decide(&people, json!({ "assignments": [first, order(51, "host")] })).unwrap();
    assert_eq!(assigned.booking.version, booking().version + 1);
    let told: StaffAssignedToBooking = payload(&assigned.fact);
    assert_eq!(told.booking, assigned.booking);
    assert_eq!((told.staff_count, told.assigned_by), (2, actor()));
    assert_eq!(told.total_hourly_rate, Money::from_minor(5_125));
    assert_eq!(told.skills_matched, ["sales", "Forklift"]);
    assert_eq!((told.override_reason, told.overridden), (None, vec![]));
    assert_eq!(told.assignments[0].staff.display_name, "Person 50");
    let assignments: Vec<_> = told.assignments.into_iter().map(|one| one.assignment).collect();
    assert_eq!(assignments, assigned.assignments);
    assert_eq!(assignments[0].special_requirements, ["boots"]);
    assert_eq!(assignments[1].hourly_rate, Some(Money::from_minor(2_000)));
    // Eight hours.
    let figures = json!({
        "assignmentComplexity": 2, "estimatedTotalCost": 410, "costIsPartial": false
    });
    assert_eq!(metadata(&assigned.fact), figures);
}

#[test]
fn a_rate_that_nobody_knows_makes_the_cost_partial_and_the_organization_may_know_it() {
    let body = json!({ "assignments": [order(50, "host")] });
    let assigned = decide(&[person(50)], body.clone()).unwrap();
    assert_eq!(assigned.assignments[0].hourly_rate, None);
    let figures = metadata(&assigned.fact);
    assert_eq!(
        (&figures["estimatedTotalCost"], &figures["costIsPartial"]),
        (&json!(0), &json!(true))
    );
    let settings = OrganizationSettings {
        default_hourly_rate: Some(Money::ZERO),
        ..OrganizationSettings::default()
    };
    let assigned = decide_as(true, &[person(50)], &settings, body).unwrap();
    assert_eq!(assigned.assignments[0].hourly_rate, Some(Money::ZERO));
    assert_eq!(metadata(&assigned.fact)["costIsPartial"], false);
}

#[test]
fn one_who_does_not_fit_takes_all_others_along_and_each_is_told_of() {
    let mut busy = person(51);
    busy.shifts = vec![shift(1, "2026-07-02T16:00:00Z", "2026-07-02T17:00:00Z")];
    let body = json!({ "assignments": [order(50, "host"), order(51, "host"), order(52, "host")] });
    let answer = decide(&[person(50), busy], body);
    let expected = [(id(51), vec![Code::DoubleBooked]), (id(52), vec![Code::NotEligible])];
    assert_eq!(refused(answer), expected);
}

#[test]
fn soft_reasons_yield_to_a_reason_from_somebody_who_may() {
    let plain = json!({ "assignments": [order(50, "host")] });
    assert_eq!(
        refused(decide(&[unsure(50)], plain.clone())),
        [(id(50), vec![Code::AvailabilityUnknown])]
    );
    let mut over = plain;
    over["override"] = json!({ "reason": "she said so on the telephone" });
    let settings = OrganizationSettings::default();
    let denied = decide_as(false, &[unsure(50)], &settings, over.clone());
    assert!(matches!(denied, Err(AssignError::MayNotOverride)), "{denied:?}");
    let told: StaffAssignedToBooking = payload(&decide(&[unsure(50)], over.clone()).unwrap().fact);
    assert_eq!(told.override_reason.as_deref(), Some("she said so on the telephone"));
    assert_eq!(told.overridden[0].finding.code, Code::AvailabilityUnknown);
    // Where nothing is passed over, nothing is said of it, and nobody is asked for the right to.
    let told: StaffAssignedToBooking =
        payload(&decide_as(false, &[person(50)], &settings, over).unwrap().fact);
    assert_eq!((told.override_reason, told.overridden.len()), (None, 0));
}

#[test]
fn no_reason_overrides_a_hard_one() {
    let mut away = unsure(51);
    away.availability = declared(booking().range(), Standing::Unavailable);
    let body = json!({
        "assignments": [order(50, "host"), order(51, "host")], "override": { "reason": "please" }
    });
    let expected = [(id(50), vec![Code::AvailabilityUnknown]), (id(51), vec![Code::Unavailable])];
    assert_eq!(refused(decide(&[unsure(50), away], body)), expected);
}

#[test]
fn skills_count_those_who_are_on_the_booking_already() {
    let mut here = person(60);
    here.profile.as_mut().unwrap().skills.retain(|skill| skill.name == "sales");
    let on_it = shift(0, "2026-07-02T16:00:00Z", "2026-07-03T00:00:00Z");
    here.shifts = vec![crate::staffing::person::Shift { booking_id: booking().id, ..on_it }];
    let mut driver = person(50);
    driver.profile.as_mut().unwrap().skills.retain(|skill| skill.name == "forklift");
    let body = json!({ "assignments": [order(50, "driver")] });
    let told: StaffAssignedToBooking = payload(&decide(&[driver, here], body).unwrap().fact);
    assert_eq!(told.skills_matched, ["sales", "Forklift"]);
}

#[test]
fn input_that_breaks_rules_is_named_by_field() {
    let mut bad = order(50, " ");
    bad["hourlyRate"] = json!(-1);
    bad["specialRequirements"] = json!([""]);
    let body = json!({ "assignments": [bad, order(50, "host")], "override": { "reason": "" } });
    let Err(AssignError::Invalid(invalid)) = decide(&[person(50)], body) else { panic!() };
    let expected = [
        "assignments[0].role: required",
        "assignments[0].hourlyRate: negative",
        "assignments[0].specialRequirements[0]: required",
        "assignments[1].staffId: duplicate",
        "override.reason: required",
    ];
    assert_eq!(codes(&invalid), expected);
    let Err(AssignError::Invalid(invalid)) = decide(&[], json!({ "assignments": [] })) else {
        panic!()
    };
    assert_eq!(codes(&invalid), ["assignments: count"]);
}
