//! What staff costs, and how much of their time people work.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::cast::{Worker, agent, assign, path_of, put, settings, trust, worker};
use crate::support::World;
use crate::support::drafts::between;

/// Accepts, comes now and leaves four minutes later by a telephone whose clock is that much ahead.
async fn works_four_minutes(worker: &Worker, assignment: &str) {
    let came = Timestamp::now();
    let at = |minutes| json!({ "at": came + SignedDuration::from_mins(minutes) });
    for (deed, body) in [("confirm", json!({})), ("check-in", at(0)), ("check-out", at(4))] {
        worker.client.post(&format!("{assignment}/{deed}"), &body).await.is(200);
    }
}

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
    works_four_minutes(&paid, &step).await;
    let seen = world.admin.get(&path).await.is(200);
    assert_eq!(seen.body["staffCost"]["planned"], 30);
    assert_eq!(seen.body["staffCost"]["actual"], 1.33, "four minutes at 20 an hour");
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
async fn the_organizations_rate_is_the_last_resort_and_what_was_worked_may_cost_too_much() {
    let world = World::new().await;
    settings(&world, json!({ "unknownAvailability": "allow", "defaultHourlyRate": 300 })).await;
    let (ann, bob) = (agent(&world).await, agent(&world).await);
    put(&world.admin, &world, &bob.id, json!({ "defaultHourlyRate": 30 })).await.is(200);
    let begins = Timestamp::now() + SignedDuration::from_mins(1);
    let ends = begins + SignedDuration::from_mins(2);
    let mut body = between(&world.organization, None, &begins.to_string(), &ends.to_string());
    body["budget"] = json!(15);
    let made = world.manager.post("/api/bookings", &body).await.is(201).id();
    let assigned = assign(&world.admin, &made, &[&ann, &bob]).await.is(201);
    let rates = assigned.list("staffAssignments").iter().map(|one| &one["hourlyRate"]);
    assert_eq!(rates.collect::<Vec<_>>(), [&json!(300), &json!(30)]);
    // Two minutes at 300 and at 30 are within the budget; four of the first are not.
    let planned = json!({ "planned": 11, "partial": false, "warnings": [] });
    assert_eq!(assigned.body["staffCost"], planned);
    works_four_minutes(&ann, &path_of(&assigned, &ann)).await;
    let seen = world.admin.get(&format!("/api/bookings/{made}")).await.is(200);
    let worked = json!({
        "planned": 11, "actual": 21, "partial": false, "warnings": ["actual_over_budget"]
    });
    assert_eq!(seen.body["staffCost"], worked);

    let hours = |hours| Timestamp::now() + SignedDuration::from_hours(hours);
    let query =
        format!("organizationId={}&from={}&to={}", world.organization, hours(-84), hours(84));
    let path = format!("/api/bookings/statistics?{query}");
    let used = world.manager.get(&path).await.is(200).body["staffUtilization"].clone();
    let of = |who: &Worker| used.as_array().unwrap().iter().find(|one| one["staffId"] == who.id);
    assert_eq!(of(&ann).unwrap()["workedHours"], 0.07, "four minutes: {used}");
    assert_eq!(of(&bob).unwrap()["workedHours"], 0.0, "{used}");
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
