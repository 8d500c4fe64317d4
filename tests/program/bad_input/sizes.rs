//! More than anybody needs: refused early, not read to the end.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::Witness;
use crate::support::client::demand;
use crate::support::raw::{Raw, post_head, status_of};
use crate::support::{World, booking};

const GIGABYTE: usize = 1 << 30;
const SOON: Duration = Duration::from_secs(10);

fn head(world: &World) -> String {
    post_head("/api/bookings", world.manager.token().expect("the manager has a token"))
}

#[tokio::test]
async fn a_gigabyte_that_is_announced_is_refused_before_it_is_sent() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    let mut raw = Raw::connect(&world.server).await;
    raw.write(format!("{}Content-Length: {GIGABYTE}\r\n\r\n", head(&world)).as_bytes()).await;
    let answer = raw.heard_within(SOON).await.expect("an answer without a byte of the body");
    assert_eq!(status_of(&answer), Some(413), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    witness.saw_nothing("an announced gigabyte");
}

#[tokio::test]
async fn a_gigabyte_that_just_comes_is_refused_once_it_is_too_much() {
    let world = World::new().await;
    let witness = Witness::of(&world).await;
    let mut raw = Raw::connect(&world.server).await;
    raw.write(format!("{}Transfer-Encoding: chunked\r\n\r\n", head(&world)).as_bytes()).await;
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    let mut sent = 0;
    let mut answer = None;
    while sent < GIGABYTE && answer.is_none() {
        if !raw.write(chunk.as_bytes()).await {
            break;
        }
        sent += 0x10000;
        // Past twice the limit there is nothing to wait for but the answer.
        let patience = if sent > 512 * 1024 { SOON } else { Duration::from_millis(1) };
        answer = raw.heard_within(patience).await;
        assert!(answer.is_some() || sent <= 512 * 1024, "{sent} bytes sent and no answer");
    }
    if answer.is_none() {
        answer = raw.heard_within(SOON).await;
    }
    let answer = answer.expect("an answer");
    assert_eq!(status_of(&answer), Some(413), "after {sent} bytes: {answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    witness.saw_nothing("a streamed gigabyte");
}

#[tokio::test]
async fn a_body_may_have_256_kib_and_not_a_byte_more() {
    let world = World::new().await;
    let mut body = booking(&world.organization, None, 1, 2);
    body["requirements"] = json!({ "text": "" });
    let filling = 256 * 1024 - body.to_string().len();
    body["requirements"]["text"] = json!("x".repeat(filling));
    assert_eq!(body.to_string().len(), 256 * 1024);
    let fits = world.manager.post("/api/bookings", &body).await;
    assert!(fits.status != 413, "256 KiB fit: {:?}", fits.status);
    let witness = Witness::of(&world).await;
    body["requirements"]["text"] = json!("x".repeat(filling + 1));
    world.manager.post("/api/bookings", &body).await.problem(413);
    witness.saw_nothing("a byte too many");
}

#[tokio::test]
async fn headers_may_not_be_endless() {
    let world = World::new().await;
    let many = |size: usize| {
        let request = world.manager.request(Method::GET, "/api/bookings/none");
        request.header("X-Filling", "x".repeat(size))
    };
    assert_ne!(demand(many(8 * 1024)).await.status, 431, "8 KiB are allowed");

    let mut raw = Raw::connect(&world.server).await;
    let filling = "x".repeat(20 * 1024);
    let request = format!("GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Filling: {filling}\r\n\r\n");
    raw.write(request.as_bytes()).await;
    let answer = raw.heard_within(SOON).await.expect("an answer");
    assert_eq!(status_of(&answer), Some(431), "{answer}");
    let problem = problem_of(&answer);
    assert_eq!((&problem["status"], &problem["code"]), (&json!(431), &json!("head_too_large")));
    let id = problem["requestId"].as_str().unwrap();
    assert!(answer.contains(&format!("x-request-id: {id}")), "{answer}");

    let mut raw = Raw::connect(&world.server).await;
    raw.write(b"this is no request\r\n\r\n").await;
    let answer = raw.heard_within(SOON).await.expect("an answer");
    assert_eq!(problem_of(&answer)["code"], "bad_request", "{answer}");

    // Without an end the server does not wait for one.
    let mut raw = Raw::connect(&world.server).await;
    raw.write(b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n").await;
    let line = format!("X-Filling: {}\r\n", "x".repeat(1_000));
    let mut answer = None;
    for _ in 0..10_000 {
        if answer.is_some() || !raw.write(line.as_bytes()).await {
            break;
        }
        answer = raw.heard_within(Duration::from_millis(1)).await;
    }
    let answer = answer.unwrap_or_default();
    assert!(matches!(status_of(&answer), Some(431) | None), "431 or hung up: {answer}");
}

/// The problem document of an answer as it came.
fn problem_of(answer: &str) -> Value {
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.contains("content-type: application/problem+json"), "{answer}");
    serde_json::from_str(body).unwrap_or_else(|why| panic!("{why}: {answer}"))
}
