//! A booking that moves, or comes back, is checked again for everybody who is on it.

use serde_json::json;

use super::cast::{agent, assign, certified, put, reasons, trust};
use crate::support::{World, booking, hour};

#[tokio::test]
async fn i2_a_booking_does_not_move_onto_another_shift_of_its_people() {
    let world = World::new().await;
    trust(&world).await;
    let ann = agent(&world).await;
    let mut made = Vec::new();
    for (from, to) in [(10, 12), (20, 22)] {
        let body = booking(&world.organization, None, from, to);
        let id = world.manager.post("/api/bookings", &body).await.is(201).id();
        assign(&world.admin, &id, &[&ann]).await.is(201);
        made.push(id);
    }
    let path = format!("/api/bookings/{}", made[0]);
    let onto = json!({ "scheduledStart": hour(21), "scheduledEnd": hour(23) });
    let refused = world.manager.patch(&path, 2, &onto).await.refused(409, "staff_unavailable");
    assert_eq!(reasons(&refused)[0].1[0].0, "double_booked");
    let beside = json!({ "scheduledStart": hour(22), "scheduledEnd": hour(23) });
    world.manager.patch(&path, 2, &beside).await.is(200);
    // A title moves nobody.
    world.manager.patch(&path, 3, &json!({ "title": "Later" })).await.is(200);
}

#[tokio::test]
async fn a_booking_does_not_outlast_a_certification_that_it_needs() {
    let world = World::new().await;
    trust(&world).await;
    let ann = agent(&world).await;
    let first_day = &hour(0)[..10];
    let skill = json!({ "skills": [certified("forklift", "expert", first_day)] });
    put(&world.admin, &world, &ann.id, skill).await.is(200);
    let verify = format!("/api/staff/{}/certifications/verify", ann.id);
    world.admin.post(&verify, &json!({ "skill": "forklift" })).await.is(200);
    let mut body = booking(&world.organization, None, 8, 12);
    body["timezone"] = json!("UTC");
    body["staffRequirements"] =
        json!({ "roles": [{ "role": "host", "count": 1, "skills": ["forklift"] }] });
    let made = world.manager.post("/api/bookings", &body).await.is(201).id();
    assign(&world.admin, &made, &[&ann]).await.is(201);
    let path = format!("/api/bookings/{made}");
    let until = |end: &str| json!({ "scheduledEnd": end });
    world.manager.patch(&path, 2, &until(&hour(24))).await.is(200);
    let late = crate::support::drafts::minute(24 * 60 + 1);
    let refused = world.manager.patch(&path, 3, &until(&late)).await;
    let refused = refused.refused(422, "skills_missing");
    assert_eq!(reasons(&refused)[0].1[0].0, "certification_expired");
}

#[tokio::test]
async fn approving_looks_at_everybody_again_also_after_a_hold() {
    let world = World::new().await;
    trust(&world).await;
    let ann = agent(&world).await;
    let made = world.draft().await.id();
    assign(&world.admin, &made, &[&ann]).await.is(201);
    let suspended = json!({ "status": "suspended" });
    put(&world.admin, &world, &ann.id, suspended.clone()).await.is(200);
    world.manager.transition(&made, "pending_approval").await.is(200);
    let refused = world.admin.transition(&made, "approved").await;
    assert_eq!(reasons(&refused.refused(409, "staff_unavailable"))[0].1[0].0, "not_eligible");
    put(&world.admin, &world, &ann.id, json!({ "status": "active" })).await.is(200);
    world.admin.transition(&made, "approved").await.is(200);
    world.admin.transition(&made, "on_hold").await.is(200);
    put(&world.admin, &world, &ann.id, suspended).await.is(200);
    world.admin.transition(&made, "approved").await.refused(409, "staff_unavailable");
    put(&world.admin, &world, &ann.id, json!({ "status": "active" })).await.is(200);
    world.admin.transition(&made, "approved").await.is(200);
}
