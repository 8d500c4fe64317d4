//! `rishi import`: files of any length, resumed by running it again.

use serde_json::{Value, json};

use super::{errors, table, told};
use crate::support::cli::Run;
use crate::support::{World, drafts};

fn run(world: &World, text: &str, more: &[&str]) -> Run {
    let file = world.home.path("bookings.csv");
    std::fs::write(&file, text).expect("the file can be written");
    let mut arguments = vec![
        "import",
        file.to_str().expect("UTF-8"),
        "--organization",
        &world.organization,
        "--user",
        "manager@example.com",
    ];
    arguments.extend(more);
    world.home.rishi(&arguments)
}

fn json_of(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|why| panic!("{why}: {run:#?}"))
}

async fn total(world: &World) -> Value {
    world.manager.get("/api/bookings").await.is(200).body["pagination"]["total"].clone()
}

#[tokio::test]
async fn a_file_is_imported_row_by_row_and_a_second_time_nothing_is() {
    let world = World::new().await;
    let titles: Vec<String> = (0..150).map(|n| format!("Booking {}", n / 2)).collect();
    // Every row is there twice: those are two bookings.
    let rows: Vec<(&str, i64, i64)> = titles.iter().map(|title| (title.as_str(), 1, 2)).collect();
    let text = table(&rows);
    let dry = run(&world, &text, &["--dry-run", "--json"]);
    assert_eq!((dry.code, &json_of(&dry)["rows"]), (Some(0), &json!(150)), "{dry:#?}");
    assert_eq!(total(&world).await, 0);
    let first = run(&world, &text, &["--json"]).json();
    assert_eq!((&first["imported"], &first["alreadyImported"]), (&json!(150), &json!(0)));
    assert_eq!(total(&world).await, 150);
    let second = run(&world, &text, &["--json"]).json();
    assert_eq!((&second["imported"], &second["alreadyImported"]), (&json!(0), &json!(150)));
    // More rows in another order: only what is new is imported.
    let more =
        table(&[("Booking 3", 1, 2), ("New", 1, 2), ("Booking 3", 1, 2), ("Booking 3", 1, 2)]);
    let third = run(&world, &more, &["--json"]).json();
    assert_eq!((&third["imported"], &third["alreadyImported"]), (&json!(2), &json!(2)));
    assert_eq!(total(&world).await, 152);
    let log = world.admin.get("/api/events?type=BOOKING_CREATED&limit=1").await.is(200);
    assert_eq!(log.body["pagination"]["total"], 152);
    assert_eq!(log.list("events")[0]["userId"], json!(world.manager_id), "on whose behalf");
}

#[tokio::test]
async fn a_file_with_errors_is_told_row_by_row_and_none_of_it_is_imported() {
    let world = World::new().await;
    let place = &world.location;
    let row = |title: &str, from: i64, to: i64| {
        format!("{title},{},{},{place}\n", drafts::hour(from), drafts::hour(to))
    };
    let header = "title,scheduledStart,scheduledEnd,locationId\n";
    let right = row("One", 1, 2) + &row("Two", 2, 3);
    let wrong = row("Overlapping", 1, 3) + &row("", 5, 6);
    let refused = run(&world, &(header.to_owned() + &right + &wrong), &["--json"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    let report = json_of(&refused);
    assert_eq!(
        errors(&report["errors"]),
        told(&[(5, "title", "required"), (4, "locationId", "location_conflict")])
    );
    assert_eq!((&report["imported"], total(&world).await), (&json!(0), json!(0)));
    let plain = run(&world, &(header.to_owned() + &right + &wrong), &[]);
    assert!(plain.stderr.contains("row 4, locationId: "), "{plain:#?}");
    assert!(plain.stdout.contains("nothing was imported"), "{plain:#?}");

    // What was corrected goes on where it was.
    run(&world, &(header.to_owned() + &right), &[]).ok();
    let corrected = header.to_owned() + &right + &row("Overlapping", 3, 4);
    let report = run(&world, &corrected, &["--json"]).json();
    assert_eq!((&report["imported"], &report["alreadyImported"]), (&json!(1), &json!(2)));

    for (arguments, message) in [
        (["--user", "nobody@example.com"], "there is no user"),
        (["--organization", "018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f"], "there is no organization"),
    ] {
        let file = world.home.path("bookings.csv");
        let mut all = vec!["import", file.to_str().unwrap()];
        for [name, value] in
            [["--organization", world.organization.as_str()], ["--user", "manager@example.com"]]
        {
            all.extend(if name == arguments[0] { arguments } else { [name, value] });
        }
        let run = world.home.rishi(&all);
        assert_eq!(run.code, Some(1), "{run:#?}");
        assert!(run.stderr.contains(message), "{run:#?}");
    }
    let missing = world.home.rishi(&[
        "import",
        "missing.csv",
        "--organization",
        &world.organization,
        "--user",
        "manager@example.com",
    ]);
    assert!(missing.stderr.contains("missing.csv") && missing.code == Some(1), "{missing:#?}");
}
