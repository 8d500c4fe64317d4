//! Letting the platform choose: the best team for what is open, or why there is none.

use rishi_domain::id::BookingId;
use rishi_domain::permission::Capability;
use rishi_domain::staffing::team::{NoTeam, Unfilled, headcount, open_places};
use schemars::JsonSchema;
use serde::Serialize;

use super::assign::{TRIES, overtaken, refused};
use super::best_team::{failure, present};
use crate::auth::Caller;
use crate::bookings::load::{expected, matches};
use crate::bookings::{BookingRecord, BookingView};
use crate::commit::Answer;
use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

/// What came of it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutoAssigned {
    /// Whether every place is filled now.
    pub filled: bool,
    /// How many were assigned just now.
    pub assigned: usize,
    /// The places that nobody can fill, with what speaks against people.
    pub unfilled: Vec<Unfilled>,
    /// The skills that the team must cover and that nobody who could be assigned brings.
    pub uncovered_skills: Vec<String>,
    /// The booking with its staff.
    pub booking: BookingView,
}

impl App {
    /// Assigns the best people when they fill every open place; else changes nothing and tells why.
    /// Nobody is assigned against whom anything speaks, be it soft.
    pub async fn auto_assign(
        &self,
        caller: &Caller,
        id: BookingId,
        if_match: Option<u64>,
        reply: fn(&AutoAssigned) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let mut outcome = self.try_auto_assign(caller, id, if_match, reply).await;
        for _ in 1..TRIES {
            match outcome {
                Err(error) if overtaken(&error) => {
                    outcome = self.try_auto_assign(caller, id, if_match, reply).await;
                }
                decided => return decided,
            }
        }
        outcome
    }

    async fn try_auto_assign(
        &self,
        caller: &Caller,
        id: BookingId,
        if_match: Option<u64>,
        reply: fn(&AutoAssigned) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let now = self.now();
        let principal = &caller.principal;
        let (record, organization) = self.visible_booking(principal, id).await?;
        let what = "assign staff to this booking";
        Self::require(principal, Capability::AssignStaff, what, &organization, &record, now)?;
        matches(if_match, record.booking.version)?;
        if record.booking.status.is_final() {
            return Err(Error::BookingClosed(record.booking.status));
        }
        if headcount(&record.booking) == 0 {
            return Err(Error::invalid(
                "staffRequirements",
                "required",
                "the booking does not say how many people it needs; state roles or a count",
            ));
        }
        let open = open_places(&record.booking, &present(&record));
        if open.is_empty() {
            let booking = BookingView::new(record, principal, &organization, now);
            return reply(&outcome(booking, 0, None));
        }
        let scope = principal.scope(Capability::ReadStaffProfiles);
        let (team, found) = self.search_team(&scope, &record, &organization, open).await?;
        let team = match team {
            Ok(team) => team,
            Err(none) => {
                return self.tell_failure(caller, record, &organization, none, reply).await;
            }
        };
        let decision = self
            .assign_team(principal.user_id(), &record.booking, &organization, &found, team)
            .map_err(|error| refused(principal, error))?;
        let count = decision.assignments.len();
        let (commit, record) =
            self.assigned(&Cause::from(caller), super::SOURCE, record, &found.people, decision);
        let booking = BookingView::new(record, principal, &organization, now);
        let answer = reply(&outcome(booking, count, None))?;
        self.finish(caller, Capability::ReadBookings, commit, answer, false).await
    }

    /// Tells that nobody was assigned, and why.
    async fn tell_failure(
        &self,
        caller: &Caller,
        record: BookingRecord,
        organization: &rishi_domain::organization::Organization,
        none: NoTeam,
        reply: fn(&AutoAssigned) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let now = self.now();
        let fact = failure(&record.booking, caller.principal.user_id(), &none)?;
        let place = Place {
            source: super::SOURCE,
            subject: subject::booking(record.booking.id),
            organization: Some(organization.id),
        };
        let commit = Commit {
            expected: vec![expected(&record.booking)],
            events: self.tell(&place, &Cause::from(caller), now, vec![fact]),
            ..Commit::default()
        };
        let booking = BookingView::new(record, &caller.principal, organization, now);
        let answer = reply(&outcome(booking, 0, Some(none)))?;
        self.finish(caller, Capability::ReadBookings, commit, answer, false).await
    }
}

fn outcome(booking: BookingView, assigned: usize, none: Option<NoTeam>) -> AutoAssigned {
    let filled = none.is_none();
    let none = none.unwrap_or(NoTeam { unfilled: Vec::new(), uncovered: Vec::new() });
    AutoAssigned {
        filled,
        assigned,
        unfilled: none.unfilled,
        uncovered_skills: none.uncovered,
        booking,
    }
}
