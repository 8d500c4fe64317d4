//! Plans for many bookings at once: made beside everything else, looked at, and put into force or not.
//!
//! Cast: [`OptimizeSchedule`] is what is asked for; `load` turns it into a
//! [`Problem`](rishi_domain::staffing::optimize::Problem); [`Optimizations`] holds the [`Optimization`]s, each a
//! search on a thread of its own; [`PlanView`] is what a caller sees of one; `apply` puts its plan into
//! force.
//!
//! Guarantee: a search changes nothing. A plan is put into force whole or not at all, in one commit that
//! names the version of every booking and profile it was made on, and after the checks were asked again;
//! what has changed meanwhile is named. Who asked for it is the only one who sees it. Plans live in memory: an hour from
//! their end, or until the process ends.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rishi_domain::booking::BookingStatus;
use rishi_domain::error::Checks;
use rishi_domain::id::OrganizationId;
use rishi_domain::staffing::check::Code;
use rishi_domain::staffing::optimize::{ALLOWABLE, Weights};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Error;

mod apply;
mod load;
mod registry;
mod run;
mod view;

pub use registry::{Optimization, Optimizations, Snapshot, State};
pub use view::{ChangedVersion, PlanView, ProgressView, StaleAssignment, StalePlan};

/// Most organizations at once.
pub const ORGANIZATIONS: usize = 20;
/// Longest range, in days.
pub const DAYS: i64 = 92;
/// Longest time for a search, in seconds.
pub const SECONDS: u16 = 300;
/// The time for a search unless another is stated, in seconds.
pub const USUAL_SECONDS: u16 = 30;
/// Most bookings of a problem.
pub const BOOKINGS: usize = 2_000;
/// Most people of a problem.
pub const PEOPLE: usize = 1_000;
/// Most open places of a problem.
pub const PLACES: usize = 5_000;
/// Longest reason, in characters.
const REASON: usize = 1_000;

/// Which soft reasons a plan may pass over, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "PlanOverride")]
pub struct PlanOverride {
    /// `level_too_low`, `availability_unknown`, `too_far` or `blocked_location`.
    #[schemars(length(min = 1, max = 4))]
    pub codes: Vec<Code>,
    /// Why; it stands in the events of the assignments that need it.
    #[schemars(length(min = 1, max = REASON), regex(pattern = r"\S"))]
    pub reason: String,
}

/// A plan is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct OptimizeSchedule {
    /// Whose bookings.
    pub organizations: Vec<OrganizationId>,
    /// Those that begin at or after this instant, and have not begun.
    pub from: Timestamp,
    /// And before this one.
    pub to: Timestamp,
    /// Only those in one of these states.
    pub statuses: Vec<BookingStatus>,
    /// How long the search may take, in seconds.
    pub seconds: u16,
    /// What counts beside open places.
    pub weights: Weights,
    /// What may be passed over.
    pub overriding: Option<PlanOverride>,
    /// Where chance begins.
    pub seed: u64,
}

impl OptimizeSchedule {
    fn time(&self) -> Duration {
        Duration::from_secs(u64::from(self.seconds))
    }

    /// Refuses what breaks rules, each named.
    fn validate(&self) -> Result<(), Error> {
        let mut checks = Checks::new();
        checks.require(
            (1..=ORGANIZATIONS).contains(&self.organizations.len()),
            "organizationIds",
            "count",
            format_args!("name 1 to {ORGANIZATIONS} organizations"),
        );
        checks.require(self.from < self.to, "to", "not_after_from", "to must be later than from");
        let longest = SignedDuration::from_hours(24 * DAYS);
        checks.require(
            self.to.duration_since(self.from) <= longest,
            "to",
            "too_long",
            format_args!("a plan covers at most {DAYS} days"),
        );
        checks.require(
            !self.statuses.is_empty() && !self.statuses.iter().any(|status| status.is_final()),
            "statuses",
            "invalid",
            "name at least one state, and none in which a booking takes no more staff",
        );
        checks.between("timeLimitSeconds", self.seconds, 1, SECONDS);
        for (name, weight) in self.weights.all() {
            checks.between(&format!("weights.{name}"), weight, 0.0, 100.0);
        }
        if let Some(over) = &self.overriding {
            checks.text("override.reason", &over.reason, REASON);
            let allowable = over.codes.iter().all(|code| ALLOWABLE.contains(code));
            checks.require(
                allowable && !over.codes.is_empty(),
                "override.codes",
                "invalid",
                "a plan may pass over level_too_low, availability_unknown, too_far and blocked_location",
            );
        }
        Ok(checks.done()?)
    }
}
