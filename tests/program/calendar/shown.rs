//! What a feed shows.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;

use super::{Feed, events, only};
use crate::staffing::cast;
use crate::support::{World, drafts};

#[tokio::test]
async fn a_booking_is_read_back_in_its_locations_zone_with_a_long_title_whole() {
    let world = World::new().await;
    let title = format!("Verkostung für Größere, {}🌿; Teil 1", "Übung ".repeat(25));
    let mut body = drafts::booking(&world.organization, Some(&world.location), 1, 5);
    body["title"] = json!(title);
    body["timezone"] = json!("Europe/Berlin");
    body["description"] = json!("Bring\r\nboxes; and, perhaps\\ more");
    body["budget"] = json!(4321.5);
    let booking = world.manager.post("/api/bookings", &body).await.is(201);

    let location =
        json!({ "kind": "location", "locationId": world.location, "name": "Haupt, straße" });
    let feed = Feed::new(&world.manager, &location).await;
    let told = feed.read(&world).await;
    assert_eq!(told["zones"], json!(["America/Denver"]));
    // The library does not take every property for text.
    assert_eq!(told["name"], "Haupt\\, straße");
    let entry = only(&told);
    assert_eq!(entry["uid"], json!(booking.id()));
    assert_eq!(entry["summary"], json!(title));
    assert_eq!(entry["location"], "Main Street, Denver");
    assert_eq!(entry["status"], "TENTATIVE");
    assert_eq!(entry["sequence"], 0);
    let description = entry["description"].as_str().unwrap();
    assert!(description.starts_with("Bring\nboxes; and, perhaps\\ more\n"), "{description:?}");
    assert!(!description.contains("4321"), "no money: {description:?}");
    for (edge, hours) in [("start", 1), ("end", 5)] {
        let expected = json!(drafts::hour(hours));
        assert_eq!(entry[edge]["utc"], expected);
        assert_eq!(entry[edge]["byVtimezone"], expected);
        assert_eq!(entry[edge]["zone"], "America/Denver");
    }

    let organization = Feed::of_organization(&world.manager, &world.organization).await;
    assert_eq!(only(&organization.read(&world).await)["uid"], json!(booking.id()));
}

#[tokio::test]
async fn on_days_on_which_clocks_change_every_instant_is_the_right_one() {
    let world = World::new().await;
    let zone = TimeZone::get("America/Denver").unwrap();
    let now = Timestamp::now() + SignedDuration::from_hours(48);
    let changes: Vec<Timestamp> =
        zone.following(now).take(2).map(|change| change.timestamp()).collect();
    let mut expected = Vec::new();
    for change in changes {
        // Across it; in the hour before it, which the clock shows twice in autumn; and in the one after.
        for (from, to) in [(-180, -120), (-90, -60), (-50, -10), (5, 55), (60, 600)] {
            let at = |minutes| (change + SignedDuration::from_mins(minutes)).to_string();
            let body =
                drafts::between(&world.organization, Some(&world.location), &at(from), &at(to));
            let id = world.manager.post("/api/bookings", &body).await.is(201).id();
            expected.push((id, at(from), at(to)));
        }
    }
    let feed = Feed::of_organization(&world.manager, &world.organization).await;
    let told = feed.read(&world).await;
    let mut utc = 0;
    for (id, from, to) in &expected {
        let entry = events(&told).iter().find(|one| one["uid"] == json!(id)).expect("is there");
        for (edge, instant) in [("start", from), ("end", to)] {
            assert_eq!(&entry[edge]["utc"], instant, "{edge} {entry:#}");
            assert_eq!(&entry[edge]["byVtimezone"], instant, "{edge} {entry:#}");
            utc += usize::from(entry[edge]["zone"].is_null());
        }
    }
    // An hour that the clock shows a second time has no other name than its instant: 5 and 55 minutes
    // after the change in autumn.
    assert_eq!(utc, 2, "{told:#}");
}

#[tokio::test]
async fn nothing_in_a_title_or_description_becomes_a_part_of_the_calendar() {
    let world = World::new().await;
    let title = "A, B; C\\n\nEND:VEVENT\nBEGIN:VEVENT\nSUMMARY:evil";
    let description =
        "x\r\nEND:VCALENDAR\r\n\u{2028}ATTACH:https://evil.example/\u{85}y\u{b}BEGIN:VALARM";
    let mut body = drafts::booking(&world.organization, None, 1, 2);
    body["title"] = json!(title);
    body["description"] = json!(description);
    world.manager.post("/api/bookings", &body).await.is(201);
    let feed = Feed::of_organization(&world.manager, &world.organization).await;
    let told = feed.read(&world).await;
    assert_eq!(only(&told)["summary"], json!(title));
    let text = feed.ask(&world).await.text;
    for line in text.split(['\r', '\n', '\u{2028}', '\u{85}', '\u{b}']) {
        let begun = line.starts_with("ATTACH") || line.starts_with("BEGIN:VALARM");
        assert!(!begun, "{text}");
    }
    assert_eq!(text.matches("\r\nBEGIN:VEVENT\r\n").count(), 1, "{text}");
}

#[tokio::test]
async fn what_changes_rises_in_sequence_and_what_is_cancelled_says_so() {
    let world = World::new().await;
    cast::trust(&world).await;
    let agent = cast::agent(&world).await;
    let booking = world.booking_in("approved").await;
    let order = json!({ "assignments": [{ "staffId": agent.id, "role": "host" }] });
    let path = format!("/api/bookings/{}/staff", booking.id());
    let version = world.admin.post(&path, &order).await.is(201).version();
    let feed = Feed::of_organization(&world.manager, &world.organization).await;
    let own = Feed::new(&agent.client, &json!({ "kind": "person" })).await;
    let before = only(&feed.read(&world).await).clone();
    assert_eq!(before["sequence"], json!(version - 1));
    let shift = only(&own.read(&world).await).clone();
    assert_eq!(
        (&shift["summary"], &shift["sequence"]),
        (&json!("Harvest week"), &before["sequence"])
    );
    assert!(shift["description"].as_str().unwrap().contains("Role: host"), "{shift:#}");

    world.admin.transition(&booking.id(), "cancelled").await.is(200);
    world.settle().await;
    let told = feed.read(&world).await;
    let after = events(&told).iter().find(|one| one["uid"] == json!(booking.id())).unwrap();
    assert_eq!(after["status"], "CANCELLED");
    assert!(after["sequence"].as_u64() > before["sequence"].as_u64(), "{after:#}");
    // Of whole seconds: both may be in one.
    assert!(after["modified"].as_str() >= before["modified"].as_str(), "{after:#}");
    // The person was released and may not read the booking any more; the calendar has to strike it out.
    let struck = only(&own.read(&world).await).clone();
    assert_eq!((&struck["uid"], &struck["status"]), (&shift["uid"], &json!("CANCELLED")));
    assert_eq!((&struck["summary"], &struck["description"]), (&json!("Cancelled"), &json!(null)));
    assert_eq!(struck["start"]["utc"], shift["start"]["utc"]);
    assert!(struck["sequence"].as_u64() > shift["sequence"].as_u64(), "{struck:#}");
}

#[tokio::test]
async fn a_program_that_has_the_calendar_is_told_so_until_something_changes() {
    let world = World::new().await;
    let feed = Feed::of_organization(&world.manager, &world.organization).await;
    let empty = feed.read(&world).await;
    assert!(events(&empty).is_empty(), "{empty:#}");
    let first = feed.ask(&world).await.is(200);
    assert_eq!(first.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(first.header("cache-control"), "private, no-cache");
    let tag = first.header("etag").to_owned();
    let again = async || {
        let nobody = crate::support::Client::new(&world.server.base);
        let request = nobody.request(reqwest::Method::GET, &feed.path);
        crate::support::client::demand(request.header("If-None-Match", &tag)).await
    };
    let same = again().await.is(304);
    assert_eq!((same.text.as_str(), same.header("etag")), ("", tag.as_str()));
    world.draft().await.is(201);
    assert_ne!(again().await.is(200).header("etag"), tag);
}
