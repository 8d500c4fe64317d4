//! Not getting in.

use serde_json::{Value, json};

use super::{Browser, Provider, events, person, world};
use crate::support::{Answer, Client, World};

/// Demands a page that says no, in words and by its code.
#[track_caller]
fn is_page(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{answer:#?}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{answer:#?}");
    assert!(answer.text.contains(code), "{answer:#?}");
    assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{answer:#?}");
}

/// Nobody got in, and the log says why.
async fn nobody_came(world: &World, reason: &str) -> Value {
    assert!(events(world, "SIGNED_IN").await.is_empty());
    let failed = events(world, "SIGN_IN_FAILED").await;
    assert_eq!(failed[0]["data"]["reason"], reason, "{failed:#?}");
    failed[0].clone()
}

#[tokio::test]
async fn a_token_for_another_sign_in_is_none() {
    let provider = Provider::open();
    let world = world(&provider, &[]).await;
    provider.person(&person("robin", "manager@example.com")).await;
    let mut browser = Browser::new(&world.server.base);
    let started = browser.open("/api/auth/oidc/start").await.is(303);
    let (before, rest) = started.header("location").split_once("nonce=").expect("there is a nonce");
    let end = rest.find('&').unwrap_or(rest.len());
    let back = browser.onward(&format!("{before}nonce=another{}", &rest[end..])).await;
    is_page(&browser.open(&back).await, 403, "sign_in_refused");
    nobody_came(&world, "provider_refused").await;
    assert!(world.server.log().contains("Invalid nonce"), "the log says what did not hold");
}

#[tokio::test]
async fn a_sign_in_is_finished_once_by_the_browser_that_began_it() {
    let provider = Provider::open();
    let world = world(&provider, &[]).await;
    provider.person(&person("robin", "manager@example.com")).await;
    let mut browser = Browser::new(&world.server.base);
    let back = browser.through_the_provider("").await;
    let flow = browser.cookie("rishi-oidc").expect("the sign-in is under way").to_owned();

    let mut other = Browser::new(&world.server.base);
    is_page(&other.open(&back).await, 400, "sign_in_lost");
    other.through_the_provider("").await;
    is_page(&other.open(&back).await, 400, "sign_in_lost");
    let mut forged = Browser::new(&world.server.base);
    for cookie in ["", "x", &flow[1..], &format!("{flow}AAAA"), &"A".repeat(4_000)] {
        forged.put_cookie("rishi-oidc", cookie);
        is_page(&forged.open(&back).await, 400, "sign_in_lost");
    }
    assert!(events(&world, "SIGNED_IN").await.is_empty());

    browser.open(&back).await.is(303);
    browser.put_cookie("rishi-oidc", &flow);
    // The code was used: the provider refuses it, and so does the platform.
    is_page(&browser.open(&back).await, 403, "sign_in_refused");
    let state =
        back.split("state=").nth(1).unwrap_or_default().split('&').next().unwrap_or_default();
    // A fresh code of the same person's does not make the old state good.
    let mut third = Browser::new(&world.server.base);
    let fresh = third.through_the_provider("").await;
    let code =
        fresh.split("code=").nth(1).unwrap_or_default().split('&').next().unwrap_or_default();
    third.put_cookie("rishi-oidc", &flow);
    let mixed = format!("/api/auth/oidc/callback?code={code}&state={state}");
    is_page(&third.open(&mixed).await, 403, "sign_in_refused");
    assert_eq!(events(&world, "SIGNED_IN").await.len(), 1);
}

#[tokio::test]
async fn a_code_that_is_too_old_and_a_person_who_turns_back_are_refused() {
    let provider = Provider::open();
    let world = world(&provider, &[]).await;
    provider.person(&person("robin", "manager@example.com")).await;
    let mut browser = Browser::new(&world.server.base);
    let back = browser.through_the_provider("").await;
    provider.order("forget").await;
    is_page(&browser.open(&back).await, 403, "sign_in_refused");
    provider.person(&Value::Null).await;
    // In another browser: in this one the provider knows them still.
    let mut browser = Browser::new(&world.server.base);
    let back = browser.through_the_provider("").await;
    assert!(back.contains("error=access_denied"), "{back}");
    is_page(&browser.open(&back).await, 403, "sign_in_refused");
    nobody_came(&world, "provider_refused").await;
    // A program is told in its own words.
    let problem =
        Client::new(&world.server.base).get("/api/auth/oidc/callback?code=x&state=y").await;
    problem.refused(400, "sign_in_lost");
}

#[tokio::test]
async fn an_address_that_nobody_has_verified_is_nobodys() {
    let provider = Provider::open();
    let world = world(&provider, &[]).await;
    for verified in [json!(false), Value::Null] {
        let mut robin = person("robin", "manager@example.com");
        robin["email_verified"] = verified;
        provider.person(&robin).await;
        let answer = Browser::new(&world.server.base).sign_in().await;
        is_page(&answer, 403, "sign_in_refused");
        assert!(answer.text.contains("not verified your e-mail address"), "{answer:#?}");
    }
    let failed = nobody_came(&world, "email_not_verified").await;
    assert_eq!(failed["data"]["account"], "manager@example.com");
    assert!(events(&world, "IDENTITY_LINKED").await.is_empty());
}

#[tokio::test]
async fn a_stranger_without_a_role_stays_one() {
    let provider = Provider::open();
    let world = world(&provider, &[]).await;
    provider.person(&person("robin", "robin@example.com")).await;
    let answer = Browser::new(&world.server.base).sign_in().await;
    is_page(&answer, 403, "sign_in_refused");
    assert!(answer.text.contains("no role here"), "{answer:#?}");
    nobody_came(&world, "no_role").await;
    let users = world.admin.get("/api/users?limit=200").await.is(200);
    assert!(!users.text.contains("robin@example.com"), "{users:#?}");
}

#[tokio::test]
async fn a_disabled_person_is_refused_linked_or_not_and_their_identity_is_forgotten() {
    let provider = Provider::open();
    let world = world(&provider, &[]).await;
    provider.person(&person("robin", "manager@example.com")).await;
    Browser::new(&world.server.base).sign_in().await.is(303);
    let path = format!("/api/users/{}", world.manager_id);
    world.admin.patch(&path, 1, &json!({ "status": "disabled" })).await.is(200);
    let answer = Browser::new(&world.server.base).sign_in().await;
    is_page(&answer, 403, "sign_in_refused");
    assert!(answer.text.contains("disabled"), "{answer:#?}");
    let failed = events(&world, "SIGN_IN_FAILED").await;
    assert_eq!(failed[0]["data"]["reason"], "disabled");
    assert_eq!(failed[0]["data"]["userId"], world.manager_id.as_str());
    world.admin.patch(&path, 2, &json!({ "status": "active" })).await.is(200);
    Browser::new(&world.server.base).sign_in().await.is(303);
    assert_eq!(events(&world, "IDENTITY_LINKED").await.len(), 2, "known anew");
}

#[tokio::test]
async fn an_address_that_went_on_to_somebody_else_takes_no_account_along() {
    let provider = Provider::open();
    let world = world(&provider, &[]).await;
    provider.person(&person("robin", "manager@example.com")).await;
    Browser::new(&world.server.base).sign_in().await.is(303);
    provider.person(&person("kim", "manager@example.com")).await;
    let answer = Browser::new(&world.server.base).sign_in().await;
    is_page(&answer, 403, "sign_in_refused");
    assert!(answer.text.contains("another identity"), "{answer:#?}");
    let failed = events(&world, "SIGN_IN_FAILED").await;
    assert_eq!(failed[0]["data"]["reason"], "other_identity");
    assert_eq!(events(&world, "SIGNED_IN").await.len(), 1);
}
