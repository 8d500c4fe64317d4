//! Many at once: no overlap, no 5xx, every loser told so.

use std::collections::BTreeMap;

use futures::future::join_all;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;

use crate::support::client::{demand, etag};
use crate::support::database::{Database, assert_gap_free};
use crate::support::drafts::{between, minute};
use crate::support::seed::{generator, times};
use crate::support::{Client, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i2_two_hundred_clients_on_one_location_never_overlap() {
    let world = World::new().await;
    let mut seeds = generator("storm");
    let rounds = times("RISHI_STORM_ROUNDS", 4);
    let clients = (0..200).map(|_| {
        let work = Stormer {
            client: world.manager.clone(),
            organization: world.organization.clone(),
            location: world.location.clone(),
            random: StdRng::seed_from_u64(seeds.random()),
            changes: 0,
            won: 0,
            lost: 0,
        };
        tokio::spawn(work.run(rounds))
    });
    let (mut changes, mut won, mut lost) = (0, 0, 0);
    for client in join_all(clients).await {
        let done = client.expect("a client's own demands hold");
        changes += done.changes;
        won += done.won;
        lost += done.lost;
    }
    println!("{won} bookings, {lost} losers, {changes} state changes");
    assert!(won > 10 && lost > 100, "a storm that is one: {won} won, {lost} lost");

    let database = Database::of(&world.home);
    assert_eq!(database.overlaps(), []);
    let events = database.events();
    assert_gap_free(&events);
    let told = events.iter().filter(|event| event.subject.starts_with("booking/")).count();
    assert_eq!(told, changes, "one event for each state change, none for a loser");
    assert_eq!(database.bookings().len(), won);
}

/// One client of the storm.
struct Stormer {
    client: Client,
    organization: String,
    location: String,
    random: StdRng,
    changes: usize,
    won: usize,
    lost: usize,
}

impl Stormer {
    async fn run(mut self, rounds: usize) -> Self {
        for _ in 0..rounds {
            let (from, to) = self.range();
            let body = between(&self.organization, Some(&self.location), &from, &to);
            let answer = self.client.post("/api/bookings", &body).await;
            match answer.status {
                201 => self.won += 1,
                409 => {
                    answer.refused(409, "location_conflict");
                    self.lost += 1;
                    continue;
                }
                _ => panic!("a storm has winners and losers, not this: {answer:#?}"),
            }
            self.changes += 1;
            match self.random.random_range(0..4) {
                0 => self.cancel(&answer.id()).await,
                1 | 2 => self.reschedule(&answer.id()).await,
                _ => {}
            }
        }
        self
    }

    /// Ranges on a grid of half hours over three days, so that many are equal, adjacent, enclosed
    /// or enclosing.
    fn range(&mut self) -> (String, String) {
        let from = self.random.random_range(0..144);
        let length = if self.random.random_bool(0.1) { 40 } else { self.random.random_range(1..5) };
        (minute(from * 30), minute((from + length) * 30))
    }

    async fn cancel(&mut self, booking: &str) {
        self.client.transition(booking, "cancelled").await.is(200);
        self.changes += 1;
    }

    async fn reschedule(&mut self, booking: &str) {
        let (from, to) = self.range();
        let body = json!({ "scheduledStart": from, "scheduledEnd": to });
        let path = format!("/api/bookings/{booking}");
        let answer = self.client.patch(&path, 1, &body).await;
        match answer.status {
            // Moved to where it was already, it did not change.
            200 => self.changes += usize::from(answer.version() > 1),
            409 => self.lost += 1,
            _ => panic!("a move succeeds or is in conflict, not this: {answer:#?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i3_of_a_hundred_who_move_one_version_on_one_wins() {
    let world = World::new().await;
    let booking = world.draft().await.id();
    let path = format!("/api/bookings/{booking}/status");
    let sent = (0..100).map(|number| {
        let status = if number % 2 == 0 { "pending_approval" } else { "cancelled" };
        let request = world.manager.request(reqwest::Method::POST, &path);
        demand(request.header("If-Match", etag(1)).json(&json!({ "status": status })))
    });
    let mut tally = BTreeMap::<u16, usize>::new();
    for answer in join_all(sent).await {
        *tally.entry(answer.status).or_default() += 1;
        if answer.status != 200 {
            answer.problem(412);
        }
    }
    assert_eq!(tally, BTreeMap::from([(200, 1), (412, 99)]));
    assert_eq!(world.story(&booking).await.len(), 2, "made once, moved once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i3_of_a_hundred_who_move_a_booking_blindly_one_wins() {
    let world = World::new().await;
    let booking = world.draft().await.id();
    let sent = (0..100).map(|_| world.manager.transition(&booking, "pending_approval"));
    let mut won = 0;
    for answer in join_all(sent).await {
        if answer.status == 200 {
            won += 1;
            continue;
        }
        let code = answer.problem(409).body["code"].clone();
        let known = code == "invalid_status_transition" || code == "version_conflict";
        assert!(known, "a loser is told why: {code}");
    }
    assert_eq!(won, 1);
    assert_eq!(world.story(&booking).await.len(), 2, "made once, moved once");
}
