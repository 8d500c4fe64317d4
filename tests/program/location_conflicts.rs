//! Two bookings of one place at one time: never, whoever makes them and however.

use serde_json::json;

use crate::support::drafts::{between, instant, minute};
use crate::support::{Answer, World, booking, hour};

#[tokio::test]
async fn i2_every_kind_of_overlap_is_refused_and_only_an_overlap() {
    let world = World::new().await;
    let held = world.book(10, 20).await.is(201).id();

    for (case, from, to) in [
        ("identical", 10, 20),
        ("enclosing", 8, 22),
        ("enclosed", 12, 15),
        ("sharing the start", 10, 12),
        ("sharing the end", 18, 20),
        ("reaching in from before", 9, 11),
        ("reaching out after", 19, 21),
    ] {
        let answer = world.book(from, to).await;
        assert_eq!(answer.status, 409, "{case} must be refused: {answer:#?}");
        let answer = answer.refused(409, "location_conflict");
        assert!(answer.text.contains(&held), "{case} names what it is in conflict with");
    }
    for (case, from, to) in [
        ("back to back before", minute(8 * 60), minute(10 * 60)),
        ("back to back after", minute(20 * 60), minute(21 * 60)),
        ("a minute apart", minute(21 * 60 + 1), minute(22 * 60)),
    ] {
        let body = between(&world.organization, Some(&world.location), &from, &to);
        let answer = world.manager.post("/api/bookings", &body).await;
        assert_eq!(answer.status, 201, "{case} must be allowed: {answer:#?}");
    }
}

#[tokio::test]
async fn i2_a_millisecond_of_overlap_is_an_overlap() {
    let world = World::new().await;
    world.book(0, 1).await.is(201);
    let just_before_one = minute(59).replace(":00Z", ":59.999Z");
    let body = between(&world.organization, Some(&world.location), &just_before_one, &hour(2));
    world.manager.post("/api/bookings", &body).await.refused(409, "location_conflict");
    // An offset names the same instant as UTC does.
    let shifted = format!("{}+00:00", hour(1).trim_end_matches('Z'));
    let body = between(&world.organization, Some(&world.location), &shifted, &hour(2));
    world.manager.post("/api/bookings", &body).await.is(201);
}

#[tokio::test]
async fn a_cancelled_booking_frees_its_time() {
    let world = World::new().await;
    let first = world.book(10, 12).await.is(201).id();
    world.manager.transition(&first, "cancelled").await.is(200);
    world.book(9, 13).await.is(201);
}

#[tokio::test]
async fn bookings_without_a_location_are_never_in_conflict() {
    let world = World::new().await;
    let body = booking(&world.organization, None, 1, 2);
    for _ in 0..3 {
        world.manager.post("/api/bookings", &body).await.is(201);
    }
}

#[tokio::test]
async fn i9_a_conflict_shows_of_another_organization_only_when_it_is_busy() {
    let world = World::new().await;
    let hall = world.shared_location().await;
    let neighbour = world.neighbour(2).await;
    let stranger = world.person("client_manager", Some(&neighbour)).client;
    let mut body = booking(&neighbour, Some(&hall), 10, 14);
    body["title"] = json!("A secret product launch");
    let secret = stranger.post("/api/bookings", &body).await.is(201).id();

    let body = booking(&world.organization, Some(&hall), 12, 16);
    let refused = world.manager.post("/api/bookings", &body).await;
    let refused = refused.refused(409, "location_conflict");
    for hidden in [&secret, "A secret product launch", &neighbour, "High Plains"] {
        assert!(!refused.text.contains(hidden), "`{hidden}` is nobody else's business");
    }
    let busy = refused.list("busy");
    assert_eq!(busy.len(), 1, "one busy range: {refused:#?}");
    assert_eq!(instant(&busy[0]["start"]), instant(&json!(hour(10))));
    assert_eq!(instant(&busy[0]["end"]), instant(&json!(hour(14))));

    // Who may see all organizations is told which booking it is.
    let refused = world.admin.post("/api/bookings", &body).await;
    assert!(refused.refused(409, "location_conflict").text.contains(&secret));
}

#[tokio::test]
async fn i2_of_two_at_once_one_wins() {
    let world = World::new().await;
    for round in 0..10 {
        let (from, to) = (round * 10, round * 10 + 4);
        let (one, other) = tokio::join!(world.book(from, to), world.book(from + 2, to + 2));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{one:#?} {other:#?}");
    }
}

#[tokio::test]
async fn i2_rescheduling_into_a_conflict_is_refused_and_changes_nothing() {
    let world = World::new().await;
    world.book(10, 12).await.is(201);
    let moving = world.book(20, 22).await.is(201);
    let path = format!("/api/bookings/{}", moving.id());
    let to = |from: i64, to: i64| json!({ "scheduledStart": hour(from), "scheduledEnd": hour(to) });

    let refused = world.manager.patch(&path, 1, &to(11, 13)).await;
    refused.refused(409, "location_conflict");
    let refused = world.manager.patch(&path, 1, &json!({ "scheduledStart": hour(11) })).await;
    refused.refused(409, "location_conflict");
    unchanged(&moving, &world.manager.get(&path).await);
    assert_eq!(world.story(&moving.id()).await.len(), 1, "no event tells of what did not happen");

    // Its own old time is no conflict, and back to back is none.
    world.manager.patch(&path, 1, &to(21, 23)).await.is(200);
    let moved = world.manager.patch(&path, 2, &to(12, 14)).await.is(200);
    assert_eq!(moved.version(), 3);
    assert_eq!(instant(&moved.body["scheduledStart"]), instant(&json!(hour(12))));
}

#[tokio::test]
async fn i2_moving_to_another_place_is_checked_there() {
    let world = World::new().await;
    let hall = world.shared_location().await;
    let body = booking(&world.organization, Some(&hall), 10, 12);
    world.manager.post("/api/bookings", &body).await.is(201);
    let moving = world.book(11, 13).await.is(201);
    let path = format!("/api/bookings/{}", moving.id());
    let refused = world.manager.patch(&path, 1, &json!({ "locationId": hall })).await;
    refused.refused(409, "location_conflict");
    unchanged(&moving, &world.manager.get(&path).await);
}

#[track_caller]
fn unchanged(before: &Answer, after: &Answer) {
    for field in ["scheduledStart", "scheduledEnd", "locationId", "status", "version", "updatedAt"]
    {
        assert_eq!(before.body[field], after.body[field], "`{field}` stays");
    }
}
