//! Finding people.

use serde_json::{Value, json};

use super::cast::{certified, put, worker};
use crate::support::{Client, World, hour};

/// Who is found, by id.
async fn found(client: &Client, query: &str) -> Vec<String> {
    let answer = client.get(&format!("/api/staff?{query}")).await.is(200);
    let rows = answer.list("staff");
    assert_eq!(answer.body["pagination"]["total"], rows.len(), "{answer:#?}");
    rows.iter().map(|row| row["userId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn people_are_found_by_what_they_can_prove_and_for_whom_they_work() {
    let world = World::new().await;
    let neighbour = world.neighbour(2).await;
    let here: &[&str] = &[&world.organization];
    let (ann, bob) = (
        worker(&world, "brand_agent", here).await,
        worker(&world, "brand_agent", &[&neighbour]).await,
    );
    let skills = json!({ "skills": [
        certified("Forklift", "expert", "2027-06-30"), { "name": "sales", "level": "beginner" } ] });
    put(&world.admin, &world, &ann.id, skills.clone()).await.is(201);
    let mut suspended = skills;
    suspended["status"] = json!("suspended");
    put(&world.admin, &world, &bob.id, suspended).await.is(201);
    let verify = format!("/api/staff/{}/certifications/verify", ann.id);
    world.admin.post(&verify, &json!({ "skill": "forklift" })).await.is(200);

    let (ann, bob, both) = (vec![ann.id.clone()], vec![bob.id.clone()], vec![ann.id, bob.id]);
    let none: Vec<String> = Vec::new();
    let cases: Vec<(String, &Vec<String>)> = vec![
        ("skill=FORKLIFT".into(), &both),
        ("skill=forklift&level=expert".into(), &both),
        ("skill=sales&level=intermediate".into(), &none),
        ("level=intermediate".into(), &both),
        ("skill=forklift&certifiedOn=2027-06-30".into(), &ann),
        ("skill=forklift&certifiedOn=2027-07-01".into(), &none),
        ("certifiedOn=2019-12-31".into(), &none),
        ("skill=sales&certifiedOn=2027-06-30".into(), &none),
        ("status=suspended".into(), &bob),
        (format!("organizationId={}", world.organization), &ann),
        (format!("organizationId={neighbour}&status=active"), &none),
        ("search=BRAND_AGENT".into(), &both),
        ("search=nobody".into(), &none),
    ];
    for (query, wanted) in cases {
        let mut wanted = wanted.clone();
        let mut found = found(&world.admin, &query).await;
        wanted.sort();
        found.sort();
        assert_eq!(found, wanted, "{query}");
    }
    assert_eq!(found(&world.manager, "").await, ann, "a client sees those who work for it");
    let path = format!("/api/staff?organizationId={neighbour}");
    world.manager.get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_page_is_a_page_and_nonsense_is_refused() {
    let world = World::new().await;
    for _ in 0..3 {
        let agent = worker(&world, "brand_agent", &[&world.organization]).await;
        put(&world.admin, &world, &agent.id, json!({})).await.is(201);
    }
    let page = world.admin.get("/api/staff?limit=2&page=2").await.is(200);
    assert_eq!((page.list("staff").len(), &page.body["pagination"]["total"]), (1, &json!(3)));
    let from = format!("freeFrom={}", hour(1));
    for (query, field) in [
        (from.as_str(), "freeTo"),
        (&format!("{from}&freeTo={}", hour(1)), "freeTo"),
        ("level=godlike", "level"),
        ("certifiedOn=tomorrow", "certifiedOn"),
        ("color=red", "color"),
    ] {
        let refused = world.admin.get(&format!("/api/staff?{query}")).await.problem(400);
        let named: Vec<&Value> = refused.list("errors").iter().map(|one| &one["field"]).collect();
        assert_eq!(named, [field], "{query}");
    }
}

#[tokio::test]
async fn who_is_on_leave_or_not_available_is_not_free() {
    let world = World::new().await;
    let mut people = Vec::new();
    for _ in 0..3 {
        let agent = worker(&world, "brand_agent", &[&world.organization]).await;
        put(&world.admin, &world, &agent.id, json!({})).await.is(201);
        people.push(agent);
    }
    let [ann, bob, eve] = &people[..] else { panic!("three") };
    let local = |hours: i64| hour(hours).trim_end_matches('Z').to_owned();
    let declare = async |who: &super::cast::Worker, more: Value, from: i64, to: i64| {
        let mut body =
            json!({ "localStart": local(from), "localEnd": local(to), "timezone": "UTC" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        who.client.post("/api/availability", &body).await.is(201).id()
    };
    let leave = declare(ann, json!({ "kind": "leave" }), 10, 12).await;
    // Every day, but for this one, which is declared once and stands above.
    let daily = json!({ "status": "unavailable", "recurrence": "FREQ=DAILY" });
    declare(bob, daily, 10 - 48, 12 - 48).await;
    declare(eve, json!({ "status": "unavailable", "recurrence": "FREQ=DAILY" }), 10 - 48, 12 - 48)
        .await;
    declare(eve, json!({ "status": "available" }), 10, 12).await;
    let free = async |from: i64, to: i64| {
        let query = format!("freeFrom={}&freeTo={}", hour(from), hour(to));
        let mut found = found(&world.admin, &query).await;
        found.sort();
        found
    };
    let sorted = |some: &[&super::cast::Worker]| {
        let mut ids: Vec<String> = some.iter().map(|one| one.id.clone()).collect();
        ids.sort();
        ids
    };
    assert_eq!(free(11, 13).await, sorted(&[ann, eve]), "leave that nobody has approved");
    world.admin.post(&format!("/api/availability/{leave}/approve"), &json!({})).await.is(200);
    assert_eq!(free(11, 13).await, sorted(&[eve]));
    assert_eq!(free(12, 13).await, sorted(&[ann, bob, eve]), "back to back is free");
    assert_eq!(free(34, 35).await, sorted(&[ann]));
}
