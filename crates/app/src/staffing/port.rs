//! What staffing asks of an engine: a port of its own, so that the store's stays small.

use async_trait::async_trait;
use jiff::civil::Date;
use rishi_domain::assignment::Assignment;
use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::booking::SkillLevel;
use rishi_domain::id::{AssignmentId, BookingId, OrganizationId, UserId};
use rishi_domain::staffing::person::{Reliability, Shift};
use rishi_domain::staffing::{StaffProfile, StaffStatus};
use rishi_domain::time::TimeRange;

use crate::scope::Scope;
use crate::staffing::Worked;
use crate::store::{Listed, Paging, QueryError};

/// A profile with whose it is and who may use the person.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffRecord {
    /// The profile.
    pub profile: StaffProfile,
    /// The person's name.
    pub display_name: String,
    /// The organizations that the person does field work for, sorted.
    pub organizations: Vec<OrganizationId>,
}

/// Which staff members; all that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffFilter {
    /// That this organization may use.
    pub organization: Option<OrganizationId>,
    /// With this skill, in any case.
    pub skill: Option<String>,
    /// That skill (or any) at this level or above.
    pub level: Option<SkillLevel>,
    /// That skill (or any) with a verified certification that holds on this day.
    pub certified_on: Option<Date>,
    /// In this status.
    pub status: Option<StaffStatus>,
    /// With this text in the name, without regard to case.
    pub search: Option<String>,
    /// Without a live assignment in this time.
    pub free: Option<TimeRange>,
    /// None of these, who have declared not to be available then.
    pub without: Vec<UserId>,
    /// Which stretch.
    pub paging: Paging,
}

/// People in question for work of an organization at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleQuery {
    /// Whose work it is.
    pub organization: OrganizationId,
    /// Who; everybody in scope with a profile when absent.
    pub people: Option<Vec<UserId>>,
    /// The time in which shifts and declarations matter.
    pub around: TimeRange,
}

/// A person in question, as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonRecord {
    /// Who.
    pub id: UserId,
    /// The person's name.
    pub display_name: String,
    /// The profile, if there is one.
    pub profile: Option<StaffProfile>,
    /// Whether the person may sign in and does field work for the organization.
    pub serves: bool,
    /// The person's shifts around that time: live ones, and completed ones.
    pub shifts: Vec<Shift>,
    /// What the person has declared.
    pub blocks: Vec<AvailabilityBlock>,
    /// How the person's assignments of the last half year before that time went.
    pub reliability: Reliability,
}

/// Staffing's questions to the state.
#[async_trait]
pub trait StaffingQueries: Send + Sync {
    /// The profile of a person whom an organization in scope may use, or of oneself.
    async fn staff_member(
        &self,
        scope: &Scope,
        user: UserId,
    ) -> Result<Option<StaffRecord>, QueryError>;

    /// Staff members whom an organization in scope may use, and oneself, by name.
    async fn staff(
        &self,
        scope: &Scope,
        filter: &StaffFilter,
    ) -> Result<Listed<StaffRecord>, QueryError>;

    /// All of them, whatever the page.
    async fn staff_ids(
        &self,
        scope: &Scope,
        filter: &StaffFilter,
    ) -> Result<Vec<UserId>, QueryError>;

    /// People in question, each with all that decides whether they fit; in no order.
    async fn people(
        &self,
        scope: &Scope,
        query: &PeopleQuery,
    ) -> Result<Vec<PersonRecord>, QueryError>;

    /// What people work for an organization in some time, those who work most first, at most 200.
    async fn worked(
        &self,
        organization: OrganizationId,
        range: TimeRange,
    ) -> Result<Vec<Worked>, QueryError>;

    /// An assignment of a booking.
    async fn assignment(
        &self,
        booking: BookingId,
        id: AssignmentId,
    ) -> Result<Option<Assignment>, QueryError>;
}
