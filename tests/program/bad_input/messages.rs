//! What is said of a field that cannot be read speaks of the field, and not of how the program is made.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::client::demand;

/// Words of the language and of the library that reads, which mean nothing to who sends JSON.
const INSIDE: [&str; 20] = [
    "struct",
    "enum",
    "variant",
    "sequence",
    "invalid type",
    "invalid value",
    "expected",
    "parse",
    "u8",
    "u16",
    "u32",
    "u64",
    "i32",
    "i64",
    "f64",
    "usize",
    "Option",
    "deserial",
    "tuple",
    "map",
];

/// Of every type one, so that each field gets some that it does not take.
fn values() -> [Value; 9] {
    [
        json!(null),
        json!(true),
        json!(-7),
        json!(1.5),
        json!(1e300),
        json!("x"),
        json!([7]),
        json!([{ "colour": "green" }]),
        json!({ "colour": "green" }),
    ]
}

/// The names of a body's fields.
fn fields<'d>(document: &'d Value, operation: &'d Value) -> Vec<&'d String> {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    schema["properties"].as_object().into_iter().flat_map(|all| all.keys()).collect()
}

/// The query parameters of an operation.
fn parameters(operation: &Value) -> Vec<&str> {
    let all = operation["parameters"].as_array().into_iter().flatten();
    all.filter(|one| one["in"] == "query").filter_map(|one| one["name"].as_str()).collect()
}

/// What a refusal says about its fields that it should not say.
fn leaks(answer: &Value, case: &str, found: &mut BTreeSet<String>) {
    for error in answer["errors"].as_array().into_iter().flatten() {
        let message = error["message"].as_str().unwrap_or_default();
        let words: BTreeSet<&str> = message.split(|one: char| !one.is_alphanumeric()).collect();
        let phrase = |word: &str| word.contains(' ') && message.contains(word);
        if message.is_empty() || INSIDE.iter().any(|word| words.contains(word) || phrase(word)) {
            found.insert(format!("{case}: {message}"));
        }
    }
}

#[tokio::test]
async fn no_message_speaks_of_how_the_program_is_made() {
    let world = World::new().await;
    let document = world.admin.get("/api/openapi.json").await.is(200).body;
    let id = uuid::Uuid::now_v7().to_string();
    let (mut found, mut refused) = (BTreeSet::new(), 0);
    for (path, item) in document["paths"].as_object().unwrap() {
        let named = path.replace("{kind}", "booking_created").replace("{language}", "de");
        let parts = named.split('/').map(|part| if part.starts_with('{') { &id } else { part });
        let address = parts.collect::<Vec<_>>().join("/");
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            for field in fields(&document, operation) {
                for value in values() {
                    let case = format!("{method} {path} {field} = {value}");
                    let request = world.admin.request(method.clone(), &address);
                    let request = request.header("If-Match", "\"1\"");
                    let answer = demand(request.json(&json!({ field: value }))).await;
                    refused += u32::from(answer.status == 400);
                    leaks(&answer.body, &case, &mut found);
                }
            }
            for name in parameters(operation).into_iter().filter(|_| method == Method::GET) {
                for value in ["", "-7", "1.5", "x", "null", "2027-02-30T00:00:00Z"] {
                    let case = format!("{path} ?{name}={value}");
                    let answer = format!("{address}?{name}={value}");
                    if path.ends_with("/stream") || path.ends_with("/export") {
                        continue;
                    }
                    let answer = world.admin.get(&answer).await;
                    refused += u32::from(answer.status == 400);
                    leaks(&answer.body, &case, &mut found);
                }
            }
        }
    }
    assert!(refused > 1_000, "only {refused} refusals");
    assert!(found.is_empty(), "{} messages: {found:#?}", found.len());
}

#[tokio::test]
async fn a_message_says_what_its_field_wants() {
    let world = World::new().await;
    let booking = |field: &str, value: Value| {
        let mut body = crate::support::booking(&world.organization, Some(&world.location), 1, 2);
        body[field] = value;
        body
    };
    for (field, value, expected) in [
        ("title", json!(5), "title must be a text"),
        ("priority", json!("asap"), "priority must be one of low, medium, high, urgent"),
        ("priority", json!(5), "priority must be one of low, medium, high, urgent"),
        (
            "scheduledStart",
            json!("tomorrow"),
            "scheduledStart must be an instant with its offset from UTC, as in 2027-05-03T15:00:00Z",
        ),
        (
            "locationId",
            json!("here"),
            "locationId must be a UUID, as in 0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f",
        ),
        ("staffRequirements", json!("two"), "staffRequirements must be an object"),
        ("budget", json!(0.001), "an amount has at most two decimals"),
    ] {
        let body = booking(field, value.clone());
        let refused = world.manager.post("/api/bookings", &body).await;
        let refused = refused.refused(400, "validation_failed");
        assert_eq!(refused.list("errors")[0]["field"], field, "{value}");
        assert_eq!(refused.list("errors")[0]["message"], expected, "{value}");
        assert_eq!(refused.body["detail"], expected, "{value}");
    }
    let body = booking("staffRequirements", json!({ "roles": [{ "role": "lead", "count": -1 }] }));
    let refused =
        world.manager.post("/api/bookings", &body).await.refused(400, "validation_failed");
    let error = &refused.list("errors")[0];
    assert_eq!(error["field"], "staffRequirements.roles[0].count");
    let expected = "staffRequirements.roles[0].count must be a whole number from 1 to 500";
    assert_eq!(error["message"], expected);
    let digest = json!({ "digest": { "at": "8am" } });
    let request = world.manager.request(Method::PUT, "/api/notification-preferences");
    let refused = demand(request.json(&digest)).await.refused(400, "validation_failed");
    assert_eq!(
        refused.list("errors")[0]["message"],
        "digest.at must be a time of day, as in 08:00"
    );
    for (query, expected) in [
        ("limit=ten", "limit must be a whole number from 1 to 200"),
        ("limit=0", "a limit lies between 1 and 200"),
        ("limit=1&limit=2", "this parameter is given once"),
        ("colour=green&limit=1", "colour is unknown; known are "),
    ] {
        let refused = world.manager.get(&format!("/api/bookings?{query}")).await;
        let refused = refused.refused(400, "validation_failed");
        let message = refused.list("errors")[0]["message"].as_str().unwrap();
        assert!(message.starts_with(expected), "{query}: {message}");
    }
}
