//! One organization never learns of another.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{demand, etag};
use crate::support::{Answer, Client, World, booking, hour};

/// An answer without what differs from request to request.
fn wording(answer: &Answer, id: &str) -> Value {
    let mut body = answer.body.clone();
    body["requestId"] = Value::Null;
    let text = body.to_string().replace(id, "ID");
    serde_json::from_str(&text).unwrap()
}

struct TwoTenants {
    world: World,
    booking: String,
    event: String,
    stranger: Client,
    neighbour: String,
}

async fn two_tenants() -> TwoTenants {
    let world = World::new().await;
    let booking = world.book(1, 2).await.is(201).id();
    let event = world.story(&booking).await[0]["id"].as_str().unwrap().to_owned();
    let neighbour = world.neighbour(3).await;
    let stranger = world.person("client_manager", Some(&neighbour)).client;
    TwoTenants { world, booking, event, stranger, neighbour }
}

#[tokio::test]
async fn i9_what_belongs_to_others_looks_as_if_it_did_not_exist() {
    let there = two_tenants().await;
    let (world, stranger) = (&there.world, &there.stranger);
    let nobody = uuid::Uuid::now_v7().to_string();
    let title = json!({ "title": "Mine now" });
    for (method, prefix, id, suffix, body) in [
        (Method::GET, "/api/bookings", &there.booking, "", None),
        (Method::GET, "/api/bookings", &there.booking, "/events", None),
        (Method::PATCH, "/api/bookings", &there.booking, "", Some(title.clone())),
        (
            Method::POST,
            "/api/bookings",
            &there.booking,
            "/status",
            Some(json!({ "status": "cancelled" })),
        ),
        (Method::GET, "/api/locations", &world.location, "", None),
        (Method::PATCH, "/api/locations", &world.location, "", Some(json!({ "name": "Mine" }))),
        (Method::GET, "/api/organizations", &world.organization, "", None),
        (
            Method::PATCH,
            "/api/organizations",
            &world.organization,
            "",
            Some(json!({ "name": "Mine" })),
        ),
        (Method::GET, "/api/events", &there.event, "", None),
        (Method::GET, "/api/users", &world.manager_id, "", None),
    ] {
        let ask = |id: &str| {
            let request = stranger.request(method.clone(), &format!("{prefix}/{id}{suffix}"));
            let request = request.header("If-Match", etag(1));
            demand(match &body {
                Some(body) => request.json(body),
                None => request,
            })
        };
        let case = format!("{method} {prefix}/…{suffix}");
        let (foreign, nothing) = (ask(id).await, ask(&nobody).await);
        assert_eq!(foreign.status, 404, "{case}: {foreign:#?}");
        let (foreign, nothing) = (foreign.problem(404), nothing.problem(404));
        assert_eq!(wording(&foreign, id), wording(&nothing, &nobody), "{case}: the same words");
    }
    let after = world.manager.get(&format!("/api/bookings/{}", there.booking)).await.is(200);
    assert_eq!(after.version(), 1, "nothing has changed");
}

#[tokio::test]
async fn i9_lists_show_only_what_is_ones_own() {
    let there = two_tenants().await;
    let (world, stranger) = (&there.world, &there.stranger);
    let own = booking(&there.neighbour, None, 1, 2);
    let own = stranger.post("/api/bookings", &own).await.is(201).id();
    let foreign =
        [&there.booking, &world.location, &world.organization, &world.manager_id, &there.event];
    let booking = &there.booking;
    for query in [
        "/api/bookings".to_owned(),
        "/api/bookings?search=Harvest".to_owned(),
        format!("/api/bookings?locationId={}", world.location),
        format!("/api/bookings?organizationId={}", world.organization),
        format!("/api/bookings/statistics?organizationId={}", world.organization),
        "/api/organizations".to_owned(),
        "/api/locations".to_owned(),
        format!("/api/locations?organizationId={}", world.organization),
        "/api/users".to_owned(),
        format!("/api/users?organizationId={}", world.organization),
        "/api/events?limit=200".to_owned(),
        format!("/api/events?correlationId={booking}"),
        format!("/api/events?subject=booking/{booking}"),
        format!("/api/events?organizationId={}", world.organization),
        "/api/notifications".to_owned(),
    ] {
        let answer = stranger.get(&query).await;
        assert!(answer.is_one_of(&[200, 403, 404]), "{query}: {answer:#?}");
        let instance = answer.body["instance"].as_str().unwrap_or_default().to_owned();
        // A problem repeats what was asked; that is no news to who asked it.
        let news = answer.text.replace(&instance, "");
        for id in foreign {
            // Filters that were sent may come back, too, but only as what they were sent as.
            assert!(!news.contains(id.as_str()) || query.contains(id.as_str()), "{query}: {news}");
        }
        let total = answer.body["pagination"]["total"].as_u64();
        if query.contains(&world.organization) || query.contains(booking.as_str()) {
            assert!(matches!(total, None | Some(0)), "{query} counts others' rows: {news}");
        }
    }
    let answer = stranger.get("/api/bookings").await.is(200);
    assert_eq!(answer.list("bookings").len(), 1);
    assert_eq!(answer.list("bookings")[0]["id"], own);
    assert_eq!(answer.body["pagination"]["total"], 1, "the total is of what may be seen");
}

/// Every list that takes an organization, as the server itself describes them, asked about one.
async fn lists_of(world: &World, organization: &str) -> Vec<String> {
    let document = Client::new(&world.server.base).get("/api/openapi.json").await.is(200).body;
    let takes_one = |item: &Value| {
        let parameters = item["get"]["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|one| one["name"] == "organizationId"))
    };
    let rest = format!("&from={}&to={}&by=location", hour(0), hour(24));
    let paths = document["paths"].as_object().unwrap().iter();
    let lists = paths.filter(|(_, item)| takes_one(item)).map(|(path, _)| {
        let rest = if path == "/api/schedule" { rest.as_str() } else { "" };
        format!("{path}?organizationId={organization}{rest}")
    });
    let lists: Vec<String> = lists.collect();
    assert!(lists.len() >= 10, "{lists:?}");
    lists
}

#[tokio::test]
async fn i9_an_organization_that_does_not_exist_is_in_no_list() {
    let there = two_tenants().await;
    let (world, stranger) = (&there.world, &there.stranger);
    // What all organizations share is no answer to a question about one that does not exist.
    world.shared_location().await;
    let nobody = uuid::Uuid::now_v7().to_string();
    let unknown = lists_of(world, &nobody).await;
    for path in &unknown {
        world.admin.get(path).await.refused(404, "not_found");
    }
    // Of one where there is nothing yet, nothing is listed.
    let empty = lists_of(world, &world.neighbour(1).await).await;
    for path in empty.iter().filter(|path| !path.starts_with("/api/events/stream")) {
        world.admin.get(path).await.is(200);
    }
    // Who does not see all of them cannot tell the one from the other.
    for (unknown, foreign) in unknown.iter().zip(lists_of(world, &world.organization).await) {
        let (unknown, foreign) = (stranger.get(unknown).await, stranger.get(&foreign).await);
        let words = |answer| wording(answer, &nobody).to_string();
        let foreign_words = words(&foreign).replace(&world.organization, "ID");
        assert_eq!((unknown.status, words(&unknown)), (404, foreign_words), "{foreign:#?}");
    }
}

#[tokio::test]
async fn i11_nothing_refers_to_what_belongs_to_others() {
    let there = two_tenants().await;
    let (world, stranger) = (&there.world, &there.stranger);
    let theirs = booking(&world.organization, None, 3, 4);
    let answer = stranger.post("/api/bookings", &theirs).await;
    assert!(answer.is_one_of(&[404, 422]), "a booking for others: {answer:#?}");

    let nobody = uuid::Uuid::now_v7().to_string();
    let body = |location: &str| booking(&there.neighbour, Some(location), 3, 4);
    let foreign = stranger.post("/api/bookings", &body(&world.location)).await;
    let nothing = stranger.post("/api/bookings", &body(&nobody)).await;
    assert!(foreign.is_one_of(&[404, 422]), "at others' place: {foreign:#?}");
    assert_eq!(wording(&foreign, &world.location), wording(&nothing, &nobody));

    let own = booking(&there.neighbour, None, 3, 4);
    let own = stranger.post("/api/bookings", &own).await.is(201).id();
    let path = format!("/api/bookings/{own}");
    let answer = stranger.patch(&path, 1, &json!({ "locationId": world.location })).await;
    assert!(answer.is_one_of(&[404, 422]), "moved to others' place: {answer:#?}");
    // Not for the platform's own people either: a reference may not cross organizations.
    let answer = world.admin.post("/api/bookings", &body(&world.location)).await;
    assert!(answer.is_one_of(&[404, 422]), "at others' place, by the admin: {answer:#?}");
}
