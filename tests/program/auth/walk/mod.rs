//! A walk over every operation of the API × every role and nobody × every organization: own, served
//! and foreign. What each answers is computed from the table of permissions, not written down; and
//! in no answer may anything stand that its reader may not see (canaries in names and titles).
//!
//! A new operation needs an entry in [`entries`]: how to ask it about an organization's things, and
//! which capability decides ([`Rule`]). The walk fails until it has one.

mod entries;
mod rules;
mod stage;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Client, World};

use entries::{Entry, entries};
use stage::Stage;

/// `GET /api/bookings` and so on, as the server itself describes it.
async fn operations(server: &str) -> BTreeSet<String> {
    let document = Client::new(server).get("/api/openapi.json").await.is(200);
    let paths = document.body["paths"].as_object().expect("the document has paths");
    let of = |(path, item): (&String, &Value)| {
        let item = item.as_object().expect("a path is an object");
        let methods = item.keys().filter(|key| {
            matches!(key.as_str(), "get" | "put" | "post" | "patch" | "delete" | "head" | "options")
        });
        methods.map(|method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

#[tokio::test]
async fn every_operation_is_walked() {
    let world = World::new().await;
    let real = operations(&world.server.base).await;
    let walked: BTreeSet<String> =
        entries().iter().map(|entry| entry.operation.to_owned()).collect();
    let missing: Vec<_> = real.difference(&walked).collect();
    let gone: Vec<_> = walked.difference(&real).collect();
    assert!(
        missing.is_empty(),
        "no entry in tests/program/auth/walk/entries.rs for {missing:#?}: add one that says how to ask \
         it about an organization's things, and which capability decides"
    );
    assert!(gone.is_empty(), "entries for what is no operation any more: {gone:#?}");
}

#[tokio::test]
async fn i9_every_role_gets_from_every_operation_what_the_table_says_and_no_more() {
    let stage = Stage::set().await;
    let mut wrong = Vec::new();
    let mut asked = 0;
    for entry in &entries() {
        for place in &stage.places {
            for caller in &stage.callers {
                asked += 1;
                wrong.extend(walk(&stage, entry, place, caller).await);
            }
        }
    }
    assert!(asked > 500, "only {asked} requests");
    assert!(
        wrong.is_empty(),
        "{} of {asked} answers are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Asks once; what is wrong with the answer.
async fn walk(
    stage: &Stage,
    entry: &Entry,
    place: &stage::Place,
    caller: &stage::Caller,
) -> Vec<String> {
    let thing = stage.thing(entry.about, place).await;
    let expected = rules::expected(entry, caller, place, &thing);
    let answer = stage.ask(entry, place, caller, &thing).await;
    let step = format!("{} on {} by {}", entry.operation, place.name, caller.name);
    let mut wrong = Vec::new();
    if !expected.allows(answer.status) {
        wrong.push(format!("{step}: {expected}, but {}: {}", answer.status, answer.text));
    }
    // What a caller has sent itself may come back.
    let sent = &thing.id;
    for canary in stage.forbidden(caller) {
        if answer.text.contains(&canary) && !sent.contains(&canary) {
            wrong.push(format!("{step}: {canary} must not be told: {}", answer.text));
        }
    }
    wrong
}

/// The walk itself can see: a canary where it must not be is found, and so is a wrong status.
#[tokio::test]
async fn the_walk_finds_what_is_wrong() {
    let stage = Stage::set().await;
    let place = stage.places.iter().find(|place| place.name == "foreign").unwrap();
    let admin = stage.callers.iter().find(|caller| caller.name == "super_admin").unwrap();
    let manager = stage.callers.iter().find(|caller| caller.name == "client_manager").unwrap();
    let entry = entries().into_iter().find(|entry| entry.operation == "GET /api/bookings/{id}");
    let entry = entry.unwrap();
    // Somebody who sees everything, taken for somebody who does not.
    let impostor = stage::Caller { client: admin.client.clone(), ..manager.clone() };
    let wrong = walk(&stage, &entry, place, &impostor).await.join("\n");
    assert!(wrong.contains("404, but 200"), "{wrong}");
    assert!(wrong.contains("canary-booking-foreign must not be told"), "{wrong}");
}
