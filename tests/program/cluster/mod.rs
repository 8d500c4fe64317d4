//! Several nodes on one database: each a process of its own, and what is done outside is written down by whoever is
//! told. See ADR 17. What else may fail around them is in `chaos`.

mod failures;
mod sharing;
mod split;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Home, Server, World, eventually};
use crate::webhooks::receiver::Receiver;

/// What every node is configured with.
pub(crate) const NODE: [(&str, &str); 1] = [("RISHI_WEBHOOK_ALLOW_LOOPBACK", "on")];

/// Nodes on one database, and a receiver that is told of new bookings.
pub(crate) struct Town {
    /// With the first node.
    pub(crate) world: World,
    /// The others.
    pub(crate) beside: Vec<Server>,
    pub(crate) receiver: Receiver,
}

impl Town {
    async fn of(nodes: usize) -> Self {
        Self::configured(nodes, &NODE).await
    }

    async fn configured(nodes: usize, environment: &[(&str, &str)]) -> Self {
        Self::in_home(Home::on_postgres().await, nodes, environment).await
    }

    /// The same on a database that was prepared.
    pub(crate) async fn in_home(home: Home, nodes: usize, environment: &[(&str, &str)]) -> Self {
        home.rishi(&["migrate"]).ok();
        let world = World::in_home_with(home, environment).await;
        let receiver = Receiver::willing().await;
        let body = json!({
            "organizationId": world.organization, "url": receiver.url, "eventTypes": ["BOOKING_CREATED"]
        });
        world.manager.post("/api/webhooks", &body).await.is(201);
        let mut town = Self { world, beside: Vec::new(), receiver };
        for _ in 1..nodes {
            town.beside.push(town.world.home.serve_with(environment).await);
        }
        town
    }

    /// Every node.
    pub(crate) fn servers(&self) -> impl Iterator<Item = &Server> {
        std::iter::once(&self.world.server).chain(&self.beside)
    }

    /// What the database says of the cluster.
    fn status(&self) -> Value {
        self.world.home.rishi(&["cluster", "status", "--json"]).json()
    }

    /// How many leases each living node holds, by address.
    fn counts(&self) -> BTreeMap<String, u64> {
        let status = self.status();
        let nodes = status["nodes"].as_array().unwrap().iter().filter(|one| one["alive"] == true);
        let count = |one: &Value| {
            (one["address"].as_str().unwrap().to_owned(), one["leases"].as_u64().unwrap())
        };
        nodes.map(count).collect()
    }

    /// Waits until so many nodes hold everything, evenly.
    pub(crate) async fn shared_by(&self, nodes: usize) -> BTreeMap<String, u64> {
        eventually(&format!("{nodes} nodes share all leases"), async || {
            let status = self.status();
            let free = status["leases"].as_array()?.iter().any(|one| one["holder"].is_null());
            let counts = self.counts();
            let spread = counts.values().max()? - counts.values().min()?;
            let whole = counts.values().sum::<u64>() > 20;
            (whole && !free && counts.len() == nodes && spread <= 1).then_some(counts)
        })
        .await
    }

    /// Where each unit is held, by address, and under which token.
    pub(crate) fn holders(&self) -> BTreeMap<String, (String, u64)> {
        let status = self.status();
        let address = |id: &Value| {
            let mut nodes = status["nodes"].as_array()?.iter();
            nodes.find(|one| one["id"] == *id)?["address"].as_str().map(ToOwned::to_owned)
        };
        let held = status["leases"].as_array().unwrap().iter().filter_map(|one| {
            let unit = one["unit"].as_str()?.to_owned();
            Some((unit, (address(&one["holder"])?, one["token"].as_u64()?)))
        });
        held.collect()
    }

    /// Books at every living node in turn; the bookings' ids.
    async fn book(&self, count: usize) -> Vec<String> {
        let mut bookings = Vec::new();
        for number in 0..count {
            let at = number % (self.beside.len() + 1);
            let client = match at.checked_sub(1) {
                // A connection that rested may be closed just as it is used again.
                None => self.world.manager.moved_to(&self.world.server.base),
                Some(index) => self.world.manager.moved_to(&self.beside[index].base),
            };
            bookings.push(self.world.draft_by(&client).await.is(201).id());
        }
        bookings
    }

    /// Waits until the receiver knows of every one of these, and demands that it was told of each once.
    async fn told_once(&self, bookings: &[String]) {
        self.all_told(bookings).await;
        let more: BTreeMap<_, _> =
            self.told().into_iter().filter(|(_, ids)| ids.len() > 1).collect();
        assert!(more.is_empty(), "told more than once: {more:?}");
    }

    /// The same where a node died or stood still: what it was sending just then may be repeated, under the same id.
    pub(crate) async fn told_under_one_id(&self, bookings: &[String]) {
        self.all_told(bookings).await;
        for (booking, ids) in self.told() {
            let first = &ids[0];
            assert!(ids.iter().all(|id| id == first), "{booking} was told under {ids:?}");
        }
    }

    async fn all_told(&self, bookings: &[String]) {
        eventually("the receiver knows of all", async || {
            let told = self.told();
            bookings.iter().all(|booking| told.contains_key(booking)).then_some(())
        })
        .await;
    }

    /// The ids under which the receiver was told of each booking.
    pub(crate) fn told(&self) -> BTreeMap<String, Vec<String>> {
        let mut told = BTreeMap::<_, Vec<_>>::new();
        for message in self.receiver.of_type("BOOKING_CREATED") {
            let event = message.event();
            let booking = event["data"]["booking"]["id"].as_str().expect("an id").to_owned();
            told.entry(booking).or_default().push(message.id().to_owned());
        }
        told
    }

    /// Demands that the manager was told of each in the inbox, once.
    async fn noted_once(&self, bookings: &[String]) {
        for booking in bookings {
            let rows = eventually("the manager is told", async || {
                let rows = World::inbox_about(&self.world.manager, booking).await;
                (!rows.is_empty()).then_some(rows)
            })
            .await;
            let created = rows.iter().filter(|row| row["title"] == "New Booking Created");
            assert_eq!(created.count(), 1, "{rows:?}");
        }
    }

    /// Demands that nothing is missing and nothing left over.
    pub(crate) async fn is_whole(&self) {
        self.world.settle().await;
        let found = self.world.home.rishi(&["events", "verify", "--json"]).json();
        assert_eq!(found["valid"], true, "{found}");
    }
}
