//! What is published about events is what stands in the log.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::availability::every_kind_of_declaration;
use crate::support::{Client, World, eventually, workspace};

/// Validates instances against schemas, each `[what, schema, instance]`; prints what is wrong.
const VALIDATE: &str = r#"
import json, sys, jsonschema_rs
for what, schema, instance in json.load(sys.stdin):
    for error in jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(instance):
        print(f"{what}: {'/'.join(map(str, error.instance_path))}: {error.message}")
"#;

/// Schemathesis brings a validator; `make deps` installs both.
fn wrong(cases: &[Value]) -> Vec<String> {
    let python = workspace().join(".venv/bin/python");
    assert!(python.exists(), "no {}: run `make deps`", python.display());
    let mut child = Command::new(python)
        .args(["-c", VALIDATE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python runs");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    stdin.write_all(json!(cases).to_string().as_bytes()).expect("python reads");
    drop(stdin);
    let output = child.wait_with_output().expect("python ends");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// The list, and the detail of each type.
async fn published(reader: &Client) -> (Value, Vec<Value>) {
    let list = reader.get("/api/event-types").await.is(200).body;
    let mut details = Vec::new();
    for entry in list["eventTypes"].as_array().expect("a list") {
        let path = format!("/api/event-types/{}", entry["type"].as_str().expect("a name"));
        details.push(reader.get(&path).await.is(200).body);
    }
    (list, details)
}

/// One of everything that the platform tells of.
async fn everything_happens(world: &World) {
    world.booking_in("completed").await;
    let draft = world.book(5, 7).await.is(201);
    let edit = json!({ "title": "Another title", "budget": 99.95 });
    world.manager.patch(&format!("/api/bookings/{}", draft.id()), 1, &edit).await.is(200);
    for (path, edit) in [
        (format!("/api/organizations/{}", world.organization), json!({ "name": "Greener Leaf" })),
        (format!("/api/users/{}", world.manager_id), json!({ "displayName": "Grace" })),
        (format!("/api/locations/{}", world.location), json!({ "capacity": 12 })),
    ] {
        let version = world.admin.get(&path).await.is(200).version();
        world.admin.patch(&path, version, &edit).await.is(200);
    }
    people_come_and_go(world).await;
    data_goes_out(world).await;
    world.manager.get("/api/system/health").await.is(403);
    eventually("the log tells of the refusal", async || {
        let told = world.admin.get("/api/events?type=ACCESS_DENIED").await.is(200);
        (!told.list("events").is_empty()).then_some(())
    })
    .await;
    crate::staffing::cast::everything_happens(world).await;
    every_kind_of_declaration(world).await;
    crate::workflows::everything_happens(world).await;
}

/// One of everything that is told of what leaves the platform.
async fn data_goes_out(world: &World) {
    let feed = json!({ "kind": "person" });
    let feed = world.manager.post("/api/calendar-feeds", &feed).await.is(201).id();
    world.manager.delete(&format!("/api/calendar-feeds/{feed}")).await.is(204);
    world.manager.get("/api/bookings/export?of=hours&status=draft").await.is(200);
}

/// One of everything that is told of how people get in.
async fn people_come_and_go(world: &World) {
    let (email, password) = ("grace@example.com", "no-two-herons-agree-on-rain");
    world.home.add_user_with(email, password, "super_admin", None);
    let wrong = json!({ "email": email, "password": "no idea" });
    world.admin.with_cookie("none=1").post("/api/auth/login", &wrong).await.is(401);
    let (desk, phone) =
        (world.admin.sign_in(email, password).await, world.admin.sign_in(email, password).await);
    let me = phone.get("/api/auth/me").await.is(200);
    let session = me.body["signedInBy"]["id"].as_str().expect("an id");
    desk.delete(&format!("/api/auth/sessions/{session}")).await.is(204);
    let token = desk.post("/api/tokens", &json!({ "name": "calendar" })).await.is(201).id();
    desk.delete(&format!("/api/tokens/{token}")).await.is(204);
    desk.post("/api/auth/logout", &json!({})).await.is(204);
    let members = format!("/api/organizations/{}/members", world.organization);
    let new = json!({ "email": "lee@example.com", "displayName": "Lee", "role": "client_user" });
    let member = world.admin.post(&members, &new).await.is(201);
    let member = format!("{members}/{}", member.body["userId"].as_str().expect("an id"));
    world.admin.patch(&member, 1, &json!({ "role": "client_manager" })).await.is(200);
    world.admin.delete(&member).await.is(204);
    let path = format!("/api/users/{}/sign-in-link", world.manager_id);
    let made = world.admin.post(&path, &json!({})).await.is(200);
    let link = made.body["link"].as_str().and_then(|link| link.rsplit('/').next());
    let accepted = json!({ "token": link, "password": password });
    world.admin.with_cookie("none=1").post("/api/auth/link", &accepted).await.is(204);
}

#[tokio::test]
async fn every_event_of_the_log_keeps_the_schema_of_its_type() {
    let world = World::new().await;
    everything_happens(&world).await;
    let (list, details) = published(&world.admin).await;
    let mut log: Vec<Value> = Vec::new();
    loop {
        let after = log.last().map_or(0, |event| event["position"].as_u64().expect("a position"));
        let path = format!("/api/events?after={after}&limit=200");
        match &world.admin.get(&path).await.is(200).list("events")[..] {
            [] => break,
            more => log.extend_from_slice(more),
        }
    }
    let mut cases = Vec::new();
    let mut seen = BTreeSet::new();
    for event in &log {
        let detail = details.iter().find(|detail| detail["type"] == event["type"]);
        let detail = detail.unwrap_or_else(|| panic!("its type is not published: {event:#}"));
        let versions = detail["versions"].as_array().expect("versions");
        let version = versions.iter().find(|one| one["version"] == event["schemaVersion"]);
        let version = version.unwrap_or_else(|| panic!("its version is not published: {event:#}"));
        let subject = event["subject"].as_str().unwrap_or_default();
        assert_eq!(subject.split('/').next(), detail["subject"].as_str(), "{event:#}");
        cases.push(json!([event["type"], list["envelope"], event]));
        cases.push(json!([event["type"], version["schema"], event]));
        seen.insert(event["type"].to_string());
    }
    assert_eq!(wrong(&cases), Vec::<String>::new());
    // What operators say is told in the tests of operations.
    let business = details.iter().filter(|detail| detail["subject"] != "system");
    // What a provider of identities brings about is told in the tests of signing in by one.
    let business = business.filter(|detail| detail["type"] != "IDENTITY_LINKED");
    let all: BTreeSet<String> = business.map(|detail| detail["type"].to_string()).collect();
    // Series, webhooks and notifications happen in tests of their own, and so does what needs mail.
    let mail = ["MAIL_ADDRESS_", "PASSWORD_RESET_REQUESTED", "SIGN_IN_LINK_MAIL_"];
    let apart = ["BOOKING_SERIES_", "WEBHOOK_", "NOTIFICATION"].into_iter().chain(mail);
    let apart: Vec<&str> = apart.collect();
    let missing = |kind: &&String| {
        !seen.contains(*kind)
            && !apart.iter().any(|family| kind.trim_matches('"').starts_with(family))
    };
    let missing: Vec<&String> = all.iter().filter(missing).collect();
    assert!(missing.is_empty(), "did not happen: {missing:?}");
}

#[tokio::test]
async fn every_golden_file_keeps_its_schema_and_is_the_published_example() {
    let world = World::new().await;
    let (_, details) = published(&world.admin).await;
    let folder = workspace().join("crates/domain/src/event/golden");
    let kept = |name: &str| -> Value {
        let text = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|_| panic!("{name}"));
        serde_json::from_str(&text).unwrap_or_else(|why| panic!("{name}: {why}"))
    };
    let mut cases = Vec::new();
    for detail in &details {
        let name = detail["type"].as_str().expect("a name");
        for version in detail["versions"].as_array().expect("versions") {
            let number = &version["version"];
            assert_eq!(version["example"], kept(&format!("{name}.v{number}.json")));
            assert_eq!(version["schema"], kept(&format!("{name}.v{number}.schema.json")));
            cases.push(json!([name, version["schema"], version["example"]]));
            let bare = world.admin.get(&format!("/api/event-types/{name}/{number}")).await.is(200);
            assert_eq!(bare.body, version["schema"]);
            assert_eq!(bare.header("content-type"), "application/schema+json");
        }
    }
    assert_eq!(wrong(&cases), Vec::<String>::new());

    // The validator does find things.
    let (schema, mut spoilt) = (cases[0][1].clone(), cases[0][2].clone());
    spoilt["data"]["booking"]["status"] = "dreaming".into();
    let findings = wrong(&[json!(["spoilt", schema, spoilt])]);
    assert!(findings[0].starts_with("spoilt: data/booking/status"), "{findings:?}");
}

#[tokio::test]
async fn types_and_versions_that_are_not_there_are_not_found() {
    let world = World::new().await;
    for path in ["/MOON_LANDING", "/booking_created", "/BOOKING_CREATED/0", "/BOOKING_CREATED/2"] {
        world.admin.get(&format!("/api/event-types{path}")).await.refused(404, "not_found");
    }
    let stranger = Client::new(&world.server.base);
    stranger.get("/api/event-types").await.refused(401, "unauthenticated");
}

/// `RISHI_UPDATE=1` writes the file.
#[tokio::test]
async fn the_asyncapi_document_in_the_repository_is_the_one_that_is_served() {
    let world = World::new().await;
    let served = Client::new(&world.server.base).get("/api/asyncapi.json").await.is(200).body;
    assert_eq!(served["asyncapi"], "3.0.0");
    let file = workspace().join("docs/asyncapi.json");
    if std::env::var_os("RISHI_UPDATE").is_some() {
        let text = serde_json::to_string_pretty(&served).expect("JSON can be written") + "\n";
        std::fs::write(&file, text).expect("the document can be written");
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    let kept: Value = serde_json::from_str(&kept).unwrap_or_default();
    assert!(served == kept, "docs/asyncapi.json is out of date: run the tests with RISHI_UPDATE=1");
}

/// What the messages of the document describe is what the stream sends.
#[tokio::test]
async fn every_event_keeps_the_schema_of_its_asyncapi_message() {
    let world = World::new().await;
    world.booking_in("approved").await;
    let document = Client::new(&world.server.base).get("/api/asyncapi.json").await.is(200).body;
    let log = world.admin.get("/api/events?after=0&limit=200").await.is(200);
    let message = |name: &str| {
        // Schemas refer to each other from the document's root, so they are shown within it.
        let reference = document["components"]["messages"][name]["payload"]["$ref"].clone();
        let dialect = "http://json-schema.org/draft-07/schema#";
        json!({ "$schema": dialect, "allOf": [{ "$ref": reference }],
                "components": { "schemas": document["components"]["schemas"] } })
    };
    let mut cases: Vec<Value> = log
        .list("events")
        .iter()
        .map(|event| {
            json!([event["type"], message(event["type"].as_str().expect("a type")), event])
        })
        .collect();
    cases.push(json!(["page", message("page"), log.body]));
    assert_eq!(wrong(&cases), Vec::<String>::new());
}
