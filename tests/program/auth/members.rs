//! Who is what in an organization.

use serde_json::{Value, json};

use crate::support::cli::text;
use crate::support::client::{demand, etag};
use crate::support::{Answer, Client, World};

const PASSWORD: &str = "a fine long passphrase";

fn members(organization: &str) -> String {
    format!("/api/organizations/{organization}/members")
}

async fn member(world: &World, id: &str) -> Answer {
    let list = world.admin.get(&members(&world.organization)).await.is(200);
    let found = list.list("members").iter().find(|one| one["userId"] == id).cloned();
    let body = found.unwrap_or_else(|| panic!("{id} is no member: {list:#?}"));
    Answer { body, ..list }
}

#[tokio::test]
async fn an_organizations_people_are_listed_added_changed_and_removed_by_its_manager() {
    let world = World::new().await;
    let path = members(&world.organization);
    let new = json!({ "email": "lee@example.com", "displayName": "Lee", "role": "client_user" });
    let added = world.manager.post(&path, &new).await.is(201);
    assert_eq!((&added.body["role"], added.version()), (&json!("client_user"), 1));
    assert!(added.body["signInLink"]["link"].is_string(), "{added:#?}");
    let id = text(&added.body, "userId");
    let own = format!("{path}/{id}");
    assert_eq!(added.header("location"), own);
    world.manager.post(&path, &new).await.refused(409, "duplicate");
    let list = world.manager.get(&path).await.is(200);
    let names: Vec<&Value> =
        list.list("members").iter().map(|one| &one["user"]["displayName"]).collect();
    assert_eq!(names, ["Lee", "Test client_manager"]);

    let role = json!({ "role": "client_manager" });
    demand(world.manager.request(reqwest::Method::PATCH, &own).json(&role)).await.problem(428);
    let changed = world.manager.patch(&own, 1, &role).await.is(200);
    assert_eq!((&changed.body["role"], changed.version()), (&json!("client_manager"), 2));
    world.manager.patch(&own, 1, &role).await.problem(412);
    let stale = world.manager.request(reqwest::Method::DELETE, &own).header("If-Match", etag(1));
    demand(stale).await.problem(412);
    world.manager.delete(&own).await.is(204);
    world.manager.delete(&own).await.problem(404);
    world.admin.get(&format!("/api/users/{id}")).await.is(200); // The person stays.

    let path = format!("/api/events?subject=membership/{}&limit=200", text(&added.body, "id"));
    let story = world.manager.get(&path).await.is(200);
    let kinds: Vec<&Value> = story.list("events").iter().map(|event| &event["type"]).collect();
    assert_eq!(kinds.len(), 3, "{kinds:?}");
    let address = &story.list("events")[0]["metadata"]["address"];
    assert_eq!(address, "127.0.0.1", "from where, too");
}

#[tokio::test]
async fn nobody_lifts_themselves_or_others_above_what_they_may_give() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    let user = world.person("client_user", organization);
    let colleague = world.person("client_manager", organization);
    let internal = world.person("internal_admin", None);
    let admin = text(&world.admin.get("/api/auth/me").await.is(200).body["user"], "id");
    let home = text(
        &internal.client.get("/api/auth/me").await.is(200).body["memberships"][0],
        "organizationId",
    );
    let own = members(&world.organization);
    for (case, client, path, body, status) in [
        ("oneself", &world.manager, format!("{own}/{}", world.manager_id), "client_user", 403),
        ("a user, a manager", &user.client, format!("{own}/{}", colleague.id), "client_user", 403),
        (
            "to a role of the operator",
            &world.manager,
            format!("{own}/{}", user.id),
            "super_admin",
            403,
        ),
        (
            "of a super admin",
            &internal.client,
            format!("{}/{admin}", members(&home)),
            "internal_admin",
            403,
        ),
        (
            "to super admin",
            &internal.client,
            format!("{}/{}", members(&home), internal.id),
            "super_admin",
            403,
        ),
        (
            "elsewhere",
            &world.manager,
            format!("{}/{}", members(&home), internal.id),
            "client_user",
            404,
        ),
        (
            "a client role at the operator's",
            &world.admin,
            format!("{}/{}", members(&home), internal.id),
            "client_user",
            400,
        ),
    ] {
        let answer = client.patch(&path, 1, &json!({ "role": body })).await;
        assert_eq!(answer.status, status, "{case}: {answer:#?}");
    }
    for (client, path) in [
        (&world.manager, format!("{own}/{}", world.manager_id)),
        (&user.client, format!("{own}/{}", colleague.id)),
        (&internal.client, format!("{}/{admin}", members(&home))),
    ] {
        client.delete(&path).await.problem(403);
    }
    // More than is to be changed is refused whole.
    let body = json!({ "role": "client_user", "organizationId": home });
    world.manager.patch(&format!("{own}/{}", user.id), 1, &body).await.problem(400);
    assert_eq!(member(&world, &user.id).await.version(), 1, "nothing has changed");
}

#[tokio::test]
async fn i9_nobody_is_made_a_member_by_guessing_an_address() {
    let world = World::new().await;
    let neighbour = world.neighbour(2).await;
    let stranger = world.person("client_manager", Some(&neighbour));
    let path = members(&world.organization);
    let guess = json!({ "email": stranger.email, "displayName": "X", "role": "client_user" });
    let answer = world.manager.post(&path, &guess).await.refused(409, "email_in_use");
    assert!(!answer.text.contains(&stranger.id), "{answer:#?}");
    let guess = json!({ "userId": stranger.id, "role": "client_user" });
    world.manager.post(&path, &guess).await.problem(404);
    // Who runs the platform knows everybody.
    world.admin.post(&path, &guess).await.is(201);
    let both = stranger.client.get("/api/auth/me").await.is(200);
    assert_eq!(both.list("memberships").len(), 2);
    assert!(both.body["permissions"]["read_bookings"]["organizations"] == json!([neighbour]));
}

#[tokio::test]
async fn a_session_acts_with_all_roles_as_they_are_and_gets_a_new_secret_when_they_change() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    let id = world.home.add_user_with("kim@example.com", PASSWORD, "client_user", organization);
    let kim = world.admin.sign_in("kim@example.com", PASSWORD).await;
    let neighbour = world.neighbour(2).await;
    let body = json!({ "userId": id, "role": "client_manager" });
    world.admin.post(&members(&neighbour), &body).await.is(201);
    let me = kim.get("/api/auth/me").await.is(200);
    let kim = kim.with_cookie(&me.cookie());
    assert_eq!(me.list("memberships").len(), 2, "at once");
    let booking = crate::support::booking(&neighbour, None, 1, 2);
    kim.post("/api/bookings", &booking).await.is(201);

    world.admin.delete(&format!("{}/{id}", members(&neighbour))).await.is(204);
    let refused = kim.post("/api/bookings", &booking).await.problem(404);
    let renewed = kim.with_cookie(&refused.cookie());
    assert_eq!(renewed.get("/api/auth/me").await.is(200).list("memberships").len(), 1);
}

#[tokio::test]
async fn i10_a_removed_members_token_is_dead_at_once_and_a_disabled_persons_stays_dead() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    let leaver = world.person("client_user", organization);
    leaver.client.get("/api/bookings").await.is(200);
    let path = format!("{}/{}", members(&world.organization), leaver.id);
    world.manager.delete(&path).await.is(204);
    leaver.client.get("/api/bookings").await.problem(401);

    let idle = world.person("client_user", organization);
    idle.client.get("/api/bookings").await.is(200);
    let path = format!("/api/users/{}", idle.id);
    world.manager.patch(&path, 1, &json!({ "status": "disabled" })).await.is(200);
    idle.client.get("/api/bookings").await.problem(401);
    world.manager.patch(&path, 2, &json!({ "status": "active" })).await.is(200);
    idle.client.get("/api/bookings").await.problem(401);
}

#[tokio::test]
async fn the_last_super_admin_stays_whoever_asks() {
    let world = World::new().await;
    let first = text(&world.admin.get("/api/auth/me").await.is(200).body["user"], "id");
    let home = world.admin.get("/api/auth/me").await.is(200);
    let home = text(&home.body["memberships"][0], "organizationId");
    let second = world.person("super_admin", None);
    let one = format!("{}/{first}", members(&home));
    let two = format!("{}/{}", members(&home), second.id);
    // Each takes the other's role at once: one of them must lose.
    let role = json!({ "role": "internal_admin" });
    let (a, b) =
        tokio::join!(world.admin.patch(&two, 1, &role), second.client.patch(&one, 1, &role));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert!(statuses[0] == 200 && statuses[1] > 400, "{a:#?} {b:#?}");
    let (last, path) =
        if a.status == 200 { (&world.admin, &first) } else { (&second.client, &second.id) };
    let disable = json!({ "status": "disabled" });
    last.patch(&format!("/api/users/{path}"), 1, &disable).await.refused(409, "last_administrator");
}

#[tokio::test]
async fn in_a_suspended_organization_people_read_and_change_nothing() {
    let world = World::new().await;
    let path = format!("/api/organizations/{}", world.organization);
    let user = world.person("client_user", Some(&world.organization));
    let version = world.admin.get(&path).await.is(200).version();
    world.admin.patch(&path, version, &json!({ "status": "suspended" })).await.is(200);
    let manager: &Client = &world.manager;
    manager.get("/api/bookings").await.is(200);
    let new = json!({ "email": "x@example.com", "displayName": "X", "role": "client_user" });
    let all = members(&world.organization);
    let own = format!("{all}/{}", user.id);
    for answer in [
        manager.post(&all, &new).await,
        manager.patch(&own, 1, &json!({ "role": "client_manager" })).await,
        manager.delete(&own).await,
        manager.patch(&format!("{path}/settings"), 2, &json!({ "autoAssign": true })).await,
        world.draft_by(manager).await,
    ] {
        answer.refused(409, "organization_suspended");
    }
    // Who runs the platform puts it in order.
    world.admin.patch(&own, 1, &json!({ "role": "client_manager" })).await.is(200);
    world.admin.patch(&path, 2, &json!({ "status": "active" })).await.is(200);
    world.draft_by(manager).await.is(201);
}

#[tokio::test]
async fn settings_are_read_and_changed_by_themselves_and_pay_is_for_who_may_see_it() {
    let world = World::new().await;
    let organization = Some(world.organization.as_str());
    let user = world.person("client_user", organization);
    let path = format!("/api/organizations/{}", world.organization);
    let settings = format!("{path}/settings");
    let read = world.manager.get(&settings).await.is(200);
    assert_eq!(read.body["autoAssignMaxHeadcount"], 5);
    let edit = json!({ "defaultHourlyRate": 31.25, "autoAssign": true });
    let edited = world.manager.patch(&settings, 1, &edit).await.is(200);
    assert_eq!(
        (&edited.body["defaultHourlyRate"], &edited.body["autoAssign"]),
        (&json!(31.25), &json!(true))
    );
    assert_eq!(edited.header("etag"), etag(2));
    user.client.patch(&settings, 2, &edit).await.problem(403);
    for (reader, sees) in [(&world.manager, true), (&world.admin, true), (&user.client, false)] {
        let rate = |settings: &Value| settings["defaultHourlyRate"] == json!(31.25);
        let whole = reader.get(&path).await.is(200);
        assert_eq!(rate(&whole.body["settings"]), sees, "{whole:#?}");
        let list = reader.get("/api/organizations").await.is(200);
        let listed = list.list("organizations").iter().find(|one| one["id"] == world.organization);
        assert_eq!(rate(&listed.expect("it is listed")["settings"]), sees);
        assert_eq!(rate(&reader.get(&settings).await.is(200).body), sees);
    }
    // Neither does the log tell who may not see it.
    let admin = text(
        &world.admin.get("/api/auth/me").await.is(200).body["memberships"][0],
        "organizationId",
    );
    let coordinator = json!({
        "email": "fay@example.com", "displayName": "Fay", "role": "internal_field_manager",
        "organizationId": admin, "serves": [world.organization],
    });
    world.admin.post("/api/users", &coordinator).await.is(201);
    let sees = world.admin.with_token(&world.home.add_token("fay@example.com", None));
    let log = "/api/events?type=ORGANIZATION_UPDATED&limit=200";
    for reader in [&world.admin, &world.manager, &sees] {
        let told = reader.get(log).await.is(200);
        assert!(told.text.contains("31.25"), "{told:#?}");
    }
}
