//! Without a good token nothing is told.

use reqwest::Method;

use crate::support::client::demand;
use crate::support::{Client, World};

#[tokio::test]
async fn without_a_token_nothing_is_told() {
    let world = World::new().await;
    let stranger = Client::new(&world.server.base);
    for path in [
        "/api/bookings",
        "/api/organizations",
        "/api/users",
        "/api/locations",
        "/api/events",
        "/api/events/stream",
        "/api/notifications",
        "/api/bookings/statistics",
    ] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status, 401, "{path}: {answer:#?}");
        let answer = answer.problem(401);
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{answer:#?}");
    }
    let body = crate::support::booking(&world.organization, None, 1, 2);
    stranger.post("/api/bookings", &body).await.problem(401);
    // Not even whether the input was good.
    stranger.post("/api/bookings", &serde_json::json!({})).await.problem(401);
}

#[tokio::test]
async fn a_token_that_is_none_is_refused() {
    let world = World::new().await;
    let good = world.manager.token().expect("the manager has a token").to_owned();
    let mut typo = good.clone().into_bytes();
    let at = good.len() - 10;
    typo[at] = if typo[at] == b'A' { b'B' } else { b'A' };
    let typo = String::from_utf8(typo).unwrap();
    let stranger = Client::new(&world.server.base);
    for header in [
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer nonsense".to_owned(),
        "Bearer rishi_pat_".to_owned(),
        format!("Bearer {typo}"),
        format!("Bearer {}", &good[..good.len() - 1]),
        format!("Bearer {good}A"),
        format!("Bearer {good} {good}"),
        format!("Basic {good}"),
        good.clone(),
    ] {
        let request =
            stranger.request(Method::GET, "/api/bookings").header("Authorization", header);
        let answer = demand(request).await;
        assert_eq!(answer.status, 401, "{answer:#?}");
        let answer = answer.problem(401);
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{answer:#?}");
        assert!(!answer.text.contains("rishi_pat_"), "a secret is not repeated: {answer:#?}");
    }
    world.manager.get("/api/bookings").await.is(200);
}
