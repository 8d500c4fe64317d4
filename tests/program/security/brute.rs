//! Guessing has an end, and the owner still gets in.

use reqwest::Method;
use serde_json::json;

use crate::support::client::demand;
use crate::support::{Answer, Client, World};

const EMAIL: &str = "owner@example.com";
const PASSWORD: &str = "correct horse battery staple";

/// A world behind a proxy, with limits only on signing in, and an owner of an account.
async fn world() -> (World, Client) {
    let world = World::configured(&[
        ("RISHI_RATE_LIMIT", "on"),
        ("RISHI_RATE_LIMIT_GENERAL", "1000000"),
        ("RISHI_TRUSTED_PROXIES", "127.0.0.1"),
    ])
    .await;
    let organization = Some(world.organization.as_str());
    world.home.add_user_with(EMAIL, PASSWORD, "client_manager", organization);
    let visitor = Client::new(&world.server.base);
    (world, visitor)
}

async fn sign_in(visitor: &Client, from: &str, email: &str, password: &str) -> Answer {
    let request = visitor.request(Method::POST, "/api/auth/login");
    let body = json!({ "email": email, "password": password });
    demand(request.header("X-Forwarded-For", from).json(&body)).await
}

#[tokio::test]
async fn guessing_from_many_addresses_has_an_end_and_the_owner_still_gets_in() {
    let (_world, visitor) = world().await;
    let home = "198.51.100.1";
    sign_in(&visitor, home, EMAIL, PASSWORD).await.is(200);
    let mut guesses = 0;
    for n in 0..60 {
        let from = format!("203.0.113.{n}");
        let answer = sign_in(&visitor, &from, EMAIL, &format!("guess number {n:>4}")).await;
        if answer.status == 401 {
            guesses += 1;
        } else {
            let answer = answer.refused(429, "too_many_attempts");
            assert!(!answer.header("retry-after").is_empty(), "{answer:#?}");
        }
    }
    assert!(guesses <= 10, "{guesses} guesses went through");
    // Not even the right password gets in from an unknown place now, but the owner does from home.
    sign_in(&visitor, "203.0.113.200", EMAIL, PASSWORD).await.refused(429, "too_many_attempts");
    sign_in(&visitor, home, EMAIL, PASSWORD).await.is(200);
}

#[tokio::test]
async fn an_account_that_is_not_there_is_throttled_like_one_that_is() {
    let (_world, visitor) = world().await;
    let mut answers = Vec::new();
    for (email, place) in [(EMAIL, 1), ("nobody@example.com", 2)] {
        let mut of_one = Vec::new();
        for n in 0..8 {
            let from = format!("192.0.{place}.{n}");
            let answer = sign_in(&visitor, &from, email, "not the right password").await;
            of_one.push((
                answer.status,
                answer.body["code"].clone(),
                answer.body["detail"].clone(),
            ));
        }
        answers.push(of_one);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].last().unwrap().0, 429, "{answers:#?}");
}

#[tokio::test]
async fn an_address_cannot_try_one_account_after_the_other() {
    let (_world, visitor) = world().await;
    let mut guesses = 0;
    for n in 0..40 {
        let email = format!("person{n}@example.com");
        let answer = sign_in(&visitor, "203.0.113.9", &email, "the same password").await;
        guesses += u32::from(answer.status == 401);
    }
    assert!(guesses <= 10, "{guesses} guesses went through");
    sign_in(&visitor, "203.0.113.10", EMAIL, PASSWORD).await.is(200);
}
