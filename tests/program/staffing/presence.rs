//! An assignment's life: accepted, declined, come, gone, not come.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::cast::{Worker, agent, assign, path_of, trust, worker};
use crate::support::drafts::{between, instant};
use crate::support::{Answer, World, eventually};

/// Somebody's place on a booking that begins in so many minutes.
async fn placed(world: &World, starts_in: i64) -> (Worker, String) {
    let ann = agent(world).await;
    let at = |minutes| (Timestamp::now() + SignedDuration::from_mins(minutes)).to_string();
    let body = between(&world.organization, None, &at(starts_in), &at(starts_in + 60));
    let made = world.admin.post("/api/bookings", &body).await.is(201).id();
    let assigned = assign(&world.admin, &made, &[&ann]).await.is(201);
    let path = path_of(&assigned, &ann);
    (ann, path)
}

fn assignment(answer: &Answer) -> &Value {
    &answer.list("staffAssignments")[0]
}

#[tokio::test]
async fn a_staff_member_accepts_comes_and_goes() {
    let world = World::new().await;
    trust(&world).await;
    let location = format!("/api/locations/{}", world.location);
    let position =
        json!({ "latitude": 39.7392, "longitude": -104.9903, "geofenceRadiusMeters": 150 });
    world.admin.patch(&location, 1, &position).await.is(200);
    let ann = agent(&world).await;
    let made = world.book(0, 4).await.is(201).id();
    let assigned = assign(&world.admin, &made, &[&ann]).await.is(201);
    let path = path_of(&assigned, &ann);

    // First things first.
    let early = ann.client.post(&format!("{path}/check-in"), &json!({})).await;
    let early = early.refused(409, "invalid_status_transition");
    assert_eq!(
        (&early.body["from"], &early.body["to"]),
        (&json!("assigned"), &json!("checked_in"))
    );
    assert_eq!(early.body["allowed"], json!(["confirmed", "declined", "released"]));
    let confirm = ann.client.request(reqwest::Method::POST, &format!("{path}/confirm"));
    let confirmed = crate::support::client::demand(confirm).await.is(200);
    assert_eq!(assignment(&confirmed)["status"], "confirmed");

    let here = json!({ "latitude": 39.7395, "longitude": -104.9903, "accuracyMeters": 20 });
    let came = ann.client.post(&format!("{path}/check-in"), &here).await.is(200);
    let recorded = &assignment(&came)["checkIn"];
    assert_eq!(recorded["withinGeofence"], true, "{recorded}");
    assert!(recorded["distanceMeters"].as_f64().unwrap() < 40.0);
    // Who sees the booking sees that she came, and not from where.
    let seen = world.manager.get(&format!("/api/bookings/{made}")).await.is(200);
    assert!(assignment(&seen)["checkedInAt"].is_string());
    assert!(assignment(&seen).get("checkIn").is_none(), "{seen:#?}");
    // The same again changes nothing.
    let again = ann.client.post(&format!("{path}/check-in"), &json!({})).await.is(200);
    assert_eq!(again.version(), came.version());

    let far = json!({ "latitude": 39.75, "longitude": -104.9903, "accuracyMeters": 20 });
    let left = ann.client.post(&format!("{path}/check-out"), &far).await.is(200);
    assert_eq!(assignment(&left)["status"], "completed");
    assert_eq!(assignment(&left)["checkOut"]["withinGeofence"], false, "flagged, not refused");
    let story = world.story(&made).await;
    let types: Vec<_> = story.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let expected = [
        "BOOKING_CREATED",
        "STAFF_ASSIGNED_TO_BOOKING",
        "ASSIGNMENT_STATUS_CHANGED",
        "STAFF_CHECKED_IN",
        "STAFF_CHECKED_OUT",
    ];
    assert_eq!(types, expected, "one event for each change, none for a repetition");
    assert_eq!(story[2]["data"]["newStatus"], "confirmed");
    assert_eq!(story[4]["data"]["workedMinutes"], 0);
    let run = world.home.rishi(&["events", "verify", "--json"]).json();
    assert_eq!(run["bookings"], 1, "the booking is what its events tell: {run}");
}

#[tokio::test]
async fn a_client_that_was_offline_tells_its_own_time_once() {
    let world = World::new().await;
    trust(&world).await;
    let (ann, path) = placed(&world, 1).await;
    ann.client.post(&format!("{path}/confirm"), &json!({})).await.is(200);
    let at = Timestamp::now() - SignedDuration::from_millis(1);
    let body = json!({ "at": at });
    let check_in = format!("{path}/check-in");
    let first = ann.client.post(&check_in, &body).await.is(200);
    let came = instant(&assignment(&first)["checkedInAt"]);
    assert_eq!(came.as_microsecond(), at.as_microsecond());
    assert!(instant(&assignment(&first)["checkIn"]["recordedAt"]) > came);
    let second = ann.client.post(&check_in, &body).await.is(200);
    assert_eq!(second.version(), first.version());
    let other = json!({ "at": Timestamp::now() });
    ann.client.post(&check_in, &other).await.refused(409, "invalid_status_transition");
    let future = json!({ "at": Timestamp::now() + SignedDuration::from_hours(1) });
    ann.client.post(&check_in, &future).await.refused(400, "validation_failed");
}

#[tokio::test]
async fn others_act_in_somebodys_stead_only_if_they_may() {
    let world = World::new().await;
    trust(&world).await;
    let here: &[&str] = &[&world.organization];
    let coordinator = worker(&world, "field_coordinator", here).await;
    let other = agent(&world).await;
    for step in ["confirm", "decline"] {
        let (_, path) = placed(&world, 1).await;
        let path = format!("{path}/{step}");
        other.client.post(&path, &json!({})).await.refused(404, "not_found");
        world.manager.post(&path, &json!({})).await.refused(403, "forbidden");
        let notes = json!({ "notes": "by telephone" });
        let done = coordinator.client.post(&path, &notes).await.is(200);
        let status = assignment(&done)["status"].as_str().unwrap();
        assert!(status.starts_with(step), "{status}");
        let told = world.story(&done.id()).await.pop().unwrap();
        assert_eq!(told["data"]["changedBy"], coordinator.id.as_str());
        assert_eq!(told["data"]["notes"], "by telephone");
    }
    // Colleagues on the same booking do not act for each other.
    let (ann, bob) = (agent(&world).await, agent(&world).await);
    let made = world.draft().await.id();
    let assigned = assign(&world.admin, &made, &[&ann, &bob]).await.is(201);
    let path = format!("{}/confirm", path_of(&assigned, &ann));
    bob.client.post(&path, &json!({})).await.refused(403, "forbidden");
    // Who has declined is off the booking.
    let path = format!("{}/decline", path_of(&assigned, &bob));
    bob.client.post(&path, &json!({})).await.is(200);
    bob.client.get(&format!("/api/bookings/{made}")).await.refused(404, "not_found");
}

#[tokio::test]
async fn nobody_is_missed_before_the_booking_begins() {
    let world = World::new().await;
    trust(&world).await;
    let (ann, path) = placed(&world, 30).await;
    ann.client.post(&format!("{path}/confirm"), &json!({})).await.is(200);
    let no_show = format!("{path}/no-show");
    ann.client.post(&no_show, &json!({})).await.refused(403, "forbidden");
    world.admin.post(&no_show, &json!({})).await.refused(409, "booking_not_begun");
}

#[tokio::test]
async fn who_has_not_come_is_missed_and_may_be_let_in_late_by_who_manages() {
    let world = World::new().await;
    trust(&world).await;
    let ann = agent(&world).await;
    let at = |seconds| (Timestamp::now() + SignedDuration::from_secs(seconds)).to_string();
    let body = between(&world.organization, None, &at(5), &at(3_600));
    let made = world.admin.post("/api/bookings", &body).await.is(201).id();
    let path = path_of(&assign(&world.admin, &made, &[&ann]).await.is(201), &ann);
    ann.client.post(&format!("{path}/confirm"), &json!({})).await.is(200);
    let (no_show, check_in) = (format!("{path}/no-show"), format!("{path}/check-in"));
    let missed = eventually("the booking has begun", async || {
        let answer = world.admin.post(&no_show, &json!({ "notes": "nobody at the door" })).await;
        (answer.status != 409).then_some(answer)
    })
    .await
    .is(200);
    assert_eq!(assignment(&missed)["status"], "no_show");
    let told = world.story(&made).await.pop().unwrap();
    assert_eq!(told["type"], "ASSIGNMENT_STATUS_CHANGED");
    let data = &told["data"];
    assert_eq!((&data["oldStatus"], &data["newStatus"]), (&json!("confirmed"), &json!("no_show")));
    assert_eq!(data["notes"], "nobody at the door");
    // Missing somebody twice is no step, and only who manages takes it back.
    let again = world.admin.post(&no_show, &json!({})).await;
    again.refused(409, "invalid_status_transition");
    ann.client.post(&check_in, &json!({})).await.refused(403, "forbidden");
    let late = world.admin.post(&check_in, &json!({})).await.is(200);
    assert_eq!(assignment(&late)["status"], "checked_in");
}

#[tokio::test]
async fn twenty_people_come_at_the_same_moment() {
    let world = World::new().await;
    trust(&world).await;
    let mut people = Vec::new();
    for _ in 0..20 {
        people.push(agent(&world).await);
    }
    let made = world.draft().await.id();
    let all: Vec<&Worker> = people.iter().collect();
    let assigned = assign(&world.admin, &made, &all).await.is(201);
    let steps = ["confirm", "check-in", "check-out"];
    for step in steps {
        let sent = people.iter().map(async |one| {
            let path = format!("{}/{step}", path_of(&assigned, one));
            one.client.post(&path, &json!({})).await.is(200)
        });
        futures::future::join_all(sent).await;
    }
    let seen = world.admin.get(&format!("/api/bookings/{made}")).await.is(200);
    assert_eq!(seen.version(), 2 + 60, "each step is a version");
    let done = seen.list("staffAssignments").iter().filter(|one| one["status"] == "completed");
    assert_eq!(done.count(), 20);
}
