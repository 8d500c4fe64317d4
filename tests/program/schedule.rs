//! The calendar, through HTTP.

use serde_json::{Value, json};

use crate::staffing::cast::{Worker, agent, assign, house, trust, worker};
use crate::support::{Answer, Client, World, booking, hour};

async fn schedule(by: &Client, world: &World, rest: &str) -> Answer {
    let (from, to) = (hour(0), hour(48));
    let id = &world.organization;
    by.get(&format!("/api/schedule?organizationId={id}&from={from}&to={to}&{rest}")).await
}

/// The row of somebody.
fn row<'a>(answer: &'a Answer, worker: &Worker) -> &'a Value {
    let own = |row: &&Value| row["staff"]["id"] == worker.id.as_str();
    answer.list("rows").iter().find(own).unwrap_or_else(|| panic!("no row in {answer:#?}"))
}

fn local(instant: &str) -> String {
    instant.trim_end_matches('Z').to_owned()
}

async fn declare(worker: &Worker, kind: &str, status: &str, from: i64, to: i64) -> Answer {
    let body = json!({ "kind": kind, "status": status, "timezone": "UTC",
        "localStart": local(&hour(from)), "localEnd": local(&hour(to)) });
    worker.client.post("/api/availability", &body).await.is(201)
}

#[tokio::test]
async fn places_have_rows_with_their_bookings_and_empty_ones_too() {
    let world = World::new().await;
    let shared = world.shared_location().await;
    let here = world.book(10, 12).await.is(201);
    let nowhere = booking(&world.organization, None, 47, 50);
    let nowhere = world.manager.post("/api/bookings", &nowhere).await.is(201);
    world.book(48, 49).await.is(201);
    let cancelled = world.book(20, 21).await.is(201).id();
    world.manager.transition(&cancelled, "cancelled").await.is(200);

    let seen = schedule(&world.manager, &world, "by=location").await.is(200);
    let ids: Vec<_> = seen.list("bookings").iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [&json!(here.id()), &json!(nowhere.id())], "what touches the range is outside");
    let next = json!(["pending_approval", "cancelled"]);
    assert_eq!(seen.list("bookings")[0]["allowedTransitions"], next);
    let rows: Vec<_> = seen.list("rows").iter().collect();
    let rows: Vec<_> =
        rows.iter().map(|row| (&row["location"]["id"], &row["bookingIds"])).collect();
    let (empty, one, two) = (json!([]), json!([here.id()]), json!([nowhere.id()]));
    let (main, hall) = (json!(world.location), json!(shared));
    assert_eq!(rows, [(&hall, &empty), (&main, &one), (&Value::Null, &two)]);
    let all = schedule(&world.manager, &world, "by=location&status=cancelled").await.is(200);
    assert_eq!(all.list("bookings")[0]["id"], cancelled);
    let page = schedule(&world.manager, &world, "by=location&limit=1&page=2").await.is(200);
    assert_eq!((page.list("rows").len(), &page.body["pagination"]["total"]), (1, &json!(3)));
    assert_eq!(page.list("bookings").len(), 1, "those of the rows");

    let id = &world.organization;
    for (query, field) in [
        (format!("from={}&to={}&by=location", hour(0), hour(62 * 24 + 1)), "to"),
        (format!("from={}&to={}&by=location", hour(1), hour(1)), "to"),
        (format!("from={}&to={}&by=colour", hour(0), hour(1)), "by"),
        (format!("from={}&by=staff", hour(0)), "to"),
    ] {
        let path = format!("/api/schedule?organizationId={id}&{query}");
        let refused = world.manager.get(&path).await.refused(400, "validation_failed");
        assert_eq!(refused.list("errors")[0]["field"], field, "{query}");
    }
    let most = format!(
        "/api/schedule?organizationId={id}&from={}&to={}&by=location",
        hour(0),
        hour(62 * 24)
    );
    world.manager.get(&most).await.is(200);
    let neighbour = world.neighbour(2).await;
    let stranger = world.person("client_manager", Some(&neighbour)).client;
    schedule(&stranger, &world, "by=location").await.problem(404);
}

#[tokio::test]
async fn people_have_rows_with_what_they_do_and_have_declared() {
    let world = World::new().await;
    trust(&world).await;
    let (ann, bob) = (agent(&world).await, agent(&world).await);
    let made = world.book(10, 12).await.is(201).id();
    let open = world.book(14, 16).await.is(201).id();
    assign(&world.admin, &made, &[&ann]).await.is(201);
    // Somewhere else.
    let elsewhere = booking(&house(&world).await, None, 30, 32);
    let elsewhere = world.admin.post("/api/bookings", &elsewhere).await.is(201).id();
    let body = json!({ "assignments": [{ "staffId": bob.id, "role": "host" }],
        "override": { "reason": "it is known" } });
    let path = format!("/api/bookings/{elsewhere}/staff");
    world.admin.post(&path, &body).await.is(201);

    let weekly = json!({ "status": "available", "timezone": "UTC", "recurrence": "FREQ=DAILY",
        "localStart": local(&hour(8 - 240)), "localEnd": local(&hour(18 - 240)) });
    ann.client.post("/api/availability", &weekly).await.is(201);
    declare(&ann, "preference", "tentative", 12, 14).await;
    let leave = declare(&ann, "leave", "unavailable", 24, 40).await;
    let pending = declare(&bob, "leave", "unavailable", 0, 48).await;

    let coordinator = worker(&world, "field_coordinator", &[&world.organization]).await;
    let before = schedule(&coordinator.client, &world, "by=staff").await.is(200);
    assert_eq!(row(&before, &bob)["availability"], json!([]), "leave that is not approved is none");
    assert!(!before.text.contains(&pending.id()), "{before:#?}");
    let approve = format!("/api/availability/{}/approve", leave.id());
    coordinator.client.post(&approve, &json!({})).await.is(200);

    let seen = schedule(&coordinator.client, &world, "by=staff").await.is(200);
    let own = row(&seen, &ann);
    assert_eq!(own["bookingIds"], json!([made]));
    assert_eq!(own["assignments"][0]["status"], "assigned");
    let parts: Vec<_> = own["availability"].as_array().unwrap().iter().collect();
    let told = |part: &Value| {
        let text = |name: &str| part[name].as_str().unwrap().to_owned();
        (text("start"), text("end"), text("status"), part["leave"] == true)
    };
    let part = |from: i64, to: i64, status: &str, leave: bool| {
        (hour(from), hour(to), status.to_owned(), leave)
    };
    let expected = [
        part(8, 12, "available", false),
        part(12, 14, "tentative", false),
        part(14, 18, "available", false),
        part(24, 40, "unavailable", true),
        part(40, 42, "available", false),
    ];
    assert_eq!(parts.into_iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(row(&seen, &bob)["busy"], json!([{ "start": hour(30), "end": hour(32) }]));
    assert!(!seen.text.contains(&elsewhere), "only when, not what");
    let nobody = seen.list("rows").last().unwrap();
    assert_eq!((nobody.get("staff"), &nobody["bookingIds"]), (None, &json!([open])));

    // A client sees who works there, not what they have declared, nor where else they work.
    let client = schedule(&world.manager, &world, "by=staff").await.is(200);
    assert_eq!(row(&client, &ann)["bookingIds"], json!([made]));
    assert!(!client.text.contains("availability") && !client.text.contains("busy"), "{client:#?}");
    // Who works sees the own row.
    let path = format!("/api/schedule?from={}&to={}&by=staff", hour(0), hour(48));
    let mine = ann.client.get(&path).await.is(200);
    assert_eq!(mine.list("rows").len(), 1);
    assert_eq!(row(&mine, &ann)["availability"].as_array().unwrap().len(), 5);
}
