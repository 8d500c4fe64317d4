//! A provider that is not there keeps nobody out who has a password, and is left alone for a while.

use serde_json::Value;

use super::{Browser, Provider, person, world};
use crate::support::{Client, World};

const PASSWORD: &str = "a fine long passphrase";

async fn circuit(world: &World) -> Value {
    let answer = world.admin.get("/api/system/circuits").await.is(200);
    let found = answer.list("circuits").iter().find(|one| one["name"] == "oidc");
    found.unwrap_or_else(|| panic!("no circuit oidc in {answer:#?}")).clone()
}

#[tokio::test]
async fn while_the_provider_is_down_its_circuit_opens_and_passwords_still_work() {
    let mut provider = Provider::open();
    let world = world(&provider, &[]).await;
    world.home.add_user_with("kim@example.com", PASSWORD, "client_user", Some(&world.organization));
    provider.kill();
    let visitor = Client::new(&world.server.base);
    for _ in 0..5 {
        let refused = visitor.get("/api/auth/oidc/start").await.refused(503, "unavailable");
        assert!(!refused.header("retry-after").is_empty(), "{refused:#?}");
    }
    let open = circuit(&world).await;
    assert_eq!(open["state"], "open", "{open:#}");
    assert_eq!((&open["totals"]["failed"], &open["totals"]["refused"]), (&5.into(), &0.into()));
    let refused = visitor.get("/api/auth/oidc/start").await.refused(503, "unavailable");
    let wait: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((30..=60).contains(&wait), "{refused:#?}");
    let left = circuit(&world).await;
    assert_eq!((&left["totals"]["failed"], &left["totals"]["refused"]), (&5.into(), &1.into()));
    let mut browser = Browser::new(&world.server.base);
    let page = browser.open("/api/auth/oidc/start").await.is(503);
    assert!(page.text.contains("Try again later") && page.text.starts_with("<!doctype html>"));
    let kim = visitor.sign_in("kim@example.com", PASSWORD).await;
    kim.get("/api/auth/me").await.is(200);
}

#[tokio::test]
async fn a_provider_that_fails_half_way_leaves_the_sign_in_to_be_begun_again() {
    let provider = Provider::open();
    let world = world(&provider, &[]).await;
    provider.person(&person("robin", "manager@example.com")).await;
    let mut browser = Browser::new(&world.server.base);
    let back = browser.through_the_provider("").await;
    provider.order("broken?on").await;
    browser.open(&back).await.is(503);
    assert_eq!(browser.cookie("rishi"), None);
    provider.order("broken").await;
    browser.sign_in().await.is(303);
    let closed = circuit(&world).await;
    assert_eq!(closed["state"], "closed", "{closed:#}");
}

#[tokio::test]
async fn what_the_provider_refuses_says_nothing_against_it() {
    let provider = Provider::open();
    let world = world(&provider, &[]).await;
    provider.person(&person("robin", "manager@example.com")).await;
    for _ in 0..6 {
        let mut browser = Browser::new(&world.server.base);
        let back = browser.through_the_provider("").await;
        provider.order("forget").await;
        browser.open(&back).await.is(403);
    }
    let closed = circuit(&world).await;
    assert_eq!(closed["state"], "closed", "{closed:#}");
    assert_eq!(closed["totals"]["failed"], 0, "{closed:#}");
}
