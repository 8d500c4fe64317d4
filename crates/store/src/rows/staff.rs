//! Staff members, whom they work for, and what they worked.

use std::collections::HashMap;

use rishi_app::staffing::{PersonRecord, StaffRecord, Worked};
use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::staffing::person::Reliability;
use rishi_domain::staffing::{StaffProfile, StaffStatus};

use super::{
    Fields, id, instant, json, money, number, optional_json, optional_number, optional_string,
    string, truth, word,
};

/// A profile.
pub(crate) const PROFILE: &str = "p.user_id, p.organization_id, p.status, p.skills, \
    p.default_hourly_rate, p.home, p.max_travel_km, p.max_hours_per_day, p.max_hours_per_week, \
    p.min_rest_hours, p.blocked_locations, p.phone, p.created_at, p.updated_at, p.version";
/// How many columns that is.
const PROFILE_COLUMNS: usize = 15;

pub(crate) fn profile<R: Fields>(row: &R) -> Result<StaffProfile, R::Error> {
    Ok(StaffProfile {
        user_id: id(row, 0)?,
        organization_id: id(row, 1)?,
        status: word(row, 2, StaffStatus::parse)?,
        skills: json(row, 3)?,
        default_hourly_rate: money(row, 4)?,
        home: optional_json(row, 5)?,
        max_travel_km: optional_number(row, 6)?,
        max_hours_per_day: optional_number(row, 7)?,
        max_hours_per_week: optional_number(row, 8)?,
        min_rest_hours: optional_number(row, 9)?,
        blocked_locations: json(row, 10)?,
        phone: optional_string(row, 11)?,
        created_at: instant(row, 12)?,
        updated_at: instant(row, 13)?,
        version: number(row, 14)?,
    })
}

/// A profile and a name after it; whom the person works for is still missing.
pub(crate) fn record<R: Fields>(row: &R) -> Result<StaffRecord, R::Error> {
    let profile = profile(row)?;
    let display_name = string(row, PROFILE_COLUMNS)?;
    Ok(StaffRecord { profile, display_name, organizations: Vec::new() })
}

/// A profile, and after it a name and whether the person works for an organization. What the person
/// has to do around a time is still missing.
pub(crate) fn person<R: Fields>(row: &R) -> Result<PersonRecord, R::Error> {
    let profile = profile(row)?;
    Ok(PersonRecord {
        id: profile.user_id,
        display_name: string(row, PROFILE_COLUMNS)?,
        profile: Some(profile),
        serves: truth(row, PROFILE_COLUMNS + 1)?,
        shifts: Vec::new(),
        blocks: Vec::new(),
        reliability: Reliability::default(),
    })
}

/// The roles of people who do field work, as a list in SQL.
pub(crate) const FIELD_ROLES: &str =
    "('internal_field_manager', 'field_coordinator', 'brand_agent')";

/// For whom a person works by one membership.
pub(crate) const WORKPLACE: &str = "m.id, m.user_id, m.organization_id, m.serves";

/// The person and the organizations.
pub(crate) fn workplace<R: Fields>(row: &R) -> Result<(UserId, Vec<OrganizationId>), R::Error> {
    let mut organizations: Vec<OrganizationId> = json(row, 3)?;
    organizations.push(id(row, 2)?);
    Ok((id(row, 1)?, organizations))
}

/// Fills in whom everybody works for, each organization once and in order.
pub(crate) fn fill_in_workplaces(
    records: &mut [StaffRecord],
    workplaces: impl IntoIterator<Item = (UserId, Vec<OrganizationId>)>,
) {
    let mut found: HashMap<UserId, Vec<OrganizationId>> = HashMap::new();
    for (person, organizations) in workplaces {
        found.entry(person).or_default().extend(organizations);
    }
    for record in records {
        record.organizations = found.remove(&record.profile.user_id).unwrap_or_default();
        record.organizations.sort_unstable();
        record.organizations.dedup();
    }
}

/// How somebody's assignments went: who, how many were completed, and to how many the person did not come.
pub(crate) fn reliability<R: Fields>(row: &R) -> Result<(UserId, Reliability), R::Error> {
    Ok((id(row, 0)?, Reliability { completed: number(row, 1)?, no_shows: number(row, 2)? }))
}

/// Who worked how much: id, name, hours a week at most, assignments, microseconds planned and present.
pub(crate) fn worked<R: Fields>(row: &R) -> Result<Worked, R::Error> {
    Ok(Worked {
        staff_id: id(row, 0)?,
        display_name: string(row, 1)?,
        max_hours_per_week: optional_number(row, 2)?,
        assignments: number(row, 3)?,
        assigned: number(row, 4)?,
        worked: number(row, 5)?,
    })
}
