//! Webhooks: real receivers on the loopback, and signatures verified by another library.

mod delivery;
mod endpoints;
mod failures;
mod future;
mod isolation;
mod order;
pub(crate) mod receiver;
mod traces;
pub(crate) mod verify;

use serde_json::{Value, json};

use crate::support::cli::text;
use crate::support::{Answer, Client, World, eventually};

/// A world in which webhooks may go to this machine.
async fn world() -> World {
    World::configured(&[("RISHI_WEBHOOK_ALLOW_LOOPBACK", "on")]).await
}

/// An endpoint that was made.
struct Hook {
    path: String,
    secret: String,
}

impl Hook {
    async fn new(client: &Client, organization: &str, url: &str, types: &[&str]) -> Self {
        Self::like(client, organization, url, json!({ "eventTypes": types })).await
    }

    async fn like(client: &Client, organization: &str, url: &str, mut body: Value) -> Self {
        body["organizationId"] = json!(organization);
        body["url"] = json!(url);
        let made = client.post("/api/webhooks", &body).await.is(201);
        let (path, secret) = (made.header("location").to_owned(), text(&made.body, "secret"));
        Self { path, secret }
    }

    async fn read(&self, client: &Client) -> Answer {
        client.get(&self.path).await.is(200)
    }

    /// The deliveries that stand there, the newest events first.
    async fn deliveries(&self, client: &Client, query: &str) -> Vec<Value> {
        let answer = client.get(&format!("{}/deliveries?{query}", self.path)).await.is(200);
        answer.list("deliveries").clone()
    }

    /// Waits until the delivery of an event is as wanted.
    async fn delivery(
        &self,
        client: &Client,
        event: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let query = format!("eventId={event}");
        eventually("the delivery is as wanted", async || {
            self.deliveries(client, &query).await.pop().filter(&wanted)
        })
        .await
    }
}

/// Has the status.
fn stands(status: &'static str) -> impl Fn(&Value) -> bool {
    move |delivery| delivery["status"] == status
}

/// Has been attempted so often.
fn attempted(times: u64) -> impl Fn(&Value) -> bool {
    move |delivery| delivery["attempts"].as_u64() == Some(times)
}

/// What the log tells of an endpoint, in its order.
async fn told(world: &World, hook: &Hook) -> Vec<String> {
    let id = hook.path.rsplit('/').next().unwrap_or_default();
    let path = format!("/api/events?subject=webhook/{id}&limit=200");
    let events = world.admin.get(&path).await.is(200);
    events.list("events").iter().map(|event| text(event, "type")).collect()
}
