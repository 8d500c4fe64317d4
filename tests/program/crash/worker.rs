//! A client that makes bookings and moves them on until the server dies under it, or for as long as it is told to.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, seq::IndexedRandom};
use reqwest::{Method, RequestBuilder};
use tokio::sync::mpsc::UnboundedSender;

use super::journal::{Journal, State};
use super::step::{Owned, Step};
use crate::lifecycle::allowed_from;
use crate::support::client::send;
use crate::support::{Answer, Client, World, booking};

/// What all workers share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) organization: String,
    pub(crate) location: String,
    /// The next free hour of the location.
    pub(crate) hours: Arc<AtomicI64>,
    pub(crate) journal: Arc<Journal>,
    /// Told of every answer.
    pub(crate) answers: UnboundedSender<()>,
    /// Said when there is nothing more to do.
    pub(crate) over: Arc<AtomicBool>,
    /// Whether servers are there that cannot answer: then 503 is no answer, every request can be sent again and is,
    /// until it is answered, and nobody waits for ever.
    pub(crate) through_outages: bool,
}

impl Shared {
    /// At the location of a world, from its first hour on.
    pub(crate) fn of(
        world: &World,
        journal: &Arc<Journal>,
        answers: UnboundedSender<()>,
        through_outages: bool,
    ) -> Self {
        Self {
            organization: world.organization.clone(),
            location: world.location.clone(),
            hours: Arc::default(),
            journal: Arc::clone(journal),
            answers,
            over: Arc::default(),
            through_outages,
        }
    }
}

/// How long a request waits where servers cannot answer: longer than any of them tries.
const OUTAGE: Duration = Duration::from_secs(12);
/// How long a client rests between requests then, so that what it does can be looked through afterwards.
const REST: Duration = Duration::from_millis(40);

/// One client. Its memory of its bookings lasts from one life of the server to the next.
pub(crate) struct Worker {
    number: usize,
    manager: Client,
    admin: Client,
    shared: Shared,
    random: StdRng,
    bookings: Vec<Owned>,
    /// Bookings that were written to in the last life of the server.
    touched: BTreeSet<usize>,
    lost: Option<Step>,
    steps: usize,
}

impl Worker {
    pub(crate) fn new(
        number: usize,
        people: (Client, Client),
        shared: Shared,
        random: StdRng,
    ) -> Self {
        Self {
            number,
            manager: people.0,
            admin: people.1,
            shared,
            random,
            bookings: Vec::new(),
            touched: BTreeSet::new(),
            lost: None,
            steps: 0,
        }
    }

    /// Works at the server of this address until the connection breaks, or the work is over.
    pub(crate) async fn work(mut self, base: String) -> Self {
        self.manager = self.manager.moved_to(&base);
        self.admin = self.admin.moved_to(&base);
        if self.look_back().await.is_some() {
            while !self.shared.over.load(Ordering::Relaxed) {
                let step = self.next();
                if self.take(step).await.is_none() {
                    break;
                }
            }
        }
        self
    }

    /// After a restart: what was acknowledged is there; what was not, is wholly there or not at
    /// all. None when the server has died again meanwhile.
    async fn look_back(&mut self) -> Option<()> {
        if let Some(step) = self.lost.take() {
            let again = self.shared.through_outages || self.random.random_bool(0.5);
            if step.can_be_sent_again() && again {
                self.take(step).await?;
            } else if let Some(index) = step.index {
                let Some(found) = self.read(index).await else {
                    self.lost = Some(step);
                    return None;
                };
                let booking = &mut self.bookings[index];
                let whole = found == booking.state || found == step.after;
                assert!(whole, "half a write in {}: {found:?}", booking.name);
                self.shared.journal.seen(&booking.name, &found);
                booking.state = found;
            }
            // A booking whose making was not answered is left to the oracle.
        }
        for index in &self.touched {
            let found = self.read(*index).await?;
            let booking = &self.bookings[*index];
            assert_eq!(found, booking.state, "acknowledged and not there: {}", booking.name);
        }
        self.touched.clear();
        Some(())
    }

    /// A booking as the server has it.
    async fn read(&self, index: usize) -> Option<State> {
        let path = format!("/api/bookings/{}", self.bookings[index].id);
        let answer = self.send(self.manager.request(Method::GET, &path)).await.ok()?;
        Some(State::of(&answer.is(200).body))
    }

    /// Sends; why there is no answer, if there is none.
    async fn send(&self, request: RequestBuilder) -> Result<Answer, String> {
        if !self.shared.through_outages {
            return send(request).await.map_err(|why| why.to_string());
        }
        tokio::time::sleep(REST).await;
        match send(request.timeout(OUTAGE)).await {
            // Also where it is not known what became of it.
            Ok(answer) if answer.status == 503 => Err(answer.text),
            Ok(answer) => Ok(answer),
            Err(why) => Err(why.to_string()),
        }
    }

    /// What to do next: make a booking, move one of the newest on, or edit it.
    fn next(&mut self) -> Step {
        self.steps += 1;
        let key = format!("worker {} step {}", self.number, self.steps);
        let newest = self.bookings.len().saturating_sub(20)..self.bookings.len();
        let ways = |index: usize| allowed_from(&self.bookings[index].state.status);
        let open: Vec<usize> = newest.filter(|index| !ways(*index).is_empty()).collect();
        match open.choose(&mut self.random).copied() {
            // An edit has no key by which it could be sent again.
            Some(index) if !self.shared.through_outages && self.random.random_bool(0.15) => {
                Step::edit(key, index, &self.bookings[index])
            }
            Some(index) if self.random.random_bool(0.6) => {
                let ways = ways(index);
                // Rarely cancelled, so that bookings get old.
                let onward = ways.iter().find(|to| **to != "cancelled");
                let cancel = self.random.random_bool(0.1);
                let to = onward.filter(|_| !cancel).unwrap_or(&"cancelled");
                Step::move_on(key, index, &self.bookings[index], to)
            }
            _ => {
                let from = self.shared.hours.fetch_add(1, Ordering::Relaxed);
                let location = Some(self.shared.location.as_str());
                Step::make(key, booking(&self.shared.organization, location, from, from + 1))
            }
        }
    }

    /// Sends a step. None when no answer came.
    async fn take(&mut self, step: Step) -> Option<()> {
        let journal = Arc::clone(&self.shared.journal);
        journal.asked(&step.name, &step.key, &step.after);
        let answer = match self.send(step.request(&self.manager, &self.admin)).await {
            Ok(answer) => answer,
            Err(why) => {
                journal.lost(&step.name, &step.key, &why);
                if let Some(index) = step.index {
                    self.touched.remove(&index);
                }
                self.lost = Some(step);
                return None;
            }
        };
        assert!(answer.is_one_of(&[200, 201]), "nobody else is at it: {answer:#?}");
        let id = answer.id();
        journal.answered(&step.name, &step.key, &id);
        assert_eq!(State::of(&answer.body), step.after, "{answer:#?}");
        let index = step.index.unwrap_or(self.bookings.len());
        if step.index.is_some() {
            self.bookings[index].state = step.after;
        } else {
            self.bookings.push(Owned { name: step.name, id, state: step.after });
        }
        self.touched.insert(index);
        // When the cycle is over nobody listens any more.
        let _ = self.shared.answers.send(());
        Some(())
    }
}
