//! Staffing many bookings at once: searched without a trace, followed, ended, put into force or refused.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::timeout;

use super::cast::{Worker, agent, assign, put, trust, worker};
use crate::support::database::Database;
use crate::support::wait::PATIENCE;
use crate::support::{Answer, Client, World, booking, eventually, hour};

/// A world whose organization trusts people, with agents at these rates.
async fn staffed(rates: &[u32]) -> (World, Vec<Worker>) {
    let world = World::new().await;
    trust(&world).await;
    let mut agents = Vec::new();
    for rate in rates {
        let one = agent(&world).await;
        put(&world.admin, &world, &one.id, json!({ "defaultHourlyRate": rate })).await.is(200);
        agents.push(one);
    }
    (world, agents)
}

/// An approved booking that needs these.
async fn needing(world: &World, from: i64, to: i64, needs: Value) -> String {
    let mut body = booking(&world.organization, None, from, to);
    body["staffRequirements"] = needs;
    let made = world.manager.post("/api/bookings", &body).await.is(201).id();
    world.manager.transition(&made, "pending_approval").await.is(200);
    world.admin.transition(&made, "approved").await.is(200).id()
}

/// The body that asks for a plan of the month.
fn asked(world: &World, seconds: u16) -> Value {
    json!({
        "organizationId": world.organization,
        "from": hour(0),
        "to": hour(24 * 30),
        "timeLimitSeconds": seconds,
    })
}

async fn search(by: &Client, body: &Value) -> Answer {
    let begun = by.post("/api/schedule/optimize", body).await.is(202);
    assert_eq!(begun.header("location"), path(&begun));
    begun
}

fn path(search: &Answer) -> String {
    format!("/api/schedule/optimize/{}", search.id())
}

/// Waits until a search is over.
async fn over(by: &Client, search: &Answer) -> Answer {
    eventually("the search is over", async || {
        let seen = by.get(&path(search)).await.is(200);
        (seen.body["state"] != "running").then_some(seen)
    })
    .await
}

/// Who is planned on a booking.
fn planned(seen: &Answer, booking: &str) -> Vec<String> {
    let bookings = seen.body["plan"]["bookings"].as_array().expect("a plan");
    let of = bookings.iter().filter(|one| one["bookingId"] == booking);
    let staff = of.flat_map(|one| one["assignments"].as_array().expect("assignments"));
    staff.map(|one| one["staffId"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Waits until everything that has happened so far has been reacted to.
async fn quiet(world: &World) {
    let database = Database::of(&world.home);
    eventually("the reactions have caught up", async || (database.unhandled() == 0).then_some(()))
        .await;
}

/// Two people and three bookings after each other: nobody can work one and a half, so no bound meets the
/// plan, and the search goes on for as long as it may.
async fn endless() -> (World, Vec<Worker>, Vec<String>) {
    let (world, agents) = staffed(&[20, 20]).await;
    let mut bookings = Vec::new();
    for day in 0..3 {
        let one = json!({ "count": 1 });
        bookings.push(needing(&world, 24 * day, 24 * day + 8, one).await);
    }
    quiet(&world).await;
    (world, agents, bookings)
}

#[tokio::test]
async fn a_search_changes_nothing_and_its_plan_is_put_into_force_whole() {
    let (world, agents) = staffed(&[40, 20, 30]).await;
    let skills =
        json!({ "skills": [{ "name": "pour", "level": "expert" }], "defaultHourlyRate": 40 });
    put(&world.admin, &world, &agents[0].id, skills).await.is(200);
    let pours = json!({ "roles": [{ "role": "bar", "count": 1, "skills": ["pour"] }] });
    // At the same time: only the first can pour, and the cheapest takes one of the others.
    let bar = needing(&world, 10, 14, pours.clone()).await;
    let host = needing(&world, 11, 15, json!({ "count": 1 })).await;
    let short = needing(&world, 12, 16, pours).await;
    quiet(&world).await;
    let before = Database::of(&world.home).state();

    let begun = search(&world.admin, &asked(&world, 2)).await;
    let seen = over(&world.admin, &begun).await;
    assert_eq!(seen.body["state"], "done", "{seen:#?}");
    assert_eq!((&seen.body["bookings"], &seen.body["people"]), (&json!(3), &json!(3)));
    assert_eq!(planned(&seen, &bar).len() + planned(&seen, &short).len(), 1, "{seen:#?}");
    assert_eq!(planned(&seen, &host), [agents[1].id.clone()], "the cheapest who is free");
    let standing = &seen.body["standing"];
    assert_eq!((&standing["openPlaces"], &standing["openBound"]), (&json!(1), &json!(11)));
    assert!(standing["bound"].as_f64().unwrap() <= standing["objective"].as_f64().unwrap());
    // Four hours at 40 and four at 20.
    assert_eq!(seen.body["plan"]["sums"]["cost"], json!({ "amount": 240, "partial": false }));
    let unfilled = seen.list("unfilled");
    assert_eq!((unfilled.len(), &unfilled[0]["places"]), (1, &json!(1)));
    let people = unfilled[0]["people"].as_array().unwrap();
    let who = |id: &str| people.iter().find(|one| one["staffId"] == id).unwrap();
    assert_eq!(who(&agents[0].id)["codes"], json!(["double_booked"]));
    assert_eq!(who(&agents[0].id)["planned"].as_array().unwrap().len(), 1);
    assert_eq!(who(&agents[2].id)["codes"], json!(["skill_missing"]));
    assert_eq!(Database::of(&world.home).state(), before, "nothing was written");

    let apply = format!("{}/apply", path(&begun));
    let applied = world.admin.post_once(&apply, "once", &json!({})).await.is(200);
    assert_eq!(applied.body["state"], "applied");
    let again = world.admin.post_once(&apply, "once", &json!({})).await.is(200);
    assert_eq!(again.body, applied.body);
    world.admin.post(&apply, &json!({})).await.refused(409, "plan_not_ready");
    for made in [&bar, &host, &short] {
        let seen_now = world.admin.get(&format!("/api/bookings/{made}")).await.is(200);
        let staff = seen_now.list("staffAssignments").iter();
        let staff: Vec<_> = staff.map(|one| one["staff"]["id"].as_str().unwrap()).collect();
        assert_eq!(staff, planned(&seen, made), "{seen_now:#?}");
    }
    let told = world.story(&host).await;
    assert!(told.iter().any(|event| event["type"] == "STAFF_ASSIGNED_TO_BOOKING"));
}

#[tokio::test]
async fn a_search_tells_how_far_it_is_and_ends_when_it_is_told_to() {
    let (world, _, bookings) = endless().await;
    let begun = search(&world.admin, &asked(&world, 300)).await;
    let progress = format!("{}/progress", path(&begun));
    let request = world.admin.request(reqwest::Method::GET, &progress);
    let mut stream = request.send().await.expect("the server answers");
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut heard = String::new();
    let mut hear = async |what: &str| {
        while !heard.contains(what) {
            let chunk = timeout(PATIENCE, stream.chunk()).await.expect("it speaks in time");
            let chunk = chunk.expect("the stream holds").expect("the stream goes on");
            heard += std::str::from_utf8(&chunk).expect("UTF-8");
        }
        heard.clone()
    };
    let text = hear("\"standing\"").await;
    assert!(text.contains("event: progress") && text.contains("\"state\":\"running\""), "{text}");
    assert!(!text.contains("event: end"));
    // A plan that is being searched can be neither applied nor searched twice.
    let apply = format!("{}/apply", path(&begun));
    world.admin.post(&apply, &json!({})).await.refused(409, "plan_not_ready");
    let twice = world.admin.post("/api/schedule/optimize", &asked(&world, 1)).await;
    let twice = twice.refused(409, "optimization_running");
    assert_eq!(twice.body["optimizationId"], begun.id());

    let asked_at = Instant::now();
    let cancel = format!("{}/cancel", path(&begun));
    let cancelled = world.admin.post(&cancel, &json!({})).await.is(200);
    assert_eq!(cancelled.body["state"], "cancelled");
    assert!(asked_at.elapsed() < Duration::from_secs(20), "it had 300 s");
    let text = hear("event: end").await;
    assert!(text.contains("\"state\":\"cancelled\""), "{text}");
    assert_eq!(timeout(PATIENCE, stream.chunk()).await.unwrap().unwrap(), None, "the stream ends");
    // Again it changes nothing; the best plan so far is there and can be used.
    assert_eq!(world.admin.post(&cancel, &json!({})).await.is(200).body["state"], "cancelled");
    assert!(bookings.iter().all(|made| planned(&cancelled, made).len() == 1));
    assert_eq!(world.admin.post(&apply, &json!({})).await.is(200).body["state"], "applied");
}

#[tokio::test]
async fn a_plan_ends_in_its_time_and_can_be_put_into_force_by_itself() {
    let (world, _, bookings) = endless().await;
    let mut body = asked(&world, 2);
    body["apply"] = json!(true);
    let begun = search(&world.admin, &body).await;
    let seen = eventually("the plan is in force", async || {
        let seen = world.admin.get(&path(&begun)).await.is(200);
        (seen.body["state"] == "applied").then_some(seen)
    })
    .await;
    let taken = seen.body["elapsedSeconds"].as_f64().unwrap();
    assert!((1.5..2.5).contains(&taken), "it had 2 s and used {taken} s");
    assert!(seen.body["rounds"].as_u64().unwrap() > 10);
    for made in &bookings {
        let seen = world.admin.get(&format!("/api/bookings/{made}")).await.is(200);
        assert_eq!(seen.body["staffCount"], 1);
    }
}

#[tokio::test]
async fn a_stale_plan_is_refused_with_what_has_changed_and_nothing_is_done() {
    let (world, agents, bookings) = endless().await;
    let begun = search(&world.admin, &asked(&world, 1)).await;
    let seen = over(&world.admin, &begun).await;
    // A booking is edited, a profile changes, and somebody is taken at a time that the plan needs.
    let edited = format!("/api/bookings/{}", bookings[0]);
    let version = world.admin.get(&edited).await.is(200).version();
    world.admin.patch(&edited, version, &json!({ "notes": "bring ice" })).await.is(200);
    let busy = agents.iter().find(|one| planned(&seen, &bookings[1]).contains(&one.id)).unwrap();
    let raise = json!({ "defaultHourlyRate": 21 });
    put(&world.admin, &world, &busy.id, raise).await.is(200);
    let other = booking(&world.organization, None, 25, 27);
    let other = world.manager.post("/api/bookings", &other).await.is(201).id();
    assign(&world.admin, &other, &[busy]).await.is(201);
    quiet(&world).await;
    let before = Database::of(&world.home).state();

    let apply = format!("{}/apply", path(&begun));
    let refused = world.admin.post(&apply, &json!({})).await.refused(409, "plan_stale");
    let changed = refused.list("changed");
    let of = |subject: &str| changed.iter().find(|one| one["subject"] == subject);
    let moved = of(&format!("booking/{}", bookings[0])).expect("the booking is named");
    assert_eq!(moved["plannedVersion"], version);
    assert_eq!(moved["currentVersion"], version + 1);
    assert!(of(&format!("staff/{}", busy.id)).is_some(), "{refused:#?}");
    assert_eq!(changed.len(), 2, "{refused:#?}");
    let problems = refused.list("problems");
    assert_eq!(problems.len(), 1, "{refused:#?}");
    assert_eq!(problems[0]["bookingId"], bookings[1].as_str());
    assert_eq!(problems[0]["reasons"][0]["code"], "double_booked");
    assert_eq!(Database::of(&world.home).state(), before, "nothing was written");
    assert_eq!(world.admin.get(&path(&begun)).await.is(200).body["state"], "done");

    // Asked to apply by itself, a new search does it on what is there now.
    let again = search(&world.admin, &asked(&world, 1)).await;
    over(&world.admin, &again).await;
    world.admin.post(&format!("{}/apply", path(&again)), &json!({})).await.is(200);
}

#[tokio::test]
async fn plans_are_for_those_who_assign_and_seen_by_who_asked() {
    let (world, _) = staffed(&[20]).await;
    needing(&world, 0, 8, json!({ "count": 1 })).await;
    let body = asked(&world, 1);
    world.manager.post("/api/schedule/optimize", &body).await.refused(403, "forbidden");
    let stranger = worker(&world, "field_coordinator", &[]).await;
    stranger.client.post("/api/schedule/optimize", &body).await.refused(404, "not_found");

    let coordinator = worker(&world, "field_coordinator", &[&world.organization]).await;
    let begun = search(&coordinator.client, &body).await;
    let seen = over(&coordinator.client, &begun).await;
    // What a plan costs would tell what people earn.
    assert_eq!((&seen.body["weights"]["cost"], &seen.body["state"]), (&json!(0.0), &json!("done")));
    assert!(seen.body["plan"]["sums"].get("cost").is_none(), "{seen:#?}");
    let path = path(&begun);
    world.admin.get(&path).await.refused(404, "not_found");
    world.admin.get(&format!("{path}/progress")).await.refused(404, "not_found");
    for deed in ["cancel", "apply"] {
        let deed = format!("{path}/{deed}");
        world.admin.post(&deed, &json!({})).await.refused(404, "not_found");
    }
    for (field, value) in [
        ("timeLimitSeconds", json!(0)),
        ("timeLimitSeconds", json!(301)),
        ("to", json!(hour(0))),
        ("to", json!(hour(24 * 93))),
        ("statuses", json!(["completed"])),
        ("weights", json!({ "travel": -1 })),
        ("override", json!({ "codes": ["hours_exceeded"], "reason": "busy" })),
        ("override", json!({ "codes": ["too_far"], "reason": " " })),
        ("organizationIds", json!([])),
    ] {
        let mut body = body.clone();
        if field == "organizationIds" {
            body.as_object_mut().unwrap().remove("organizationId");
        }
        body[field] = value.clone();
        let refused = coordinator.client.post("/api/schedule/optimize", &body).await;
        assert_eq!(refused.status, 400, "{field}: {value}: {refused:#?}");
    }
}

#[tokio::test]
async fn a_soft_reason_is_passed_over_only_when_that_is_asked_for_with_a_reason() {
    let world = World::new().await;
    let one = agent(&world).await;
    let made = needing(&world, 0, 8, json!({ "count": 1 })).await;
    quiet(&world).await;
    let body = asked(&world, 1);
    let strict = over(&world.admin, &search(&world.admin, &body).await).await;
    assert_eq!(strict.list("unfilled")[0]["people"][0]["codes"], json!(["availability_unknown"]));
    let begun = search(&world.admin, &body).await;
    over(&world.admin, &begun).await;
    let nobody = format!("{}/apply", path(&begun));
    world.admin.post(&nobody, &json!({})).await.refused(409, "plan_not_ready");

    let mut lenient = body;
    lenient["override"] =
        json!({ "codes": ["availability_unknown"], "reason": "All confirmed by telephone." });
    let begun = search(&world.admin, &lenient).await;
    let seen = over(&world.admin, &begun).await;
    assert_eq!(planned(&seen, &made), [one.id]);
    let assignment = &seen.body["plan"]["bookings"][0]["assignments"][0];
    assert_eq!(assignment["passedOver"][0]["code"], "availability_unknown");
    world.admin.post(&format!("{}/apply", path(&begun)), &json!({})).await.is(200);
    let story = world.story(&made).await;
    let told = story.iter().find(|event| event["type"] == "STAFF_ASSIGNED_TO_BOOKING").unwrap();
    assert_eq!(told["data"]["overrideReason"], "All confirmed by telephone.");
}
