//! Staff that the platform chooses, and bookings that it confirms.

use rishi_app::staffing::AssignmentStep;
use rishi_domain::booking::BookingStatus::{Approved, Confirmed, OnHold, PendingApproval};
use serde_json::{Value, json};

use super::stage::{Stage, data};

fn hosts(count: u16) -> Value {
    json!({ "roles": [{ "role": "host", "count": count }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_approval_everything_follows_once_and_in_order() {
    let stage = Stage::new(json!({ "autoAssign": true })).await;
    let (ann, bob) = (stage.agent(json!({})).await, stage.agent(json!({})).await);
    let booking = stage.approved(3_000, hosts(2)).await;
    let expected = [
        "BOOKING_CREATED",
        "BOOKING_STATUS_CHANGED",
        "BOOKING_STATUS_CHANGED",
        "BOOKING_APPROVED_NOTIFICATION_REQUIRED",
        "AUTO_STAFF_ASSIGNMENT_REQUIRED",
        "STAFF_ASSIGNED_TO_BOOKING",
        "BOOKING_AUTO_CONFIRMATION_REQUIRED",
        "BOOKING_STATUS_CHANGED",
    ];
    assert_eq!(stage.types(booking).await, expected);
    assert_eq!(stage.status(booking).await, Confirmed);
    for agent in [&ann, &bob] {
        assert_eq!(stage.of(agent, booking).await.1, "assigned");
    }
    let story = stage.story(booking.0).await;
    let admin = stage.admin.principal.user_id();
    for (cause, event) in [(3, 4), (4, 5), (5, 6), (6, 7)] {
        // Each follows from the one before, on behalf of who approved, in the same workflow.
        assert_eq!(story[event].causation_id, Some(story[cause].id), "{}", story[event].event_type);
        assert_eq!(story[event].user_id, Some(admin.0));
        assert_eq!(story[event].correlation_id, Some(booking.0));
        assert_eq!(story[event].organization_id, Some(stage.organization.0));
        assert_eq!(story[event].source, "rishi/workflows");
    }
    assert_eq!(data(&story[4])["booking"]["id"], json!(booking));
    assert_eq!(data(&story[5])["assignedBy"], json!(admin));
    let confirmed = data(&story[7]);
    assert_eq!(confirmed["changedBy"], json!(admin));
    let reason = "Booking confirmed with staff and location";
    assert_eq!(confirmed["statusTransitionReason"], reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_is_found_it_is_told_why_and_the_booking_stays_approved() {
    let stage = Stage::new(json!({ "autoAssign": true })).await;
    stage.agent(json!({})).await;
    let booking = stage.approved(3_000, hosts(2)).await;
    let story = stage.story(booking.0).await;
    let failed = story.last().unwrap();
    assert_eq!(&*failed.event_type, "AUTO_STAFF_ASSIGNMENT_FAILED");
    let told = data(failed);
    assert_eq!(
        (&told["unfilled"][0]["role"], &told["unfilled"][0]["places"]),
        (&json!("host"), &json!(1))
    );
    assert_eq!(stage.status(booking).await, Approved);
    assert!(stage.seen(booking).await.staff.is_empty(), "all or nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organization_decides_and_the_booking_may_decide_otherwise() {
    let wants =
        |auto: bool, most: u16| json!({ "autoAssign": auto, "autoAssignMaxHeadcount": most });
    let stated = |auto: bool| json!({ "count": 2, "autoAssign": auto });
    let open = || json!({ "count": 2 });
    let cases = [
        (wants(false, 5), open(), false),
        (wants(true, 2), open(), true),
        (wants(true, 1), open(), false),
        (wants(true, 5), stated(false), false),
        (wants(true, 5), json!(null), false),
    ];
    for (settings, needs, chosen) in cases {
        let case = format!("{settings} {needs}");
        let stage = Stage::new(settings).await;
        stage.agent(json!({})).await;
        stage.agent(json!({})).await;
        let booking = stage.approved(3_000, needs).await;
        let asked = stage.count(booking, "AUTO_STAFF_ASSIGNMENT_REQUIRED").await;
        assert_eq!(asked, usize::from(chosen), "{case}");
        let staff = stage.seen(booking).await.staff.len();
        assert_eq!(staff, if chosen { 2 } else { 0 }, "{case}");
    }
    // Who asks for it when the booking is made need not wait for the approval, nor mind the setting.
    let stage = Stage::new(wants(false, 1)).await;
    stage.agent(json!({})).await;
    stage.agent(json!({})).await;
    let booking = stage.book(3_000, stated(true)).await;
    let expected =
        ["BOOKING_CREATED", "AUTO_STAFF_ASSIGNMENT_REQUIRED", "STAFF_ASSIGNED_TO_BOOKING"];
    assert_eq!(stage.types(booking).await, expected);
    let story = stage.story(booking.0).await;
    assert_eq!(data(&story[1])["requestedBy"], json!(stage.manager.principal.user_id()));
    // It is confirmed as soon as it is approved, and nobody is looked for again.
    stage.step(booking, PendingApproval).await;
    stage.step(booking, Approved).await;
    assert_eq!(stage.status(booking).await, Confirmed);
    assert_eq!(stage.count(booking, "AUTO_STAFF_ASSIGNMENT_REQUIRED").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_is_confirmed_when_the_last_place_is_taken() {
    let stage = Stage::new(json!({})).await;
    let (ann, bob) = (stage.agent(json!({})).await, stage.agent(json!({})).await);
    let booking = stage.approved(3_000, hosts(2)).await;
    stage.assign(booking, &[&ann]).await;
    assert_eq!(stage.status(booking).await, Approved, "one place is open");
    stage.assign(booking, &[&bob]).await;
    assert_eq!(stage.status(booking).await, Confirmed);
    // Held and let go on, it is confirmed again, since it still has them.
    stage.step(booking, OnHold).await;
    stage.step(booking, Approved).await;
    assert_eq!(stage.status(booking).await, Confirmed);
    assert_eq!(stage.count(booking, "BOOKING_AUTO_CONFIRMATION_REQUIRED").await, 2);
    // Nobody knows whether this one has enough.
    let bare = stage.approved(6_000, json!(null)).await;
    stage.assign(bare, &[&ann]).await;
    assert_eq!(stage.status(bare).await, Approved);
    // An edit that asks for less completes the team, too.
    let large = stage.approved(9_000, hosts(3)).await;
    stage.assign(large, &[&ann, &bob]).await;
    assert_eq!(stage.status(large).await, Approved);
    stage.edit(large, json!({ "staffRequirements": hosts(2) })).await;
    assert_eq!(stage.status(large).await, Confirmed);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_acceptance_is_wanted_the_last_to_accept_confirms_the_booking() {
    let stage = Stage::new(json!({ "autoConfirm": "when_staff_confirmed" })).await;
    let (ann, bob) = (stage.agent(json!({})).await, stage.agent(json!({})).await);
    let booking = stage.approved(3_000, hosts(2)).await;
    stage.assign(booking, &[&ann, &bob]).await;
    stage.act(&ann, booking, AssignmentStep::Confirm(None)).await;
    assert_eq!(stage.status(booking).await, Approved);
    stage.act(&bob, booking, AssignmentStep::Confirm(None)).await;
    assert_eq!(stage.status(booking).await, Confirmed);
    let types = stage.types(booking).await;
    let expected = [
        "ASSIGNMENT_STATUS_CHANGED",
        "BOOKING_AUTO_CONFIRMATION_REQUIRED",
        "BOOKING_STATUS_CHANGED",
    ];
    assert_eq!(types[types.len() - 3..], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn skills_must_be_covered_before_a_booking_is_confirmed() {
    let stage = Stage::new(json!({})).await;
    let (ann, bob) = (stage.agent(json!({})).await, stage.agent(json!({})).await);
    let needs = json!({ "count": 2, "skills": ["pouring"] });
    let booking = stage.approved(3_000, needs).await;
    stage.assign(booking, &[&ann, &bob]).await;
    assert_eq!(stage.status(booking).await, Approved);
    let story = stage.story(booking.0).await;
    assert_eq!(data(story.last().unwrap())["skillsMatched"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_state_of_a_booking_asks_for_confirmation_once() {
    let stage = Stage::new(json!({})).await;
    let (ann, bob) = (stage.agent(json!({})).await, stage.agent(json!({})).await);
    let booking = stage.approved(3_000, hosts(1)).await;
    // Nothing asks before both are on it, and nothing confirms before it was asked.
    let both = ["auto-confirmation-request", "auto-confirmation"];
    for name in both {
        stage.pause(name).await;
    }
    stage.assign(booking, &[&ann]).await;
    stage.assign(booking, &[&bob]).await;
    for name in both {
        stage.resume(name).await;
    }
    assert_eq!(stage.count(booking, "BOOKING_AUTO_CONFIRMATION_REQUIRED").await, 1);
    assert_eq!(stage.status(booking).await, Confirmed);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_refused_a_step_because_staff_is_assigned_at_that_moment() {
    let stage = Stage::new(json!({})).await;
    let ann = stage.agent(json!({})).await;
    for round in 0..20 {
        let made = stage.book(3_000 + 180 * round, json!(null)).await;
        // The assignment is on its way when the step is decided, and mostly there before it.
        let one = [&ann];
        let ((), stepped) = futures::join!(stage.ask_for(made, &one), stage.submit(made));
        stepped.unwrap();
        stage.dispatcher.idle().await;
        assert_eq!(stage.status(made).await, PendingApproval);
        assert_eq!(stage.of(&ann, made).await.1, "assigned");
    }
    // Of two who change the booking itself one is told.
    let made = stage.book(60, json!(null)).await;
    let (one, other) = futures::join!(stage.submit(made), stage.submit(made));
    one.unwrap();
    other.unwrap_err();
}
