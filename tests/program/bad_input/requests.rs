//! Requests that ask for the wrong thing or in the wrong way.

use reqwest::Method;
use serde_json::{Value, json};

use super::Witness;
use crate::support::World;
use crate::support::client::demand;

#[tokio::test]
async fn unknown_routes_and_wrong_methods_are_problems_like_all_others() {
    let world = World::new().await;
    // Everything else is a page of the web application.
    for path in ["/api/nonsense", "/api/bookings/a/b/c", "/api", "/assets/nonsense.js"] {
        let answer = world.manager.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {answer:#?}");
        answer.problem(404);
    }
    for (method, path) in [(Method::DELETE, "/api/bookings"), (Method::PUT, "/api/events")] {
        let answer = demand(world.manager.request(method, path)).await.problem(405);
        assert!(answer.header("allow").contains("GET"), "says what is allowed: {answer:#?}");
    }
}

#[tokio::test]
async fn ids_that_are_none_are_a_clear_4xx() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    let long = "a".repeat(2_000);
    for id in ["nonsense", "1", "%00", "..%2f..%2fetc", "'%20OR%201=1--", long.as_str()] {
        for path in ["/api/bookings", "/api/events", "/api/locations", "/api/organizations"] {
            let answer = world.admin.get(&format!("{path}/{id}")).await;
            assert!(answer.is_one_of(&[400, 404]), "{path}/{id}: {answer:#?}");
            let status = answer.status;
            answer.problem(status);
        }
        let answer = world.admin.transition(id, "approved").await;
        assert!(answer.is_one_of(&[400, 404]), "{id}: {answer:#?}");
    }
    let nobody = uuid::Uuid::now_v7();
    for path in ["/api/bookings", "/api/events", "/api/locations", "/api/organizations"] {
        world.admin.get(&format!("{path}/{nobody}")).await.problem(404);
    }
    witness.saw_nothing("ids that are none");
}

#[tokio::test]
async fn query_parameters_that_make_no_sense_are_refused() {
    let world = World::new().await;
    let organization = &world.organization;
    for query in [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=ten",
        "limit=99999999999999999999",
        "page=0",
        "page=-1",
        "page=x",
        "status=nonsense",
        "priority=nonsense",
        "operationType=nonsense",
        "from=yesterday",
        "to=2031-02-30T00:00:00Z",
        "locationId=nonsense",
        "sort=nonsense",
        "colour=green",
        "limit=1&limit=2",
    ] {
        let path = format!("/api/bookings?organizationId={organization}&{query}");
        let answer = world.manager.get(&path).await;
        assert_eq!(answer.status, 400, "{query}: {answer:#?}");
        answer.problem(400);
    }
    for query in ["after=-1", "after=x", "limit=0", "subject=nonsense", "correlationId=nonsense"] {
        let answer = world.admin.get(&format!("/api/events?{query}")).await;
        assert_eq!(answer.status, 400, "events, {query}: {answer:#?}");
        answer.problem(400);
    }
}

/// These are asked by others than programs of ours, which add what they like: a provider of identities,
/// mail programs and calendars.
const OPEN_TO_MORE: [&str; 3] =
    ["/api/auth/oidc/callback", "/api/unsubscribe/{name}", "/calendar/{secret}.ics"];

#[tokio::test]
async fn no_route_takes_a_parameter_that_it_does_not_know() {
    let world = World::new().await;
    let document = world.admin.get("/api/openapi.json").await.is(200).body;
    let id = uuid::Uuid::now_v7().to_string();
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if OPEN_TO_MORE.contains(&path.as_str()) {
            continue;
        }
        let named = path.replace("{kind}", "booking_created").replace("{language}", "de");
        let named = named.replace("/dead-letters/{id}", "/dead-letters/x:1");
        let parts = named.split('/').map(|part| if part.starts_with('{') { &id } else { part });
        let address = format!("{}?colour=green", parts.collect::<Vec<_>>().join("/"));
        for method in item.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let request = world.admin.request(method.clone(), &address);
            let request = request.header("If-Match", "\"1\"").json(&json!({}));
            let answer = demand(request).await.refused(400, "validation_failed");
            let error = &answer.list("errors")[0];
            assert_eq!(error["field"], "colour", "{method} {path}: {answer:#?}");
            assert_eq!(error["code"], "unknown_field", "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 100, "only {asked} requests");
    for path in ["/api/openapi.json", "/api/asyncapi.json"] {
        let refused = world.admin.get(&format!("{path}?a=1&b=2&a=3")).await;
        let refused = refused.refused(400, "validation_failed");
        let names: Vec<&Value> =
            refused.list("errors").iter().map(|error| &error["field"]).collect();
        assert_eq!(names, ["a", "b"], "each once");
    }
    // No parameter is none too many, and who may not come in is told that first.
    world.admin.get("/api/auth/me?").await.is(200);
    world.admin.with_token("").get("/api/auth/me?colour=green").await.problem(401);
    demand(world.admin.request(Method::DELETE, "/api/auth/me?colour=green")).await.problem(405);
    for path in ["/api/docs?from=mail", "/api/unsubscribe/x?utm_source=mail", "/?utm_source=mail"] {
        world.admin.get(path).await.is(200);
    }
}

#[tokio::test]
async fn a_change_names_the_version_it_rests_on() {
    let world = World::new().await;
    let made = world.book(1, 2).await.is(201);
    let path = format!("/api/bookings/{}", made.id());
    let title = json!({ "title": "Changed" });
    let witness = Witness::of(&world).await;

    let bare = world.manager.request(Method::PATCH, &path).json(&title);
    demand(bare).await.problem(428);
    world.manager.patch(&path, 2, &title).await.problem(412);
    world.manager.patch(&path, 0, &title).await.problem(412);
    for tag in ["1", "\"one\"", "W/\"1\"", "\"1", "\"\"", "\"18446744073709551616\""] {
        let request = world.manager.request(Method::PATCH, &path).header("If-Match", tag);
        let answer = demand(request.json(&title)).await;
        assert!(answer.is_one_of(&[400, 412]), "If-Match: {tag}: {answer:#?}");
        let status = answer.status;
        answer.problem(status);
    }
    witness.saw_nothing("edits of another version");

    let edited = world.manager.patch(&path, 1, &title).await.is(200);
    assert_eq!(edited.version(), 2);
    assert_eq!(edited.header("etag"), "\"2\"");
    world.manager.patch(&path, 1, &title).await.problem(412);
}

#[tokio::test]
async fn a_request_id_is_taken_over_when_it_is_harmless() {
    let world = World::new().await;
    let send = |id: String| {
        let request = world.manager.request(Method::GET, "/api/bookings/none");
        demand(request.header("X-Request-Id", id))
    };
    for own in [uuid::Uuid::now_v7().to_string(), "job-7".to_owned(), "x".repeat(128)] {
        let answer = send(own.clone()).await.problem(404);
        assert_eq!(answer.header("x-request-id"), own);
        assert_eq!(answer.body["requestId"], own);
    }
    for odd in ["x".repeat(5_000), "a b".to_owned(), "<script>".to_owned()] {
        let answer = send(odd.clone()).await;
        assert_ne!(answer.header("x-request-id"), odd);
        assert!(!answer.header("x-request-id").is_empty());
    }
}
