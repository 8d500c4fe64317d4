//! Certificates that end.

use jiff::civil::date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::stage::{Agent, Stage, data};

const DAY: u64 = 24 * 60;

fn paper(skill: &str, expires_on: &str) -> Value {
    json!({ "name": skill, "level": "expert", "certification":
        { "issuer": "State", "issuedOn": "2020-01-01", "expiresOn": expires_on } })
}

/// What was told of somebody's certificates: skill and days left, warning by warning.
async fn told(stage: &Stage, agent: &Agent) -> Vec<Vec<(String, u64)>> {
    let story = stage.story(agent.id.0).await;
    let warnings = story.iter().filter(|event| &*event.event_type == "CERTIFICATION_EXPIRY_DUE");
    let one = |one: &Value| {
        (one["skill"].as_str().unwrap().to_owned(), one["daysLeft"].as_u64().unwrap())
    };
    warnings
        .map(|event| data(event)["expiring"].as_array().unwrap().iter().map(one).collect())
        .collect()
}

fn warning(skills: &[(&str, u64)]) -> Vec<(String, u64)> {
    skills.iter().map(|(skill, days)| ((*skill).to_owned(), *days)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_warned_three_times_before_a_certificate_ends() {
    // It is the first of January 2030.
    let stage = Stage::new(json!({})).await;
    let skills = [paper("forklift", "2030-03-01"), paper("pouring", "2030-03-01")];
    let ann = stage.agent(json!({ "skills": skills })).await;
    stage.dispatcher.idle().await;
    stage.pass(25 * DAY).await;
    assert!(told(&stage, &ann).await.is_empty());
    stage.pass(60 * DAY).await;
    let all = [30, 7, 1].map(|days| warning(&[("forklift", days), ("pouring", days)]));
    assert_eq!(told(&stage, &ann).await, all, "each, although all fell due at once");
    let story = stage.story(ann.id.0).await;
    let first = story.iter().find(|one| &*one.event_type == "CERTIFICATION_EXPIRY_DUE").unwrap();
    let denver = TimeZone::get("America/Denver").unwrap();
    let morning = date(2030, 1, 30).at(9, 0, 0, 0).to_zoned(denver).unwrap().timestamp();
    assert_eq!(data(first)["dueAt"], json!(morning), "on her own clock");
    assert_eq!(first.organization_id, Some(stage.house.0), "her employer's");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_renews_a_certificate_is_not_warned_of_the_old_one() {
    let stage = Stage::new(json!({})).await;
    let ann = stage.agent(json!({ "skills": [paper("forklift", "2030-03-01")] })).await;
    stage.dispatcher.idle().await;
    stage.pass(40 * DAY).await;
    stage.profile(ann.id, json!({ "skills": [paper("forklift", "2030-06-01")] })).await;
    stage.dispatcher.idle().await;
    stage.pass(100 * DAY).await;
    let expected = [warning(&[("forklift", 30)]), warning(&[("forklift", 30)])];
    assert_eq!(told(&stage, &ann).await[..2], expected);
    // Who gives up the skill, or the work, is left alone.
    stage.profile(ann.id, json!({ "skills": [paper("forklift", "2030-08-01")] })).await;
    stage.dispatcher.idle().await;
    let before = told(&stage, &ann).await.len();
    stage
        .profile(
            ann.id,
            json!({ "status": "inactive", "skills": [paper("forklift", "2030-08-01")] }),
        )
        .await;
    stage.dispatcher.idle().await;
    stage.pass(100 * DAY).await;
    assert_eq!(told(&stage, &ann).await.len(), before);
}
