//! Bodies that are not what they say they are.

use reqwest::Method;
use serde_json::{Value, json};

use super::Witness;
use crate::support::client::demand;
use crate::support::{Answer, World, booking};

/// Sends these bytes as JSON.
async fn create(world: &World, body: impl Into<reqwest::Body>) -> Answer {
    let request = world.manager.request(Method::POST, "/api/bookings");
    demand(request.header("Content-Type", "application/json").body(body)).await
}

/// A good booking with one part of its text replaced or a field put in front.
fn good(world: &World) -> String {
    booking(&world.organization, Some(&world.location), 1, 2).to_string()
}

fn with_field(world: &World, field: &str) -> String {
    format!("{{{field},{}", &good(world)[1..])
}

#[tokio::test]
async fn what_is_not_one_json_object_is_refused() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    let good = good(&world);
    for (case, body) in [
        ("nothing", String::new()),
        ("a cut", good[..good.len() / 2].to_owned()),
        ("words", "hello".into()),
        ("null", "null".into()),
        ("a list", format!("[{good}]")),
        ("a string", "\"booking\"".into()),
        ("two documents", format!("{good}{good}")),
        ("rubbish behind it", format!("{good}x")),
        ("a comma too many", format!("{},}}", &good[..good.len() - 1])),
        ("a comment", format!("/* hi */{good}")),
        ("not a number", with_field(&world, "\"budget\":NaN")),
        ("an endless number", with_field(&world, "\"budget\":1e999")),
        ("half a surrogate", with_field(&world, "\"description\":\"\\ud800\"")),
        ("a bare line feed in a string", with_field(&world, "\"description\":\"a\nb\"")),
        ("a form", "title=Harvest".into()),
    ] {
        let answer = create(&world, body).await;
        assert_eq!(answer.status, 400, "{case}: {answer:#?}");
        answer.problem(400);
        witness.saw_nothing(case);
    }
    let mut latin = with_field(&world, "\"description\":\"X\"").into_bytes();
    let at = latin.iter().position(|byte| *byte == b'X').unwrap();
    latin[at] = 0xE9;
    create(&world, latin).await.problem(400);
    witness.saw_nothing("bytes that are not UTF-8");
}

#[tokio::test]
async fn unknown_fields_and_wrong_types_are_refused_by_name() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    for (field, value) in [
        ("colour", json!("green")),
        ("Title", json!("Harvest")),
        ("status", json!("approved")),
        ("createdBy", json!(world.manager_id)),
        ("title", json!(5)),
        ("title", json!(["Harvest"])),
        ("title", json!(null)),
        ("description", json!({})),
        ("organizationId", json!(7)),
        ("organizationId", json!("not-an-id")),
        ("locationId", json!("")),
        ("scheduledStart", json!(1_790_000_000)),
        ("scheduledStart", json!("tomorrow")),
        ("scheduledStart", json!("2031-02-30T00:00:00Z")),
        ("scheduledStart", json!("2031-01-01T00:00:00")),
        ("scheduledEnd", json!(true)),
        ("budget", json!("lots")),
        ("budget", json!([])),
        ("priority", json!("asap")),
        ("operationType", json!("space")),
        ("activityType", json!(1)),
        ("staffRequirements", json!("two people")),
        ("staffRequirements", json!({ "crew": 2 })),
        ("staffRequirements", json!({ "count": -1 })),
        ("staffRequirements", json!({ "roles": [{ "role": "lead" }] })),
    ] {
        let mut body = booking(&world.organization, Some(&world.location), 1, 2);
        body[field] = value.clone();
        let answer = create(&world, body.to_string()).await;
        assert_eq!(answer.status, 400, "{field} = {value}: {answer:#?}");
        let answer = answer.problem(400);
        assert!(answer.text.contains(field), "{field} = {value} is named: {}", answer.text);
        witness.saw_nothing(field);
    }
}

#[tokio::test]
async fn missing_fields_are_refused_by_name() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    for field in ["organizationId", "title", "scheduledStart", "scheduledEnd"] {
        let mut body = booking(&world.organization, Some(&world.location), 1, 2);
        body.as_object_mut().unwrap().remove(field);
        let answer = create(&world, body.to_string()).await.problem(400);
        assert!(answer.text.contains(field), "{field} is named: {}", answer.text);
        witness.saw_nothing(field);
    }
}

#[tokio::test]
async fn a_key_that_stands_twice_is_refused_at_any_depth() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    for (case, field) in [
        ("at the top", "\"title\":\"one\""),
        ("the same value", "\"timezone\":\"America/Denver\""),
        ("in an object that is ours", r#""staffRequirements":{"count":1,"count":2}"#),
        (
            "in a list of ours",
            r#""staffRequirements":{"roles":[{"role":"a","role":"b","count":1}]}"#,
        ),
        ("in free JSON", r#""requirements":{"a":{"b":1,"b":1}}"#),
        ("in a list in free JSON", r#""equipmentRequirements":[[{"x":1},{"y":1,"y":2}]]"#),
        ("spelled with an escape", r#""requirements":{"key":1,"\u006bey":2}"#),
    ] {
        let answer = create(&world, with_field(&world, field)).await;
        assert_eq!(answer.status, 400, "{case}: {answer:#?}");
        answer.problem(400);
        witness.saw_nothing(case);
    }
}

#[tokio::test]
async fn json_may_be_32_deep_and_no_deeper() {
    let world = World::new().await;
    let nested =
        |depth: usize| -> Value { (0..depth).fold(json!(1), |inside, _| json!({ "in": inside })) };
    let mut body = booking(&world.organization, None, 1, 2);
    // The booking itself is the first level.
    body["requirements"] = nested(31);
    let made = create(&world, body.to_string()).await.is(201);
    assert_eq!(made.body["requirements"], nested(31));

    let witness = Witness::of(&world).await;
    body["requirements"] = nested(32);
    create(&world, body.to_string()).await.problem(400);
    witness.saw_nothing("33 levels");
    for (case, open, close) in [("lists", "[", "]"), ("objects", "{\"a\":", "}")] {
        for complete in [true, false] {
            let depth = 100_000 / open.len();
            let end = if complete { format!("1{}", close.repeat(depth)) } else { String::new() };
            create(&world, format!("{}{end}", open.repeat(depth))).await.problem(400);
            let field = format!("\"requirements\":{}{end}", open.repeat(depth));
            create(&world, with_field(&world, &field)).await.problem(400);
            witness.saw_nothing(case);
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_say_it_is_json_is_refused() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("json")]
    {
        let mut request = world.manager.request(Method::POST, "/api/bookings").body(good(&world));
        if let Some(kind) = kind {
            request = request.header("Content-Type", kind);
        }
        let answer = demand(request).await;
        assert_eq!(answer.status, 415, "{kind:?}: {answer:#?}");
        answer.problem(415);
    }
    witness.saw_nothing("another content type");
    let request = world.manager.request(Method::POST, "/api/bookings");
    let request = request.header("Content-Type", "application/json; charset=utf-8");
    demand(request.body(good(&world))).await.is(201);
}
