//! The command line: exit codes, JSON for programs, one clear line when something is wrong.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::support::cli::Run;
use crate::support::{Home, World, workspace};

/// Failed with this code, and one line says why.
#[track_caller]
fn refused(run: &Run, code: i32, names: &str) {
    assert_eq!(run.code, Some(code), "{run:#?}");
    let said = run.stderr.to_lowercase();
    assert!(said.contains(&names.to_lowercase()), "it names `{names}`: {run:#?}");
    assert!(!run.stderr.contains("panicked"), "{run:#?}");
}

#[test]
fn a_wrong_setting_stops_the_start_with_one_clear_line() {
    for (name, value) in [
        ("RISHI_HTTP_ADDR", "banana"),
        ("RISHI_HTTP_ADDR", "127.0.0.1:99999"),
        ("RISHI_DATABASE_URL", "mysql://localhost/rishi"),
        ("RISHI_DATABASE_URL", "sqlite:"),
    ] {
        let home = Home::on_file();
        for command in [["serve"].as_slice(), &["config", "check"]] {
            let run = home.rishi_with(&[(name, value)], command);
            refused(&run, 1, name.trim_start_matches("RISHI_"));
            assert_eq!(run.stderr.trim().lines().count(), 1, "one line: {run:#?}");
            assert!(!run.stdout.contains("listening"), "{run:#?}");
        }
        assert!(!home.database().exists(), "{name}={value}: nothing was begun");
    }
}

#[test]
fn a_wrong_line_in_the_file_is_named_with_the_file() {
    let home = Home::on_file();
    std::fs::write(home.path("rishi.toml"), "http_addr = [1, 2\n").unwrap();
    refused(&home.rishi(&["config", "check"]), 1, "rishi.toml");
}

#[test]
fn config_check_shows_what_holds_masks_secrets_and_names_unknown_keys() {
    let home = Home::on_file();
    let file = home.database().display().to_string();
    let run = home.rishi(&["config", "check"]).ok();
    assert!(run.stdout.contains(&file), "shows the database: {run:#?}");

    let environment = [
        ("RISHI_SENDGRID_API_KEY", "SG.very-secret"),
        ("RISHI_MAIL_FROM", "rishi@example.org"),
        ("RISHI_NONSENSE", "1"),
    ];
    let run = home.rishi_with(&environment, &["config", "check"]);
    let all = format!("{}{}", run.stdout, run.stderr).to_lowercase();
    assert!(all.contains("nonsense"), "names the unknown key: {run:#?}");
    assert!(!all.contains("very-secret"), "never shows a secret: {run:#?}");
    assert!(!home.database().exists(), "looking changes nothing");
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let home = Home::on_file();
    for arguments in [
        ["nonsense"].as_slice(),
        &["serve", "--nonsense"],
        &["user", "create"],
        &["user", "create", "--email", "a@example.com", "--name", "A", "--role", "king"],
        &["backup"],
        &["completions", "cobol"],
    ] {
        let run = home.rishi(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {run:#?}");
        assert!(!run.stderr.is_empty(), "{arguments:?} says what was meant");
    }
    for arguments in [["--help"], ["--version"]] {
        home.rishi(&arguments).ok();
    }
}

#[test]
fn what_cannot_be_done_is_exit_code_1() {
    let home = Home::on_file();
    home.rishi(&["migrate"]).ok();
    home.rishi(&["migrate"]).ok();
    home.add_user("a@example.com", "super_admin", None);
    let twice =
        ["user", "create", "--email", "A@Example.com", "--name", "A", "--role", "super_admin"];
    refused(&home.rishi(&twice), 1, "already");
    let nobody = ["token", "create", "--user", "nobody@example.com"];
    refused(&home.rishi(&nobody), 1, "no user");
    let nowhere = uuid::Uuid::now_v7().to_string();
    let event = ["events", "show", nowhere.as_str()];
    refused(&home.rishi(&event), 1, &nowhere);
}

#[test]
fn completions_are_a_script_for_the_shell() {
    let run = Home::on_file().rishi(&["completions", "bash"]).ok();
    assert!(run.stdout.contains("complete") && run.stdout.contains("rishi"), "{run:#?}");
}

#[test]
fn the_openapi_document_in_the_repository_is_the_one_of_the_code() {
    let printed = Home::on_file().rishi(&["openapi"]).json();
    assert!(printed["openapi"].as_str().unwrap_or_default().starts_with("3.1"), "OpenAPI 3.1");
    let file = workspace().join("docs/openapi.json");
    let kept = std::fs::read_to_string(file).expect("docs/openapi.json is there");
    let kept: Value = serde_json::from_str(&kept).expect("docs/openapi.json is JSON");
    assert!(printed == kept, "docs/openapi.json is out of date: rishi openapi > docs/openapi.json");
}

#[tokio::test]
async fn events_can_be_shown_and_followed_from_the_command_line() {
    let world = World::new().await;
    let booking = world.draft().await.id();
    let event = world.story(&booking).await[0]["id"].as_str().unwrap().to_owned();
    let shown = world.home.rishi(&["events", "show", &event, "--json"]).json();
    assert_eq!(shown["id"], event);
    assert_eq!(shown["type"], "BOOKING_CREATED");
    assert_eq!(shown["correlationId"], booking);

    let mut child = world
        .home
        .command()
        .args(["events", "tail", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the rishi binary starts");
    let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
    let seen = stdout.lines().map_while(Result::ok).any(|line| line.contains(&booking));
    child.kill().expect("an own child can be killed");
    child.wait().expect("an own child can be waited for");
    assert!(seen, "the newest events are in the tail");
}

#[tokio::test]
async fn a_person_added_while_the_server_runs_can_work_at_once() {
    let world = World::new().await;
    let person = world.person("client_manager", Some(&world.organization));
    let body = crate::support::booking(&world.organization, None, 1, 2);
    let made = person.client.post("/api/bookings", &body).await.is(201);
    assert_eq!(made.body["createdBy"], person.id);
    assert!(person.email.ends_with("@example.com"));
}
