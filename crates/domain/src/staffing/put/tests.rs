//! Given, when, then.

use serde_json::{Value, json};

use super::*;
use crate::id::MembershipId;
use crate::permission::Role;
use crate::testing::{actor, codes, id, now, organization, payload};

fn memberships(role: Role) -> Vec<Membership> {
    let organization_id = organization().id;
    vec![Membership {
        id: id::<MembershipId>(60),
        user_id: id(50),
        organization_id,
        role,
        serves: Vec::new(),
        created_at: now(),
        updated_at: now(),
        version: 1,
    }]
}

fn parse(mut body: Value) -> PutStaffProfile {
    body["organizationId"] = json!(organization().id);
    serde_json::from_value(body).unwrap()
}

/// A manager's word about somebody, or one's own about oneself.
fn decide(
    manages: bool,
    before: Option<&StaffProfile>,
    body: Value,
) -> Result<Option<Decision<StaffProfile>>, PutError> {
    let memberships = memberships(Role::BrandAgent);
    let actor = if manages { actor() } else { id(50) };
    let given =
        PutGiven { now: now(), actor, user: id(50), memberships: &memberships, manages, before };
    put(&given, parse(body))
}

fn made(manages: bool, body: Value) -> StaffProfile {
    decide(manages, None, body).unwrap().unwrap().state
}

fn refused(body: Value) -> Vec<String> {
    match decide(true, None, body) {
        Err(PutError::Invalid(invalid)) => codes(&invalid),
        other => panic!("expected broken rules, got {other:?}"),
    }
}

fn certified(expires: &str) -> Value {
    json!({"skills": [{"name": "Forklift", "level": "expert", "certification":
        {"issuer": "State", "issuedOn": "2026-01-01", "expiresOn": expires}}]})
}

#[test]
fn a_manager_makes_an_active_profile_and_a_person_a_pending_one() {
    let decision = decide(true, None, json!({"defaultHourlyRate": 0})).unwrap().unwrap();
    assert_eq!((decision.state.status, decision.state.version), (StaffStatus::Active, 1));
    assert_eq!(decision.state.default_hourly_rate, Some(Money::ZERO));
    let told: StaffProfileCreated = payload(&decision.facts[0]);
    assert_eq!((told.profile, told.changed_by), (decision.state, actor()));
    assert_eq!(made(false, json!({})).status, StaffStatus::Pending);
}

#[test]
fn nobody_sets_the_own_pay_or_status() {
    let before = made(true, json!({"defaultHourlyRate": 25}));
    for body in [json!({"status": "suspended"}), json!({"defaultHourlyRate": 90})] {
        let answer = decide(false, Some(&before), body);
        assert!(matches!(answer, Err(PutError::NotOnesOwn)), "{answer:?}");
    }
    let cleared = decide(false, Some(&before), json!({"defaultHourlyRate": null}));
    assert!(matches!(cleared, Err(PutError::NotOnesOwn)));
    // What is stated as it is, or not at all, is no change.
    let body = json!({"status": "active", "defaultHourlyRate": 25, "phone": "+1 303 555 0100"});
    let after = decide(false, Some(&before), body).unwrap().unwrap().state;
    assert_eq!(after.default_hourly_rate, Some(Money::from_minor(2_500)));
    let after = decide(false, Some(&before), json!({"maxTravelKm": 30})).unwrap().unwrap().state;
    assert_eq!(after.default_hourly_rate, Some(Money::from_minor(2_500)));
}

#[test]
fn what_is_left_out_is_empty() {
    let body = json!({"phone": "1", "home": {"latitude": 1.5, "longitude": 2}, "minRestHours": 0});
    let before = made(true, body);
    assert_eq!(before.min_rest_hours, Some(0));
    let decision = decide(true, Some(&before), json!({})).unwrap().unwrap();
    assert_eq!((&decision.state.phone, decision.state.home), (&None, None));
    let told: StaffProfileUpdated = payload(&decision.facts[0]);
    assert_eq!(told.changed, ["home", "minRestHours", "phone"]);
    assert_eq!(decision.state.version, 2);
    assert!(decide(true, Some(&decision.state), json!({})).unwrap().is_none());
}

#[test]
fn a_certification_stays_verified_as_long_as_it_stays_the_same() {
    let mut before = made(true, certified("2027-01-01"));
    before.skills[0].certification.as_mut().unwrap().verified_by = Some(actor());
    let mut same = certified("2027-01-01");
    same["skills"][0]["level"] = json!("beginner");
    let after = decide(false, Some(&before), same).unwrap().unwrap().state;
    assert_eq!(after.skills[0].certification.as_ref().unwrap().verified_by, Some(actor()));
    for other in [certified("2027-01-02"), certified("2026-12-31")] {
        let after = decide(true, Some(&before), other).unwrap().unwrap().state;
        assert_eq!(after.skills[0].certification.as_ref().unwrap().verified_by, None);
    }
}

#[test]
fn every_broken_rule_is_named() {
    let body = json!({
        "skills": [
            {"name": " ", "level": "expert"},
            {"name": "Sales", "level": "expert"},
            {"name": "sales ", "level": "beginner", "certification":
                {"issuer": "", "issuedOn": "2026-02-01", "expiresOn": "2026-01-31"}},
        ],
        "defaultHourlyRate": -0.01, "home": {"latitude": 91, "longitude": -181},
        "maxHoursPerDay": 25, "maxHoursPerWeek": 0, "minRestHours": 169, "maxTravelKm": 20038,
        "phone": "\n"
    });
    let expected = [
        "skills[0].name: required",
        "skills[2].certification.issuer: required",
        "skills[2].certification.expiresOn: before_issue",
        "skills[2].name: duplicate",
        "defaultHourlyRate: negative",
        "home.latitude: out_of_range",
        "home.longitude: out_of_range",
        "maxTravelKm: out_of_range",
        "maxHoursPerDay: out_of_range",
        "maxHoursPerWeek: out_of_range",
        "minRestHours: out_of_range",
        "phone: required",
    ];
    assert_eq!(refused(body), expected);
}

#[test]
fn an_employer_is_an_organization_that_the_person_works_for() {
    let memberships = memberships(Role::ClientManager);
    let (user, before) = (id(50), None);
    let given = PutGiven {
        now: now(),
        actor: actor(),
        user,
        memberships: &memberships,
        manages: true,
        before,
    };
    match put(&given, parse(json!({}))) {
        Err(PutError::Invalid(invalid)) => {
            assert_eq!(codes(&invalid), ["organizationId: not_a_member"]);
        }
        other => panic!("{other:?}"),
    }
}
