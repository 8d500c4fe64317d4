//! Bookings that recur, through HTTP.

use reqwest::Method;
use serde_json::{Value, json};

use crate::staffing::cast::{agent, assign, trust};
use crate::support::client::{demand, etag};
use crate::support::drafts::instant;
use crate::support::{Answer, Client, World, hour};

/// A booking of the world's organization on so many days from the start of the tests' calendar on.
fn daily(world: &World, from: i64, to: i64, days: u32) -> Value {
    let mut body = crate::support::booking(&world.organization, Some(&world.location), from, to);
    body["timezone"] = json!("UTC");
    body["recurrence"] = json!(format!("FREQ=DAILY;COUNT={days}"));
    body
}

async fn make(world: &World, body: &Value) -> Answer {
    world.manager.post("/api/booking-series", body).await
}

fn path(series: &Answer) -> String {
    format!("/api/booking-series/{}", series.id())
}

fn booking_ids(series: &Answer) -> Vec<String> {
    series.list("bookingIds").iter().map(|id| id.as_str().unwrap().to_owned()).collect()
}

async fn cancel(by: &Client, path: &str) -> Answer {
    demand(by.request(Method::DELETE, path)).await
}

async fn bookings(world: &World) -> u64 {
    let query = format!("/api/bookings?organizationId={}", world.organization);
    world.admin.get(&query).await.is(200).body["pagination"]["total"].as_u64().unwrap()
}

#[tokio::test]
async fn every_occurrence_is_a_booking_of_its_own_and_all_are_made_at_once() {
    let world = World::new().await;
    let mut body = daily(&world, 15, 17, 5);
    body["timezone"] = json!("America/Denver");
    body["recurrence"] = json!("FREQ=WEEKLY;COUNT=30");
    let made = world.manager.post_once("/api/booking-series", "once", &body).await.is(201);
    assert_eq!(made.header("location"), path(&made));
    assert_eq!((made.version(), booking_ids(&made).len()), (1, 30));
    let again = world.manager.post_once("/api/booking-series", "once", &body).await.is(201);
    assert_eq!(again.text, made.text, "the same request has one effect");
    assert_eq!(bookings(&world).await, 30);
    let read = world.manager.get(&path(&made)).await.is(200);
    assert_eq!(read.text, made.text);

    // Nine o'clock stays nine o'clock, so over half a year the instants shift by an hour.
    let clock = jiff::tz::TimeZone::get("America/Denver").unwrap();
    let local = |one: &Value| instant(&one["scheduledStart"]).to_zoned(clock.clone()).time();
    let times: Vec<_> = made.list("occurrences").iter().map(local).collect();
    assert!(times.iter().all(|time| *time == times[0]), "{times:?}");
    let first = &booking_ids(&made)[0];
    let booking = world.manager.get(&format!("/api/bookings/{first}")).await.is(200);
    let place = json!({ "id": made.id(), "number": 1, "changed": [] });
    assert_eq!((&booking.body["series"], &booking.body["status"]), (&place, &json!("draft")));
    assert_eq!(booking.body["title"], "Harvest week");
    assert_eq!(world.story(first).await[0]["type"], "BOOKING_CREATED");
    let query = format!("/api/events?subject=series/{}", made.id());
    let told = world.admin.get(&query).await.is(200);
    assert_eq!(told.list("events")[0]["data"]["bookingIds"].as_array().unwrap().len(), 30);
}

#[tokio::test]
async fn a_conflict_names_the_occurrences_and_nothing_is_made() {
    let world = World::new().await;
    let taken = world.book(24 * 2 + 10, 24 * 2 + 12).await.is(201);
    let refused = make(&world, &daily(&world, 9, 11, 4)).await.refused(409, "location_conflict");
    let occurrences = refused.list("occurrences");
    assert_eq!(occurrences.len(), 1, "{refused:#?}");
    assert_eq!(occurrences[0]["number"], 3);
    assert_eq!(occurrences[0]["scheduledStart"], hour(24 * 2 + 9));
    assert_eq!(occurrences[0]["conflicts"][0]["bookingId"], taken.id());
    assert_eq!(refused.list("conflicts").len(), 1);
    assert_eq!(bookings(&world).await, 1, "all or nothing");
    make(&world, &daily(&world, 12, 13, 4)).await.is(201);

    let mut endless = daily(&world, 20, 21, 1);
    endless["recurrence"] = json!("FREQ=DAILY");
    let refused = make(&world, &endless).await.refused(400, "validation_failed");
    assert_eq!(refused.list("errors")[0]["field"], "recurrence");
    endless["recurrence"] = json!("FREQ=DAILY;COUNT=367");
    make(&world, &endless).await.refused(400, "validation_failed");
    endless["recurrence"] = json!("FREQ=DAILY;COUNT=366");
    let most = make(&world, &endless).await.is(201);
    assert_eq!(booking_ids(&most).len(), 366);
}

#[tokio::test]
async fn one_is_changed_alone_and_a_later_change_of_all_leaves_that() {
    let world = World::new().await;
    let made = make(&world, &daily(&world, 9, 11, 4)).await.is(201);
    let ids = booking_ids(&made);
    let of_one = format!("{}?scope=this&from={}", path(&made), ids[1]);
    world.manager.patch(&of_one, 1, &json!({ "title": "Finale" })).await.is(200);
    // The booking's own route is the same.
    let third = format!("/api/bookings/{}", ids[2]);
    let moved = json!({ "scheduledStart": hour(24 * 2 + 20), "scheduledEnd": hour(24 * 2 + 22) });
    world.manager.patch(&third, 1, &moved).await.is(200);

    let stale = world.manager.patch(&path(&made), 1, &json!({ "title": "x" })).await;
    stale.refused(412, "precondition_failed");
    // An hour later, through the slots that the series itself takes now.
    let body = json!({ "title": "Harvest", "scheduledStart": hour(10), "scheduledEnd": hour(13) });
    let all = world.manager.patch(&path(&made), 2, &body).await.is(200);
    assert_eq!(all.version(), 3);
    let starts: Vec<_> = all.list("occurrences").iter().map(|one| &one["scheduledStart"]).collect();
    assert_eq!(starts, [&json!(hour(10)), &json!(hour(34)), &json!(hour(68)), &json!(hour(82))]);
    let title = async |id: &str| {
        let booking = world.manager.get(&format!("/api/bookings/{id}")).await.is(200);
        booking.body["title"].as_str().unwrap().to_owned()
    };
    assert_eq!(title(&ids[0]).await, "Harvest");
    assert_eq!(title(&ids[1]).await, "Finale");
    let story = world.story(&ids[0]).await;
    assert_eq!(story[1]["type"], "BOOKING_UPDATED");

    // A day later each stands where the next one was.
    let body = json!({ "scheduledStart": hour(34), "scheduledEnd": hour(37) });
    let all = world.manager.patch(&path(&made), 3, &body).await.is(200);
    assert_eq!(all.list("occurrences")[3]["scheduledStart"], hour(106));
}

#[tokio::test]
async fn what_follows_becomes_a_series_of_its_own_and_is_cancelled_by_itself() {
    let world = World::new().await;
    let made = make(&world, &daily(&world, 9, 11, 5)).await.is(201);
    let ids = booking_ids(&made);
    let taken = world.book(24 * 3 + 12, 24 * 3 + 13).await.is(201);
    let following = format!("{}?scope=this_and_following&from={}", path(&made), ids[2]);
    let body = json!({ "scheduledStart": hour(24 * 2 + 10), "scheduledEnd": hour(24 * 2 + 13) });
    let refused = world.manager.patch(&following, 1, &body).await.refused(409, "location_conflict");
    assert_eq!(refused.list("occurrences")[0]["conflicts"][0]["bookingId"], taken.id());
    let body = json!({ "scheduledStart": hour(24 * 2 + 14), "scheduledEnd": hour(24 * 2 + 15) });
    let rest = world.manager.patch(&following, 1, &body).await.is(200);
    assert_ne!(rest.id(), made.id());
    assert_eq!(booking_ids(&rest), ids[2..]);
    assert_eq!((&rest.body["splitFrom"], rest.version()), (&json!(made.id()), 1));
    let before = world.manager.get(&path(&made)).await.is(200);
    assert_eq!((booking_ids(&before), before.version()), (ids[..2].to_vec(), 2));
    assert_eq!(before.body["recurrence"], "FREQ=DAILY;COUNT=2");

    let one = format!("{}?scope=this&from={}&notes=rain", path(&rest), hour(24 * 3 + 14));
    cancel(&world.manager, &one).await.is(200);
    let gone = world.manager.get(&format!("/api/bookings/{}", ids[3])).await.is(200);
    assert_eq!((&gone.body["status"], &gone.body["notes"]), (&json!("cancelled"), &json!("rain")));
    cancel(&world.manager, &one).await.refused(409, "invalid_status_transition");
    let wanted =
        demand(world.manager.request(Method::DELETE, &path(&rest)).header("If-Match", etag(1)));
    wanted.await.refused(412, "precondition_failed");
    let over = cancel(&world.manager, &path(&rest)).await.is(200);
    assert!(over.body["cancelledAt"].is_string(), "{over:#?}");
    let statuses: Vec<_> = over.list("occurrences").iter().map(|one| &one["status"]).collect();
    assert!(statuses.iter().all(|status| **status == "cancelled"), "{over:#?}");
    cancel(&world.manager, &path(&rest)).await.refused(409, "series_over");
    let query = format!("/api/events?subject=series/{}", rest.id());
    let told = world.admin.get(&query).await.is(200);
    let types: Vec<_> = told.list("events").iter().map(|event| &event["type"]).collect();
    let cancelled = "BOOKING_SERIES_CANCELLED";
    assert_eq!(types, ["BOOKING_SERIES_CREATED", cancelled, cancelled]);
    // Their place is free again, and the others are as they were.
    world.book(24 * 4 + 14, 24 * 4 + 15).await.is(201);
    let left = world.manager.get(&path(&made)).await.is(200);
    assert!(left.list("occurrences").iter().all(|one| one["status"] == "draft"), "{left:#?}");
}

#[tokio::test]
async fn a_move_checks_everybody_who_is_on_the_occurrences() {
    let world = World::new().await;
    trust(&world).await;
    let host = agent(&world).await;
    let made = make(&world, &daily(&world, 9, 11, 3)).await.is(201);
    for id in booking_ids(&made) {
        assign(&world.admin, &id, &[&host]).await.is(201);
    }
    let other = crate::support::booking(&world.organization, None, 24 + 14, 24 + 16);
    let other = world.manager.post("/api/bookings", &other).await.is(201);
    assign(&world.admin, &other.id(), &[&host]).await.is(201);
    let body = json!({ "scheduledStart": hour(15), "scheduledEnd": hour(17) });
    let refused = world.manager.patch(&path(&made), 1, &body).await;
    let refused = refused.refused(409, "staff_unavailable");
    assert_eq!(refused.list("problems")[0]["bookingId"], booking_ids(&made)[1]);
    assert_eq!(refused.list("problems").len(), 1);
    // By a day each comes to where the person is on the next one, which moves too.
    let body = json!({ "scheduledStart": hour(33), "scheduledEnd": hour(35) });
    world.manager.patch(&path(&made), 1, &body).await.is(200);
}

#[tokio::test]
async fn who_may_not_touch_one_of_the_bookings_changes_none() {
    let world = World::new().await;
    let user = world.person("client_user", Some(&world.organization)).client;
    let made = user.post("/api/booking-series", &daily(&world, 9, 11, 3)).await.is(201);
    user.patch(&path(&made), 1, &json!({ "title": "Mine" })).await.is(200);
    // What was submitted is no draft of one's own any more.
    user.transition(&booking_ids(&made)[1], "pending_approval").await.is(200);
    user.patch(&path(&made), 2, &json!({ "title": "x" })).await.refused(403, "forbidden");
    cancel(&user, &path(&made)).await.refused(403, "forbidden");
    let read = world.manager.get(&path(&made)).await.is(200);
    assert_eq!(read.version(), 2);
    let statuses: Vec<_> = read.list("occurrences").iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, ["draft", "pending_approval", "draft"]);

    let neighbour = world.neighbour(2).await;
    let stranger = world.person("client_manager", Some(&neighbour)).client;
    stranger.get(&path(&made)).await.problem(404);
    stranger.patch(&path(&made), 2, &json!({ "title": "x" })).await.problem(404);
    cancel(&stranger, &path(&made)).await.problem(404);

    // Who works on one of them sees the series, and of it that one.
    trust(&world).await;
    let host = agent(&world).await;
    host.client.get(&path(&made)).await.problem(404);
    assign(&world.admin, &booking_ids(&made)[1], &[&host]).await.is(201);
    let seen = host.client.get(&path(&made)).await.is(200);
    assert_eq!(booking_ids(&seen), [booking_ids(&made)[1].clone()]);
    host.client.patch(&path(&made), 2, &json!({ "title": "x" })).await.refused(403, "forbidden");
    let bad = format!("{}?scope=this&from=tomorrow", path(&made));
    world.manager.patch(&bad, 2, &json!({ "title": "x" })).await.refused(400, "validation_failed");
}
