use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

fn document() -> Value {
    serde_json::to_value(openapi()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        let path = path.clone();
        item.into_iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
    };
    paths.iter().flat_map(methods).collect()
}

/// What nobody needs to be signed in for.
const OPEN: [&str; 9] = [
    "post /api/auth/login",
    "post /api/auth/link",
    "get /api/auth/methods",
    "get /api/auth/oidc/start",
    "get /api/auth/oidc/callback",
    "post /api/auth/forgot",
    "get /api/unsubscribe/{name}",
    "post /api/unsubscribe/{name}",
    "get /calendar/{secret}.ics",
];

#[test]
fn the_document_is_the_same_every_time() {
    assert_eq!(document().to_string(), document().to_string());
    assert_eq!(document()["openapi"], "3.1.0");
}

#[test]
fn every_operation_has_a_name_a_tag_a_summary_and_wants_a_caller() {
    let document = document();
    let tags: BTreeSet<&str> = TAGS.iter().map(|(name, _)| *name).collect();
    let mut ids = BTreeSet::new();
    let operations = operations(&document);
    assert!(operations.len() >= 20, "{}", operations.len());
    for (name, operation) in &operations {
        let id = operation["operationId"].as_str().unwrap_or_default();
        assert!(!id.is_empty() && ids.insert(id), "{name}: {id}");
        assert!(operation["summary"].is_string(), "{name}");
        assert!(tags.contains(operation["tags"][0].as_str().unwrap()), "{name}");
        let expected = if OPEN.contains(&name.as_str()) {
            serde_json::json!([{}])
        } else {
            serde_json::json!([{ "bearer": [] }, { "session": [] }])
        };
        assert_eq!(operation["security"], expected, "{name}");
    }
}

#[test]
fn every_refusal_is_a_problem_and_the_usual_ones_are_told() {
    for (name, operation) in operations(&document()) {
        let responses = operation["responses"].as_object().unwrap();
        let open = OPEN.contains(&name.as_str());
        let mut usual = vec!["500", "503", if open { "429" } else { "403" }];
        // Parameters that it does not know are refused by every route.
        usual.extend((!open).then_some("400"));
        // A link in a mail is signed and a feed's address is secret: who holds it need not say who they
        // are. Nor who only asks for the way in.
        let needs_none =
            name.ends_with("/api/unsubscribe/{name}") || (open && name.starts_with("get "));
        usual.extend((!needs_none).then_some("401"));
        if operation.get("requestBody").is_some() {
            usual.extend(["400", "408", "413", "415"]);
            usual.extend((!open).then_some("409"));
        }
        for status in usual {
            assert!(responses.contains_key(status), "{name} lacks {status}");
        }
        if name.starts_with("patch") {
            assert!(responses.contains_key("412") && responses.contains_key("428"), "{name}");
        }
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "4") {
            let content = response["content"].as_object().unwrap();
            assert!(content.contains_key("application/problem+json"), "{name} {status}");
        }
    }
}

#[test]
fn requests_take_no_unknown_fields() {
    let document = document();
    for (name, operation) in operations(&document) {
        let Some(body) = operation.get("requestBody") else { continue };
        // A table is read by names that stand in it.
        let Some(json) = body["content"].get("application/json") else { continue };
        let reference = &json["schema"]["$ref"];
        let schema = reference.as_str().unwrap().rsplit('/').next().unwrap();
        let schema = &document["components"]["schemas"][schema];
        assert_eq!(schema["additionalProperties"], false, "{name}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(object) => {
                if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{reference}");
                }
                open.extend(object.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
}

#[test]
fn parameters_are_typed_and_lists_are_arrays() {
    let document = document();
    let parameters = &document["paths"]["/api/bookings"]["get"]["parameters"];
    let find = |name: &str| {
        let found = parameters.as_array().unwrap().iter().find(|one| one["name"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {parameters:#}")).clone()
    };
    assert_eq!(find("status")["schema"]["type"], "array");
    assert_eq!(find("organizationId")["schema"]["type"], "string");
    assert_eq!(find("organizationId")["schema"]["format"], "uuid");
    assert_eq!(find("from")["schema"]["format"], "date-time");
    assert_eq!(find("limit")["schema"]["maximum"], 200);
    assert_eq!(find("sort")["schema"]["enum"][1], "-scheduledStart");
    assert!(!parameters.to_string().contains("\"null\""), "{parameters:#}");
    let path = &document["paths"]["/api/bookings/{id}"]["patch"]["parameters"];
    assert_eq!(path[0]["name"], "id");
    assert_eq!(path[1]["name"], "If-Match");
    assert_eq!(path[1]["required"], true);
}
