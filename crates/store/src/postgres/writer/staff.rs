//! Putting staff profiles and assignments.

use rishi_app::commit::CommitError;
use rishi_app::events::subject;
use rishi_bus::Subject;
use rishi_domain::assignment::Assignment;
use rishi_domain::money::Money;
use rishi_domain::staffing::{Skill, StaffProfile, skill_key};

use super::rows::replaced;
use super::transaction::Refusal;
use crate::door::rank;
use crate::postgres::columns::{count, optional_to_json, stored, to_json};
use crate::postgres::connection::Db;

/// A profile, and beside it a row for each skill to be found by.
pub(super) async fn profile(db: &Db<'_>, row: &StaffProfile) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO staff_profiles (user_id, organization_id, status, skills, default_hourly_rate,
            home, max_travel_km, max_hours_per_day, max_hours_per_week, min_rest_hours,
            blocked_locations, phone, created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
    } else {
        "UPDATE staff_profiles SET organization_id = $2, status = $3, skills = $4,
            default_hourly_rate = $5, home = $6, max_travel_km = $7, max_hours_per_day = $8,
            max_hours_per_week = $9, min_rest_hours = $10, blocked_locations = $11, phone = $12,
            created_at = $13, updated_at = $14, version = $15
          WHERE user_id = $1 AND version + 1 = $15"
    };
    let rows = db
        .execute(
            sql,
            &[
                &row.user_id.0,
                &row.organization_id.0,
                &row.status.as_str(),
                &to_json(&row.skills)?,
                &row.default_hourly_rate.map(Money::minor),
                &optional_to_json(row.home.as_ref())?,
                &row.max_travel_km.map(i64::from),
                &row.max_hours_per_day.map(i64::from),
                &row.max_hours_per_week.map(i64::from),
                &row.min_rest_hours.map(i64::from),
                &to_json(&row.blocked_locations)?,
                &row.phone,
                &row.created_at.as_microsecond(),
                &row.updated_at.as_microsecond(),
                &stored(row.version)?,
            ],
        )
        .await?;
    replaced(db, rows, subject::staff(row.user_id), row.version).await?;
    skills(db, row).await
}

/// An assignment, at its booking's time.
pub(super) async fn assignment(db: &Db<'_>, row: &Assignment) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO assignments (id, booking_id, staff_id, role, hourly_rate,
            special_requirements, status, live, created_at, updated_at, version, checked_in_at,
            checked_out_at, check_in, check_out, scheduled_start, scheduled_end)
         SELECT $1::uuid, id, $3::uuid, $4::text, $5::bigint, $6::text, $7::text, $8::boolean,
            $9::bigint, $10::bigint, $11::bigint, $12::bigint, $13::bigint, $14::text, $15::text,
            scheduled_start, scheduled_end
           FROM bookings WHERE id = $2 FOR SHARE"
    } else {
        "UPDATE assignments SET booking_id = $2, staff_id = $3, role = $4, hourly_rate = $5,
            special_requirements = $6, status = $7, live = $8, created_at = $9, updated_at = $10,
            version = $11, checked_in_at = $12, checked_out_at = $13, check_in = $14, check_out = $15
          WHERE id = $1 AND version + 1 = $11"
    };
    let rows = db
        .execute(
            sql,
            &[
                &row.id.0,
                &row.booking_id.0,
                &row.staff_id.0,
                &row.role,
                &row.hourly_rate.map(Money::minor),
                &to_json(&row.special_requirements)?,
                &row.status.as_str(),
                &row.status.is_live(),
                &row.created_at.as_microsecond(),
                &row.updated_at.as_microsecond(),
                &stored(row.version)?,
                &row.checked_in_at.map(jiff::Timestamp::as_microsecond),
                &row.checked_out_at.map(jiff::Timestamp::as_microsecond),
                &optional_to_json(row.check_in.as_ref())?,
                &optional_to_json(row.check_out.as_ref())?,
            ],
        )
        .await?;
    if rows == 0 && row.version == 1 {
        return Err(CommitError::UnknownReference("bookingId".to_owned()).into());
    }
    replaced(db, rows, Subject::new("assignment", row.id.0), row.version).await
}

async fn skills(db: &Db<'_>, row: &StaffProfile) -> Result<(), Refusal> {
    db.execute("DELETE FROM staff_skills WHERE user_id = $1", &[&row.user_id.0]).await?;
    for Skill { name, level, certification } in &row.skills {
        let days = certification.as_ref().map(|one| (one.issued_on, one.expires_on));
        let [issued, expires] = [days.map(|days| days.0), days.map(|days| days.1)];
        db.execute(
            "INSERT INTO staff_skills (user_id, key, level, issued_on, expires_on, verified)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &[
                &row.user_id.0,
                &skill_key(name),
                &count(rank(*level) as u64),
                &issued.map(|day| day.to_string()),
                &expires.map(|day| day.to_string()),
                &certification.as_ref().is_some_and(|one| one.verified_by.is_some()),
            ],
        )
        .await?;
    }
    Ok(())
}
