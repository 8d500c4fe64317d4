//! Signing in by a provider of identities: a real one, from npm.

use serde_json::{Value, json};

use crate::support::{Home, World};

mod browser;
mod entering;
mod outages;
mod provider;
mod refusals;
mod roles;

use browser::Browser;
use provider::Provider;

/// Somebody whose address the provider has verified.
fn person(sub: &str, email: &str) -> Value {
    json!({ "sub": sub, "email": email, "email_verified": true, "name": "Robin Roe", "groups": [] })
}

/// A world whose people may sign in by a provider.
async fn world(provider: &Provider, more: &[(&str, &str)]) -> World {
    let own = provider.environment();
    let own = own.iter().map(|(name, value)| (*name, value.as_str()));
    let all: Vec<(&str, &str)> = own.chain(more.iter().copied()).collect();
    World::configured(&all).await
}

/// The same in which the groups of the provider are roles.
async fn world_of_groups(provider: &Provider) -> World {
    // Its organization is made before anybody signs in, and its id is known only then.
    let home = Home::new();
    let mut world = World::in_home(home).await;
    world.server.stop().await;
    let rules = format!(
        "managers=client_manager@{0}, users=client_user@{0}, operators=internal_admin, owners=super_admin",
        world.organization
    );
    let mut all = provider.environment();
    all.extend([("RISHI_OIDC_ROLE_CLAIM", "groups".to_owned()), ("RISHI_OIDC_ROLES", rules)]);
    let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let server = world.home.serve_with(&all).await;
    world.moved_to(server);
    world
}

/// The events of a type, newest first.
async fn events(world: &World, kind: &str) -> Vec<Value> {
    let path = format!("/api/events?type={kind}&before=9007199254740991&limit=200");
    world.admin.get(&path).await.is(200).list("events").clone()
}
