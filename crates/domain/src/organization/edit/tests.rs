//! Given an organization, when it is created or changed, then its limits hold.

use serde_json::{Value, json};

use super::*;
use crate::organization::{CreateOrganization, create};
use crate::testing::{codes, id, now, organization, payload};

const GIVEN: fn() -> Given = || Given { now: now(), id: id(1) };

fn decide(body: Value) -> Result<Option<Decision<Organization>>, Refusal> {
    edit(&GIVEN(), &organization(), serde_json::from_value(body).unwrap())
}

fn refused(body: Value) -> Vec<String> {
    match decide(body) {
        Err(Refusal::Invalid(invalid)) => codes(&invalid),
        other => panic!("expected broken rules, got {other:?}"),
    }
}

#[test]
fn a_new_organization_takes_the_defaults() {
    let command: CreateOrganization =
        serde_json::from_value(json!({"name": "Leaf", "kind": "client"})).unwrap();
    let state = create(&GIVEN(), command).unwrap().state;
    assert_eq!((state.tier, state.version), (Tier::FullService, 1));
    assert_eq!((state.timezone.as_str(), state.currency.as_str()), ("UTC", "USD"));
    assert_eq!(state.settings, OrganizationSettings::default());
}

#[test]
fn changes_are_named_down_to_the_setting() {
    let body = json!({"name": "Leaf & Co", "settings": {"autoAssign": true, "minRestHours": 10}});
    let decision = decide(body).unwrap().unwrap();
    let told: OrganizationUpdated = payload(&decision.facts[0]);
    assert_eq!(told.changed, ["name", "settings.autoAssign", "settings.minRestHours"]);
    assert_eq!(decision.state.settings.reminder_hours_before, [24, 2]);
    assert_eq!(decision.state.version, 2);
}

#[test]
fn nothing_new_is_no_change() {
    let same =
        json!({"currency": "USD", "settings": {"noShowGraceMinutes": 15, "maxHoursPerDay": null}});
    assert!(decide(same).unwrap().is_none());
}

#[test]
fn limits_hold() {
    let body = json!({
        "name": " ", "timezone": "Nowhere", "currency": "usd",
        "settings": {
            "defaultHourlyRate": -1, "minRestHours": 0, "maxHoursPerDay": 169,
            "autoAssignMaxHeadcount": 501, "reminderHoursBefore": [0, 720, 721],
            "noShowGraceMinutes": 1441
        }
    });
    let expected = [
        "name: required",
        "timezone: unknown_timezone",
        "currency: invalid_currency",
        "settings.defaultHourlyRate: negative",
        "settings.minRestHours: out_of_range",
        "settings.maxHoursPerDay: out_of_range",
        "settings.autoAssignMaxHeadcount: out_of_range",
        "settings.reminderHoursBefore[0]: out_of_range",
        "settings.reminderHoursBefore[2]: out_of_range",
        "settings.noShowGraceMinutes: out_of_range",
    ];
    assert_eq!(refused(body), expected);
    let many = json!({"settings": {"reminderHoursBefore": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}});
    assert_eq!(refused(many), ["settings.reminderHoursBefore: too_many"]);
    let free = json!({"settings": {"defaultHourlyRate": 0, "noShowGraceMinutes": 0}});
    assert!(decide(free).unwrap().is_some());
}

#[test]
fn a_suspended_organization_can_be_made_active_again() {
    let suspended = Organization { status: OrganizationStatus::Suspended, ..organization() };
    let command = serde_json::from_value(json!({"status": "active"})).unwrap();
    let decision = edit(&GIVEN(), &suspended, command).unwrap().unwrap();
    assert_eq!(decision.state.status, OrganizationStatus::Active);
}

#[test]
fn an_edit_of_settings_alone_is_told_apart() {
    let parse = |body| serde_json::from_value::<EditOrganization>(body).unwrap();
    assert!(parse(json!({"settings": {"autoAssign": true}})).is_settings_only());
    assert!(!parse(json!({"settings": {}, "tier": 3})).is_settings_only());
}

#[test]
fn the_published_limits_are_the_enforced_ones() {
    let schema = serde_json::to_value(schemars::schema_for!(EditOrganization)).unwrap();
    let settings = &schema["$defs"]["EditSettings"]["properties"];
    assert_eq!(settings["noShowGraceMinutes"]["maximum"], 1_440);
    assert_eq!(settings["minRestHours"]["maximum"], 168);
    assert_eq!(settings["reminderHoursBefore"]["maxItems"], 10);
    assert_eq!(settings["reminderHoursBefore"]["items"]["maximum"], 720);
    assert_eq!(schema["properties"]["currency"]["pattern"], "^[A-Z]{3}$");
}
