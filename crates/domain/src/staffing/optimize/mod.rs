//! Who works where, for many bookings at once: the plan that leaves the fewest places open, and of all
//! such plans one that is cheap, near, fair and to people's liking.
//!
//! Cast: a [`Problem`] is what is to be staffed and by whom. `table` asks the checks of
//! [`super::check`] once about every pair of a place and a person, so that candidates and plans never
//! disagree, and turns what is left into numbers; `roster` is a plan in the making, which adds what
//! only a plan can bring: two bookings of the plan that one person cannot both work on. `search` begins
//! greedily and improves by large-neighbourhood search: it takes some people off and puts others on,
//! by regret (Ropke and Pisinger 2006) or, for bookings at the same time, exactly (`window`). `dual`
//! proves beside it how much better any plan could be at most (Lagrangian relaxation). `explain` lets
//! the checks have the last word and says why places stay open.
//!
//! Guarantee: the plan breaks no hard rule and passes over no soft one but those that were allowed; the
//! bound holds for every plan that leaves no more open. Nothing here reads a clock: a [`Watch`] is asked
//! again and again how much of its time is spent. The same problem, seed and answers give the same plan.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{Code, Finding};
use super::cost::Cost;
use super::person::Person;
use super::team::Present;
use crate::booking::Booking;
use crate::id::{BookingId, OrganizationId, UserId};
use crate::location::Location;
use crate::organization::OrganizationSettings;

mod codes;
mod dual;
mod explain;
mod roster;
pub mod sample;
mod search;
mod table;
mod window;

pub use explain::{Hindered, Shortfall};

/// Soft reasons that a plan can be allowed to pass over. Rest and hours are not among them: whether
/// somebody is to work more than agreed is not for a program to decide.
pub const ALLOWABLE: [Code; 4] =
    [Code::LevelTooLow, Code::AvailabilityUnknown, Code::TooFar, Code::BlockedLocation];

/// What counts beside open places: points for one unit of each. A point is worth a unit of money unless
/// money is given another weight.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Weights {
    /// For each unit of money; what nobody knows the rate of costs what others do on average.
    #[schemars(range(min = 0, max = 100))]
    pub cost: f64,
    /// For each kilometre between home and the place; what is not known counts half of what the person
    /// travels at most.
    #[schemars(range(min = 0, max = 100))]
    pub travel: f64,
    /// For each squared hour by which a person works more or less than a fair share.
    #[schemars(range(min = 0, max = 100))]
    pub fairness: f64,
    /// For each assignment at a time for which the person did not declare to be available.
    #[schemars(range(min = 0, max = 100))]
    pub preference: f64,
    /// For each assignment, times how far the person falls short of suiting fully: the parts skills,
    /// certification and reliability of the score.
    #[schemars(range(min = 0, max = 100))]
    pub suitability: f64,
    /// For each soft reason that is passed over.
    #[schemars(range(min = 0, max = 100))]
    pub soft: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            cost: 1.0,
            travel: 0.5,
            fairness: 0.1,
            preference: 20.0,
            suitability: 40.0,
            soft: 100.0,
        }
    }
}

impl Weights {
    /// Each with its name on the wire.
    pub fn all(&self) -> [(&'static str, f64); 6] {
        [
            ("cost", self.cost),
            ("travel", self.travel),
            ("fairness", self.fairness),
            ("preference", self.preference),
            ("suitability", self.suitability),
            ("soft", self.soft),
        ]
    }
}

/// A booking to be staffed.
#[derive(Debug, Clone)]
pub struct Task {
    /// The booking.
    pub booking: Booking,
    /// Where it is.
    pub location: Option<Location>,
    /// How its organization wants things handled.
    pub settings: OrganizationSettings,
    /// Who is on it already.
    pub present: Vec<Present>,
}

/// Somebody who could work.
#[derive(Debug, Clone)]
pub struct Worker {
    /// Who, with shifts and availability over the whole time of the problem; whether the person serves
    /// is said beside it.
    pub person: Person,
    /// The organizations that may use the person.
    pub serves: Vec<OrganizationId>,
}

/// What is to be staffed, by whom, and what counts.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The bookings.
    pub tasks: Vec<Task>,
    /// The people.
    pub workers: Vec<Worker>,
    /// What counts beside open places.
    pub weights: Weights,
    /// Soft reasons that may be passed over, of [`ALLOWABLE`].
    pub allowed: BTreeSet<Code>,
    /// Where chance begins.
    pub seed: u64,
}

/// Asked again and again while a plan is made.
pub trait Watch {
    /// How much of the time is spent, from 0; from 1 on the search ends with the best plan so far.
    fn spent(&mut self, news: &Progress) -> f64;
}

/// How far the search has come.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// How many attempts were made to improve the plan.
    pub rounds: u64,
    /// How good the best plan is; absent until everybody was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
}

/// How good a plan is, and how good any could be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Places that nobody has.
    pub open_places: usize,
    /// Skills of teams that nobody brings.
    pub uncovered_skills: usize,
    /// Points for what stays open: 10 to 13 for a place by the booking's priority, 5 for a skill. The
    /// fewer the better, before anything else.
    pub open_points: i64,
    /// No plan has fewer.
    pub open_bound: i64,
    /// Points for what else counts. The fewer the better.
    pub objective: f64,
    /// No plan that leaves no more open has fewer.
    pub bound: f64,
    /// (objective − bound) / objective, from 0 to 1: how much could be gained at most.
    pub gap: f64,
}

impl Standing {
    /// Whether no plan is better.
    pub fn is_proven(&self) -> bool {
        self.open_points == self.open_bound && self.gap < 1e-6
    }
}

/// Somebody's place in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// On which booking.
    pub booking_id: BookingId,
    /// Who.
    pub staff_id: UserId,
    /// As what.
    pub role: String,
    /// What is passed over.
    pub passed_over: Vec<Finding>,
}

/// What a plan adds up to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sums {
    /// What the planned assignments cost; absent for who may not see pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Cost>,
    /// How far people live from where they are planned, in kilometres, one way, as far as known.
    pub travel_km: f64,
    /// Hours of the planned assignments.
    pub hours: f64,
    /// The fewest hours in that time of anybody who could have been planned, with what the person
    /// works already.
    pub fewest_hours: f64,
    /// The most.
    pub most_hours: f64,
    /// Assignments at times for which the person did not declare to be available.
    pub undeclared: usize,
    /// Soft reasons that are passed over.
    pub passed_over: usize,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Who takes which place, by booking.
    pub plan: Vec<Planned>,
    /// The places that stay open.
    pub shortfalls: Vec<Shortfall>,
    /// What the plan adds up to.
    pub sums: Sums,
    /// How far the search came.
    pub progress: Progress,
}

/// Makes the best plan that can be found until the watch says that the time is spent.
pub fn optimize(problem: &Problem, watch: &mut dyn Watch) -> Outcome {
    let table = table::Table::new(problem, watch);
    let mut search = search::Search::new(&table, problem.seed);
    search.run(watch);
    search.conclude(problem)
}

#[cfg(test)]
mod tests;
