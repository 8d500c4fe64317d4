//! The calendar: what happens in a range of time, by place or by person.
//!
//! A few questions to the store, however much there is: the bookings, the rows that they stand in, and of
//! people what they have declared. Bookings are those that the caller sees in lists; what somebody
//! declared (leave among it) is there for those who may decide about the person's leave, and for oneself.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use rishi_domain::assignment::AssignmentStatus;
use rishi_domain::availability::{BlockKind, Declarations, Standing};
use rishi_domain::booking::BookingStatus;
use rishi_domain::id::{AssignmentId, AvailabilityBlockId, BookingId, OrganizationId, UserId};
use rishi_domain::permission::{Capability, Reach, Visibility, reach};
use rishi_domain::time::TimeRange;
use schemars::JsonSchema;
use serde::Serialize;

use crate::auth::Principal;
use crate::bookings::{BookingFilter, ListedBooking, LocationBrief, PersonBrief};
use crate::scope::Scope;
use crate::staffing::{PeopleQuery, PersonRecord};
use crate::store::Paging;
use crate::{App, Error};

/// Most bookings of one answer.
const BOOKINGS_MAX: u32 = 2_000;
/// Most locations that are looked at for rows of their own.
const LOCATIONS_MAX: u32 = 1_000;

/// What the rows of a schedule are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// Places.
    Location,
    /// People.
    Staff,
}

/// Which part of the calendar.
#[derive(Debug, Clone)]
pub struct ScheduleQuery {
    /// Whose; of all in scope when absent.
    pub organization: Option<OrganizationId>,
    /// When.
    pub range: TimeRange,
    /// What the rows are.
    pub by: GroupBy,
    /// Bookings in one of these states; all but cancelled ones when empty.
    pub statuses: Vec<BookingStatus>,
    /// Which rows.
    pub paging: Paging,
}

/// An assignment in somebody's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduledAssignment {
    /// Its id.
    pub id: AssignmentId,
    /// To which of the bookings.
    pub booking_id: BookingId,
    /// As what.
    pub role: String,
    /// How far it has come.
    pub status: AssignmentStatus,
}

/// What somebody's declarations come to in a part of the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeclaredTime {
    /// First instant.
    pub start: Timestamp,
    /// First instant after.
    pub end: Timestamp,
    /// What holds.
    pub status: Standing,
    /// Whether it is approved leave.
    pub leave: bool,
    /// The blocks that say so.
    pub block_ids: Vec<AvailabilityBlockId>,
}

/// A time at which somebody works elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BusyElsewhere {
    /// First instant.
    pub start: Timestamp,
    /// First instant after.
    pub end: Timestamp,
}

/// A row of the schedule; without place and person that of bookings which have none.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleRow {
    /// The place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationBrief>,
    /// The person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staff: Option<PersonBrief>,
    /// The bookings in the row, by start.
    pub booking_ids: Vec<BookingId>,
    /// The person's live and completed assignments to them.
    pub assignments: Vec<ScheduledAssignment>,
    /// What the person has declared, where anything is; absent when it is not for the caller to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability: Option<Vec<DeclaredTime>>,
    /// When the person works on other bookings; absent for those who do not assign staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub busy: Option<Vec<BusyElsewhere>>,
}

/// A part of the calendar.
#[derive(Debug)]
pub struct Schedule {
    /// The bookings of the rows, by start.
    pub bookings: Vec<ListedBooking>,
    /// The rows by name, that of none last.
    pub rows: Vec<ScheduleRow>,
    /// How many rows there are in all.
    pub total: u64,
}

/// Rows by name and id; `None` comes after all.
type Rows = BTreeMap<(bool, String, Option<uuid::Uuid>), ScheduleRow>;

impl App {
    /// The part of the calendar that the caller may see.
    pub async fn schedule(
        &self,
        principal: &Principal,
        query: &ScheduleQuery,
    ) -> Result<Schedule, Error> {
        let found = self.bookings(principal, &filter(query)).await?;
        if found.total > u64::from(BOOKINGS_MAX) {
            let message = format!(
                "there are {} bookings in this range; ask for a shorter one, of at most {BOOKINGS_MAX}",
                found.total
            );
            return Err(Error::invalid("to", "too_many", message));
        }
        let bookings = found.items;
        let (rows, people) = match query.by {
            GroupBy::Location => (self.by_location(principal, query, &bookings).await?, Vec::new()),
            GroupBy::Staff => {
                let people = self.in_question(principal, query).await?;
                (by_staff(principal, &bookings, &people), people)
            }
        };
        let total = rows.len() as u64;
        let skip = usize::try_from(query.paging.offset).unwrap_or(usize::MAX);
        let page = rows.into_values().skip(skip).take(query.paging.limit as usize);
        let mut rows: Vec<ScheduleRow> = page.collect();
        if query.by == GroupBy::Staff {
            self.declared_in(principal, query, &people, &mut rows).await?;
            self.busy_in(principal, query, &people, &mut rows).await?;
        }
        let shown = |one: &ListedBooking| {
            rows.iter().any(|row| row.booking_ids.contains(&one.booking().id))
        };
        let bookings = bookings.into_iter().filter(shown).collect();
        Ok(Schedule { bookings, rows, total })
    }

    /// The organization's locations and the shared ones that the caller sees, and those of the bookings.
    async fn by_location(
        &self,
        principal: &Principal,
        query: &ScheduleQuery,
        bookings: &[ListedBooking],
    ) -> Result<Rows, Error> {
        let mut rows = Rows::new();
        if let Some(organization) = query.organization {
            let scope = principal.scope(Capability::ReadLocations);
            let all = Paging { limit: LOCATIONS_MAX, offset: 0 };
            let found = self.store.locations(&scope, Some(organization), None, all).await?;
            for location in &found.items {
                row_of_place(&mut rows, Some(LocationBrief::from(location)));
            }
        }
        for one in bookings {
            let row = row_of_place(&mut rows, one.record().location.clone());
            row.booking_ids.push(one.booking().id);
        }
        Ok(rows)
    }

    /// The people who work for the organization and whose profiles the caller may read, with their shifts.
    async fn in_question(
        &self,
        principal: &Principal,
        query: &ScheduleQuery,
    ) -> Result<Vec<PersonRecord>, Error> {
        let reads = Capability::ReadStaffProfiles;
        let any = principal.grants().iter().any(|grant| reach(grant.role, reads) != Reach::None);
        let (Some(organization), true) = (query.organization, any) else { return Ok(Vec::new()) };
        let people = PeopleQuery { organization, people: None, around: query.range };
        let mut found = self.store.people(&principal.scope(reads), &people).await?;
        found.retain(|person| person.serves);
        Ok(found)
    }

    /// Fills in what people have declared, for those whom the caller may know it of.
    async fn declared_in(
        &self,
        principal: &Principal,
        query: &ScheduleQuery,
        people: &[PersonRecord],
        rows: &mut [ScheduleRow],
    ) -> Result<(), Error> {
        let ids: Vec<UserId> =
            rows.iter().filter_map(|row| row.staff.as_ref()).map(|staff| staff.id).collect();
        let scope = principal.scope(Capability::ApproveLeave);
        let blocks = self.store.declared_in(&scope, &ids, &query.range).await?;
        let me = principal.user_id();
        for row in rows {
            let Some(staff) = &row.staff else { continue };
            let own: Vec<_> = blocks.iter().filter(|one| one.user_id == staff.id).collect();
            // Of whoever works for the organization all is seen, so that nothing means nothing declared.
            let all = query.organization.is_some_and(|id| scope.covers(id))
                && people.iter().any(|person| person.id == staff.id);
            if own.is_empty() && staff.id != me && !all {
                continue;
            }
            let declarations = Declarations::new(own.iter().copied())
                .map_err(|error| Error::Internal(Box::new(error)))?;
            let leave: HashMap<_, _> =
                own.iter().map(|one| (one.id, one.kind == BlockKind::Leave)).collect();
            let parts = declarations.during(&query.range).parts.into_iter();
            let declared = parts.filter(|part| part.standing != Standing::Undeclared);
            let told = declared.map(|part| DeclaredTime {
                start: part.range.start,
                end: part.range.end,
                status: part.standing,
                leave: part.deciding.iter().any(|id| leave.get(id) == Some(&true)),
                block_ids: part.deciding,
            });
            row.availability = Some(told.collect());
        }
        Ok(())
    }

    /// Fills in when people work on other bookings, for who may assign them.
    async fn busy_in(
        &self,
        principal: &Principal,
        query: &ScheduleQuery,
        people: &[PersonRecord],
        rows: &mut [ScheduleRow],
    ) -> Result<(), Error> {
        let Some(id) = query.organization else { return Ok(()) };
        let Some(organization) = self.store.organization(&Scope::system(), id).await? else {
            return Ok(());
        };
        if !principal.may(Capability::AssignStaff, &organization, None, self.now()) {
            return Ok(());
        }
        for row in rows {
            let Some(staff) = &row.staff else { continue };
            let known = people.iter().find(|person| person.id == staff.id);
            let elsewhere = known.into_iter().flat_map(|person| &person.shifts).filter(|shift| {
                shift.live
                    && shift.range.overlaps(&query.range)
                    && !row.booking_ids.contains(&shift.booking_id)
            });
            let told = |range: TimeRange| BusyElsewhere { start: range.start, end: range.end };
            row.busy = Some(elsewhere.map(|shift| told(shift.range)).collect());
        }
        Ok(())
    }
}

fn filter(query: &ScheduleQuery) -> BookingFilter {
    let statuses = if query.statuses.is_empty() {
        let shown = |status: &BookingStatus| *status != BookingStatus::Cancelled;
        BookingStatus::ALL.into_iter().filter(shown).collect()
    } else {
        query.statuses.clone()
    };
    BookingFilter {
        organization: query.organization,
        statuses,
        from: Some(query.range.start),
        to: Some(query.range.end),
        limit: BOOKINGS_MAX,
        ..BookingFilter::default()
    }
}

fn row_of_place(rows: &mut Rows, location: Option<LocationBrief>) -> &mut ScheduleRow {
    let name = location.as_ref().map(|one| one.name.clone()).unwrap_or_default();
    let id = location.as_ref().map(|one| one.id.0);
    let row = rows.entry((id.is_none(), name, id)).or_default();
    row.location = location;
    row
}

fn row_of_person(rows: &mut Rows, staff: Option<PersonBrief>) -> &mut ScheduleRow {
    let name = staff.as_ref().map(|one| one.display_name.clone()).unwrap_or_default();
    let id = staff.as_ref().map(|one| one.id.0);
    let row = rows.entry((id.is_none(), name, id)).or_default();
    row.staff = staff;
    row
}

/// A row for everybody in question and for whoever is on one of the bookings, and one for bookings that
/// nobody is on.
fn by_staff(principal: &Principal, bookings: &[ListedBooking], people: &[PersonRecord]) -> Rows {
    let mut rows = Rows::new();
    for person in people {
        let display_name = person.display_name.clone();
        row_of_person(&mut rows, Some(PersonBrief { id: person.id, display_name }));
    }
    let own = principal.scope(Capability::OwnAvailability);
    if matches!(own.visibility(), Visibility::Organizations { assigned: true, .. }) {
        let display_name = principal.display_name().to_owned();
        row_of_person(&mut rows, Some(PersonBrief { id: principal.user_id(), display_name }));
    }
    for one in bookings {
        let id = one.booking().id;
        let there =
            |status: AssignmentStatus| status.is_live() || status == AssignmentStatus::Completed;
        let mut staffed = false;
        for assignment in one.record().staff.iter().filter(|one| there(one.status)) {
            staffed = true;
            let row = row_of_person(&mut rows, Some(assignment.staff.clone()));
            row.booking_ids.push(id);
            row.assignments.push(ScheduledAssignment {
                id: assignment.id,
                booking_id: id,
                role: assignment.role.clone(),
                status: assignment.status,
            });
        }
        if !staffed {
            row_of_person(&mut rows, None).booking_ids.push(id);
        }
    }
    rows
}
