//! Every answer protects whoever reads it in a browser.

use reqwest::Method;

use crate::support::client::demand;
use crate::support::{Answer, Client, World};

fn is_guarded(what: &str, answer: &Answer) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{what}: {policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src"));
    let scripts = scripts.unwrap_or_default();
    assert!(!scripts.contains("unsafe") && !scripts.contains('*'), "{what}: {policy}");
    for name in ["access-control-allow-origin", "server", "x-powered-by"] {
        assert!(answer.header(name).is_empty(), "{what}: {name}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_and_none_opens_the_door_to_other_origins() {
    let world = World::new().await;
    let stranger = Client::new(&world.server.base);
    let page = stranger.get("/api/docs").await.is(200);
    is_guarded("the reference page", &page);
    let script = page.text.matches("<script").count();
    let harmless = page.text.matches("<script src=").count()
        + page.text.matches("type=\"application/json\"").count();
    assert_eq!(script, harmless, "no inline script: {}", page.text);
    for path in ["/livez", "/metrics", "/api/openapi.json", "/api/docs/scalar.js", "/nowhere"] {
        is_guarded(path, &stranger.get(path).await);
    }
    for path in ["/api/bookings", "/api/auth/me", "/api/users"] {
        is_guarded(path, &stranger.get(path).await.is(401));
        let answer = world.manager.get(path).await.is(200);
        is_guarded(path, &answer);
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(answer.header("strict-transport-security").is_empty(), "not over http: {path}");
    }
    let asked = stranger.request(Method::OPTIONS, "/api/bookings");
    let asked = asked
        .header("Origin", "https://evil.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization");
    is_guarded("a preflight", &demand(asked).await);
}

#[tokio::test]
async fn over_https_browsers_are_told_to_stay_with_it() {
    let world = World::configured(&[("RISHI_PUBLIC_URL", "https://rishi.example.com")]).await;
    for answer in [
        world.manager.get("/api/auth/me").await.is(200),
        Client::new(&world.server.base).get("/api/bookings").await.is(401),
    ] {
        let value = answer.header("strict-transport-security");
        assert_eq!(value, "max-age=63072000; includeSubDomains");
    }
}
