//! Well-formed input that breaks a rule of the domain.

use serde_json::{Value, json};

use super::Witness;
use crate::support::drafts::{between, hours_from_now};
use crate::support::{Answer, World, booking, hour};

#[track_caller]
fn blames(answer: Answer, field: &str) {
    let answer = answer.refused(400, "validation_failed");
    let errors = answer.list("errors");
    let found = errors.iter().find(|error| error["field"] == field);
    let found = found.unwrap_or_else(|| panic!("`{field}` is to blame: {answer:#?}"));
    for part in ["code", "message"] {
        assert!(found[part].as_str().is_some_and(|text| !text.is_empty()), "{found}");
    }
}

#[tokio::test]
async fn every_rule_of_a_booking_is_kept_and_named() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    for (field, change) in [
        ("title", json!({ "title": "" })),
        ("title", json!({ "title": " \t\u{a0} " })),
        ("title", json!({ "title": "é".repeat(201) })),
        ("scheduledEnd", json!({ "scheduledEnd": hour(1) })),
        ("scheduledEnd", json!({ "scheduledEnd": hour(0) })),
        ("scheduledEnd", json!({ "scheduledEnd": hour(2 + 31 * 24) })),
        ("timezone", json!({ "timezone": "Mars/Olympus" })),
        ("timezone", json!({ "timezone": "" })),
        ("budget", json!({ "budget": 0 })),
        ("budget", json!({ "budget": -5 })),
    ] {
        let mut body = booking(&world.organization, Some(&world.location), 1, 2);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        blames(world.manager.post("/api/bookings", &body).await, field);
        witness.saw_nothing(&change.to_string());
    }
    let (from, to) = (hours_from_now(-2), hours_from_now(2));
    let past = between(&world.organization, Some(&world.location), &from, &to);
    blames(world.manager.post("/api/bookings", &past).await, "scheduledStart");
    witness.saw_nothing("a start in the past");

    let longest = "é".repeat(200);
    let mut body = booking(&world.organization, None, 1, 1 + 31 * 24);
    body["title"] = json!(longest);
    let made = world.manager.post("/api/bookings", &body).await.is(201);
    assert_eq!(made.body["title"], longest, "200 characters and 31 days are allowed");
}

#[tokio::test]
async fn money_has_two_decimals_and_is_exact() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    let with_budget = |text: &str| -> Value {
        let mut body = booking(&world.organization, None, 1, 2);
        body["budget"] = serde_json::from_str(text).unwrap();
        body
    };
    for text in ["0.001", "10.999", "1e-3", "1e30", "99999999999999999999"] {
        let answer = world.manager.post("/api/bookings", &with_budget(text)).await;
        assert_eq!(answer.status, 400, "{text}: {answer:#?}");
        answer.problem(400);
        witness.saw_nothing(text);
    }
    for (text, shown) in
        [("0.1", "0.1"), ("1200.50", "1200.5"), ("703687441776.99", "703687441776.99")]
    {
        let made = world.manager.post("/api/bookings", &with_budget(text)).await.is(201);
        let expected: Value = serde_json::from_str(shown).unwrap();
        assert_eq!(made.body["budget"].as_f64(), expected.as_f64(), "{text}");
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    let mut body = booking(&world.organization, Some(&world.location), 2, 1);
    body["title"] = json!("");
    body["timezone"] = json!("Nowhere");
    body["budget"] = json!(-1);
    let answer = world.manager.post("/api/bookings", &body).await;
    for field in ["title", "scheduledEnd", "timezone", "budget"] {
        blames(answer.clone(), field);
    }
    witness.saw_nothing("four mistakes");
}

#[tokio::test]
async fn what_does_not_exist_cannot_be_referred_to() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    let nobody = uuid::Uuid::now_v7().to_string();
    let body = booking(&world.organization, Some(&nobody), 1, 2);
    let answer = world.manager.post("/api/bookings", &body).await;
    assert!(answer.is_one_of(&[404, 422]), "{answer:#?}");
    let body = booking(&nobody, None, 1, 2);
    let answer = world.manager.post("/api/bookings", &body).await;
    assert!(answer.is_one_of(&[404, 422]), "{answer:#?}");
    witness.saw_nothing("references to nothing");
}

#[tokio::test]
async fn an_edit_is_held_to_the_same_rules() {
    let world = World::new().await;
    let made = world.book(1, 2).await.is(201);
    let path = format!("/api/bookings/{}", made.id());
    let witness = Witness::of(&world).await;
    for (field, change) in [
        ("title", json!({ "title": "  " })),
        ("scheduledEnd", json!({ "scheduledEnd": hour(0) })),
        ("budget", json!({ "budget": -1 })),
        ("timezone", json!({ "timezone": "Nowhere" })),
    ] {
        blames(world.manager.patch(&path, 1, &change).await, field);
    }
    for change in
        [json!({ "status": "approved" }), json!({ "colour": 1 }), json!({ "title": null })]
    {
        world.manager.patch(&path, 1, &change).await.problem(400);
    }
    witness.saw_nothing("bad edits");
    let after = world.manager.get(&path).await.is(200);
    assert_eq!(after.version(), 1);
}

#[tokio::test]
async fn organizations_and_locations_are_held_to_their_rules() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    for change in [
        json!({ "name": "" }),
        json!({ "tier": 0 }),
        json!({ "tier": 4 }),
        json!({ "kind": "charity" }),
        json!({ "timezone": "Nowhere" }),
        json!({ "currency": "dollars" }),
        json!({ "colour": "green" }),
    ] {
        let mut body = crate::support::drafts::organization("Green Leaf", 2);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = world.admin.post("/api/organizations", &body).await;
        assert_eq!(answer.status, 400, "{change}: {answer:#?}");
    }
    for change in [
        json!({ "name": " " }),
        json!({ "locationType": "moon_base" }),
        json!({ "timezone": "Nowhere" }),
        json!({ "latitude": 91, "longitude": 0 }),
        json!({ "latitude": 0, "longitude": 181 }),
        json!({ "address": { "line1": "1 Main Street" } }),
        json!({ "capacity": -1 }),
        json!({ "colour": "green" }),
    ] {
        let mut body = crate::support::drafts::location(Some(&world.organization), "Main Street");
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = world.admin.post("/api/locations", &body).await;
        assert_eq!(answer.status, 400, "{change}: {answer:#?}");
    }
    witness.saw_nothing("bad organizations and locations");
}
