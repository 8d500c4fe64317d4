//! Assigning: what is told, what is refused and why, who may.

use serde_json::json;

use super::cast::{
    agent, assign, certified, path_of, put, reasons, release, settings, trust, worker,
};
use crate::support::{Client, World, booking, hour};

fn code(code: &str, kind: &str) -> (String, String) {
    (code.to_owned(), kind.to_owned())
}

#[tokio::test]
async fn staff_is_assigned_shown_and_told_with_rates_and_skills() {
    let world = World::new().await;
    trust(&world).await;
    let (ann, bob) = (agent(&world).await, agent(&world).await);
    let profile = json!({
        "defaultHourlyRate": 20,
        "skills": [certified("Budtender", "expert", "2099-12-31"), { "name": "sales", "level": "expert" }]
    });
    put(&world.admin, &world, &ann.id, profile).await.is(200);
    let verify = format!("/api/staff/{}/certifications/verify", ann.id);
    world.admin.post(&verify, &json!({ "skill": "budtender" })).await.is(200);
    let mut draft = booking(&world.organization, None, 10, 14);
    draft["requirements"] = json!({ "dressCode": "black" });
    draft["staffRequirements"] = json!({
        "roles": [{ "role": "Host", "count": 1, "skills": ["budtender"] }], "skills": ["sales", "juggling"]
    });
    let made = world.manager.post("/api/bookings", &draft).await.is(201);
    let path = format!("/api/bookings/{}/staff", made.id());
    let body = json!({ "assignments": [
        { "staffId": ann.id, "role": "host", "specialRequirements": ["black shirt"] },
        { "staffId": bob.id, "role": "setup", "hourlyRate": 12.5 },
    ] });
    let assigned = world.admin.post_once(&path, "once", &body).await.is(201);
    assert_eq!(assigned.version(), 2, "who is on a booking is a part of it");
    assert_eq!(assigned.body["staffCount"], 2);
    let shown = &assigned.list("staffAssignments")[0];
    assert_eq!((&shown["staffId"], &shown["staff"]["id"]), (&json!(ann.id), &json!(ann.id)));
    assert_eq!((&shown["role"], &shown["status"]), (&json!("host"), &json!("assigned")));
    assert_eq!(
        (&shown["hourlyRate"], &shown["specialRequirements"]),
        (&json!(20), &json!(["black shirt"]))
    );
    let again = world.admin.post_once(&path, "once", &body).await.is(201);
    assert_eq!(again.body, assigned.body);
    let read = world.admin.get(&format!("/api/bookings/{}", made.id())).await.is(200);
    assert_eq!(read.body["staffAssignments"], assigned.body["staffAssignments"]);

    let story = world.story(&made.id()).await;
    let told = &story[1];
    assert_eq!(told["type"], "STAFF_ASSIGNED_TO_BOOKING");
    let data = &told["data"];
    assert_eq!(data["assignments"][0]["staffId"], ann.id.as_str());
    assert_eq!(data["assignments"][0]["staff"]["id"], ann.id.as_str());
    assert_eq!((&data["staffCount"], &data["totalHourlyRate"]), (&json!(2), &json!(32.5)));
    assert_eq!(data["skillsMatched"], json!(["sales", "budtender"]));
    assert_eq!(data["booking"]["version"], 2);
    assert_eq!(data["assignedBy"], told["userId"]);
    let figures =
        json!({ "assignmentComplexity": 4, "estimatedTotalCost": 130, "costIsPartial": false });
    assert_eq!(told["metadata"], figures);
    assert_eq!(told["version"], 2);
    // The client sees the people and not what they earn, in the booking and in its story.
    for path in ["", "/events"] {
        let seen = world.manager.get(&format!("/api/bookings/{}{path}", made.id())).await.is(200);
        assert!(seen.text.contains(&ann.id) && !seen.text.contains("ourlyRate"), "{seen:#?}");
        assert!(!seen.text.contains("estimatedTotalCost"), "{seen:#?}");
    }
    let own = ann.client.get(&format!("/api/bookings/{}", made.id())).await.is(200);
    let rates: Vec<_> =
        own.list("staffAssignments").iter().map(|one| one.get("hourlyRate")).collect();
    assert_eq!(rates, [Some(&json!(20)), None], "one's own alone");
}

#[tokio::test]
async fn reasons_are_told_per_person_and_hard_ones_decide_the_answer() {
    let world = World::new().await;
    let (ann, bob) = (agent(&world).await, agent(&world).await);
    let stranger = worker(&world, "brand_agent", &[]).await;
    put(&world.admin, &world, &stranger.id, json!({})).await.is(201);
    let mut draft = booking(&world.organization, Some(&world.location), 10, 14);
    draft["staffRequirements"] =
        json!({ "roles": [{ "role": "driver", "count": 2, "skills": ["forklift"] }] });
    let made = world.manager.post("/api/bookings", &draft).await.is(201).id();
    let path = format!("/api/bookings/{made}/staff");
    let ask = |people: &[&str], role: &str| {
        let order = |id: &&str| json!({ "staffId": id, "role": role });
        json!({ "assignments": people.iter().map(order).collect::<Vec<_>>() })
    };
    let unknown = code("availability_unknown", "soft");
    let soft = world.admin.post(&path, &ask(&[&ann.id], "host")).await;
    let soft = soft.refused(409, "staff_unavailable");
    assert_eq!(reasons(&soft), [(ann.id.clone(), vec![unknown.clone()])]);
    assert_eq!(soft.body["overridable"], true);
    // Skills alone are another answer; with anything else hard it is that.
    let skills = world.admin.post(&path, &ask(&[&ann.id], "driver")).await;
    let skills = skills.refused(422, "skills_missing");
    let missing = code("skill_missing", "hard");
    assert_eq!(reasons(&skills), [(ann.id.clone(), vec![missing.clone(), unknown.clone()])]);
    assert_eq!(skills.body["overridable"], false);
    let both = world.admin.post(&path, &ask(&[&ann.id, &stranger.id], "driver")).await;
    let both = both.refused(409, "staff_unavailable");
    let not_eligible = vec![code("not_eligible", "hard")];
    assert_eq!(
        reasons(&both),
        [(ann.id.clone(), vec![missing, unknown]), (stranger.id.clone(), not_eligible.clone())]
    );
    // Who does not exist is told in the same words as who is somebody else's.
    let nobody = uuid::Uuid::now_v7().to_string();
    let refused = world.admin.post(&path, &ask(&[&nobody], "host")).await;
    assert_eq!(reasons(&refused.refused(409, "staff_unavailable")), [(nobody, not_eligible)]);
    // All or nothing.
    let seen = world.admin.get(&format!("/api/bookings/{made}")).await.is(200);
    assert_eq!((seen.version(), &seen.body["staffCount"]), (1, &json!(0)));
    assert_eq!(world.story(&made).await.len(), 1);

    // A reason passes over what is soft, and stands in the event.
    let mut over = ask(&[&ann.id, &bob.id], "host");
    over["override"] = json!({ "reason": "both said so on the telephone" });
    let coordinator = worker(&world, "field_coordinator", &[&world.organization]).await;
    coordinator.client.post(&path, &over).await.is(201);
    let told = &world.story(&made).await[1]["data"];
    assert_eq!(told["overrideReason"], "both said so on the telephone");
    assert_eq!(told["overridden"][1]["code"], "availability_unknown");
    let again = world.admin.post(&path, &over).await.refused(409, "staff_unavailable");
    let already = code("already_assigned", "hard");
    assert!(reasons(&again)[0].1.contains(&already), "{again:#?}");
}

#[tokio::test]
async fn limits_distance_and_blocked_places_are_soft_reasons() {
    let world = World::new().await;
    settings(&world, json!({ "unknownAvailability": "allow", "maxHoursPerDay": 8 })).await;
    let location = format!("/api/locations/{}", world.location);
    let position = json!({ "latitude": 39.7392, "longitude": -104.9903 });
    world.admin.patch(&location, 1, &position).await.is(200);
    let ann = agent(&world).await;
    let profile = json!({
        "home": { "latitude": 40.015, "longitude": -105.2705 }, "maxTravelKm": 30, "minRestHours": 11,
        "blockedLocations": [world.location]
    });
    put(&world.admin, &world, &ann.id, profile).await.is(200);
    let first = world.book(10, 15).await.is(201).id();
    let refused = assign(&world.admin, &first, &[&ann]).await.refused(409, "staff_unavailable");
    let (far, blocked) = (code("too_far", "soft"), code("blocked_location", "soft"));
    assert_eq!(reasons(&refused), [(ann.id.clone(), vec![far, blocked])]);
    put(&world.admin, &world, &ann.id, json!({ "minRestHours": 11 })).await.is(200);
    assign(&world.admin, &first, &[&ann]).await.is(201);

    let second = booking(&world.organization, None, 15, 19);
    let second = world.manager.post("/api/bookings", &second).await.is(201).id();
    let refused = assign(&world.admin, &second, &[&ann]).await.refused(409, "staff_unavailable");
    let expected = vec![code("rest_too_short", "soft"), code("hours_exceeded", "soft")];
    assert_eq!(reasons(&refused), [(ann.id.clone(), expected)]);
    let over = booking(&world.organization, None, 14, 16);
    let over = world.manager.post("/api/bookings", &over).await.is(201).id();
    let refused = assign(&world.admin, &over, &[&ann]).await.refused(409, "staff_unavailable");
    assert_eq!(
        reasons(&refused)[0].1,
        [code("double_booked", "hard")],
        "it overlaps, rest is no matter"
    );
    let conflict = &refused.list("problems")[0]["reasons"][0]["conflicts"][0];
    assert_eq!(conflict["bookingId"], first.as_str());
    assert_eq!(conflict["start"], hour(10));
}

#[tokio::test]
async fn i9_another_organizations_booking_is_a_bare_range() {
    let world = World::of_tier(1).await;
    trust(&world).await;
    let neighbour = world.neighbour(1).await;
    let both: &[&str] = &[&world.organization, &neighbour];
    let ann = worker(&world, "brand_agent", both).await;
    put(&world.admin, &world, &ann.id, json!({})).await.is(201);
    let version =
        world.admin.get(&format!("/api/organizations/{neighbour}")).await.is(200).version();
    let allow = json!({ "settings": { "unknownAvailability": "allow" } });
    world.admin.patch(&format!("/api/organizations/{neighbour}"), version, &allow).await.is(200);
    let theirs = booking(&neighbour, None, 10, 12);
    let theirs = world.admin.post("/api/bookings", &theirs).await.is(201).id();
    assign(&world.admin, &theirs, &[&ann]).await.is(201);
    let ours = booking(&world.organization, None, 11, 13);
    let ours = world.manager.post("/api/bookings", &ours).await.is(201).id();
    let refused = assign(&world.manager, &ours, &[&ann]).await.refused(409, "staff_unavailable");
    let conflict = &refused.list("problems")[0]["reasons"][0]["conflicts"][0];
    assert_eq!(conflict["start"], hour(10));
    assert!(!refused.text.contains(&theirs) && !refused.text.contains(&neighbour), "{refused:#?}");
}

#[tokio::test]
async fn who_may_assign_release_and_override_is_in_the_table() {
    for (tier, may) in [(1, true), (2, false), (3, true)] {
        let world = World::of_tier(tier).await;
        let ann = agent(&world).await;
        let made = world.draft().await.id();
        let answer = assign(&world.manager, &made, &[&ann]).await;
        if !may {
            answer.refused(403, "forbidden");
            continue;
        }
        // The client's manager assigns, but does not pass over reasons.
        answer.refused(409, "staff_unavailable");
        let body = json!({
            "assignments": [{ "staffId": ann.id, "role": "host" }], "override": { "reason": "please" }
        });
        let path = format!("/api/bookings/{made}/staff");
        world.manager.post(&path, &body).await.refused(403, "forbidden");
        trust(&world).await;
        let assigned = assign(&world.manager, &made, &[&ann]).await.is(201);
        let stranger = worker(&world, "field_coordinator", &[]).await;
        release(&stranger.client, &path_of(&assigned, &ann)).await.refused(404, "not_found");
        release(&ann.client, &path_of(&assigned, &ann)).await.refused(403, "forbidden");
        let released = release(&world.manager, &path_of(&assigned, &ann)).await.is(200);
        assert_eq!(released.list("staffAssignments")[0]["status"], "released");
        assert_eq!(released.body["staffCount"], 0);
        // Who was released sees the booking no longer, and may be assigned again.
        ann.client.get(&format!("/api/bookings/{made}")).await.refused(404, "not_found");
        assign(&world.manager, &made, &[&ann]).await.is(201);
    }
}

#[tokio::test]
async fn a_booking_that_is_over_takes_nobody_and_input_is_checked() {
    let world = World::new().await;
    trust(&world).await;
    let ann = agent(&world).await;
    for status in ["completed", "cancelled"] {
        let made = world.booking_in(status).await.id();
        let refused = assign(&world.admin, &made, &[&ann]).await.refused(409, "staff_unavailable");
        assert_eq!(reasons(&refused)[0].1, [code("booking_closed", "hard")]);
    }
    let made = world.draft().await.id();
    let path = format!("/api/bookings/{made}/staff");
    let twice = json!({ "assignments": [
        { "staffId": ann.id, "role": "host" }, { "staffId": ann.id, "role": "", "hourlyRate": -1 } ] });
    let refused = world.admin.post(&path, &twice).await.refused(400, "validation_failed");
    let fields: Vec<_> = refused.list("errors").iter().map(|one| one["field"].clone()).collect();
    let expected = ["assignments[1].role", "assignments[1].hourlyRate", "assignments[1].staffId"];
    assert_eq!(fields, expected);
    for body in
        [json!({}), json!({ "assignments": [] }), json!({ "assignments": [], "force": true })]
    {
        world.admin.post(&path, &body).await.problem(400);
    }
    let nobody = uuid::Uuid::now_v7();
    release(&world.admin, &format!("{path}/{nobody}")).await.refused(404, "not_found");
    let path = format!("/api/bookings/{nobody}/staff");
    world.admin.post(&path, &twice).await.refused(404, "not_found");
}

#[tokio::test]
async fn if_match_is_honoured_and_a_suspended_organization_changes_nothing() {
    let world = World::new().await;
    trust(&world).await;
    let ann = agent(&world).await;
    let made = world.draft().await.id();
    let body = json!({ "assignments": [{ "staffId": ann.id, "role": "host" }] });
    let with = async |client: &Client, version: u64| {
        let request = client.request(reqwest::Method::POST, &format!("/api/bookings/{made}/staff"));
        let request = request.header("If-Match", crate::support::client::etag(version));
        crate::support::client::demand(request.json(&body)).await
    };
    with(&world.admin, 2).await.refused(412, "precondition_failed");
    let assigned = with(&world.admin, 1).await.is(201);
    let path = format!("/api/organizations/{}", world.organization);
    let version = world.admin.get(&path).await.is(200).version();
    world.admin.patch(&path, version, &json!({ "status": "suspended" })).await.is(200);
    release(&world.admin, &path_of(&assigned, &ann)).await.refused(409, "organization_suspended");
}
