//! Given, when, then.

use serde_json::json;

use super::*;
use crate::location::LocationStatus;
use crate::testing::{
    actor, codes, command, given, hours_from_now, id, location, metadata, now, organization,
    payload,
};

fn decide(command: CreateBooking) -> Result<Decision<Booking>, CreateError> {
    let (organization, location) = (organization(), location());
    create(&given(&organization, Some(&location)), command)
}

fn refused(command: CreateBooking) -> Vec<String> {
    match decide(command) {
        Err(CreateError::Invalid(invalid)) => codes(&invalid),
        other => panic!("expected broken rules, got {other:?}"),
    }
}

#[test]
fn a_booking_starts_as_a_draft_of_version_one() {
    let decision = decide(command()).unwrap();
    let booking = &decision.state;
    assert_eq!((booking.status, booking.version), (BookingStatus::Draft, 1));
    assert_eq!((booking.created_by, booking.submitted_by), (actor(), None));
    assert_eq!((booking.created_at, booking.updated_at), (now(), now()));
    assert_eq!(booking.priority, Priority::Medium);
    assert_eq!(booking.operation_type, OperationType::General);
    assert_eq!(decision.facts.len(), 1);
    let told: BookingCreated = payload(&decision.facts[0]);
    assert_eq!(told.booking, decision.state);
}

#[test]
fn the_zone_is_the_stated_one_else_the_locations_else_the_organizations() {
    let zone = |command| decide(command).unwrap().state.timezone;
    assert_eq!(zone(command()), "America/Denver");
    let there = CreateBooking { location_id: Some(location().id), ..command() };
    assert_eq!(zone(there.clone()), "America/New_York");
    assert_eq!(zone(CreateBooking { timezone: Some("Asia/Tokyo".into()), ..there }), "Asia/Tokyo");
}

#[test]
fn the_event_tells_what_staff_and_place_must_offer() {
    let needs = json!({"specialSkills": ["budtender"], "skills": ["cashier"]});
    let decision = decide(CreateBooking {
        title: "Dispensary opening".into(),
        location_id: Some(location().id),
        staff_requirements: serde_json::from_value(needs).unwrap(),
        budget: Some(Money::from_minor(100_001)),
        scheduled_end: hours_from_now(25) + jiff::SignedDuration::from_mins(30),
        ..command()
    })
    .unwrap();
    let data: Value = serde_json::from_str(decision.facts[0].data.get()).unwrap();
    assert_eq!(data["cannabisOperationType"], "retail");
    assert_eq!(data["requiredStaffSkills"], json!(["budtender"]));
    let place = json!({
        "type": "dispensary", "capacity": 80, "amenities": ["parking"], "accessibility": ["ramp"]
    });
    assert_eq!(data["locationRequirements"], place);
    let figures = metadata(&decision.facts[0]);
    assert_eq!(
        figures,
        json!({"estimatedDuration": 1.5, "bookingValue": 1000.01, "complexityScore": 4})
    );
}

#[test]
fn without_needs_the_event_says_so() {
    let decision = decide(command()).unwrap();
    let data: Value = serde_json::from_str(decision.facts[0].data.get()).unwrap();
    assert_eq!(data["requiredStaffSkills"], json!([]));
    assert_eq!(data["locationRequirements"], Value::Null);
    let raw = decision.facts[0].metadata.as_ref().unwrap().get();
    assert_eq!(raw, r#"{"estimatedDuration":2,"bookingValue":0,"complexityScore":1}"#);
}

#[test]
fn each_broken_rule_is_named_at_once() {
    let command = CreateBooking {
        organization_id: id(99),
        title: " \n".into(),
        description: Some("x".repeat(10_001)),
        timezone: Some("Mars/Olympus".into()),
        budget: Some(Money::ZERO),
        requirements: Some(json!("x".repeat(16 * 1024))),
        equipment_requirements: Some(json!({"a": [{"b\u{0}": 1}]})),
        notes: Some("x".repeat(5_001)),
        scheduled_start: hours_from_now(-1),
        scheduled_end: hours_from_now(-1),
        ..command()
    };
    let expected = [
        "organizationId: unknown_organization",
        "title: required",
        "description: too_long",
        "notes: too_long",
        "timezone: unknown_timezone",
        "budget: not_positive",
        "requirements: too_large",
        "equipmentRequirements: control_character",
        "scheduledEnd: end_not_after_start",
        "scheduledStart: in_past",
    ];
    assert_eq!(refused(command), expected);
}

#[test]
fn limits_themselves_are_still_fine() {
    let text = "x".repeat(16 * 1024 - 2);
    let command = CreateBooking {
        title: "é".repeat(200),
        description: Some("x".repeat(10_000)),
        notes: Some("x".repeat(5_000)),
        requirements: Some(json!(text)),
        budget: Some(Money::from_minor(1)),
        scheduled_start: now(),
        scheduled_end: hours_from_now(31 * 24),
        ..command()
    };
    decide(command.clone()).unwrap();
    let title = CreateBooking { title: "é".repeat(201), ..command.clone() };
    assert_eq!(refused(title), ["title: too_long"]);
    let end = command.scheduled_end + jiff::SignedDuration::from_micros(1);
    let long = CreateBooking { scheduled_end: end, ..command };
    assert_eq!(refused(long), ["scheduledEnd: too_long"]);
}

#[test]
fn control_characters_stay_out_of_titles_and_nul_out_of_everything() {
    let title = |text: &str| CreateBooking { title: text.into(), ..command() };
    decide(title("two\nlines\tand a tab")).unwrap();
    assert_eq!(refused(title("bell\u{7}")), ["title: control_character"]);
    assert_eq!(refused(title("next\u{85}")), ["title: control_character"]);
    assert_eq!(refused(title("nul\u{0}")), ["title: control_character"]);
    let notes = CreateBooking { notes: Some("a\r\nb\u{7}".into()), ..command() };
    decide(notes).unwrap();
    let notes = CreateBooking { notes: Some("a\u{0}".into()), ..command() };
    assert_eq!(refused(notes), ["notes: control_character"]);
}

#[test]
fn instants_before_1970_are_out_of_range() {
    let start: Timestamp = "1969-12-31T23:00:00Z".parse().unwrap();
    let command = CreateBooking { scheduled_start: start, ..command() };
    let expected =
        ["scheduledStart: out_of_range", "scheduledEnd: too_long", "scheduledStart: in_past"];
    assert_eq!(refused(command), expected);
}

#[test]
fn staff_requirements_keep_their_limits() {
    let needs = json!({
        "count": 0,
        "skills": [""],
        "roles": [{"role": "x".repeat(101), "count": 501, "skills": ["ok", " "]}]
    });
    let needs = serde_json::from_value(needs).unwrap();
    let expected = [
        "staffRequirements.count: out_of_range",
        "staffRequirements.skills[0]: required",
        "staffRequirements.roles[0].role: too_long",
        "staffRequirements.roles[0].count: out_of_range",
        "staffRequirements.roles[0].skills[1]: required",
    ];
    assert_eq!(refused(CreateBooking { staff_requirements: Some(needs), ..command() }), expected);
}

#[test]
fn a_location_must_be_found_be_ones_own_or_shared_and_be_open() {
    let (organization, own) = (organization(), location());
    let command = CreateBooking { location_id: Some(own.id), ..command() };
    let at = |place: Option<&Location>| create(&given(&organization, place), command.clone());
    assert!(at(Some(&own)).is_ok());
    assert!(at(Some(&Location { organization_id: None, ..own.clone() })).is_ok());
    let foreign = Location { organization_id: Some(id(2)), ..own.clone() };
    assert!(matches!(at(Some(&foreign)), Err(CreateError::UnknownLocation)));
    let closed_foreign = Location { status: LocationStatus::Inactive, ..foreign };
    assert!(matches!(at(Some(&closed_foreign)), Err(CreateError::UnknownLocation)));
    assert!(matches!(at(None), Err(CreateError::UnknownLocation)));
    let other = Location { id: id(21), ..own.clone() };
    assert!(matches!(at(Some(&other)), Err(CreateError::UnknownLocation)));
    let closed = Location { status: LocationStatus::Inactive, ..own };
    assert!(matches!(at(Some(&closed)), Err(CreateError::LocationInactive)));
}

#[test]
fn a_suspended_organization_books_nothing() {
    let suspended = Organization { status: OrganizationStatus::Suspended, ..organization() };
    let answer = create(&given(&suspended, None), command());
    assert!(matches!(answer, Err(CreateError::OrganizationSuspended)));
}

#[test]
fn unknown_fields_and_a_third_decimal_are_no_command() {
    let mut body = serde_json::to_value(command()).unwrap();
    assert!(serde_json::from_value::<CreateBooking>(body.clone()).is_ok());
    body["createdBy"] = json!(actor());
    assert!(serde_json::from_value::<CreateBooking>(body.clone()).is_err());
    body.as_object_mut().unwrap().remove("createdBy");
    body["budget"] = json!(1.005);
    assert!(serde_json::from_value::<CreateBooking>(body).is_err());
}

#[test]
fn the_published_limits_are_the_enforced_ones() {
    let schema = serde_json::to_value(schemars::schema_for!(CreateBooking)).unwrap();
    let title = &schema["properties"]["title"];
    assert_eq!((&title["minLength"], &title["maxLength"]), (&json!(1), &json!(200)));
    assert_eq!(schema["properties"]["notes"]["maxLength"], 5_000);
    assert_eq!(schema["properties"]["description"]["maxLength"], 10_000);
    assert_eq!(schema["additionalProperties"], false);
    let required = json!(["organizationId", "title", "scheduledStart", "scheduledEnd"]);
    assert_eq!(schema["required"], required);
    assert_eq!(schema["$defs"]["RoleRequirement"]["properties"]["count"]["maximum"], 500);
}

#[test]
fn finer_digits_than_microseconds_are_dropped() {
    let start: Timestamp = "2026-07-02T12:00:00.1234567Z".parse().unwrap();
    let booking = decide(CreateBooking { scheduled_start: start, ..command() }).unwrap().state;
    assert_eq!(booking.scheduled_start.to_string(), "2026-07-02T12:00:00.123456Z");
}
