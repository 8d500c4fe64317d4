//! What staff costs, and how much of their time people work.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::cast::{agent, assign, path_of, put, trust, worker};
use crate::support::World;
use crate::support::drafts::between;

#[tokio::test]
async fn costs_are_planned_then_actual_and_warn_of_the_budget() {
    let world = World::new().await;
    trust(&world).await;
    let (paid, unpaid) = (agent(&world).await, agent(&world).await);
    put(&world.admin, &world, &paid.id, json!({ "defaultHourlyRate": 20 })).await.is(200);
    let at = |minutes| (Timestamp::now() + SignedDuration::from_mins(minutes)).to_string();
    let mut body = between(&world.organization, None, &at(1), &at(91));
    body["budget"] = json!(29.99);
    let made = world.manager.post("/api/bookings", &body).await.is(201);
    let path = format!("/api/bookings/{}", made.id());
    assert!(made.body.get("staffCost").is_none());
    let assigned = assign(&world.admin, &made.id(), &[&paid]).await.is(201);
    let planned = json!({ "planned": 30, "partial": false, "warnings": ["planned_over_budget"] });
    assert_eq!(assigned.body["staffCost"], planned);
    assign(&world.admin, &made.id(), &[&unpaid]).await.is(201);
    let seen = world.admin.get(&path).await.is(200);
    assert_eq!(seen.body["staffCost"]["warnings"], json!(["planned_over_budget", "rate_unknown"]));
    assert_eq!(seen.body["staffCost"]["partial"], true);
    // A later raise changes nothing that was agreed.
    put(&world.admin, &world, &paid.id, json!({ "defaultHourlyRate": 99 })).await.is(200);
    let step = path_of(&assigned, &paid);
    for deed in ["confirm", "check-in", "check-out"] {
        paid.client.post(&format!("{step}/{deed}"), &json!({})).await.is(200);
    }
    let seen = world.admin.get(&path).await.is(200);
    assert_eq!(seen.body["staffCost"]["planned"], 30);
    let actual = seen.body["staffCost"]["actual"].as_f64().unwrap();
    assert!(actual < 1.0, "nobody has worked for long: {actual}");
    for who in [
        &world.manager,
        &paid.client,
        &worker(&world, "field_coordinator", &[&world.organization]).await.client,
    ] {
        let seen = who.get(&path).await.is(200);
        assert!(seen.body.get("staffCost").is_none(), "{seen:#?}");
    }
}

#[tokio::test]
async fn statistics_tell_how_much_of_their_time_people_work() {
    let world = World::new().await;
    trust(&world).await;
    let (ann, bob) = (agent(&world).await, agent(&world).await);
    put(&world.admin, &world, &ann.id, json!({ "maxHoursPerWeek": 20 })).await.is(200);
    let made = world.book(0, 10).await.is(201).id();
    assign(&world.admin, &made, &[&ann, &bob]).await.is(201);
    let declined = path_of(&world.admin.get(&format!("/api/bookings/{made}")).await, &bob);
    bob.client.post(&format!("{declined}/decline"), &json!({})).await.is(200);
    let hour = crate::support::hour;
    let ask = async |from: i64, to: i64| {
        let query =
            format!("organizationId={}&from={}&to={}", world.organization, hour(from), hour(to));
        world.manager.get(&format!("/api/bookings/statistics?{query}")).await.is(200).body["staffUtilization"].clone()
    };
    let used = ask(0, 168).await;
    assert_eq!(used.as_array().unwrap().len(), 1, "who has declined works for nobody: {used}");
    assert_eq!(used[0]["staffId"], ann.id.as_str());
    assert_eq!(
        (&used[0]["assignedHours"], &used[0]["availableHours"]),
        (&json!(10.0), &json!(20.0))
    );
    assert_eq!((&used[0]["utilization"], &used[0]["assignments"]), (&json!(0.5), &json!(1)));
    // What lies outside the range does not count.
    assert_eq!(ask(8, 8 + 168).await[0]["assignedHours"], 2.0);
    assert_eq!(ask(10, 20).await, json!([]));
    let path = format!("/api/bookings/statistics?organizationId={}", world.organization);
    assert_eq!(
        world.manager.get(&path).await.is(200).body["staffUtilization"],
        json!([]),
        "it is a month ahead"
    );
}
