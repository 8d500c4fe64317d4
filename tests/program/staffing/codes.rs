//! Reasons at their limits, through the door: what produces a code, and what narrowly does not.

use serde_json::{Value, json};

use super::cast::{Worker, agent, assign, put, reasons, settings};
use crate::support::World;
use crate::support::drafts::between;

/// The codes against somebody on a new booking in Denver; none when it was assigned.
async fn against(world: &World, who: &Worker, from: &str, to: &str, needs: Value) -> Vec<String> {
    let mut body = between(&world.organization, Some(&world.location), from, to);
    if !needs.is_null() {
        body["staffRequirements"] = needs;
    }
    let made = world.admin.post("/api/bookings", &body).await.is(201).id();
    let answer = assign(&world.admin, &made, &[who]).await;
    if answer.status == 201 {
        return Vec::new();
    }
    let refused = answer.refused(409, "staff_unavailable");
    // The place is free again for the next case.
    world.admin.transition(&made, "cancelled").await.is(200);
    reasons(&refused)[0].1.iter().map(|(code, _)| code.clone()).collect()
}

/// A world in which what is not declared is allowed, and somebody with a profile.
async fn staffed(profile: Value) -> (World, Worker) {
    let world = World::new().await;
    settings(&world, json!({ "unknownAvailability": "allow" })).await;
    let ann = agent(&world).await;
    put(&world.admin, &world, &ann.id, profile).await.is(200);
    (world, ann)
}

#[tokio::test]
async fn a_level_is_enough_when_it_is_the_least_and_too_low_below_it() {
    let skills = json!({ "skills": [{ "name": "pour", "level": "intermediate" }] });
    let (world, ann) = staffed(skills).await;
    let needs = |level: &str| json!({ "roles": [{ "role": "host", "count": 1, "skills": ["pour"] }], "minimumLevel": level });
    let at = ["2027-06-02T16:00:00Z", "2027-06-02T18:00:00Z"];
    let found = against(&world, &ann, at[0], at[1], needs("experienced")).await;
    assert_eq!(found, ["level_too_low"]);
    let found = against(&world, &ann, at[0], at[1], needs("intermediate")).await;
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test]
async fn a_distance_is_too_far_by_a_tenth_of_a_kilometre() {
    let (world, ann) = staffed(json!({})).await;
    let path = format!("/api/locations/{}", world.location);
    let place = json!({ "latitude": 39.7392, "longitude": -104.9903 });
    world.admin.patch(&path, 1, &place).await.is(200);
    // A degree of latitude is 111.195 km.
    for (home, hour, codes) in [(1.95, 10, vec![]), (2.05, 14, vec!["too_far"])] {
        let home = json!({ "latitude": 39.7392 + home / 111.195, "longitude": -104.9903 });
        let profile = json!({ "home": home, "maxTravelKm": 2 });
        put(&world.admin, &world, &ann.id, profile).await.is(200);
        let [from, to] = [hour, hour + 2].map(|hour| format!("2027-06-02T{hour}:00:00Z"));
        assert_eq!(against(&world, &ann, &from, &to, Value::Null).await, codes, "{home}");
    }
}

#[tokio::test]
async fn rest_is_enough_at_the_limit_and_a_minute_less_is_too_short() {
    let (world, ann) = staffed(json!({ "minRestHours": 11 })).await;
    let none: [&str; 0] = [];
    let night = ["2027-06-02T03:00:00Z", "2027-06-02T05:00:00Z"];
    assert_eq!(against(&world, &ann, night[0], night[1], Value::Null).await, none);
    let early = ["2027-06-02T15:59:00Z", "2027-06-02T18:00:00Z"];
    let found = against(&world, &ann, early[0], early[1], Value::Null).await;
    assert_eq!(found, ["rest_too_short"]);
    assert_eq!(against(&world, &ann, "2027-06-02T16:00:00Z", early[1], Value::Null).await, none);
}

#[tokio::test]
async fn hours_of_a_week_may_reach_the_limit_and_sunday_is_not_monday() {
    let (world, ann) = staffed(json!({ "maxHoursPerWeek": 12 })).await;
    // Monday is the seventh of June; in Denver it begins at six o'clock UTC.
    let cases = [
        ("2027-06-06T23:00:00Z", "2027-06-07T06:00:00Z", vec![]),
        ("2027-06-07T06:00:00Z", "2027-06-07T14:00:00Z", vec![]),
        ("2027-06-10T06:00:00Z", "2027-06-10T10:01:00Z", vec!["hours_exceeded"]),
        ("2027-06-10T06:00:00Z", "2027-06-10T10:00:00Z", vec![]),
        ("2027-06-14T05:59:00Z", "2027-06-14T06:00:00Z", vec!["hours_exceeded"]),
        ("2027-06-14T06:00:00Z", "2027-06-14T07:00:00Z", vec![]),
    ];
    for (from, to, codes) in cases {
        assert_eq!(against(&world, &ann, from, to, Value::Null).await, codes, "{from} to {to}");
    }
}

#[tokio::test]
async fn days_on_which_clocks_change_have_23_and_25_hours() {
    let (world, ann) = staffed(json!({})).await;
    // From midnight to midnight in Denver, when clocks go forward, and when they go back.
    let spring = ["2027-03-14T07:00:00Z", "2027-03-15T06:00:00Z"];
    let autumn = ["2027-11-07T06:00:00Z", "2027-11-08T07:00:00Z"];
    for (day, hours) in [(spring, 23), (autumn, 25)] {
        for (most, codes) in [(hours - 1, vec!["hours_exceeded"]), (hours, vec![])] {
            let limits = json!({ "unknownAvailability": "allow", "maxHoursPerDay": most });
            settings(&world, limits).await;
            let found = against(&world, &ann, day[0], day[1], Value::Null).await;
            assert_eq!(found, codes, "{most} hours on a day of {hours}");
        }
    }
}
