//! What the provider says of a person's groups is what they are here, each time they sign in.

use serde_json::{Value, json};

use super::{Browser, Provider, events, person, world_of_groups};
use crate::support::World;

/// Robin comes with these groups; what Robin is then, by organization, or nothing when refused.
async fn come(world: &World, provider: &Provider, groups: Value) -> Option<Vec<String>> {
    let mut robin = person("robin", "robin@example.com");
    robin["groups"] = groups;
    provider.person(&robin).await;
    let mut browser = Browser::new(&world.server.base);
    if browser.sign_in().await.status != 303 {
        return None;
    }
    let me = browser.as_client().get("/api/auth/me").await.is(200);
    let memberships = me.body["memberships"].as_array().expect("memberships").clone();
    let mut roles: Vec<String> =
        memberships.iter().filter_map(|one| one["role"].as_str().map(str::to_owned)).collect();
    roles.sort();
    Some(roles)
}

fn roles(list: &[&str]) -> Vec<String> {
    list.iter().map(|&role| role.to_owned()).collect()
}

#[tokio::test]
async fn roles_follow_the_groups_and_each_change_is_told() {
    let provider = Provider::open();
    let world = world_of_groups(&provider).await;
    assert_eq!(come(&world, &provider, json!(["users"])).await, Some(roles(&["client_user"])));
    // The first rule that fits counts.
    let both = json!(["users", "managers"]);
    assert_eq!(come(&world, &provider, both).await, Some(roles(&["client_manager"])));
    let updated = events(&world, "MEMBERSHIP_UPDATED").await;
    assert_eq!(updated[0]["data"]["changed"], json!(["role"]));
    let more = json!(["managers", "operators"]);
    assert_eq!(
        come(&world, &provider, more).await,
        Some(roles(&["client_manager", "internal_admin"]))
    );
    assert_eq!(come(&world, &provider, json!("operators")).await, Some(roles(&["internal_admin"])));
    assert_eq!(events(&world, "MEMBERSHIP_REMOVED").await.len(), 1);

    // What no rule is about stays as it was given here.
    let other = world.neighbour(1).await;
    let path = format!("/api/organizations/{other}/members");
    let body = json!({ "email": "robin@example.com", "role": "client_user" });
    world.admin.post(&path, &body).await.is(201);
    assert_eq!(come(&world, &provider, json!([])).await, Some(roles(&["client_user"])));
}

#[tokio::test]
async fn who_has_lost_every_group_loses_the_roles_and_is_refused() {
    let provider = Provider::open();
    let world = world_of_groups(&provider).await;
    assert_eq!(
        come(&world, &provider, json!(["managers"])).await,
        Some(roles(&["client_manager"]))
    );
    assert_eq!(come(&world, &provider, json!([])).await, None);
    assert_eq!(events(&world, "MEMBERSHIP_REMOVED").await.len(), 1);
    assert_eq!(events(&world, "SIGN_IN_FAILED").await[0]["data"]["reason"], "no_role");
    assert_eq!(come(&world, &provider, json!(["users"])).await, Some(roles(&["client_user"])));
}

#[tokio::test]
async fn the_last_super_administrator_stays_one_whatever_the_groups_say() {
    let provider = Provider::open();
    let world = world_of_groups(&provider).await;
    let mut admin = person("admin", "admin@example.com");
    for groups in [json!([]), json!(["operators"])] {
        admin["groups"] = groups;
        provider.person(&admin).await;
        let mut browser = Browser::new(&world.server.base);
        browser.sign_in().await.is(303);
        let me = browser.as_client().get("/api/auth/me").await.is(200);
        assert_eq!(me.body["memberships"][0]["role"], "super_admin", "{me:#?}");
    }
    assert!(world.server.log().contains("the last super administrator stays one"));
    // With another one there, the groups count.
    assert_eq!(come(&world, &provider, json!(["owners"])).await, Some(roles(&["super_admin"])));
    provider.person(&admin).await;
    let mut browser = Browser::new(&world.server.base);
    browser.sign_in().await.is(303);
    let me = browser.as_client().get("/api/auth/me").await.is(200);
    assert_eq!(me.body["memberships"][0]["role"], "internal_admin", "{me:#?}");
}
