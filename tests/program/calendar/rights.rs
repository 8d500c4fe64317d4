//! Whose feed it is, and who has none any more.

use reqwest::Method;
use serde_json::json;

use super::{Feed, events, only};
use crate::staffing::cast;
use crate::support::client::demand;
use crate::support::database::Database;
use crate::support::{Client, World};

const PERSON: &str = "person";

#[tokio::test]
async fn an_address_is_shown_once_and_works_until_it_is_revoked() {
    let world = World::new().await;
    let feed = Feed::of_organization(&world.manager, &world.organization).await;
    let secret = feed.path.trim_start_matches("/calendar/").trim_end_matches(".ics").to_owned();
    feed.ask(&world).await.is(200);
    let listed = world.manager.get("/api/calendar-feeds").await.is(200);
    assert_eq!(listed.list("calendarFeeds").len(), 1);
    assert!(!listed.text.contains(&secret), "{listed:#?}");
    let body = json!({ "kind": "person" });
    let first = world.manager.post_once("/api/calendar-feeds", "one", &body).await.is(201);
    let second = world.manager.post_once("/api/calendar-feeds", "one", &body).await.is(201);
    assert_eq!(first.id(), second.id());
    assert!(first.body["url"].is_string() && second.body["url"].is_null(), "{second:#?}");

    // Somebody else's is nobody's.
    let path = format!("/api/calendar-feeds/{}", feed.id);
    world.admin.delete(&path).await.refused(404, "not_found");
    world.manager.delete(&path).await.is(204);
    let revoked = feed.ask(&world).await.refused(404, "not_found");
    world.manager.delete(&path).await.refused(404, "not_found");
    let nobody = Client::new(&world.server.base);
    for other in ["/calendar/x.ics", "/calendar/.ics", &feed.path.replace(".ics", "")] {
        let unknown = nobody.get(other).await.refused(404, "not_found");
        assert_eq!(unknown.body["detail"], revoked.body["detail"], "both sound the same");
    }
    let damaged = format!("/calendar/{}.ics", "A".repeat(secret.len()));
    nobody.get(&damaged).await.refused(404, "not_found");

    // Nobody finds it in the log or in the database.
    let log = world.admin.get("/api/events?type=CALENDAR_FEED_*&limit=200").await.is(200);
    let types: Vec<_> = log.list("events").iter().map(|one| one["type"].clone()).collect();
    assert_eq!(types.iter().filter(|one| **one == "CALENDAR_FEED_CREATED").count(), 2, "{log:#?}");
    assert_eq!(types.iter().filter(|one| **one == "CALENDAR_FEED_REVOKED").count(), 1, "{log:#?}");
    assert!(!log.text.contains(&secret));
    assert!(!world.server.log().contains(&secret), "{}", world.server.log());
    assert!(!Database::holds(&world.home, secret.as_bytes()), "it is in the database");
}

#[tokio::test]
async fn a_feed_ends_with_its_owners_right_to_see_it() {
    let world = World::new().await;
    let manager = world.person("client_manager", Some(&world.organization));
    let body = json!({ "kind": "organization", "organizationId": world.organization });
    let by_token = Feed::new(&manager.client, &body).await;
    world.book(1, 2).await.is(201);
    assert_eq!(events(&by_token.read(&world).await).len(), 1);

    // What was made by a session is of the person, what was made by a token is of the token.
    let user = world.home.add_user_with(
        "walker@example.com",
        "correct horse battery staple",
        "client_user",
        Some(&world.organization),
    );
    let walker = world.admin.sign_in("walker@example.com", "correct horse battery staple").await;
    let by_session = Feed::new(&walker, &body).await;
    by_session.ask(&world).await.is(200);
    let members = format!("/api/organizations/{}/members/{user}", world.organization);
    demand(world.admin.request(Method::DELETE, &members).header("If-Match", "*")).await.is(204);
    by_session.ask(&world).await.refused(404, "not_found");

    let tokens = manager.client.get("/api/tokens").await.is(200);
    let token = tokens.list("tokens")[0]["id"].as_str().unwrap().to_owned();
    manager.client.delete(&format!("/api/tokens/{token}")).await.is(204);
    by_token.ask(&world).await.refused(404, "not_found");
}

#[tokio::test]
async fn whoever_is_disabled_has_no_feed_any_more_and_gets_it_back() {
    let world = World::new().await;
    let (email, password) = ("agent@example.com", "correct horse battery staple");
    let id = world.home.add_user_with(email, password, "client_user", Some(&world.organization));
    let browser = world.admin.sign_in(email, password).await;
    let feed = Feed::new(&browser, &json!({ "kind": PERSON })).await;
    feed.ask(&world).await.is(200);
    let path = format!("/api/users/{id}");
    for (status, answer) in [("disabled", 404), ("active", 200)] {
        let request = world.admin.request(Method::PATCH, &path).header("If-Match", "*");
        demand(request.json(&json!({ "status": status }))).await.is(200);
        feed.ask(&world).await.is(answer);
    }
}

#[tokio::test]
async fn i9_nobody_has_a_feed_of_what_they_may_not_read() {
    let world = World::of_tier(2).await;
    let neighbour = world.neighbour(2).await;
    let shared = world.shared_location().await;
    let stranger = world.person("client_manager", Some(&neighbour));
    let of = |organization: &str| json!({ "kind": "organization", "organizationId": organization });
    let refused = stranger.client.post("/api/calendar-feeds", &of(&world.organization)).await;
    refused.refused(404, "not_found");
    let location = json!({ "kind": "location", "locationId": world.location });
    stranger.client.post("/api/calendar-feeds", &location).await.refused(404, "not_found");
    let nothing = json!({ "kind": "location" });
    stranger.client.post("/api/calendar-feeds", &nothing).await.refused(400, "validation_failed");

    // A location that is shared shows each its own.
    let body = crate::support::booking(&world.organization, Some(&shared), 1, 2);
    let booking = world.manager.post("/api/bookings", &body).await.is(201);
    let location = json!({ "kind": "location", "locationId": shared });
    let own = Feed::new(&world.manager, &location).await;
    let theirs = Feed::new(&stranger.client, &location).await;
    assert_eq!(only(&own.read(&world).await)["uid"], json!(booking.id()));
    assert!(events(&theirs.read(&world).await).is_empty());

    // Who works sees the own work, in whatever feed.
    let agent = cast::agent(&world).await;
    let feed = Feed::of_organization(&agent.client, &world.organization).await;
    assert!(events(&feed.read(&world).await).is_empty());
}

#[tokio::test]
async fn a_person_has_twenty_feeds_at_most() {
    let world = World::new().await;
    for _ in 0..20 {
        Feed::new(&world.manager, &json!({ "kind": PERSON })).await;
    }
    let one_more = world.manager.post("/api/calendar-feeds", &json!({ "kind": PERSON })).await;
    one_more.refused(409, "too_many_calendar_feeds");
    assert_eq!(
        world.manager.get("/api/calendar-feeds").await.is(200).body["pagination"]["total"],
        20
    );
}

#[tokio::test]
async fn a_feed_that_a_limited_token_makes_shows_no_more_than_the_token() {
    let world = World::new().await;
    let body = json!({ "name": "narrow", "scopes": ["read_users"] });
    let narrow = world.manager.post("/api/tokens", &body).await.is(201);
    let narrow = world.manager.with_token(narrow.body["token"].as_str().unwrap());
    narrow.post("/api/calendar-feeds", &json!({ "kind": PERSON })).await.refused(403, "forbidden");
    let own = Feed::new(&world.manager, &json!({ "kind": PERSON })).await;
    let other = json!({ "name": "other", "scopes": ["read_bookings"] });
    let other = world.manager.post("/api/tokens", &other).await.is(201);
    let other = world.manager.with_token(other.body["token"].as_str().unwrap());
    assert!(other.get("/api/calendar-feeds").await.is(200).list("calendarFeeds").is_empty());
    other.delete(&format!("/api/calendar-feeds/{}", own.id)).await.refused(404, "not_found");
}

#[tokio::test]
async fn who_asks_too_often_from_one_address_is_told_to_wait() {
    let world =
        World::configured(&[("RISHI_RATE_LIMIT", "on"), ("RISHI_RATE_LIMIT_GENERAL", "8")]).await;
    let feed = Feed::of_organization(&world.manager, &world.organization).await;
    let mut last = feed.ask(&world).await.is(200);
    assert!(!last.header("ratelimit").is_empty(), "{last:#?}");
    for _ in 0..8 {
        last = feed.ask(&world).await;
    }
    last.refused(429, "rate_limited");
}
