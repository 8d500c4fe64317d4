//! The role table of the design, through HTTP.

use serde_json::json;

use crate::support::cli::text;
use crate::support::{Answer, Client, World, booking};

/// What can be done to a booking, and where it must stand for that.
const STEPS: [(&str, &str, &str); 8] = [
    ("submit", "draft", "pending_approval"),
    ("approve", "pending_approval", "approved"),
    ("confirm", "approved", "confirmed"),
    ("start", "confirmed", "in_progress"),
    ("complete", "in_progress", "completed"),
    ("hold", "approved", "on_hold"),
    ("resume", "on_hold", "approved"),
    ("cancel", "draft", "cancelled"),
];

/// The steps that a role may take with a booking that somebody else has made and submitted in an
/// organization of tier 2.
fn allowed(role: &str) -> &'static [&'static str] {
    match role {
        "super_admin" | "internal_admin" | "internal_field_manager" => {
            &["submit", "approve", "confirm", "start", "complete", "hold", "resume", "cancel"]
        }
        "field_coordinator" => &["confirm", "start", "complete"],
        "client_manager" => &["submit", "cancel"],
        _ => &[],
    }
}

/// An internal field role that works for the world's organization.
async fn in_the_field(world: &World, role: &str) -> Client {
    let organizations = world.admin.get("/api/organizations").await.is(200);
    let own = organizations.list("organizations").iter().find(|row| row["kind"] == "internal");
    let own = text(own.expect("the operator's own organization is there"), "id");
    let email = format!("{role}@field.example.com");
    let body = json!({
        "email": email,
        "displayName": role,
        "role": role,
        "organizationId": own,
        "serves": [world.organization],
    });
    world.admin.post("/api/users", &body).await.is(201);
    world.admin.with_token(&world.home.add_token(&email, None))
}

#[tokio::test]
async fn every_role_may_take_the_steps_of_the_table_and_no_other() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    let people = [
        ("super_admin", world.person("super_admin", None).client),
        ("internal_admin", world.person("internal_admin", None).client),
        ("internal_field_manager", in_the_field(&world, "internal_field_manager").await),
        ("field_coordinator", in_the_field(&world, "field_coordinator").await),
        ("client_manager", world.person("client_manager", organization).client),
        ("client_user", world.person("client_user", organization).client),
    ];
    for (role, client) in &people {
        for (step, from, to) in STEPS {
            let booking = world.booking_in(from).await;
            let path = format!("/api/bookings/{}", booking.id());
            let shown = client.get(&path).await.is(200);
            let answer = client.transition(&booking.id(), to).await;
            let may = allowed(role).contains(&step);
            assert_eq!(answer.status, if may { 200 } else { 403 }, "{role}: {step}: {answer:#?}");
            assert_eq!(
                offers(&shown, to),
                may,
                "{role} is offered what it may: {step}: {shown:#?}"
            );
            if !may {
                answer.problem(403);
                let after = world.admin.get(&path).await.is(200);
                assert_eq!(after.version(), booking.version(), "{role}: {step}: nothing changes");
            }
        }
    }
}

fn offers(booking: &Answer, to: &str) -> bool {
    booking.list("allowedTransitions").iter().any(|status| status == to)
}

#[tokio::test]
async fn who_does_not_work_for_an_organization_does_not_see_its_bookings() {
    let world = World::new().await;
    let booking = world.booking_in("pending_approval").await.id();
    let organization = Some(world.organization.as_str());
    for (case, client) in [
        ("a field manager elsewhere", world.person("internal_field_manager", None).client),
        ("a coordinator elsewhere", world.person("field_coordinator", None).client),
        ("an agent who is not on it", world.person("brand_agent", None).client),
        (
            "an agent of the client who is not on it",
            world.person("brand_agent", organization).client,
        ),
    ] {
        let answer = client.get(&format!("/api/bookings/{booking}")).await;
        assert_eq!(answer.status, 404, "{case}: {answer:#?}");
        let answer = client.transition(&booking, "approved").await;
        assert_eq!(answer.status, 404, "{case}: {answer:#?}");
        let answer = client.get("/api/bookings?search=Harvest").await;
        assert!(!answer.text.contains(&booking), "{case}: {answer:#?}");
    }
}

#[tokio::test]
async fn only_some_may_make_bookings() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    let body = booking(&world.organization, None, 1, 2);
    for (role, member_of, statuses) in [
        ("super_admin", None, [201].as_slice()),
        ("internal_admin", None, &[201]),
        ("client_manager", organization, &[201]),
        ("client_user", organization, &[201]),
        ("brand_agent", organization, &[403, 404]),
        ("field_coordinator", None, &[403, 404]),
        ("internal_field_manager", None, &[403, 404]),
    ] {
        let client = world.person(role, member_of).client;
        let answer = client.post("/api/bookings", &body).await;
        assert!(answer.is_one_of(statuses), "{role}: {answer:#?}");
    }
    let manager = in_the_field(&world, "internal_field_manager").await;
    manager.post("/api/bookings", &body).await.is(201);
    let coordinator = in_the_field(&world, "field_coordinator").await;
    coordinator.post("/api/bookings", &body).await.problem(403);
}

#[tokio::test]
async fn a_client_user_has_a_hand_in_own_drafts_only() {
    let world = World::new().await;
    let user = world.person("client_user", Some(&world.organization)).client;
    let body = booking(&world.organization, None, 1, 2);
    let own = user.post("/api/bookings", &body).await.is(201).id();
    let path = format!("/api/bookings/{own}");
    user.patch(&path, 1, &json!({ "title": "Better" })).await.is(200);
    user.transition(&own, "pending_approval").await.is(200);
    // It is no draft any more.
    user.patch(&path, 3, &json!({ "title": "Even better" })).await.problem(403);
    user.transition(&own, "cancelled").await.problem(403);

    let other = world.draft().await.id();
    let path = format!("/api/bookings/{other}");
    user.get(&path).await.is(200);
    user.patch(&path, 1, &json!({ "title": "Mine" })).await.problem(403);
    user.transition(&other, "cancelled").await.problem(403);

    let own = user.post("/api/bookings", &body).await.is(201).id();
    user.transition(&own, "cancelled").await.is(200);
}

#[tokio::test]
async fn a_client_manager_approves_in_a_white_label_organization_only() {
    for (tier, status) in [(1, 403), (2, 403), (3, 200)] {
        let world = World::of_tier(tier).await;
        let colleague = world.person("client_manager", Some(&world.organization)).client;
        let pending = world.booking_in("pending_approval").await.id();
        let answer = colleague.transition(&pending, "approved").await;
        assert_eq!(answer.status, status, "tier {tier}: {answer:#?}");
    }
}

#[tokio::test]
async fn nobody_approves_what_they_have_submitted_themselves() {
    let world = World::of_tier(3).await;
    let pending = world.booking_in("pending_approval").await.id();
    world.manager.transition(&pending, "approved").await.problem(403);

    // Not even who may do everything: it takes two.
    let body = booking(&world.organization, None, 1, 2);
    let own = world.admin.post("/api/bookings", &body).await.is(201).id();
    world.admin.transition(&own, "pending_approval").await.is(200);
    world.admin.transition(&own, "approved").await.problem(403);
    world.manager.transition(&own, "approved").await.is(200);
}

#[tokio::test]
async fn the_log_is_for_those_who_answer_for_it() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    let booking = world.draft().await.id();
    let path = "/api/events?limit=200";
    let seen = world.manager.get(path).await.is(200);
    assert!(seen.text.contains(&booking), "a manager reads the own log: {seen:#?}");
    for event in seen.list("events") {
        assert_eq!(event["organizationId"], world.organization, "and no other: {event}");
    }
    for role in ["client_user", "brand_agent"] {
        let client = world.person(role, organization).client;
        let answer = client.get(path).await;
        assert!(!answer.text.contains(&booking), "{role} reads no log: {answer:#?}");
    }
}
