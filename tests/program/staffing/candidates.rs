//! Who could do it, why, and why not; and letting the platform choose.

use serde_json::{Value, json};

use super::cast::{Worker, agent, assign, path_of, put, release, settings, trust, worker};
use crate::support::{Answer, Client, World, booking};

async fn candidates(by: &Client, booking: &str, query: &str) -> Answer {
    by.get(&format!("/api/bookings/{booking}/candidates?{query}")).await
}

/// Ids with how each fits, in order.
fn ranked(answer: &Answer) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = answer.list("candidates").iter();
    rows.map(|row| (word(&row["staffId"]), word(&row["fit"]))).collect()
}

/// An agent with these skills who lives so many kilometres north of the place.
async fn living(world: &World, km: f64, skills: &[&str]) -> Worker {
    let one = agent(world).await;
    let skill = |name: &&str| json!({ "name": name, "level": "expert" });
    let skills: Vec<Value> = skills.iter().map(skill).collect();
    let home = json!({ "latitude": 39.7392 + km / 111.195, "longitude": -104.9903 });
    let body = json!({ "skills": skills, "home": home, "defaultHourlyRate": 25 });
    put(&world.admin, world, &one.id, body).await.is(200);
    one
}

/// A world with a place on the map whose organization trusts people.
async fn mapped() -> World {
    let world = World::new().await;
    trust(&world).await;
    let location = format!("/api/locations/{}", world.location);
    let position = json!({ "latitude": 39.7392, "longitude": -104.9903 });
    world.admin.patch(&location, 1, &position).await.is(200);
    world
}

/// A booking there that needs these.
async fn needing(world: &World, from: i64, needs: Value) -> String {
    let mut body = booking(&world.organization, Some(&world.location), from, from + 4);
    body["staffRequirements"] = needs;
    body["budget"] = json!(400);
    world.manager.post("/api/bookings", &body).await.is(201).id()
}

#[tokio::test]
async fn everybody_is_ranked_with_the_parts_of_the_score_and_every_reason() {
    let world = mapped().await;
    let needs = json!({ "roles": [{ "role": "driver", "count": 1, "skills": ["forklift"] }] });
    let made = needing(&world, 10, needs).await;
    let near = living(&world, 2.0, &["forklift"]).await;
    let far = living(&world, 60.0, &["forklift"]).await;
    let unskilled = living(&world, 1.0, &[]).await;
    let blocked = living(&world, 1.0, &["forklift"]).await;
    let body = json!({ "skills": [{ "name": "forklift", "level": "expert" }],
        "blockedLocations": [world.location] });
    put(&world.admin, &world, &blocked.id, body).await.is(200);
    let stranger = worker(&world, "brand_agent", &[]).await;
    put(&world.admin, &world, &stranger.id, json!({})).await.is(201);

    let seen = candidates(&world.admin, &made, "").await.is(200);
    let expected = [
        (&near, "fits"),
        (&far, "fits"),
        (&blocked, "with_override"),
        (&unskilled, "no"),
        (&stranger, "no"),
    ];
    let expected: Vec<_> = expected.map(|(who, fit)| (who.id.clone(), fit.to_owned())).into();
    assert_eq!(ranked(&seen), expected, "{seen:#?}");
    let first = &seen.list("candidates")[0];
    assert_eq!((&first["role"], &first["distanceKm"]), (&json!("driver"), &json!(2.0)));
    assert_eq!(first["hourlyRate"], 25);
    let parts = first["score"]["parts"].as_array().unwrap();
    let names: Vec<_> = parts.iter().map(|part| part["part"].as_str().unwrap()).collect();
    assert_eq!(names, ["skills", "certification", "distance", "cost", "hours", "reliability"]);
    assert_eq!(parts[2]["value"], 0.98);
    // Four hours at 25 of a budget of 400.
    assert_eq!(parts[3]["value"], 0.75);
    let reached: f64 = parts
        .iter()
        .map(|part| part["value"].as_f64().unwrap() * part["weight"].as_f64().unwrap())
        .sum();
    assert!((first["score"]["points"].as_f64().unwrap() - reached).abs() < 0.06);
    let last = &seen.list("candidates")[3];
    assert_eq!(last["reasons"][0]["code"], "skill_missing");
    assert!(last["reasons"][0]["message"].as_str().unwrap().contains("forklift"));

    let fitting = candidates(&world.admin, &made, "fit=with_override&limit=2&page=2").await.is(200);
    assert_eq!(
        (fitting.list("candidates").len(), &fitting.body["pagination"]["total"]),
        (1, &json!(3))
    );
    let host = candidates(&world.admin, &made, "role=host").await.is(200);
    assert_eq!(ranked(&host)[0].1, "fits");
    for query in ["fit=perhaps", "role=", "limit=0"] {
        candidates(&world.admin, &made, query).await.problem(400);
    }
}

#[tokio::test]
async fn candidates_are_for_those_who_assign_and_pay_for_those_who_see_it() {
    let world = mapped().await;
    let made = needing(&world, 10, json!({ "count": 1 })).await;
    let cheap = living(&world, 5.0, &[]).await;
    let coordinator = worker(&world, "field_coordinator", &[&world.organization]).await;
    let seen = candidates(&coordinator.client, &made, "").await.is(200);
    assert!(!seen.text.contains("hourlyRate") && !seen.text.contains("\"cost\""), "{seen:#?}");
    assert_eq!(ranked(&seen), [(cheap.id.clone(), "fits".to_owned())]);
    candidates(&world.manager, &made, "").await.refused(403, "forbidden");
    let stranger = worker(&world, "field_coordinator", &[]).await;
    candidates(&stranger.client, &made, "").await.refused(404, "not_found");
    assign(&world.admin, &made, &[&cheap]).await.is(201);
    candidates(&cheap.client, &made, "").await.refused(403, "forbidden");
}

#[tokio::test]
async fn the_best_team_is_assigned_when_it_fills_every_place() {
    let world = mapped().await;
    let needs = json!({ "roles": [
        { "role": "pour", "count": 1, "skills": ["pour"] }, { "role": "drive", "count": 1, "skills": ["drive"] } ] });
    let made = needing(&world, 10, needs).await;
    let path = format!("/api/bookings/{made}/auto-assign");
    // The nearest can do both; the other can only pour.
    let both = living(&world, 1.0, &["pour", "drive"]).await;
    let failed = world.admin.post_once(&path, "first", &json!({})).await.is(200);
    assert_eq!((&failed.body["filled"], &failed.body["assigned"]), (&json!(false), &json!(0)));
    let unfilled = &failed.body["unfilled"][0];
    assert_eq!(unfilled["places"], 1, "{failed:#?}");
    let told = world.story(&made).await.pop().unwrap();
    assert_eq!(told["type"], "AUTO_STAFF_ASSIGNMENT_FAILED");
    assert_eq!(told["data"]["unfilled"][0], *unfilled);
    assert_eq!(failed.body["booking"]["version"], 1, "nothing has changed");

    let pours = living(&world, 40.0, &["pour"]).await;
    let done = world.admin.post(&path, &json!({})).await.is(200);
    assert_eq!((&done.body["filled"], &done.body["assigned"]), (&json!(true), &json!(2)));
    let staff = done.body["booking"]["staffAssignments"].as_array().unwrap();
    let who =
        |role: &str| staff.iter().find(|one| one["role"] == role).unwrap()["staff"]["id"].clone();
    assert_eq!((who("pour"), who("drive")), (json!(pours.id), json!(both.id)));
    assert_eq!(world.story(&made).await.pop().unwrap()["type"], "STAFF_ASSIGNED_TO_BOOKING");
    // Again there is nothing to do.
    let again = world.admin.post(&path, &json!({})).await.is(200);
    assert_eq!((&again.body["filled"], &again.body["assigned"]), (&json!(true), &json!(0)));
    assert_eq!(again.body["booking"]["version"], 2);
    // A place that falls free is filled again, the others stay.
    let seen = world.admin.get(&format!("/api/bookings/{made}")).await.is(200);
    release(&world.admin, &path_of(&seen, &pours)).await.is(200);
    let refilled = world.admin.post(&path, &json!({})).await.is(200);
    assert_eq!(refilled.body["assigned"], 1);
}

#[tokio::test]
async fn nobody_is_chosen_against_whom_anything_speaks() {
    let world = World::new().await;
    let made = needing(&world, 10, json!({ "count": 1 })).await;
    let unsure = agent(&world).await;
    let path = format!("/api/bookings/{made}/auto-assign");
    let failed = world.admin.post(&path, &json!({})).await.is(200);
    assert_eq!(failed.body["unfilled"][0]["reasons"], json!({ "availability_unknown": 1 }));
    settings(&world, json!({ "unknownAvailability": "allow" })).await;
    let done = world.admin.post(&path, &json!({})).await.is(200);
    assert_eq!(done.body["booking"]["staffAssignments"][0]["staff"]["id"], unsure.id.as_str());
    let bare = world.draft().await.id();
    let path = format!("/api/bookings/{bare}/auto-assign");
    world.admin.post(&path, &json!({})).await.refused(400, "validation_failed");
    world.manager.post(&path, &json!({})).await.refused(403, "forbidden");
    let over = world.booking_in("cancelled").await.id();
    let path = format!("/api/bookings/{over}/auto-assign");
    world.admin.post(&path, &json!({})).await.refused(409, "booking_closed");
}

#[tokio::test]
async fn a_past_decision_is_explained_as_things_stood_then() {
    let world = mapped().await;
    let needs = json!({ "roles": [{ "role": "driver", "count": 1, "skills": ["forklift"] }] });
    let early = world.draft().await;
    let made = needing(&world, 10, needs).await;
    let other = booking(&world.organization, None, 11, 13);
    let other = world.manager.post("/api/bookings", &other).await.is(201);
    let (ann, bob) =
        (living(&world, 2.0, &["forklift"]).await, living(&world, 9.0, &["forklift"]).await);
    let head = async || {
        let query =
            format!("/api/events?organizationId={}&before=999999999&limit=1", world.organization);
        let newest = world.admin.get(&query).await.is(200);
        newest.list("events")[0]["position"].as_u64().unwrap()
    };
    // Ann is taken elsewhere, so Bob is the one.
    let path = format!("/api/bookings/{}/staff", other.id());
    let order = json!({ "assignments": [{ "staffId": ann.id, "role": "host" }] });
    let taken = world.admin.post(&path, &order).await.is(201);
    let then = head().await;
    let before = candidates(&world.admin, &made, "").await.is(200);
    let expected = [(bob.id.clone(), "fits".to_owned()), (ann.id.clone(), "no".to_owned())];
    assert_eq!(ranked(&before), expected);

    // Everything changes: the booking, where Ann is, what Bob can, what they have declared, and who works.
    release(&world.admin, &path_of(&taken, &ann)).await.is(200);
    let moved = json!({ "scheduledStart": crate::support::hour(40), "scheduledEnd": crate::support::hour(44) });
    world.manager.patch(&format!("/api/bookings/{}", other.id()), 3, &moved).await.is(200);
    put(&world.admin, &world, &bob.id, json!({ "status": "inactive" })).await.is(200);
    let local = |hours: i64| crate::support::hour(hours).trim_end_matches('Z').to_owned();
    let away = json!({ "localStart": local(0), "localEnd": local(24), "timezone": "UTC" });
    let away = ann.client.post("/api/availability", &away).await.is(201).id();
    let late = agent(&world).await;
    let path = format!("/api/bookings/{made}");
    let body = json!({ "staffRequirements": { "count": 1 } });
    world.manager.patch(&path, 1, &body).await.is(200);
    let now = candidates(&world.admin, &made, "").await.is(200);
    assert_eq!(ranked(&now)[0], (late.id.clone(), "fits".to_owned()));
    assert!(now.body.get("asOf").is_none(), "{now:#?}");

    let explained = candidates(&world.admin, &made, &format!("asOf={then}")).await.is(200);
    assert_eq!(explained.body["candidates"], before.body["candidates"], "the very same answer");
    let moment = &explained.body["asOf"];
    assert_eq!((&moment["position"], &moment["assumed"]), (&json!(then), &json!(false)));
    let at = moment["time"].as_str().unwrap().to_owned();
    let by_time = candidates(&world.admin, &made, &format!("asOf={at}")).await.is(200);
    assert_eq!(by_time.text, explained.text);

    // What was taken back since was declared in between.
    let between = head().await;
    ann.client.delete(&format!("/api/availability/{away}")).await.is(204);
    let reasons = candidates(&world.admin, &made, &format!("asOf={between}")).await.is(200);
    let of_ann = reasons.list("candidates").iter().find(|one| one["staffId"] == ann.id.as_str());
    assert_eq!(of_ann.unwrap()["reasons"][0]["code"], "unavailable");

    let born = early.body["createdAt"].as_str().unwrap();
    let early = candidates(&world.admin, &made, &format!("asOf={born}")).await;
    let early = early.refused(400, "validation_failed");
    assert_eq!(early.list("errors")[0]["code"], "before_the_log");
    candidates(&world.admin, &made, "asOf=yesterday").await.problem(400);
    candidates(&world.manager, &made, &format!("asOf={then}")).await.refused(403, "forbidden");
}
