//! Taking a table in: all of it or nothing, by the rules of any booking.

use serde_json::json;

use super::{asked, errors, import, table, told};
use crate::support::client::demand;
use crate::support::{World, drafts};

const EARNEST: &str = "?dryRun=false";

#[tokio::test]
async fn a_table_is_tried_first_and_then_taken_through_the_one_door() {
    let world = World::new().await;
    let rows = table(&[("Harvest week", 1, 2), ("Lab day", 3, 4)]);
    let tried = import(&world.manager, "", &rows).await.is(200);
    assert_eq!((&tried.body["dryRun"], &tried.body["valid"]), (&json!(true), &json!(2)));
    assert_eq!(world.manager.get("/api/bookings").await.is(200).body["pagination"]["total"], 0);

    let made = import(&world.manager, EARNEST, &rows).await.is(200);
    let list = made.list("bookings");
    assert_eq!((list.len(), &list[0]["row"], &list[1]["row"]), (2, &json!(2), &json!(3)));
    for one in list {
        let id = one["id"].as_str().unwrap();
        let booking = world.manager.get(&format!("/api/bookings/{id}")).await.is(200);
        assert_eq!((&booking.body["status"], booking.version()), (&json!("draft"), 1));
        assert_eq!(booking.body["createdBy"], json!(world.manager_id));
        assert_eq!(booking.body["timezone"], "America/Denver", "the organization's");
        let story = world.story(id).await;
        assert_eq!(story[0]["type"], "BOOKING_CREATED");
        assert_eq!(story[0]["userId"], json!(world.manager_id));
    }
    let operations: Vec<_> = world
        .manager
        .get("/api/bookings")
        .await
        .is(200)
        .list("bookings")
        .iter()
        .map(|one| one["operationType"].clone())
        .collect();
    assert_eq!(operations, ["general", "testing"], "guessed from the title, as ever");
}

#[tokio::test]
async fn every_row_that_cannot_be_taken_is_told_of_and_then_none_is_taken() {
    let world = World::new().await;
    world.book(10, 12).await.is(201);
    let neighbour = world.neighbour(2).await;
    let place = &world.location;
    let (h, unknown) = (drafts::hour, uuid::Uuid::now_v7());
    let row = |title: &str, from: i64, to: i64, more: &str| {
        format!("{title},{},{},{more}\n", h(from), h(to))
    };
    let text = [
        "title,scheduledStart,scheduledEnd,locationId,budget,priority,organizationId\n".to_owned(),
        row("Fine", 1, 2, &format!("{place},12.5,high,")),
        row("Taken", 11, 13, &format!("{place},,,")),
        row("Overlaps row 2", 1, 3, &format!("{place},,,")),
        row("Backward", 6, 5, ",0,,"),
        row("", 6, 7, ",,urgentest,"),
        row("Foreign", 6, 7, &format!(",,,{neighbour}")),
        row("Nowhere", 6, 7, &format!("{unknown},,,")),
        row("Back to back", 12, 13, &format!("{place},,,")),
        "Past,2020-01-01T00:00:00Z,2020-01-01T01:00:00Z,,,,\n".to_owned(),
        "Short,2020-01-01T00:00:00Z\n".to_owned(),
    ]
    .concat();
    let expected = told(&[
        (3, "locationId", "location_conflict"),
        (4, "locationId", "location_conflict"),
        (5, "budget", "not_positive"),
        (5, "scheduledEnd", "end_not_after_start"),
        (6, "priority", "unknown_value"),
        (6, "title", "required"),
        (7, "organizationId", "not_found"),
        (8, "locationId", "unknown_location"),
        (10, "scheduledStart", "in_past"),
        (11, "", "column_count"),
    ]);
    let sorted = |list| {
        let mut found = errors(list);
        found.sort();
        found
    };
    let tried = import(&world.manager, "?dryRun=true", &text).await.is(200);
    assert_eq!(sorted(&tried.body["errors"]), expected, "{tried:#?}");
    assert_eq!((&tried.body["rows"], &tried.body["valid"]), (&json!(10), &json!(2)));
    let refused = import(&world.manager, EARNEST, &text).await.refused(400, "import_refused");
    assert_eq!(sorted(&refused.body["rowErrors"]), expected);
    assert!(!refused.text.contains("High Plains"), "{refused:#?}");
    assert_eq!(world.manager.get("/api/bookings").await.is(200).body["pagination"]["total"], 1);
}

#[tokio::test]
async fn i8_the_same_table_under_the_same_key_is_taken_once() {
    let world = World::new().await;
    let rows = table(&[("Harvest week", 1, 2)]);
    let ask = async |query: &str, rows: &str| {
        demand(asked(&world.manager, query, rows).header("Idempotency-Key", "k")).await
    };
    ask("", &rows).await.is(200);
    let first = ask(EARNEST, &rows).await.is(200);
    let second = ask(EARNEST, &rows).await.is(200);
    assert_eq!(first.body, second.body);
    assert_eq!(world.manager.get("/api/bookings").await.is(200).body["pagination"]["total"], 1);
    let other = ask(EARNEST, &table(&[("Other", 1, 2)])).await;
    other.refused(422, "idempotency_key_reused");
}

#[tokio::test]
async fn a_file_that_is_no_such_table_is_told_apart() {
    let world = World::new().await;
    let header = |text: &str| text.to_owned() + "\nA,2027-05-03T15:00:00Z,2027-05-03T23:00:00Z\n";
    for (text, expected) in [
        (String::new(), told(&[(1, "", "empty")])),
        ("title,scheduledStart,scheduledEnd\r\n".to_owned(), told(&[(1, "", "no_rows")])),
        (header("title;scheduledStart;scheduledEnd"), told(&[(1, "", "wrong_separator")])),
        (
            header("titel,scheduledStart,scheduledEnd"),
            told(&[(1, "title", "missing_column"), (1, "titel", "unknown_column")]),
        ),
    ] {
        let tried = import(&world.manager, "", &text).await.is(200);
        let mut found = errors(&tried.body["errors"]);
        found.sort();
        let mut expected = expected;
        expected.sort();
        assert_eq!(found, expected, "{text}");
        assert_eq!(tried.body["valid"], 0);
    }
    let marked = format!("\u{feff}{}", table(&[("Two\nlines, \"quoted\"", 1, 2)]));
    let made = import(&world.manager, EARNEST, &marked).await.is(200);
    let id = made.list("bookings")[0]["id"].as_str().unwrap().to_owned();
    let booking = world.manager.get(&format!("/api/bookings/{id}")).await.is(200);
    assert_eq!(booking.body["title"], "Two\nlines, \"quoted\"");
    let latin: Vec<u8> = [
        b"title,scheduledStart,scheduledEnd\nGr\xf6\xdfe,".as_slice(),
        format!("{},{}\n", drafts::hour(1), drafts::hour(2)).as_bytes(),
    ]
    .concat();
    let request = world.manager.request(reqwest::Method::POST, "/api/bookings/import");
    let tried = demand(request.header("Content-Type", "text/csv; charset=utf-8").body(latin)).await;
    assert_eq!(errors(&tried.is(200).body["errors"]), told(&[(2, "title", "not_utf8")]));
}

#[tokio::test]
async fn i14_a_table_has_a_limit_and_is_taken_as_csv_alone() {
    let world = World::new().await;
    let many: Vec<(String, i64)> = (0..501).map(|n| (format!("Booking {n}"), n)).collect();
    let rows: Vec<(&str, i64, i64)> =
        many.iter().map(|(title, n)| (title.as_str(), *n, n + 1)).collect();
    let tried = import(&world.manager, "", &table(&rows)).await.is(200);
    assert_eq!(errors(&tried.body["errors"]), told(&[(502, "", "too_many_rows")]));
    let made = import(&world.manager, EARNEST, &table(&rows[..500])).await.is(200);
    assert_eq!(made.list("bookings").len(), 500);

    let long = table(&[(&"x".repeat(300_000), 1, 2)]);
    import(&world.manager, "", &long).await.refused(413, "payload_too_large");
    let json = world.manager.post("/api/bookings/import", &json!({})).await;
    json.refused(415, "unsupported_media_type");
    let request = world.manager.request(reqwest::Method::POST, "/api/bookings");
    let csv = request.header("Content-Type", "text/csv").body(table(&[("A", 1, 2)]));
    demand(csv).await.refused(415, "unsupported_media_type");
}

#[tokio::test]
async fn what_a_cookie_signs_must_come_from_the_platforms_own_pages_here_too() {
    let world = World::new().await;
    let password = "correct horse battery staple";
    world.home.add_user_with(
        "c@example.com",
        password,
        "client_manager",
        Some(&world.organization),
    );
    let browser = world.admin.sign_in("c@example.com", password).await;
    let rows = table(&[("Harvest week", 1, 2)]);
    import(&browser, EARNEST, &rows).await.is(200);
    let cookie = browser.cookie().unwrap().to_owned();
    for (name, value) in
        [("Sec-Fetch-Site", "cross-site"), ("Origin", "https://evil.example"), ("X-Nothing", "x")]
    {
        let nobody = crate::support::Client::new(&world.server.base);
        let request = asked(&nobody, EARNEST, &rows).header("Cookie", &cookie).header(name, value);
        demand(request).await.refused(403, "cross_site");
    }
    let user = world.person("field_coordinator", None);
    let query = format!("{EARNEST}&organizationId={}", world.organization);
    import(&user.client, &query, &rows).await.refused(403, "forbidden");
}
