//! A server with people in it.

use serde_json::Value;

use super::cli::text;
use super::drafts;
use super::{Answer, Client, Home, Server, eventually};

/// One server, a super admin, a client organization with a manager, and a location of its own.
pub(crate) struct World {
    pub(crate) home: Home,
    pub(crate) server: Server,
    pub(crate) admin: Client,
    pub(crate) organization: String,
    pub(crate) manager: Client,
    pub(crate) manager_id: String,
    pub(crate) location: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::of_tier(2).await
    }

    /// The same on a file, whatever the others are on: for who looks into it, harms it or copies it.
    pub(crate) async fn on_file() -> Self {
        Self::in_home(Home::on_file()).await
    }

    /// The organization's tier decides what its manager may do.
    pub(crate) async fn of_tier(tier: u8) -> Self {
        Self::set_up(tier, &[]).await
    }

    /// The same with a server that is configured so.
    pub(crate) async fn configured(environment: &[(&str, &str)]) -> Self {
        Self::set_up(2, environment).await
    }

    /// The same in a folder that was prepared.
    pub(crate) async fn in_home(home: Home) -> Self {
        Self::move_in(home, 2, &[]).await
    }

    /// The same with a server that is configured so.
    pub(crate) async fn in_home_with(home: Home, environment: &[(&str, &str)]) -> Self {
        Self::move_in(home, 2, environment).await
    }

    async fn set_up(tier: u8, environment: &[(&str, &str)]) -> Self {
        Self::move_in(Home::new(), tier, environment).await
    }

    async fn move_in(home: Home, tier: u8, environment: &[(&str, &str)]) -> Self {
        let server = home.serve_with(environment).await;
        home.add_user("admin@example.com", "super_admin", None);
        let token = home.add_token("admin@example.com", None);
        let admin = Client::new(&server.base).with_token(&token);
        let organization = new_organization(&admin, "Green Leaf", tier).await;
        let location = new_location(&admin, Some(&organization), "Main Street").await;
        let email = "manager@example.com";
        let manager_id = home.add_user(email, "client_manager", Some(&organization));
        let manager = admin.with_token(&home.add_token(email, Some(&organization)));
        Self { home, server, admin, organization, manager, manager_id, location }
    }

    /// Another person of the world.
    pub(crate) fn person(&self, role: &str, organization: Option<&str>) -> Person {
        let email = format!("{role}-{}@example.com", uuid::Uuid::now_v7().simple());
        let id = self.home.add_user(&email, role, organization);
        let client = self.admin.with_token(&self.home.add_token(&email, organization));
        Person { id, email, client }
    }

    /// Another client organization; answers its id.
    pub(crate) async fn neighbour(&self, tier: u8) -> String {
        new_organization(&self.admin, "High Plains", tier).await
    }

    /// A location that all organizations share; answers its id.
    pub(crate) async fn shared_location(&self) -> String {
        new_location(&self.admin, None, "Convention Center").await
    }

    /// The manager books the organization's own location.
    pub(crate) async fn book(&self, from: i64, to: i64) -> Answer {
        let body = drafts::booking(&self.organization, Some(&self.location), from, to);
        self.manager.post("/api/bookings", &body).await
    }

    /// The manager makes a booking without a location, which nothing can be in conflict with.
    pub(crate) async fn draft(&self) -> Answer {
        let body = drafts::booking(&self.organization, None, 0, 2);
        self.manager.post("/api/bookings", &body).await.is(201)
    }

    /// Somebody tries the same.
    pub(crate) async fn draft_by(&self, client: &Client) -> Answer {
        let body = drafts::booking(&self.organization, None, 0, 2);
        client.post("/api/bookings", &body).await
    }

    /// A booking that the manager made and submitted and the admin brought to this status.
    pub(crate) async fn booking_in(&self, status: &str) -> Answer {
        let booking = self.draft().await;
        let mut answer = booking;
        for step in way_to(status) {
            let actor = if *step == "pending_approval" { &self.manager } else { &self.admin };
            answer = actor.transition(&answer.id(), step).await.is(200);
        }
        answer
    }

    /// A booking's whole story.
    pub(crate) async fn story(&self, booking: &str) -> Vec<Value> {
        let path = format!("/api/bookings/{booking}/events?limit=200");
        self.admin.get(&path).await.is(200).list("events").clone()
    }

    /// Everything in somebody's inbox about a booking.
    pub(crate) async fn inbox_about(reader: &Client, booking: &str) -> Vec<Value> {
        let answer = reader.get("/api/notifications?limit=200").await.is(200);
        let about = |row: &&Value| row["relatedEntityId"] == booking;
        answer.list("notifications").iter().filter(about).cloned().collect()
    }

    /// Waits until every reaction to what has happened so far is done: a new booking is made, its
    /// notification comes after all that was before it, and no other subscription is behind.
    pub(crate) async fn settle(&self) {
        let booking = self.draft().await.id();
        eventually("the reactions have caught up", async || {
            (!Self::inbox_about(&self.manager, &booking).await.is_empty()).then_some(())
        })
        .await;
        eventually("no subscription is behind", async || {
            let answer = self.admin.get("/api/system/subscriptions").await.is(200);
            let behind = |one: &&Value| one["paused"] == false && one["lagEvents"] != 0;
            answer.list("subscriptions").iter().find(behind).is_none().then_some(())
        })
        .await;
    }

    /// The same people at a server that was started again.
    pub(crate) fn moved_to(&mut self, server: Server) {
        self.admin = self.admin.moved_to(&server.base);
        self.manager = self.manager.moved_to(&server.base);
        self.server = server;
    }
}

/// Somebody with a token.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) client: Client,
}

/// The shortest way from a draft to a status.
pub(crate) fn way_to(status: &str) -> &'static [&'static str] {
    match status {
        "draft" => &[],
        "pending_approval" => &["pending_approval"],
        "approved" => &["pending_approval", "approved"],
        "confirmed" => &["pending_approval", "approved", "confirmed"],
        "in_progress" => &["pending_approval", "approved", "confirmed", "in_progress"],
        "completed" => &["pending_approval", "approved", "confirmed", "in_progress", "completed"],
        "on_hold" => &["pending_approval", "approved", "on_hold"],
        "cancelled" => &["cancelled"],
        other => panic!("no such status: {other}"),
    }
}

async fn new_organization(admin: &Client, name: &str, tier: u8) -> String {
    let body = drafts::organization(name, tier);
    text(&admin.post("/api/organizations", &body).await.is(201).body, "id")
}

async fn new_location(admin: &Client, owner: Option<&str>, name: &str) -> String {
    let body = drafts::location(owner, name);
    text(&admin.post("/api/locations", &body).await.is(201).body, "id")
}
