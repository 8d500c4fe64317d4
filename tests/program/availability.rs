//! What people declare of their time, and leave, through HTTP.

use serde_json::{Value, json};

use crate::staffing::cast::{agent as worker, assign, reasons};
use crate::support::client::{demand, etag};
use crate::support::{Client, World};

/// Somebody of the operator's who works for the world's organization.
async fn in_the_field(world: &World, role: &str) -> Client {
    let organizations = world.admin.get("/api/organizations").await.is(200);
    let own = organizations.list("organizations").iter().find(|row| row["kind"] == "internal");
    let email = format!("{role}-{}@field.example.com", uuid::Uuid::now_v7().simple());
    let body = json!({
        "email": email,
        "displayName": role,
        "role": role,
        "organizationId": own.unwrap()["id"],
        "serves": [world.organization],
        "timezone": "America/Denver",
    });
    world.admin.post("/api/users", &body).await.is(201);
    world.admin.with_token(&world.home.add_token(&email, None))
}

fn weekdays() -> Value {
    json!({
        "status": "available",
        "title": "Usual days",
        "localStart": "2027-05-03T09:00",
        "localEnd": "2027-05-03T17:00",
        "recurrence": "FREQ=WEEKLY;BYDAY=MO,WE,FR",
    })
}

fn leave() -> Value {
    json!({ "kind": "leave", "localStart": "2027-05-10T00:00", "localEnd": "2027-05-17T00:00" })
}

/// One of everything that is told of what people declare.
pub(crate) async fn every_kind_of_declaration(world: &World) {
    let agent = in_the_field(world, "brand_agent").await;
    let block = agent.post("/api/availability", &weekdays()).await.is(201);
    let path = format!("/api/availability/{}", block.id());
    agent.patch(&path, 1, &json!({ "title": null })).await.is(200);
    agent.delete(&path).await.is(204);
    for ruling in ["approve", "reject"] {
        let asked = agent.post("/api/availability", &leave()).await.is(201).id();
        world.admin.post(&format!("/api/availability/{asked}/{ruling}"), &json!({})).await.is(200);
    }
}

/// The types of the events about a block, in order.
async fn told(world: &World, id: &str) -> Vec<String> {
    let path = format!("/api/events?subject=availability/{id}");
    let events = world.admin.get(&path).await.is(200);
    let types = events.list("events").iter().map(|event| event["type"].as_str().unwrap());
    types.map(str::to_owned).collect()
}

#[tokio::test]
async fn an_agent_declares_for_oneself_and_those_who_plan_read_it() {
    let world = World::new().await;
    let agent = in_the_field(&world, "brand_agent").await;
    let made = agent.post("/api/availability", &weekdays()).await.is(201);
    let path = format!("/api/availability/{}", made.id());
    assert_eq!(made.header("location"), path);
    assert_eq!(made.body["timezone"], "America/Denver", "the person's own: {made:#?}");
    assert_eq!(made.body["localStart"], "2027-05-03T09:00:00");
    assert_eq!(made.body["kind"], "preference");
    assert_eq!(told(&world, &made.id()).await, ["AVAILABILITY_BLOCK_CREATED"]);

    let coordinator = in_the_field(&world, "field_coordinator").await;
    for client in [&agent, &coordinator, &world.admin] {
        let listed = client.get("/api/availability").await.is(200);
        assert_eq!(listed.list("availability").len(), 1, "{listed:#?}");
        assert_eq!(client.get(&path).await.is(200).version(), 1);
    }
    let other = in_the_field(&world, "brand_agent").await;
    other.get(&path).await.problem(404);
    assert!(other.get("/api/availability").await.is(200).list("availability").is_empty());
    world.manager.get(&path).await.problem(404);
    world.manager.get("/api/availability").await.refused(403, "forbidden");
    for client in [&world.manager, &world.admin, &coordinator] {
        client.post("/api/availability", &weekdays()).await.refused(403, "forbidden");
    }
    coordinator.patch(&path, 1, &json!({ "status": "tentative" })).await.refused(403, "forbidden");
    coordinator.delete(&path).await.refused(403, "forbidden");
}

#[tokio::test]
async fn leave_waits_until_somebody_else_decides() {
    let world = World::new().await;
    let agent = in_the_field(&world, "brand_agent").await;
    let coordinator = in_the_field(&world, "field_coordinator").await;
    let asked = agent.post("/api/availability", &leave()).await.is(201);
    assert_eq!(
        (&asked.body["status"], &asked.body["approval"]),
        (&json!("unavailable"), &json!("pending"))
    );
    let path = format!("/api/availability/{}", asked.id());
    let (approve, reject) = (format!("{path}/approve"), format!("{path}/reject"));

    agent.post(&approve, &json!({})).await.refused(403, "forbidden");
    let other = in_the_field(&world, "brand_agent").await;
    other.post(&approve, &json!({})).await.problem(404);
    world.manager.post(&approve, &json!({})).await.problem(404);

    let waiting = coordinator.get("/api/availability?approval=pending").await.is(200);
    assert_eq!(waiting.list("availability").len(), 1);
    let body = json!({ "notes": "Enjoy it!" });
    let approved = coordinator.post_once(&approve, "once", &body).await.is(200);
    assert_eq!((&approved.body["approval"], approved.version()), (&json!("approved"), 2));
    let again = coordinator.post_once(&approve, "once", &body).await.is(200);
    assert_eq!(again.text, approved.text, "the same request has one effect");
    coordinator.post(&reject, &json!({})).await.refused(409, "leave_decided");

    // Another title leaves it approved, other days do not.
    agent.patch(&path, 2, &json!({ "title": "Sea" })).await.is(200);
    let moved = agent.patch(&path, 3, &json!({ "localEnd": "2027-05-19T00:00" })).await.is(200);
    assert_eq!(moved.body["approval"], "pending");
    let rejected = coordinator.post(&reject, &json!({ "notes": "Not that week" })).await.is(200);
    assert_eq!(rejected.body["approval"], "rejected");
    let story = ["LEAVE_REQUESTED", "LEAVE_APPROVED", "AVAILABILITY_BLOCK_UPDATED"];
    let rest = ["AVAILABILITY_BLOCK_UPDATED", "LEAVE_REJECTED"];
    assert_eq!(told(&world, &asked.id()).await, [story.as_slice(), &rest].concat());

    let preference = agent.post("/api/availability", &weekdays()).await.is(201).id();
    let path = format!("/api/availability/{preference}/approve");
    coordinator.post(&path, &json!({})).await.refused(409, "leave_decided");
}

#[tokio::test]
async fn a_change_is_about_one_occurrence_or_those_that_follow_or_all() {
    let world = World::new().await;
    let agent = in_the_field(&world, "brand_agent").await;
    let block = agent.post("/api/availability", &weekdays()).await.is(201);
    let path = format!("/api/availability/{}", block.id());

    let body = json!({ "status": "unavailable" });
    let one =
        agent.patch(&format!("{path}?scope=this&from=2027-05-05T09:00"), 1, &body).await.is(200);
    assert_ne!(one.id(), block.id(), "the occurrence is a block of its own");
    assert_eq!(one.body["localStart"], "2027-05-05T09:00:00");
    assert!(one.body.get("recurrence").is_none(), "{one:#?}");
    let rest = agent.get(&path).await.is(200);
    assert_eq!((&rest.body["exdates"], rest.version()), (&json!(["2027-05-05T09:00:00"]), 2));

    let body = json!({ "localStart": "2027-05-10T10:00", "localEnd": "2027-05-10T14:00" });
    let following = format!("{path}?scope=this_and_following&from=2027-05-10T09:00");
    let later = agent.patch(&following, 2, &body).await.is(200);
    assert_eq!(later.body["recurrence"], "FREQ=WEEKLY;BYDAY=MO,WE,FR");
    assert_eq!(later.body["localStart"], "2027-05-10T10:00:00");
    let rest = agent.get(&path).await.is(200);
    assert_eq!(rest.body["recurrence"], "FREQ=WEEKLY;BYDAY=MO,WE,FR;UNTIL=20270510T085959");

    let stale = agent.patch(&path, 1, &json!({ "title": "x" })).await;
    stale.refused(412, "precondition_failed");
    let nowhere = format!("{path}?scope=this&from=2027-05-04T09:00");
    agent.patch(&nowhere, 3, &json!({ "title": "x" })).await.refused(400, "validation_failed");

    // Of Monday and Friday that are left, Friday goes, then all.
    agent.delete(&format!("{path}?scope=this&from=2027-05-07T09:00")).await.is(204);
    agent.get(&path).await.is(200);
    let request = agent.request(reqwest::Method::DELETE, &path).header("If-Match", etag(3));
    demand(request).await.refused(412, "precondition_failed");
    let gone = agent.delete(&path).await.is(204);
    assert_eq!(gone.text, "");
    agent.get(&path).await.problem(404);
    agent.delete(&path).await.problem(404);
    let left = agent.get("/api/availability").await.is(200);
    assert_eq!(left.list("availability").len(), 2, "the two parts stay: {left:#?}");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_its_field() {
    let world = World::new().await;
    let agent = in_the_field(&world, "brand_agent").await;
    let cases = [
        ("localStart", json!("2027-05-03T09:00:00Z")),
        ("localStart", json!("2027-05-03T09:00:00-06:00")),
        ("localEnd", json!("2027-05-03T09:00")),
        ("timezone", json!("Denver")),
        ("recurrence", json!("FREQ=MINUTELY")),
        ("recurrence", json!("FREQ=DAILY;COUNT=1000000")),
        ("recurrence", json!("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")),
        ("recurrence", json!("FREQ=DAILY\r\nEXRULE:FREQ=DAILY")),
        ("title", json!("")),
        ("status", json!("busy")),
        ("colour", json!("red")),
    ];
    for (field, wrong) in cases {
        let mut body = weekdays();
        body[field] = wrong.clone();
        let refused = agent.post("/api/availability", &body).await;
        assert_eq!(refused.status, 400, "{field}: {wrong}: {refused:#?}");
        let refused = refused.problem(400);
        assert!(refused.text.contains(field), "{field} is named: {refused:#?}");
    }
    let listed = agent.get("/api/availability").await.is(200);
    assert!(listed.list("availability").is_empty(), "nothing was made");
    agent.get("/api/availability?from=2027-05-03T09:00").await.refused(400, "validation_failed");
}

/// The local start and end of a booking in UTC, shifted by minutes.
fn around(booking: &Value, before: i64, after: i64) -> (String, String) {
    let at = |field: &str, minutes: i64| {
        let instant: jiff::Timestamp = booking[field].as_str().unwrap().parse().unwrap();
        let moved = instant + jiff::SignedDuration::from_mins(minutes);
        moved.strftime("%Y-%m-%dT%H:%M:%S").to_string()
    };
    (at("scheduledStart", before), at("scheduledEnd", after))
}

#[tokio::test]
async fn what_is_declared_decides_who_can_be_assigned() {
    let world = World::new().await;
    let booking = world.draft().await;
    let agent = worker(&world).await;
    let codes = async || {
        let refused =
            assign(&world.admin, &booking.id(), &[&agent]).await.refused(409, "staff_unavailable");
        reasons(&refused).remove(0).1
    };
    let code = |code: &str, kind: &str| vec![(code.to_owned(), kind.to_owned())];
    assert_eq!(codes().await, code("availability_unknown", "soft"), "nothing is declared");

    let declare = async |status: &str, kind: &str, (start, end): (String, String)| {
        let body = json!({
            "kind": kind, "status": status, "localStart": start, "localEnd": end, "timezone": "UTC",
        });
        agent.client.post("/api/availability", &body).await.is(201).id()
    };
    declare("available", "preference", around(&booking.body, 0, 0)).await;
    let last = declare("tentative", "preference", around(&booking.body, 60, 0)).await;
    assert_eq!(codes().await, code("availability_unknown", "soft"), "the last hour is not sure");
    agent.client.delete(&format!("/api/availability/{last}")).await.is(204);

    // Leave that touches the booking counts once it is approved, and leave that ends when it starts
    // does not.
    let off = declare("unavailable", "leave", around(&booking.body, 60, 600)).await;
    let (_, start) = around(&booking.body, 0, -120);
    let (long_before, _) = around(&booking.body, -600, 0);
    let before = declare("unavailable", "leave", (long_before, start)).await;
    for leave in [&off, &before] {
        let path = format!("/api/availability/{leave}/approve");
        world.admin.post(&path, &json!({})).await.is(200);
    }
    assert_eq!(codes().await, code("unavailable", "hard"));
    agent.client.delete(&format!("/api/availability/{off}")).await.is(204);
    assign(&world.admin, &booking.id(), &[&agent]).await.is(201);
}

#[tokio::test]
async fn approving_a_leave_tells_of_the_assignments_in_its_way() {
    let world = World::new().await;
    crate::staffing::cast::trust(&world).await;
    let agent = worker(&world).await;
    let booking = world.draft().await;
    let after = crate::support::booking(&world.organization, None, 2, 4);
    let after = world.manager.post("/api/bookings", &after).await.is(201);
    for one in [&booking, &after] {
        assign(&world.admin, &one.id(), &[&agent]).await.is(201);
    }
    let (start, end) = around(&booking.body, 60, 0);
    let body = json!({ "kind": "leave", "localStart": start, "localEnd": end, "timezone": "UTC" });
    let leave = agent.client.post("/api/availability", &body).await.is(201).id();
    let path = format!("/api/availability/{leave}/approve");
    let coordinator = in_the_field(&world, "field_coordinator").await;
    let approved = coordinator.post(&path, &json!({})).await.is(200);
    let expected = json!([{
        "bookingId": booking.id(),
        "scheduledStart": booking.body["scheduledStart"],
        "scheduledEnd": booking.body["scheduledEnd"],
    }]);
    assert_eq!(
        (&approved.body["approval"], &approved.body["conflicts"]),
        (&json!("approved"), &expected)
    );
    let query = format!("/api/events?subject=availability/{leave}&type=LEAVE_APPROVED");
    let told = world.admin.get(&query).await.is(200);
    let conflicts = &told.list("events")[0]["data"]["conflicts"];
    assert_eq!(conflicts[0]["bookingId"], booking.id());
    assert_eq!(conflicts.as_array().unwrap().len(), 1, "back to back is not in the way");
}
