//! Getting in.

use serde_json::json;

use super::{Browser, Provider, events, person, world, world_of_groups};
use crate::support::{Client, World};

#[tokio::test]
async fn a_person_who_is_known_gets_an_ordinary_session_and_is_known_by_their_identity_from_then_on()
 {
    let provider = Provider::open();
    let world = world(&provider, &[("RISHI_OIDC_NAME", "Juniper")]).await;
    let methods = Client::new(&world.server.base).get("/api/auth/methods").await.is(200);
    let oidc = json!({ "name": "Juniper", "start": "/api/auth/oidc/start" });
    assert_eq!(methods.body, json!({ "password": true, "forgottenByMail": false, "oidc": oidc }));

    provider.person(&person("robin", "Manager@Example.com")).await;
    let mut browser = Browser::new(&world.server.base);
    let started = browser.open("/api/auth/oidc/start?to=/bookings%3Fstatus%3Ddraft").await.is(303);
    let (to, cookie) = (started.header("location"), started.header("set-cookie"));
    for part in ["code_challenge_method=S256", "nonce=", "state=", "response_type=code"] {
        assert!(to.contains(part), "{part} in {to}");
    }
    assert!(cookie.contains("; HttpOnly; SameSite=Lax; Max-Age=600"), "{cookie}");
    let back = browser.onward(to).await;
    let answer = browser.open(&back).await.is(303);
    assert_eq!(answer.header("location"), "/bookings?status=draft");
    assert_eq!(browser.cookie("rishi-oidc"), None, "the sign-in is over");
    let given: Vec<&str> =
        answer.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok()).collect();
    assert!(
        given.iter().any(|line| line.starts_with("rishi=") && line.contains("SameSite=Strict"))
    );
    let me = browser.as_client().get("/api/auth/me").await.is(200);
    assert_eq!(me.body["user"]["id"], world.manager_id.as_str());
    assert_eq!(me.body["signedInBy"]["kind"], "session");

    let [signed_in] = &events(&world, "SIGNED_IN").await[..] else { panic!("one sign-in") };
    assert_eq!(signed_in["data"]["method"], "oidc");
    assert_eq!(signed_in["data"]["userId"], world.manager_id.as_str());
    assert_eq!(signed_in["metadata"]["address"], "127.0.0.1");
    let [linked] = &events(&world, "IDENTITY_LINKED").await[..] else { panic!("one identity") };
    assert_eq!(linked["data"]["issuer"], provider.issuer.as_str());
    assert_eq!(linked["data"]["subject"], "robin");

    // Another address, the same person; another session, as a password would give.
    provider.person(&person("robin", "robin@elsewhere.example")).await;
    let mut again = Browser::new(&world.server.base);
    again.sign_in().await.is(303);
    let still = again.as_client().get("/api/auth/me").await.is(200);
    assert_eq!(still.body["user"]["id"], me.body["user"]["id"]);
    assert_ne!(again.cookie("rishi"), browser.cookie("rishi"));
    browser.as_client().get("/api/auth/me").await.is(200);
    assert_eq!(events(&world, "IDENTITY_LINKED").await.len(), 1);
}

#[tokio::test]
async fn a_person_whom_a_group_gives_a_role_is_added() {
    let provider = Provider::telling_all_in_the_token();
    let world = world_of_groups(&provider).await;
    let mut robin = person("robin", "robin@example.com");
    robin["groups"] = json!(["others", "managers"]);
    provider.person(&robin).await;
    let mut browser = Browser::new(&world.server.base);
    browser.sign_in().await.is(303);
    let me = browser.as_client().get("/api/auth/me").await.is(200);
    assert_eq!(me.body["user"]["displayName"], "Robin Roe");
    assert_eq!(me.body["memberships"][0]["role"], "client_manager");
    assert_eq!(me.body["memberships"][0]["organizationId"], world.organization.as_str());
    let id = &me.body["user"]["id"];
    let made = &events(&world, "USER_CREATED").await[0];
    assert_eq!((&made["data"]["user"]["id"], &made["userId"]), (id, id));
    assert_eq!(events(&world, "MEMBERSHIP_CREATED").await[0]["data"]["membership"]["userId"], *id);
    let mut again = Browser::new(&world.server.base);
    again.sign_in().await.is(303);
    assert_eq!(events(&world, "USER_CREATED").await[0]["data"]["user"]["id"], *id, "once");
}

#[tokio::test]
async fn new_keys_of_the_provider_are_fetched_when_they_are_met() {
    let provider = Provider::open();
    let world = world(&provider, &[]).await;
    provider.person(&person("robin", "manager@example.com")).await;
    Browser::new(&world.server.base).sign_in().await.is(303);
    provider.order("rotate").await;
    Browser::new(&world.server.base).sign_in().await.is(303);
}

#[tokio::test]
async fn a_sign_in_ends_on_this_site_wherever_it_was_to_end() {
    let provider = Provider::open();
    let world = world(&provider, &[]).await;
    provider.person(&person("robin", "manager@example.com")).await;
    for to in ["?to=https://evil.example/", "?to=//evil.example", "?to=/%5Cevil.example"] {
        let mut browser = Browser::new(&world.server.base);
        let back = browser.through_the_provider(to).await;
        assert_eq!(browser.open(&back).await.is(303).header("location"), "/", "{to}");
    }
}

#[tokio::test]
async fn where_no_provider_is_configured_there_is_no_such_way() {
    let world = World::new().await;
    let visitor = Client::new(&world.server.base);
    let methods = visitor.get("/api/auth/methods").await.is(200);
    assert_eq!(methods.body, json!({ "password": true, "forgottenByMail": false }));
    visitor.get("/api/auth/oidc/start").await.refused(404, "not_found");
    visitor.get("/api/auth/oidc/callback?code=x&state=y").await.refused(404, "not_found");
}
