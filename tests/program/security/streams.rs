//! A stream lasts no longer than the right to it.

use serde_json::json;

use crate::operations::tail::Tail;
use crate::support::{Client, World};

const PASSWORD: &str = "correct horse battery staple";

/// Waits until the server ends the stream, whatever it still says before.
async fn ends(mut stream: Tail) {
    while stream.next().await.is_some() {}
}

/// A manager of the world's organization with a token and a password.
async fn reader(world: &World) -> (String, Client, Client) {
    let email = "reader@example.com";
    let organization = Some(world.organization.as_str());
    let id = world.home.add_user_with(email, PASSWORD, "client_manager", organization);
    let by_token = world.admin.with_token(&world.home.add_token(email, organization));
    let by_session = Client::new(&world.server.base).sign_in(email, PASSWORD).await;
    (id, by_token, by_session)
}

#[tokio::test]
async fn i10_a_stream_ends_when_its_reader_is_disabled() {
    let world = World::new().await;
    let (id, by_token, by_session) = reader(&world).await;
    let streams = (Tail::open(&by_token, "", None).await, Tail::open(&by_session, "", None).await);
    let other = Tail::open(&world.manager, "", Some("0")).await;
    let disabled = json!({ "status": "disabled" });
    world.admin.patch(&format!("/api/users/{id}"), 1, &disabled).await.is(200);
    ends(streams.0).await;
    ends(streams.1).await;
    by_token.get("/api/auth/me").await.problem(401);
    let mut other = other;
    assert!(other.next().await.is_some(), "somebody else's goes on");
}

#[tokio::test]
async fn i10_a_stream_ends_with_its_session() {
    let world = World::new().await;
    let (_, by_token, by_session) = reader(&world).await;
    let stream = Tail::open(&by_session, "", None).await;
    let mut other = Tail::open(&by_token, "", Some("0")).await;
    by_session.post("/api/auth/logout", &json!({})).await.is(204);
    ends(stream).await;
    assert!(other.next().await.is_some(), "the token's goes on");
}
