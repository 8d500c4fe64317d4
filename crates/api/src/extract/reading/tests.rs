use rishi_domain::booking::Priority;
use rishi_domain::money::Money;
use schemars::JsonSchema;
use serde::Deserialize;

use super::*;

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Draft {
    title: String,
    budget: Option<Money>,
    #[serde(default)]
    priority: Priority,
    #[serde(default)]
    roles: Vec<Role>,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Role {
    count: u16,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Placed {
    title: String,
    venue: String,
    priority: Option<Priority>,
}

fn refusal(text: &str) -> (Code, String, &'static str) {
    let problem = read::<Draft>(text.as_bytes()).unwrap_err();
    let error = problem.errors().first();
    let (field, code) = error.map_or(("", ""), |error| (error.field.as_str(), error.code));
    (problem.code(), field.to_owned(), code)
}

#[test]
fn a_body_is_read_into_its_type_and_money_from_its_digits() {
    let draft: Draft = read(br#"{"title": "Harvest", "budget": 1200.07}"#).unwrap();
    assert_eq!(draft.title, "Harvest");
    assert_eq!(draft.budget, Some(Money::from_minor(120_007)));
}

#[test]
fn a_field_that_is_wrong_is_named_by_its_path() {
    let wrong = |field: &str, code| (Code::ValidationFailed, field.to_owned(), code);
    assert_eq!(refusal(r#"{"title": 7}"#), wrong("title", "invalid_type"));
    assert_eq!(refusal("{}"), wrong("title", "required"));
    assert_eq!(refusal(r#"{"title": "x", "colour": 1}"#), wrong("colour", "unknown_field"));
    assert_eq!(
        refusal(r#"{"title": "x", "priority": "asap"}"#),
        wrong("priority", "unknown_value")
    );
    assert_eq!(refusal(r#"{"title": "x", "budget": 0.001}"#), wrong("budget", "invalid"));
    assert_eq!(refusal(r#"{"title": "x", "budget": "7"}"#), wrong("budget", "invalid"));
    let roles = |role: &str| format!(r#"{{"title": "x", "roles": [{{"count": 1}}, {role}]}}"#);
    assert_eq!(refusal(&roles(r#"{"count": -1}"#)), wrong("roles[1].count", "invalid"));
    assert_eq!(refusal(&roles("{}")), wrong("roles[1].count", "required"));
    let unknown = roles(r#"{"count": 1, "skill": 2}"#);
    assert_eq!(refusal(&unknown), wrong("roles[1].skill", "unknown_field"));
}

#[test]
fn every_field_that_is_wrong_is_told_of_at_once() {
    let told = |text: &str| -> Vec<(String, &str)> {
        let problem = read::<Draft>(text.as_bytes()).unwrap_err();
        problem.errors().iter().map(|error| (error.field.clone(), error.code)).collect()
    };
    let of = |all: &[(&str, &'static str)]| -> Vec<(String, &str)> {
        all.iter().map(|(field, code)| ((*field).to_owned(), *code)).collect()
    };
    let text = r#"{"title": 7, "priority": "x", "foo": 1, "budget": "y", "roles": [{"count": -1, "a": 1}]}"#;
    assert_eq!(
        told(text),
        of(&[
            // The first one that is met, and then by name.
            ("title", "invalid_type"),
            ("budget", "invalid"),
            ("foo", "unknown_field"),
            ("priority", "unknown_value"),
            ("roles[0].a", "unknown_field"),
            ("roles[0].count", "invalid"),
        ])
    );
    // Of several that are missing each is named, also beside one that is wrong.
    let all = of(&[("priority", "unknown_value"), ("title", "required"), ("venue", "required")]);
    let problem = read::<Placed>(br#"{"priority": "x"}"#).unwrap_err();
    let told: Vec<(String, &str)> =
        problem.errors().iter().map(|error| (error.field.clone(), error.code)).collect();
    assert_eq!(told, all);
}

#[test]
fn an_array_stands_for_no_object() {
    let wrong = |field: &str| (Code::ValidationFailed, field.to_owned(), "invalid_type");
    assert_eq!(refusal(r#"{"title": "x", "roles": [[1]]}"#), wrong("roles[0]"));
}

#[test]
fn what_no_type_is_asked_about_has_codes_of_its_own() {
    assert_eq!(refusal("{").0, Code::MalformedJson);
    assert_eq!(refusal(r#"{"title": "a", "title": "b"}"#).0, Code::InvalidBody);
    assert_eq!(refusal(&"[".repeat(40)).0, Code::InvalidBody);
    for other in ["[]", r#"["a title"]"#, "7", "null", r#" "{}" "#] {
        assert_eq!(refusal(other).0, Code::InvalidBody, "{other} is no object");
    }
}

#[test]
fn a_refusal_repeats_only_the_beginning_of_what_was_sent() {
    let text = format!(r#"{{"title": "x", "{}": 1}}"#, "y".repeat(100_000));
    let problem = read::<Draft>(text.as_bytes()).unwrap_err();
    assert!(problem.errors()[0].field.chars().count() <= 301);
    assert!(problem.errors()[0].message.chars().count() <= 301);
}
