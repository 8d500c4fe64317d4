//! Addresses are found by a stand-in for the geocoder, and what it says goes through the one door.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, World, drafts, eventually};
use crate::webhooks::receiver::{Manner, Receiver};

const KEY: &str = "maps-key-that-nobody-sees";

fn says(body: &str) -> Manner {
    Manner::Say(Duration::ZERO, body.to_owned())
}

fn found(latitude: f64, longitude: f64) -> String {
    json!({
        "status": "OK",
        "results": [{ "geometry": {
            "location": { "lat": latitude, "lng": longitude }, "location_type": "ROOFTOP",
        } }],
    })
    .to_string()
}

/// A world with a geocoder; what the world itself has made was found by then.
async fn world(geocoder: &Receiver) -> World {
    let base = geocoder.url.trim_end_matches("/hook");
    let environment = [("RISHI_GOOGLE_MAPS_API_KEY", KEY), ("RISHI_GOOGLE_MAPS_URL", base)];
    World::configured(&environment).await
}

async fn make(world: &World, body: &Value) -> String {
    world.manager.post("/api/locations", body).await.is(201).id()
}

async fn seen(world: &World, location: &str) -> Answer {
    world.manager.get(&format!("/api/locations/{location}")).await.is(200)
}

async fn located(world: &World, location: &str) -> Answer {
    eventually("it is found", async || {
        let seen = seen(world, location).await;
        seen.body["latitude"].is_number().then_some(seen)
    })
    .await
}

#[tokio::test]
async fn an_address_without_coordinates_gets_them_by_an_event() {
    let geocoder = Receiver::new(says(&found(39.7392, -104.9903))).await;
    let world = world(&geocoder).await;
    let body = drafts::location(Some(&world.organization), "Main Street");
    let id = make(&world, &body).await;
    let there = located(&world, &id).await;
    assert_eq!(
        (&there.body["latitude"], &there.body["longitude"]),
        (&json!(39.7392), &json!(-104.9903))
    );
    assert_eq!(there.version(), 2);
    let events = world.admin.get(&format!("/api/events?subject=location/{id}")).await.is(200);
    let updated = &events.list("events")[1];
    assert_eq!(
        (&updated["type"], &updated["source"]),
        (&json!("LOCATION_UPDATED"), &json!("rishi/geocoding"))
    );
    assert_eq!(updated["data"]["changed"], json!(["latitude", "longitude"]));
    let asked = geocoder.messages();
    let asked = &asked.last().unwrap().asked;
    assert!(asked.contains("address=1+Main+Street%2C+Denver%2C+CO+80202"), "{asked}");
    assert!(asked.contains("components=country%3AUS") && asked.contains(KEY), "{asked}");

    // Who says where it is, is not contradicted.
    let mut own = drafts::location(Some(&world.organization), "Known");
    own["latitude"] = json!(1.5);
    own["longitude"] = json!(2.5);
    let before = geocoder.messages().len();
    let own = make(&world, &own).await;
    world.settle().await;
    assert_eq!(geocoder.messages().len(), before);
    assert_eq!(seen(&world, &own).await.body["latitude"], 1.5);

    // A move that takes the coordinates away has them looked for anew.
    geocoder.becomes(says(&found(40.0, -105.25)));
    let moved = json!({
        "latitude": null, "longitude": null,
        "address": { "line1": "2 Pearl Street", "city": "Boulder", "region": "CO", "postalCode": "80302", "country": "US" },
    });
    world.manager.patch(&format!("/api/locations/{id}"), 2, &moved).await.is(200);
    assert_eq!(located(&world, &id).await.body["latitude"], 40.0);
    let health = world.admin.get("/api/system/health").await.is(200);
    let external = health.body["components"]["external"].to_string();
    assert!(external.contains("geocoder") && external.contains("healthy"), "{external}");
    let all = world.admin.get("/api/events?limit=200").await.is(200);
    assert!(!all.text.contains(KEY));
}

#[tokio::test]
async fn what_cannot_be_found_is_a_dead_letter_and_can_be_redriven() {
    let geocoder = Receiver::new(says(&found(1.0, 1.0))).await;
    let world = world(&geocoder).await;
    located(&world, &world.location).await;
    geocoder.becomes(says(r#"{"status":"ZERO_RESULTS","results":[]}"#));
    let id = make(&world, &drafts::location(Some(&world.organization), "Nowhere")).await;
    let letter = eventually("it is given up", async || {
        let letters = world.admin.get("/api/system/dead-letters").await.is(200);
        letters.list("deadLetters").first().cloned()
    })
    .await;
    assert_eq!(letter["subscription"], "location-geocoding");
    assert!(letter.to_string().contains("the address is not known"), "{letter}");
    assert_eq!(seen(&world, &id).await.version(), 1);
    geocoder.becomes(says(&found(39.0, -105.0)));
    let path = format!("/api/system/dead-letters/{}/redrive", letter["id"].as_str().unwrap());
    world.admin.post(&path, &json!({})).await.is(200);
    assert_eq!(located(&world, &id).await.body["latitude"], 39.0);
}

#[tokio::test]
async fn whoever_says_where_it_is_while_it_is_looked_for_is_right() {
    let geocoder = Receiver::new(says(&found(1.0, 1.0))).await;
    let world = world(&geocoder).await;
    located(&world, &world.location).await;
    let before = geocoder.messages().len();
    geocoder.becomes(Manner::Say(Duration::from_secs(2), found(10.0, 20.0)));
    let id = make(&world, &drafts::location(Some(&world.organization), "Argued about")).await;
    eventually("it is being looked for", async || {
        (geocoder.messages().len() > before).then_some(())
    })
    .await;
    let here = json!({ "latitude": 39.5, "longitude": -104.5 });
    world.manager.patch(&format!("/api/locations/{id}"), 1, &here).await.is(200);
    world.settle().await;
    let there = seen(&world, &id).await;
    assert_eq!((&there.body["latitude"], there.version()), (&json!(39.5), 2));
    assert_eq!(geocoder.messages().len(), before + 1, "it is not asked for what is known");
    let letters = world.admin.get("/api/system/dead-letters").await.is(200);
    assert!(letters.list("deadLetters").is_empty());
}
