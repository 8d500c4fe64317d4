//! Calendar feeds, read back by another language's library.

mod rights;
mod shown;

use serde_json::{Value, json};

use crate::support::cli::text;
use crate::support::python::told_by;
use crate::support::{Answer, Client, World};

/// A feed that was made.
struct Feed {
    id: String,
    /// Below the server's address.
    path: String,
}

impl Feed {
    async fn new(client: &Client, body: &Value) -> Self {
        let made = client.post("/api/calendar-feeds", body).await.is(201);
        let url = text(&made.body, "url");
        let path = url[url.find("/calendar/").expect("a feed's path")..].to_owned();
        Self { id: made.id(), path }
    }

    async fn of_organization(client: &Client, organization: &str) -> Self {
        let body = json!({ "kind": "organization", "organizationId": organization });
        Self::new(client, &body).await
    }

    /// As a calendar program asks: nobody signs in.
    async fn ask(&self, world: &World) -> Answer {
        Client::new(&world.server.base).get(&self.path).await
    }

    /// What Python's library reads in it; nothing may be wrong with its form.
    async fn read(&self, world: &World) -> Value {
        let answer = self.ask(world).await.is(200);
        let told = told_by("calendar/read.py", &answer.text);
        assert_eq!(told["wrong"], json!([]), "{}", answer.text);
        told
    }
}

/// The entries of a calendar that was read.
fn events(told: &Value) -> &Vec<Value> {
    told["events"].as_array().expect("a calendar has entries")
}

/// The only entry.
#[track_caller]
fn only(told: &Value) -> &Value {
    let [one] = events(told).as_slice() else { panic!("not one entry: {told:#}") };
    one
}
