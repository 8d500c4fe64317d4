//! A stream lasts no longer than the right to it: five seconds after a token, a session, a role or a person is
//! gone, so is what they were listening to.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::operations::tail::Tail;
use crate::support::{Client, World};

const PASSWORD: &str = "correct horse battery staple";
/// How long a stream may outlive the right to it.
const SOON: Duration = Duration::from_secs(5);
/// Every stream there is.
const STREAMS: [&str; 2] = ["/api/events/stream", "/api/notifications/stream"];

/// Both streams of a reader.
struct Streams(Vec<Tail>);

impl Streams {
    async fn of(reader: &Client) -> Self {
        let mut open = Vec::new();
        for path in STREAMS {
            open.push(Tail::at(reader, path, None).await);
        }
        Self(open)
    }

    /// Waits until the server ends both, whatever it still says before.
    async fn end(self, since: Instant, what: &str) {
        for (mut stream, path) in self.0.into_iter().zip(STREAMS) {
            while stream.next().await.is_some() {}
            let took = since.elapsed();
            assert!(took < SOON, "{path} outlived {what} by {took:?}");
        }
    }
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
async fn i10_streams_end_when_their_reader_is_disabled() {
    let world = World::new().await;
    let (id, by_token, by_session) = reader(&world).await;
    let (one, two) = (Streams::of(&by_token).await, Streams::of(&by_session).await);
    let mut other = Tail::open(&world.manager, "", Some("0")).await;
    let disabled = json!({ "status": "disabled" });
    let begun = Instant::now();
    world.admin.patch(&format!("/api/users/{id}"), 1, &disabled).await.is(200);
    one.end(begun, "the person behind a token").await;
    two.end(begun, "the person behind a session").await;
    by_token.get("/api/auth/me").await.problem(401);
    assert!(other.next().await.is_some(), "somebody else's goes on");
}

#[tokio::test]
async fn i10_streams_end_with_their_session() {
    let world = World::new().await;
    let (_, by_token, by_session) = reader(&world).await;
    let streams = Streams::of(&by_session).await;
    let mut other = Tail::open(&by_token, "", Some("0")).await;
    let begun = Instant::now();
    by_session.post("/api/auth/logout", &json!({})).await.is(204);
    streams.end(begun, "the session").await;
    assert!(other.next().await.is_some(), "the token's goes on");
}

#[tokio::test]
async fn i10_streams_end_with_their_token() {
    let world = World::new().await;
    let (_, _, by_session) = reader(&world).await;
    let made = by_session.post("/api/tokens", &json!({ "name": "stream" })).await.is(201);
    let token = crate::support::cli::text(&made.body, "token");
    let streams = Streams::of(&world.admin.with_token(&token)).await;
    let mut other = Tail::open(&by_session, "", Some("0")).await;
    let begun = Instant::now();
    by_session.delete(&format!("/api/tokens/{}", made.id())).await.is(204);
    streams.end(begun, "the token").await;
    assert!(other.next().await.is_some(), "the session's goes on");
}

#[tokio::test]
async fn i10_streams_end_when_a_role_is_changed_or_taken() {
    let world = World::new().await;
    let (id, by_token, by_session) = reader(&world).await;
    let (one, two) = (Streams::of(&by_token).await, Streams::of(&by_session).await);
    let path = format!("/api/organizations/{}/members/{id}", world.organization);
    let begun = Instant::now();
    world.admin.patch(&path, 1, &json!({ "role": "client_user" })).await.is(200);
    one.end(begun, "the role of a token").await;
    two.end(begun, "the role of a session").await;
    // Who may still listen comes again; the log is no longer for this role.
    by_token.get("/api/events/stream").await.refused(403, "forbidden");
    let mut inbox = Tail::at(&by_token, "/api/notifications/stream", None).await;
    let begun = Instant::now();
    world.admin.delete(&path).await.is(204);
    while inbox.next().await.is_some() {}
    assert!(begun.elapsed() < SOON, "the inbox outlived the membership");
}
