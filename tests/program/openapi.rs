//! The server does what its API document says: schemathesis tries to prove otherwise.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::support::seed::times;
use crate::support::{Client, World, workspace};

/// `make deps` puts it there; `RISHI_SCHEMATHESIS` names another place.
fn schemathesis() -> PathBuf {
    let installed = || workspace().join(".venv/bin/schemathesis");
    std::env::var_os("RISHI_SCHEMATHESIS").map_or_else(installed, PathBuf::from)
}

/// `RISHI_TEST_SEED` sets another seed than 1; `RISHI_SCHEMATHESIS_SECONDS` lets it go on for so
/// long instead of for as many examples as the configuration says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_keeps_what_its_openapi_document_promises() {
    let program = schemathesis();
    assert!(program.exists(), "no schemathesis at {}: run `make deps`", program.display());
    let world = World::new().await;
    let token = world.admin.token().expect("the admin has a token").to_owned();
    let mut command = Command::new(program);
    command
        .current_dir(world.home.path(""))
        .arg("--config-file")
        .arg(workspace().join("tests/program/schemathesis.toml"))
        .args(["run", &format!("{}/api/openapi.json", world.server.base)])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--seed", &times("RISHI_TEST_SEED", 1).to_string()])
        .arg("--no-color");
    if let Ok(seconds) = std::env::var("RISHI_SCHEMATHESIS_SECONDS") {
        command.args(["--max-time", &seconds]);
    }
    let run = tokio::task::spawn_blocking(move || command.output());
    let output = run.await.unwrap().expect("schemathesis runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "schemathesis found something:\n{said}\n{errors}");
    world.admin.get("/readyz").await.is(200);
}

#[tokio::test]
async fn the_document_that_is_served_is_the_one_that_is_printed() {
    let world = World::new().await;
    let served = Client::new(&world.server.base).get("/api/openapi.json").await.is(200).body;
    let printed = world.home.rishi(&["openapi"]).json();
    assert!(served == printed, "one document, two ways to get it");
}

#[tokio::test]
async fn the_documentation_works_without_a_network() {
    let world = World::new().await;
    let page = Client::new(&world.server.base).get("/api/docs").await.is(200);
    assert!(page.header("content-type").starts_with("text/html"), "{page:?}");
    for source in page.text.split("src=\"").skip(1).chain(page.text.split("href=\"").skip(1)) {
        let address = source.split('"').next().unwrap_or_default();
        assert!(!address.starts_with("http") && !address.starts_with("//"), "not ours: {address}");
    }
}

#[tokio::test]
async fn every_operation_documents_its_problems() {
    let world = World::new().await;
    let document = Client::new(&world.server.base).get("/api/openapi.json").await.is(200).body;
    let paths = document["paths"].as_object().expect("an OpenAPI document has paths");
    assert!(paths.contains_key("/api/bookings/{id}/status"), "written as in the routes table");
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("a path item") {
            let Some(responses) = operation["responses"].as_object() else { continue };
            let open = !path.starts_with("/api/") || is_public(operation);
            assert!(open || responses.contains_key("401"), "{method} {path} documents 401");
            for (status, response) in responses {
                let problem = status.starts_with('4') || status.starts_with('5');
                let kinds = response["content"].as_object();
                let documented =
                    kinds.is_some_and(|kinds| kinds.contains_key("application/problem+json"));
                assert!(!problem || documented, "{method} {path} {status} is a problem");
            }
        }
    }
}

/// Whether an operation says itself that it needs no sign-in.
fn is_public(operation: &Value) -> bool {
    operation["security"].as_array().is_some_and(|ways| {
        ways.is_empty()
            || ways.iter().any(|way| way.as_object().is_some_and(serde_json::Map::is_empty))
    })
}
