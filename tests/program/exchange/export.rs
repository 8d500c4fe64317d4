//! What an export holds, for whom, and what it leaves in the log.

use serde_json::json;

use super::{column, exported, has, import, rows};
use crate::staffing::cast;
use crate::support::{World, drafts};

/// Titles that a spreadsheet, a reader of CSV or a careless writer stumbles over.
const TITLES: [&str; 9] = [
    "=HYPERLINK(\"https://evil.example\",\"Harvest\")",
    "+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1",
    "'=already",
    "'twas \"quoted\", and; more",
    "two\nlines",
    "Größe 🌿 ＝1",
];

#[tokio::test]
async fn an_organization_that_does_not_exist_is_neither_listed_nor_exported() {
    let world = World::new().await;
    let nobody = uuid::Uuid::now_v7();
    for path in ["/api/bookings", "/api/bookings/export"] {
        let own = format!("{path}?organizationId={}", world.organization);
        world.admin.get(&own).await.is(200);
        let none = format!("{path}?organizationId={nobody}");
        world.admin.get(&none).await.refused(404, "not_found");
    }
    let told = world.admin.get("/api/events?type=DATA_EXPORTED").await.is(200);
    assert_eq!(told.list("events").len(), 1, "{told:#?}");
}

#[tokio::test]
async fn what_is_exported_is_text_to_a_spreadsheet_and_is_read_back_letter_by_letter() {
    let world = World::new().await;
    for title in TITLES {
        let mut body = drafts::booking(&world.organization, None, 1, 3);
        body["title"] = json!(title);
        body["description"] = json!("=1+1\r\nsecond \"line\"");
        body["budget"] = json!(1250.5);
        body["requirements"] = json!({ "dress": "black, \"tie\"" });
        body["staffRequirements"] = json!({ "count": 2, "skills": ["budtender"] });
        body["notes"] = json!("-");
        world.manager.post("/api/bookings", &body).await.is(201);
    }
    let told = exported(&world.manager, "?format=csv").await;
    assert_eq!(rows(&told).len(), TITLES.len());
    for row in rows(&told) {
        for (name, cell) in row.as_object().unwrap() {
            let start = cell.as_str().unwrap().chars().next();
            let formula = start.is_some_and(|first| "=+-@\t\r\n".contains(first));
            assert!(!formula, "{name}: {cell}");
        }
    }
    assert!(column(&told, "title").contains(&format!("'{}", TITLES[0])), "{told:#}");
    assert!(column(&told, "budget").iter().all(|cell| cell == "1250.5"), "{told:#}");

    // The same again, by the file itself.
    let file = world.manager.get("/api/bookings/export").await.is(200).text;
    let made = import(&world.manager, "?dryRun=false", &file).await.is(200);
    assert_eq!(made.list("bookings").len(), TITLES.len());
    let after = world.manager.get("/api/bookings?limit=200").await.is(200);
    for title in TITLES {
        let same: Vec<_> =
            after.list("bookings").iter().filter(|one| one["title"] == title).collect();
        assert_eq!(same.len(), 2, "{title:?}");
        for field in [
            "description",
            "budget",
            "requirements",
            "staffRequirements",
            "notes",
            "scheduledStart",
            "scheduledEnd",
            "timezone",
            "operationType",
            "priority",
        ] {
            assert_eq!(same[0][field], same[1][field], "{title:?} {field}");
        }
    }
}

#[tokio::test]
async fn an_export_takes_the_lists_filters_and_tells_the_log() {
    let world = World::new().await;
    for (title, from) in [("First harvest", 1), ("Second harvest", 30), ("Lab day", 60)] {
        let body = drafts::booking(&world.organization, None, from, from + 2);
        world.manager.post("/api/bookings", &drafts::titled(body, title)).await.is(201);
    }
    let query =
        format!("?search=harvest&from={}&sort=-scheduledStart&status=draft", drafts::hour(0));
    let told = exported(&world.manager, &query).await;
    let titles: Vec<_> = rows(&told).iter().map(|row| row["title"].clone()).collect();
    assert_eq!(titles, [json!("Second harvest"), json!("First harvest")]);
    let log = world.admin.get("/api/events?type=DATA_EXPORTED").await.is(200);
    let [event] = log.list("events").as_slice() else { panic!("{log:#?}") };
    assert_eq!(event["userId"], json!(world.manager_id));
    assert_eq!(event["organizationId"], json!(world.organization));
    let data = &event["data"];
    assert_eq!((&data["of"], &data["format"]), (&json!("bookings"), &json!("csv")));
    assert_eq!(data["bookings"], 2);
    assert_eq!(data["filter"]["search"], "harvest");
    assert_eq!(data["filter"]["status"], json!(["draft"]));

    for wrong in ["?format=xlsx", "?of=people", "?limit=3", "?status=lost"] {
        let refused = world.manager.get(&format!("/api/bookings/export{wrong}")).await;
        refused.refused(400, "validation_failed");
    }
    let neighbour = world.neighbour(2).await;
    let foreign = format!("/api/bookings/export?organizationId={neighbour}");
    world.manager.get(&foreign).await.refused(404, "not_found");
    let log = world.admin.get("/api/events?type=DATA_EXPORTED").await.is(200);
    assert_eq!(log.list("events").len(), 1, "what is refused takes nothing out");
}

#[tokio::test]
async fn pay_and_costs_are_columns_for_those_who_may_see_them() {
    let world = World::new().await;
    cast::trust(&world).await;
    let (one, other) = (cast::agent(&world).await, cast::agent(&world).await);
    let booking = world.booking_in("approved").await;
    let order = json!({ "assignments": [
        { "staffId": one.id, "role": "host", "hourlyRate": 31.25 },
        { "staffId": other.id, "role": "=cook", "hourlyRate": 40 },
    ]});
    world.admin.post(&format!("/api/bookings/{}/staff", booking.id()), &order).await.is(201);

    let query = format!("?of=hours&organizationId={}", world.organization);
    let told = exported(&world.admin, &query).await;
    assert_eq!(column(&told, "hourlyRate"), ["31.25", "40"]);
    assert_eq!(column(&told, "cost"), ["62.5", "80"], "two hours");
    assert_eq!(column(&told, "scheduledMinutes"), ["120", "120"]);
    assert_eq!(column(&told, "role"), ["'=cook", "host"]);

    let told = exported(&world.manager, "?of=hours").await;
    assert_eq!(rows(&told).len(), 2);
    assert!(!has(&told, "hourlyRate") && !has(&told, "cost"), "{told:#}");
    let told = exported(&world.manager, "?of=assignments").await;
    assert_eq!(column(&told, "assignmentStatus"), ["assigned", "assigned"]);
    assert!(!has(&told, "hourlyRate"), "{told:#}");
    assert!(has(&exported(&world.manager, "").await, "actualCost"));

    // An agent sees the own pay, and that of nobody else.
    let told = exported(&one.client, "?of=hours").await;
    for row in rows(&told) {
        let own = row["staffId"] == json!(one.id);
        assert_eq!(row["hourlyRate"], if own { "31.25" } else { "" }, "{row:#}");
        assert_eq!(row["cost"], if own { "62.5" } else { "" }, "{row:#}");
    }
    assert_eq!(rows(&told).len(), 2);
    assert!(!has(&exported(&one.client, "").await, "actualCost"));
    let user = world.person("client_user", Some(&world.organization));
    assert!(!has(&exported(&user.client, "").await, "actualCost"));
}
