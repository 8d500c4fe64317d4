//! Bookings that are over, and people who did not come.

use jiff::SignedDuration;
use rishi_app::staffing::AssignmentStep;
use rishi_domain::assignment::CheckIn;
use rishi_domain::booking::BookingStatus::{
    Approved, Cancelled, Completed, Confirmed, InProgress, OnHold,
};
use serde_json::json;

use super::stage::{Stage, data};

#[tokio::test(flavor = "multi_thread")]
async fn with_a_booking_its_assignments_are_completed_and_its_cost_is_reckoned() {
    let stage = Stage::new(json!({})).await;
    let paid = || json!({ "defaultHourlyRate": 20 });
    let (ann, bob) = (stage.agent(paid()).await, stage.agent(paid()).await);
    let eve = stage.agent(paid()).await;
    let booking = stage.approved(60, json!({ "count": 3 })).await;
    stage.assign(booking, &[&ann, &bob, &eve]).await;
    stage.pass(60).await;
    stage.step(booking, InProgress).await;
    // Ann works for half an hour, Bob forgets to check out, Eve is not recorded at all.
    stage.work(&bob, booking, None).await;
    stage.work(&ann, booking, Some(30)).await;
    stage.step(booking, Completed).await;
    let types = stage.types(booking).await;
    assert_eq!(
        types[types.len() - 3..],
        ["BOOKING_STATUS_CHANGED", "BOOKING_COMPLETION_TASKS_REQUIRED", "BOOKING_SETTLED"]
    );
    let seen = stage.seen(booking).await;
    // Half an hour, and twice the two hours that were scheduled, of which Eve was missing.
    assert_eq!(serde_json::to_value(seen.booking.actual_cost).unwrap(), json!(50));
    assert_eq!(stage.of(&bob, booking).await.1, "completed");
    assert_eq!(stage.of(&eve, booking).await.1, "no_show");
    let story = stage.story(booking.0).await;
    let settled = data(story.last().unwrap());
    assert_eq!(settled["booking"]["version"], json!(seen.booking.version));
    assert_eq!(settled["assignments"].as_array().unwrap().len(), 1, "only Bob was left");
    assert_eq!(settled["settledFor"], json!(stage.admin.principal.user_id()));
    // He remembers.
    stage.act(&bob, booking, AssignmentStep::CheckOut(CheckIn::default())).await;
    assert!(
        stage
            .seen(booking)
            .await
            .staff
            .iter()
            .any(|one| one.staff.id == bob.id && one.checked_out_at == Some(stage.now()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_stated_as_the_cost_stays() {
    let stage = Stage::new(json!({})).await;
    let ann = stage.agent(json!({ "defaultHourlyRate": 20 })).await;
    let booking = stage.approved(60, json!({ "count": 1 })).await;
    stage.assign(booking, &[&ann]).await;
    stage.edit(booking, json!({ "actualCost": 7 })).await;
    stage.step(booking, InProgress).await;
    stage.step(booking, Completed).await;
    let cost = stage.seen(booking).await.booking.actual_cost;
    assert_eq!(serde_json::to_value(cost).unwrap(), json!(7));
    assert_eq!(stage.of(&ann, booking).await.1, "completed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_booking_holds_nobody() {
    let stage = Stage::new(json!({})).await;
    let (ann, bob) = (stage.agent(json!({})).await, stage.agent(json!({})).await);
    let booking = stage.approved(60, json!({ "count": 2 })).await;
    stage.assign(booking, &[&ann, &bob]).await;
    stage.work(&bob, booking, None).await;
    let before = stage.seen(booking).await.booking.version;
    stage.step(booking, Cancelled).await;
    let types = stage.types(booking).await;
    assert_eq!(
        types[types.len() - 3..],
        ["BOOKING_STATUS_CHANGED", "STAFF_RELEASED_FROM_BOOKING", "BOOKING_SETTLED"]
    );
    assert_eq!(stage.of(&ann, booking).await.1, "released");
    assert_eq!(stage.of(&bob, booking).await.1, "completed", "Bob has come");
    assert_eq!(stage.seen(booking).await.booking.version, before + 3);
    let story = stage.story(booking.0).await;
    let released = data(&story[story.len() - 2]);
    assert_eq!(released["reason"], "The booking was cancelled.");
    assert_eq!(released["assignments"].as_array().unwrap().len(), 1);
    // Ann is free at once; nobody is missed.
    let other = stage.approved(60, json!({ "count": 1 })).await;
    stage.assign(other, &[&ann]).await;
    assert_eq!(stage.timers(booking), 0);
    stage.pass(200).await;
    assert_eq!(stage.count(booking, "ASSIGNMENT_NO_SHOW_DUE").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_come_when_the_grace_is_over_is_missing() {
    let stage = Stage::new(json!({ "noShowGraceMinutes": 15 })).await;
    let (ann, bob) = (stage.agent(json!({})).await, stage.agent(json!({})).await);
    let eve = stage.agent(json!({})).await;
    let booking = stage.approved(60, json!({ "count": 3 })).await;
    stage.assign(booking, &[&ann, &bob, &eve]).await;
    stage.act(&ann, booking, AssignmentStep::Confirm(None)).await;
    stage.work(&eve, booking, None).await;
    stage.pass(74).await;
    assert_eq!(stage.of(&ann, booking).await.1, "confirmed");
    stage.pass(1).await;
    // Bob never answered, and did not come either.
    for (agent, status) in [(&ann, "no_show"), (&bob, "no_show"), (&eve, "checked_in")] {
        assert_eq!(stage.of(agent, booking).await.1, status);
    }
    assert_eq!(stage.count(booking, "ASSIGNMENT_NO_SHOW_DUE").await, 2, "not for who came");
    let missed: Vec<_> = stage
        .story(booking.0)
        .await
        .into_iter()
        .filter(|event| data(event)["newStatus"] == "no_show")
        .collect();
    assert_eq!(missed.len(), 2);
    assert_eq!(missed[0].source, "rishi/workflows");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_missed_whose_booking_moved_or_stopped_or_who_was_released() {
    let stage = Stage::new(json!({})).await;
    let agents = [
        stage.agent(json!({})).await,
        stage.agent(json!({})).await,
        stage.agent(json!({})).await,
        stage.agent(json!({})).await,
    ];
    let mut bookings = Vec::new();
    for agent in &agents {
        let booking = stage.approved(60, json!({ "count": 1 })).await;
        stage.assign(booking, &[agent]).await;
        bookings.push(booking);
    }
    let [moved, held, released, missed] = bookings[..] else { panic!("four") };
    let later = |minutes| stage.now() + SignedDuration::from_mins(minutes);
    let body = json!({ "scheduledStart": later(120), "scheduledEnd": later(240) });
    stage.edit(moved, body).await;
    stage.step(held, OnHold).await;
    stage.act_by(&stage.admin, &agents[2], released, AssignmentStep::Release(None)).await;
    stage.pass(80).await;
    let due = "ASSIGNMENT_NO_SHOW_DUE";
    for booking in [moved, held, released] {
        assert_eq!(stage.count(booking, due).await, 0);
    }
    assert_eq!(stage.count(missed, due).await, 1);
    stage.pass(60).await;
    assert_eq!(stage.count(moved, due).await, 1, "at the new time");
    assert_eq!(stage.of(&agents[0], moved).await.1, "no_show");
    assert_eq!(stage.status(moved).await, Confirmed);
    // Nobody waits for somebody who is held back until the time is over.
    stage.step(held, Approved).await;
    stage.pass(60).await;
    assert_eq!(stage.count(held, due).await, 0);
}
