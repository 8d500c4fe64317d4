//! Given a location, when it is made or changed, then its limits hold.

use serde_json::{Value, json};

use super::*;
use crate::location::{CreateLocation, create};
use crate::organization::{Organization, OrganizationStatus};
use crate::testing::{codes, id, location, now, organization, payload};

fn given(organization: Option<&Organization>) -> Given<'_> {
    Given { now: now(), id: id(20), organization }
}

fn change(body: Value) -> Result<Option<Decision<Location>>, Refusal> {
    edit(&given(Some(&organization())), &location(), serde_json::from_value(body).unwrap())
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Refusal>) -> Vec<String> {
    match answer {
        Err(Refusal::Invalid(invalid)) => codes(&invalid),
        other => panic!("expected broken rules, got {other:?}"),
    }
}

fn wanted() -> CreateLocation {
    let body = json!({"name": "Yard", "locationType": "other", "address": location().address});
    serde_json::from_value(body).unwrap()
}

#[test]
fn a_location_of_an_organization_takes_its_zone_and_the_default_fence() {
    let organization = organization();
    let command = CreateLocation { organization_id: Some(organization.id), ..wanted() };
    let state = create(&given(Some(&organization)), command).unwrap().state;
    assert_eq!(state.timezone, "America/Denver");
    assert_eq!((state.geofence_radius_meters, state.version), (200, 1));
    assert_eq!(state.status, LocationStatus::Active);
}

#[test]
fn a_shared_location_states_its_zone() {
    assert_eq!(refused(create(&given(None), wanted())), ["timezone: required"]);
    let command = CreateLocation { timezone: Some("America/Chicago".into()), ..wanted() };
    assert_eq!(create(&given(None), command).unwrap().state.organization_id, None);
}

#[test]
fn the_owner_is_the_one_that_was_found() {
    let command = CreateLocation { organization_id: Some(id(99)), ..wanted() };
    let answer = create(&given(Some(&organization())), command);
    assert_eq!(refused(answer), ["organizationId: unknown_organization"]);
}

#[test]
fn coordinates_lie_on_earth_and_come_in_pairs() {
    assert!(change(json!({"latitude": -90, "longitude": 180})).unwrap().is_some());
    let off = json!({"latitude": 90.000_001, "longitude": -180.5});
    assert_eq!(refused(change(off)), ["latitude: out_of_range", "longitude: out_of_range"]);
    assert_eq!(refused(change(json!({"latitude": null}))), ["latitude: required"]);
    assert_eq!(refused(change(json!({"longitude": null}))), ["longitude: required"]);
    assert!(change(json!({"latitude": null, "longitude": null})).unwrap().is_some());
    let command = EditLocation { latitude: Some(Some(f64::NAN)), ..EditLocation::default() };
    let answer = edit(&given(Some(&organization())), &location(), command);
    assert_eq!(refused(answer), ["latitude: out_of_range"]);
}

#[test]
fn limits_hold() {
    let body = json!({
        "name": "x".repeat(201), "timezone": "Moon", "capacity": 0,
        "amenities": ["", "x".repeat(101)], "accessibilityFeatures": vec!["x"; 51],
        "geofenceRadiusMeters": 9,
        "address": {
            "line1": "", "city": "a\u{7}", "region": "R", "postalCode": "1".repeat(21),
            "country": "us"
        }
    });
    let expected = [
        "name: too_long",
        "address.line1: required",
        "address.city: control_character",
        "address.postalCode: too_long",
        "address.country: invalid_country",
        "timezone: unknown_timezone",
        "capacity: out_of_range",
        "amenities[0]: required",
        "amenities[1]: too_long",
        "accessibilityFeatures: too_many",
        "geofenceRadiusMeters: out_of_range",
    ];
    assert_eq!(refused(change(body)), expected);
    assert!(change(json!({"capacity": 1_000_000, "geofenceRadiusMeters": 100_000})).is_ok());
}

#[test]
fn changes_are_named_and_read_back_to_the_last_bit() {
    let decision = change(json!({"latitude": 0.1 + 0.2, "capacity": null})).unwrap().unwrap();
    let told: LocationUpdated = payload(&decision.facts[0]);
    assert_eq!(told.changed, ["latitude", "capacity"]);
    assert_eq!(told.location, decision.state);
    assert!(change(json!({"name": location().name})).unwrap().is_none());
}

#[test]
fn a_suspended_organization_changes_no_location() {
    let suspended = Organization { status: OrganizationStatus::Suspended, ..organization() };
    let command = EditLocation { capacity: Some(None), ..EditLocation::default() };
    let answer = edit(&given(Some(&suspended)), &location(), command);
    assert!(matches!(answer, Err(Refusal::OrganizationSuspended)));
}
