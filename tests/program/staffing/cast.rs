//! A world with people who can be assigned to its bookings.

use serde_json::{Value, json};

use crate::support::cli::text;
use crate::support::client::{demand, etag};
use crate::support::{Answer, Client, World};

/// Somebody of the operator's who works for the world's organization.
pub(crate) struct Worker {
    pub(crate) id: String,
    pub(crate) client: Client,
}

/// Adds a person with an internal field role who serves these organizations.
pub(crate) async fn worker(world: &World, role: &str, serves: &[&str]) -> Worker {
    let house = house(world).await;
    let name = uuid::Uuid::now_v7().simple();
    let email = format!("{role}-{name}@field.example.com");
    let body = json!({
        "email": email,
        "displayName": format!("{role} {name}"),
        "role": role,
        "organizationId": house,
        "serves": serves,
    });
    let id = world.admin.post("/api/users", &body).await.is(201).id();
    let client = world.admin.with_token(&world.home.add_token(&email, None));
    Worker { id, client }
}

/// The operator's own organization.
pub(crate) async fn house(world: &World) -> String {
    let organizations = world.admin.get("/api/organizations").await.is(200);
    let own = organizations.list("organizations").iter().find(|row| row["kind"] == "internal");
    text(own.expect("the operator's own organization is there"), "id")
}

/// Puts a profile; the employer is filled in.
pub(crate) async fn put(by: &Client, world: &World, user: &str, mut body: Value) -> Answer {
    body["organizationId"] = json!(house(world).await);
    demand(by.request(reqwest::Method::PUT, &format!("/api/staff/{user}")).json(&body)).await
}

/// The same on a version.
pub(crate) async fn put_on(
    by: &Client,
    world: &World,
    user: &str,
    version: u64,
    mut body: Value,
) -> Answer {
    body["organizationId"] = json!(house(world).await);
    let request = by.request(reqwest::Method::PUT, &format!("/api/staff/{user}"));
    demand(request.header("If-Match", etag(version)).json(&body)).await
}

/// A skill with a certificate until the end of a day.
pub(crate) fn certified(skill: &str, level: &str, expires_on: &str) -> Value {
    json!({ "name": skill, "level": level, "certification":
        { "issuer": "State", "issuedOn": "2020-01-01", "expiresOn": expires_on } })
}

/// An agent who works for the world's organization and has an active profile.
pub(crate) async fn agent(world: &World) -> Worker {
    let agent = worker(world, "brand_agent", &[&world.organization]).await;
    put(&world.admin, world, &agent.id, json!({})).await.is(201);
    agent
}

/// Lets people be assigned who have declared nothing.
pub(crate) async fn trust(world: &World) {
    settings(world, json!({ "unknownAvailability": "allow" })).await;
}

/// Changes the organization's settings.
pub(crate) async fn settings(world: &World, settings: Value) {
    let path = format!("/api/organizations/{}", world.organization);
    let version = world.admin.get(&path).await.is(200).version();
    world.admin.patch(&path, version, &json!({ "settings": settings })).await.is(200);
}

/// Asks for people as hosts.
pub(crate) async fn assign(by: &Client, booking: &str, people: &[&Worker]) -> Answer {
    let order = |one: &&Worker| json!({ "staffId": one.id, "role": "host" });
    let assignments: Vec<Value> = people.iter().map(order).collect();
    let body = json!({ "assignments": assignments });
    by.post(&format!("/api/bookings/{booking}/staff"), &body).await
}

/// The reasons against each of those who were refused: code and kind.
pub(crate) fn reasons(refused: &Answer) -> Vec<(String, Vec<(String, String)>)> {
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |problem: &Value| {
        let reasons = problem["reasons"].as_array().expect("reasons");
        let reasons = reasons.iter().map(|one| (word(&one["code"]), word(&one["kind"])));
        (word(&problem["staffId"]), reasons.collect())
    };
    refused.list("problems").iter().map(of).collect()
}

/// The path of the only assignment of somebody on a booking.
pub(crate) fn path_of(booking: &Answer, worker: &Worker) -> String {
    let all = booking.list("staffAssignments");
    let own = all.iter().find(|one| one["staff"]["id"] == worker.id.as_str());
    let id = text(own.expect("an assignment"), "id");
    format!("/api/bookings/{}/staff/{id}", booking.id())
}

/// One of everything that is told of staff.
pub(crate) async fn everything_happens(world: &World) {
    trust(world).await;
    let (one, two) = (agent(world).await, agent(world).await);
    let skill = json!({ "skills": [certified("Budtender", "expert", "2099-12-31")] });
    put(&world.admin, world, &one.id, skill).await.is(200);
    let path = format!("/api/staff/{}/certifications/verify", one.id);
    world.admin.post(&path, &json!({ "skill": "budtender" })).await.is(200);
    let booking = world.booking_in("in_progress").await.id();
    let assigned = assign(&world.admin, &booking, &[&one, &two]).await.is(201);
    let path = path_of(&assigned, &one);
    for step in ["confirm", "check-in", "check-out"] {
        let position = json!({ "latitude": 39.7, "longitude": -105, "accuracyMeters": 8.5 });
        let body = if step == "confirm" { json!({ "notes": "yes" }) } else { position };
        world.admin.post(&format!("{path}/{step}"), &body).await.is(200);
    }
    release(&world.admin, &path_of(&assigned, &two)).await.is(200);
    let mut needs = crate::support::booking(&world.organization, None, 50, 52);
    needs["staffRequirements"] = json!({ "count": 9 });
    let short = world.manager.post("/api/bookings", &needs).await.is(201).id();
    let path = format!("/api/bookings/{short}/auto-assign");
    assert_eq!(world.admin.post(&path, &json!({})).await.is(200).body["filled"], false);
}

/// Takes an assignment back.
pub(crate) async fn release(by: &Client, path: &str) -> Answer {
    demand(by.request(reqwest::Method::DELETE, path)).await
}
