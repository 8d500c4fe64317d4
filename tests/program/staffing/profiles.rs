//! Profiles: who writes them, who sees what, what proves a skill.

use serde_json::json;

use super::cast::{certified, put, put_on, worker};
use crate::support::World;

#[tokio::test]
async fn a_profile_is_made_read_and_replaced_by_version() {
    let world = World::new().await;
    let agent = worker(&world, "brand_agent", &[&world.organization]).await;
    let path = format!("/api/staff/{}", agent.id);
    world.admin.get(&path).await.refused(404, "not_found");

    let body = json!({
        "skills": [{ "name": "Sales", "level": "expert" }], "defaultHourlyRate": 27.5,
        "home": { "latitude": 39.7, "longitude": -104.9 }, "maxTravelKm": 40, "minRestHours": 11,
        "phone": "+1 303 555 0100", "blockedLocations": [world.location],
    });
    let made = put(&world.admin, &world, &agent.id, body.clone()).await.is(201);
    assert_eq!(made.header("location"), path);
    assert_eq!((made.header("etag"), made.version()), ("\"1\"", 1));
    for field in ["skills", "defaultHourlyRate", "home", "maxTravelKm", "phone", "blockedLocations"]
    {
        assert_eq!(made.body[field], body[field], "{field}");
    }
    assert_eq!(made.body["status"], "active");
    assert_eq!(world.admin.get(&path).await.is(200).body, made.body);

    // The same again changes nothing.
    assert_eq!(put(&world.admin, &world, &agent.id, body).await.is(200).version(), 1);
    let stale = put_on(&world.admin, &world, &agent.id, 7, json!({})).await;
    stale.refused(412, "precondition_failed");
    let after = put_on(&world.admin, &world, &agent.id, 1, json!({})).await.is(200);
    assert_eq!((after.version(), &after.body["skills"]), (2, &json!([])));
    assert_eq!(after.body["defaultHourlyRate"], 27.5, "pay stays unless it is stated");

    let events = world.admin.get(&format!("/api/events?subject=staff/{}", agent.id)).await.is(200);
    let types: Vec<_> = events.list("events").iter().map(|event| event["type"].clone()).collect();
    assert_eq!(types, ["STAFF_PROFILE_CREATED", "STAFF_PROFILE_UPDATED"]);
    assert_eq!(events.list("events")[1]["data"]["profile"]["version"], 2);
}

#[tokio::test]
async fn input_that_breaks_rules_is_refused_by_field() {
    let world = World::new().await;
    let agent = worker(&world, "brand_agent", &[&world.organization]).await;
    let neighbour = world.neighbour(2).await;
    let foreign = crate::support::drafts::location(Some(&neighbour), "Elsewhere");
    let foreign = world.admin.post("/api/locations", &foreign).await.is(201).id();
    let cases = [
        (json!({ "maxHoursPerDay": 25 }), 400, "maxHoursPerDay"),
        (json!({ "skills": [{ "name": "a", "level": "godlike" }] }), 400, "skills[0].level"),
        (json!({ "verifiedBy": agent.id }), 400, "verifiedBy"),
        (json!({ "status": null }), 400, "status"),
        (json!({ "blockedLocations": [agent.id] }), 422, "blockedLocations[0]"),
        (json!({ "blockedLocations": [foreign] }), 422, "blockedLocations[0]"),
    ];
    for (body, status, field) in cases {
        let refused = put(&world.admin, &world, &agent.id, body.clone()).await.problem(status);
        assert_eq!(refused.list("errors")[0]["field"], field, "{body}: {refused:#?}");
    }
    let employer = json!({ "organizationId": world.organization });
    let request = world.admin.request(reqwest::Method::PUT, &format!("/api/staff/{}", agent.id));
    let refused = crate::support::client::demand(request.json(&employer)).await.problem(400);
    assert_eq!(refused.list("errors")[0]["code"], "not_a_member");
    let nobody = uuid::Uuid::now_v7().to_string();
    put(&world.admin, &world, &nobody, json!({})).await.refused(404, "not_found");
}

#[tokio::test]
async fn each_role_sees_and_writes_what_the_table_says() {
    let world = World::new().await;
    let here: &[&str] = &[&world.organization];
    let agent = worker(&world, "brand_agent", here).await;
    let other = worker(&world, "brand_agent", here).await;
    let elsewhere = worker(&world, "brand_agent", &[]).await;
    let field_manager = worker(&world, "internal_field_manager", here).await;
    let coordinator = worker(&world, "field_coordinator", here).await;
    let client_user = world.person("client_user", Some(&world.organization));
    let pay = json!({ "defaultHourlyRate": 30 });
    for one in [&agent, &elsewhere] {
        put(&world.admin, &world, &one.id, pay.clone()).await.is(201);
    }
    // Who, whether they see pay, and whether they may write.
    let table = [
        ("admin", &world.admin, true, true),
        ("field manager", &field_manager.client, true, true),
        ("coordinator", &coordinator.client, false, false),
        ("the agent", &agent.client, true, true),
        ("client manager", &world.manager, false, false),
    ];
    for (who, client, sees_pay, writes) in table {
        let seen = client.get(&format!("/api/staff/{}", agent.id)).await.is(200);
        assert_eq!(seen.body.get("defaultHourlyRate").is_some(), sees_pay, "{who}: {seen:#?}");
        let listed = client.get("/api/staff").await.is(200);
        let row = listed.list("staff").iter().find(|row| row["userId"] == agent.id.as_str());
        let row = row.unwrap_or_else(|| panic!("{who}: {listed:#?}"));
        assert_eq!(row.get("defaultHourlyRate").is_some(), sees_pay, "{who}");
        let status = put(client, &world, &agent.id, json!({ "phone": who })).await.status;
        assert_eq!(status, if writes { 200 } else { 403 }, "{who}");
        if who != "admin" {
            let path = format!("/api/staff/{}", elsewhere.id);
            client.get(&path).await.refused(404, "not_found");
            let status = put(client, &world, &elsewhere.id, json!({})).await.status;
            assert_eq!(status, 404, "{who}");
            assert!(!listed.text.contains(&elsewhere.id), "{who}");
        }
    }
    let path = format!("/api/staff/{}", agent.id);
    for stranger in [&other.client, &client_user.client] {
        stranger.get(&path).await.refused(404, "not_found");
    }
    client_user.client.get("/api/staff").await.refused(403, "forbidden");
    let own = agent.client.get("/api/staff").await.is(200);
    assert_eq!(own.body["pagination"]["total"], 1, "{own:#?}");
}

#[tokio::test]
async fn one_writes_the_own_profile_but_neither_pay_nor_status() {
    let world = World::new().await;
    let agent = worker(&world, "brand_agent", &[&world.organization]).await;
    let raise = json!({ "defaultHourlyRate": 99 });
    put(&agent.client, &world, &agent.id, raise.clone()).await.refused(403, "forbidden");
    let made = put(&agent.client, &world, &agent.id, json!({ "phone": "1" })).await.is(201);
    assert_eq!(made.body["status"], "pending");
    for body in [raise, json!({ "status": "active" })] {
        put(&agent.client, &world, &agent.id, body).await.refused(403, "forbidden");
    }
    let active = json!({ "status": "active", "phone": "1" });
    put(&world.admin, &world, &agent.id, active).await.is(200);
}

#[tokio::test]
async fn a_certification_counts_once_somebody_else_has_seen_it() {
    let world = World::new().await;
    let here: &[&str] = &[&world.organization];
    let agent = worker(&world, "brand_agent", here).await;
    let coordinator = worker(&world, "field_coordinator", here).await;
    let body = json!({ "skills": [certified("Budtender", "expert", "2099-12-31")] });
    for person in [&agent, &coordinator] {
        put(&world.admin, &world, &person.id, body.clone()).await.is(201);
    }
    let verify = |id: &str| format!("/api/staff/{id}/certifications/verify");
    let skill = json!({ "skill": "budtender" });
    agent.client.post(&verify(&agent.id), &skill).await.refused(403, "forbidden");
    world.manager.post(&verify(&agent.id), &skill).await.refused(403, "forbidden");
    coordinator.client.post(&verify(&coordinator.id), &skill).await.refused(403, "forbidden");
    let unknown = json!({ "skill": "juggling" });
    let path = verify(&agent.id);
    coordinator.client.post(&path, &unknown).await.refused(422, "unknown_reference");

    let seen = coordinator.client.post_once(&path, "key", &skill).await.is(200);
    let verified_by = |answer: &crate::support::Answer| {
        answer.body["skills"][0]["certification"]["verifiedBy"].clone()
    };
    assert_eq!(verified_by(&seen), coordinator.id.as_str());
    let again = coordinator.client.post_once(&path, "key", &skill).await.is(200);
    assert_eq!(again.body, seen.body);
    // Stated as it was it stays verified; a later last day is another certificate.
    let same = put(&agent.client, &world, &agent.id, body).await.is(200);
    assert_eq!(verified_by(&same), coordinator.id.as_str());
    let longer = json!({ "skills": [certified("Budtender", "expert", "2100-01-01")] });
    let longer = put(&agent.client, &world, &agent.id, longer).await.is(200);
    assert!(verified_by(&longer).is_null(), "{longer:#?}");
}

#[tokio::test]
async fn a_client_reads_of_its_people_in_the_log_but_not_what_they_earn() {
    let world = World::new().await;
    let agent = world.person("brand_agent", Some(&world.organization));
    let body = json!({ "organizationId": world.organization, "defaultHourlyRate": 31.25 });
    let request = world.admin.request(reqwest::Method::PUT, &format!("/api/staff/{}", agent.id));
    crate::support::client::demand(request.json(&body)).await.is(201);
    let path = "/api/events?type=STAFF_PROFILE_CREATED";
    let full = world.admin.get(path).await.is(200);
    assert_eq!(full.list("events")[0]["data"]["profile"]["defaultHourlyRate"], 31.25);
    let seen = world.manager.get(path).await.is(200);
    let profile = &seen.list("events")[0]["data"]["profile"];
    assert_eq!(profile["userId"], agent.id.as_str());
    assert!(profile.get("defaultHourlyRate").is_none(), "{seen:#?}");
    let one = full.list("events")[0]["id"].as_str().unwrap();
    let one = world.manager.get(&format!("/api/events/{one}")).await.is(200);
    assert!(!one.text.contains("31.25"), "{one:#?}");
}
