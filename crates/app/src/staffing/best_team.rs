//! Searching the best team for what is open on a booking, and making it assignments.

use rishi_domain::assignment::{
    AssignError, AssignGiven, AssignStaff, Assigned, AssignmentOrder, assign,
};
use rishi_domain::booking::Booking;
use rishi_domain::event::{AutoStaffAssignmentFailed, Fact, Unwritable};
use rishi_domain::id::{AssignmentId, UserId};
use rishi_domain::location::Location;
use rishi_domain::organization::Organization;
use rishi_domain::staffing::check::Work;
use rishi_domain::staffing::person::Person;
use rishi_domain::staffing::team::{NoTeam, Present, Team, best_team};

use crate::bookings::{AssignmentBrief, BookingRecord};
use crate::scope::Scope;
use crate::{App, Error};

/// What a team that was found is assigned on.
pub(crate) struct Found {
    /// Everybody in it, and everybody who is on the booking already.
    pub(crate) people: Vec<Person>,
    location: Option<Location>,
}

impl App {
    /// The best people among those in scope for the open places of a booking, or why there are none.
    pub(crate) async fn search_team(
        &self,
        scope: &Scope,
        record: &BookingRecord,
        organization: &Organization,
        open: Vec<String>,
    ) -> Result<(Result<Team, NoTeam>, Found), Error> {
        let mut people = self.everybody(scope, &record.booking).await?;
        let location = self.place_of(&record.booking).await?;
        let present = present(record);
        let (booking, settings) = (record.booking.clone(), organization.settings.clone());
        // Matching many is work for another thread.
        let searching = tokio::task::spawn_blocking(move || {
            let work = Work { booking: &booking, location: location.as_ref(), settings: &settings };
            let team = best_team(&work, &people, &present, &open);
            people.retain(|person| {
                team.as_ref().is_ok_and(|team| has(team, person.id))
                    || person
                        .shifts
                        .iter()
                        .any(|shift| shift.live && shift.booking_id == booking.id)
            });
            (team, Found { people, location })
        });
        searching.await.map_err(|error| Error::Internal(Box::new(error)))
    }

    /// Decides to assign a team that was found.
    pub(crate) fn assign_team(
        &self,
        actor: UserId,
        booking: &Booking,
        organization: &Organization,
        found: &Found,
        team: Team,
    ) -> Result<Assigned, AssignError> {
        let ids: Vec<AssignmentId> = team.iter().map(|_| self.ids.next()).collect();
        let settings = &organization.settings;
        let given = AssignGiven {
            now: self.now(),
            actor,
            work: Work { booking, location: found.location.as_ref(), settings },
            people: &found.people,
            may_override: false,
            ids: &ids,
        };
        assign(&given, orders(team))
    }
}

/// What tells that nobody was assigned, and why.
pub(crate) fn failure(
    booking: &Booking,
    requested_by: UserId,
    none: &NoTeam,
) -> Result<Fact, Unwritable> {
    Fact::new(&AutoStaffAssignmentFailed {
        booking_id: booking.id,
        requested_by,
        unfilled: none.unfilled.clone(),
        uncovered_skills: none.uncovered.clone(),
    })
}

/// Who is on a booking, as the matching sees it.
pub(crate) fn present(record: &BookingRecord) -> Vec<Present> {
    let one = |brief: &AssignmentBrief| Present {
        staff_id: brief.staff.id,
        role: brief.role.clone(),
        status: brief.status,
    };
    record.staff.iter().map(one).collect()
}

fn has(team: &Team, person: UserId) -> bool {
    team.iter().any(|(who, _)| *who == person)
}

fn orders(team: Team) -> AssignStaff {
    let order = |(staff_id, role)| AssignmentOrder {
        staff_id,
        role,
        hourly_rate: None,
        special_requirements: Vec::new(),
    };
    AssignStaff { assignments: team.into_iter().map(order).collect(), overriding: None }
}
