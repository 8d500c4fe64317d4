//! Putting staff profiles and assignments.

use rishi_app::commit::CommitError;
use rishi_app::events::subject;
use rishi_bus::Subject;
use rishi_domain::assignment::Assignment;
use rishi_domain::money::Money;
use rishi_domain::staffing::{Skill, StaffProfile, skill_key};
use rusqlite::{Connection, params};

use super::apply::Refusal;
use super::rows::replaced;
use crate::door::rank;
use crate::sqlite::columns::{optional_to_json, to_json};

/// A profile, and beside it a row for each skill to be found by.
pub(super) fn profile(db: &Connection, row: &StaffProfile) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO staff_profiles (user_id, organization_id, status, skills, default_hourly_rate,
            home, max_travel_km, max_hours_per_day, max_hours_per_week, min_rest_hours,
            blocked_locations, phone, created_at, updated_at, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
    } else {
        "UPDATE staff_profiles SET organization_id = ?2, status = ?3, skills = ?4,
            default_hourly_rate = ?5, home = ?6, max_travel_km = ?7, max_hours_per_day = ?8,
            max_hours_per_week = ?9, min_rest_hours = ?10, blocked_locations = ?11, phone = ?12,
            created_at = ?13, updated_at = ?14, version = ?15
          WHERE user_id = ?1 AND version = ?15 - 1"
    };
    let rows = db.prepare_cached(sql)?.execute(params![
        row.user_id.0,
        row.organization_id.0,
        row.status.as_str(),
        to_json(&row.skills)?,
        row.default_hourly_rate.map(Money::minor),
        optional_to_json(row.home.as_ref())?,
        row.max_travel_km,
        row.max_hours_per_day,
        row.max_hours_per_week,
        row.min_rest_hours,
        to_json(&row.blocked_locations)?,
        row.phone,
        row.created_at.as_microsecond(),
        row.updated_at.as_microsecond(),
        row.version,
    ])?;
    replaced(db, rows, subject::staff(row.user_id), row.version)?;
    skills(db, row)
}

/// An assignment, at its booking's time.
pub(super) fn assignment(db: &Connection, row: &Assignment) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO assignments (id, booking_id, staff_id, role, hourly_rate,
            special_requirements, status, live, created_at, updated_at, version, checked_in_at,
            checked_out_at, check_in, check_out, scheduled_start, scheduled_end)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, scheduled_start,
            scheduled_end
           FROM bookings WHERE id = ?2"
    } else {
        "UPDATE assignments SET booking_id = ?2, staff_id = ?3, role = ?4, hourly_rate = ?5,
            special_requirements = ?6, status = ?7, live = ?8, created_at = ?9, updated_at = ?10,
            version = ?11, checked_in_at = ?12, checked_out_at = ?13, check_in = ?14, check_out = ?15
          WHERE id = ?1 AND version = ?11 - 1"
    };
    let rows = db.prepare_cached(sql)?.execute(params![
        row.id.0,
        row.booking_id.0,
        row.staff_id.0,
        row.role,
        row.hourly_rate.map(Money::minor),
        to_json(&row.special_requirements)?,
        row.status.as_str(),
        row.status.is_live(),
        row.created_at.as_microsecond(),
        row.updated_at.as_microsecond(),
        row.version,
        row.checked_in_at.map(jiff::Timestamp::as_microsecond),
        row.checked_out_at.map(jiff::Timestamp::as_microsecond),
        optional_to_json(row.check_in.as_ref())?,
        optional_to_json(row.check_out.as_ref())?,
    ])?;
    if rows == 0 && row.version == 1 {
        return Err(CommitError::UnknownReference("bookingId".to_owned()).into());
    }
    replaced(db, rows, Subject::new("assignment", row.id.0), row.version)
}

fn skills(db: &Connection, row: &StaffProfile) -> Result<(), Refusal> {
    db.prepare_cached("DELETE FROM staff_skills WHERE user_id = ?1")?.execute([row.user_id.0])?;
    let mut put = db.prepare_cached(
        "INSERT INTO staff_skills (user_id, key, level, issued_on, expires_on, verified)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for Skill { name, level, certification } in &row.skills {
        let days = certification.as_ref().map(|one| (one.issued_on, one.expires_on));
        let [issued, expires] = [days.map(|days| days.0), days.map(|days| days.1)];
        put.execute(params![
            row.user_id.0,
            skill_key(name),
            rank(*level),
            issued.map(|day| day.to_string()),
            expires.map(|day| day.to_string()),
            certification.as_ref().is_some_and(|one| one.verified_by.is_some()),
        ])?;
    }
    Ok(())
}
