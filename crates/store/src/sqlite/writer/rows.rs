//! Putting rows. A row of version 1 is inserted; any other replaces the version before it.

use rishi_app::commit::{Change, CommitError, Expected, Guard, PasswordRow, TokenRow};
use rishi_app::credentials::MOST_TOKENS;
use rishi_app::events::subject as subjects;
use rishi_app::webhooks::WebhookChange;
use rishi_bus::Subject;
use rishi_domain::booking::{ActivityType, Booking, BookingStatus};
use rishi_domain::location::Location;
use rishi_domain::membership::Membership;
use rishi_domain::money::Money;
use rishi_domain::notification::Notification;
use rishi_domain::organization::Organization;
use rishi_domain::user::{User, email_key};
use rusqlite::{Connection, ToSql, params};
use uuid::Uuid;

use super::access;
use super::apply::Refusal;
use super::availability;
use super::calendar;
use super::counters::{Counters, zone_of};
use super::hot::{Hot, Sql};
use super::notifications;
use super::series;
use super::staff;
use super::transport;
use super::webhooks;
use crate::sqlite::columns::{optional_to_json, table_of, to_json};
use crate::sqlite::writer::bookings;
use crate::sums::Counted;

/// Whether putting the row checks an expected version by itself.
pub(super) fn checks(change: &Change, expected: &Expected) -> bool {
    match change {
        Change::Booking(row) => {
            row.version == expected.version + 1 && subjects::booking(row.id) == expected.subject
        }
        _ => false,
    }
}

/// Whether putting the row looks, by a trigger, at what the guard asks for. A booking that neither moves
/// nor comes back holds its place already.
pub(super) fn watches(change: &Change, guard: &Guard) -> bool {
    match (change, guard) {
        (Change::Booking(row), Guard::LocationFree { location, range, booking }) => {
            row.id == *booking
                && row.location_id == Some(*location)
                && (row.scheduled_start, row.scheduled_end) == (range.start, range.end)
                && row.status != BookingStatus::Cancelled
        }
        _ => false,
    }
}

/// Whether the row is of a kind that is kept in memory.
pub(super) fn is_known(change: &Change) -> bool {
    match change {
        Change::Organization(_)
        | Change::Location(_)
        | Change::User(_)
        | Change::Membership(_)
        | Change::MembershipEnded(_)
        | Change::Preferences(_)
        | Change::Template(_) => true,
        Change::Webhook(change) => {
            matches!(**change, WebhookChange::Put(_) | WebhookChange::Deleted(_))
        }
        Change::Booking(_)
        | Change::BookingSeries(_)
        | Change::Assignment(_)
        | Change::StaffProfile(_)
        | Change::Availability(_)
        | Change::Notification(_)
        | Change::InboxRead { .. }
        | Change::Delivery(_)
        | Change::NotificationHtml { .. }
        | Change::MailStanding(_)
        | Change::Token(_)
        | Change::Password(_)
        | Change::Access(_)
        | Change::Calendar(_)
        | Change::Transport(_) => false,
    }
}

pub(super) fn put(
    db: &mut Hot<'_>,
    change: &Change,
    counters: &mut Counters,
) -> Result<(), Refusal> {
    match change {
        Change::Organization(row) => organization(db, row, counters),
        Change::User(row) => user(db, row),
        Change::Membership(row) => membership(db, row),
        Change::MembershipEnded(row) => end_membership(db, row),
        Change::Location(row) => location(db, row),
        Change::Booking(row) => booking(db, row, counters),
        Change::BookingSeries(row) => series::put(db, row),
        Change::Assignment(row) => staff::assignment(db, row),
        Change::StaffProfile(row) => staff::profile(db, row),
        Change::Availability(row) => availability::put(db, row),
        Change::Notification(row) => notification(db, row),
        Change::InboxRead { user, through, at } => {
            notifications::read_all(db, *user, *through, *at)
        }
        Change::Delivery(row) => notifications::delivery(db, row),
        Change::NotificationHtml { notification, html } => {
            notifications::html(db, *notification, html)
        }
        Change::Template(row) => notifications::template(db, row),
        Change::MailStanding(row) => notifications::standing(db, row),
        Change::Preferences(row) => notifications::preferences(db, row),
        Change::Token(row) => token(db, row),
        Change::Password(row) => password(db, row),
        Change::Access(change) => access::put(db, change),
        Change::Webhook(change) => webhooks::put(db, change),
        Change::Calendar(change) => calendar::put(db, change),
        Change::Transport(change) => transport::put(db, change),
    }
}

/// A replaced row must have been there at the version before.
pub(super) fn replaced(
    db: &Connection,
    rows: usize,
    subject: Subject,
    version: u64,
) -> Result<(), Refusal> {
    if rows == 1 {
        return Ok(());
    }
    let actual = match table_of(subject.kind()) {
        Some(table) => table.version_of(db, subject.id())?,
        None => None,
    };
    let expected = version.saturating_sub(1);
    Err(CommitError::VersionConflict { subject, expected, actual }.into())
}

fn organization(
    db: &Connection,
    row: &Organization,
    counters: &mut Counters,
) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO organizations (id, name, kind, tier, status, timezone, currency, settings,
            created_at, updated_at, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
    } else {
        "UPDATE organizations SET name = ?2, kind = ?3, tier = ?4, status = ?5, timezone = ?6,
            currency = ?7, settings = ?8, created_at = ?9, updated_at = ?10, version = ?11
          WHERE id = ?1 AND version = ?11 - 1"
    };
    let zone_before = match row.version {
        1 => None,
        _ => zone_of(db, row.id.0)?,
    };
    let rows = db.prepare_cached(sql)?.execute(params![
        row.id.0,
        row.name,
        row.kind.as_str(),
        u8::from(row.tier),
        row.status.as_str(),
        row.timezone,
        row.currency,
        to_json(&row.settings)?,
        row.created_at.as_microsecond(),
        row.updated_at.as_microsecond(),
        row.version,
    ])?;
    replaced(db, rows, subjects::organization(row.id), row.version)?;
    if zone_before.is_some_and(|before| before != row.timezone) {
        counters.rezone(row.id.0);
    }
    Ok(())
}

fn user(db: &Connection, row: &User) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO users (id, email, email_key, display_name, status, locale, timezone,
            created_at, updated_at, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    } else {
        "UPDATE users SET email = ?2, email_key = ?3, display_name = ?4, status = ?5, locale = ?6,
            timezone = ?7, created_at = ?8, updated_at = ?9, version = ?10
          WHERE id = ?1 AND version = ?10 - 1"
    };
    let rows = db.prepare_cached(sql)?.execute(params![
        row.id.0,
        row.email,
        email_key(&row.email),
        row.display_name,
        row.status.as_str(),
        row.locale,
        row.timezone,
        row.created_at.as_microsecond(),
        row.updated_at.as_microsecond(),
        row.version,
    ])?;
    replaced(db, rows, subjects::user(row.id), row.version)
}

fn membership(db: &Connection, row: &Membership) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO memberships (id, user_id, organization_id, role, serves, created_at,
            updated_at, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    } else {
        "UPDATE memberships SET user_id = ?2, organization_id = ?3, role = ?4, serves = ?5,
            created_at = ?6, updated_at = ?7, version = ?8
          WHERE id = ?1 AND version = ?8 - 1"
    };
    let rows = db.prepare_cached(sql)?.execute(params![
        row.id.0,
        row.user_id.0,
        row.organization_id.0,
        row.role.as_str(),
        to_json(&row.serves)?,
        row.created_at.as_microsecond(),
        row.updated_at.as_microsecond(),
        row.version,
    ])?;
    replaced(db, rows, subjects::membership(row.id), row.version)?;
    db.prepare_cached("DELETE FROM served_organizations WHERE membership_id = ?1")?
        .execute([row.id.0])?;
    let mut serve = db.prepare_cached(
        "INSERT OR IGNORE INTO served_organizations (organization_id, membership_id) VALUES (?1, ?2)",
    )?;
    for served in &row.serves {
        serve.execute(params![served.0, row.id.0])?;
    }
    Ok(())
}

/// Ends a membership at the version that was read. Its tokens refer to it, so they go first.
fn end_membership(db: &Connection, row: &Membership) -> Result<(), Refusal> {
    db.prepare_cached("DELETE FROM tokens WHERE user_id = ?1 AND organization_id = ?2")?
        .execute(params![row.user_id.0, row.organization_id.0])?;
    db.prepare_cached("DELETE FROM served_organizations WHERE membership_id = ?1")?
        .execute([row.id.0])?;
    let rows = db
        .prepare_cached("DELETE FROM memberships WHERE id = ?1 AND version = ?2")?
        .execute(params![row.id.0, row.version])?;
    replaced(db, rows, subjects::membership(row.id), row.version + 1)
}

fn location(db: &Connection, row: &Location) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO locations (id, organization_id, name, location_type, line1, line2, city,
            region, postal_code, country, latitude, longitude, timezone, capacity, amenities,
            accessibility_features, geofence_radius_meters, status, created_at, updated_at, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
            ?19, ?20, ?21)"
    } else {
        "UPDATE locations SET organization_id = ?2, name = ?3, location_type = ?4, line1 = ?5,
            line2 = ?6, city = ?7, region = ?8, postal_code = ?9, country = ?10, latitude = ?11,
            longitude = ?12, timezone = ?13, capacity = ?14, amenities = ?15,
            accessibility_features = ?16, geofence_radius_meters = ?17, status = ?18,
            created_at = ?19, updated_at = ?20, version = ?21
          WHERE id = ?1 AND version = ?21 - 1"
    };
    let rows = db.prepare_cached(sql)?.execute(params![
        row.id.0,
        row.organization_id.map(Uuid::from),
        row.name,
        row.location_type.as_str(),
        row.address.line1,
        row.address.line2,
        row.address.city,
        row.address.region,
        row.address.postal_code,
        row.address.country,
        row.latitude,
        row.longitude,
        row.timezone,
        row.capacity,
        to_json(&row.amenities)?,
        to_json(&row.accessibility_features)?,
        row.geofence_radius_meters,
        row.status.as_str(),
        row.created_at.as_microsecond(),
        row.updated_at.as_microsecond(),
        row.version,
    ])?;
    replaced(db, rows, subjects::location(row.id), row.version)
}

fn booking(db: &mut Hot<'_>, row: &Booking, counters: &mut Counters) -> Result<(), Refusal> {
    let before = if row.version == 1 { None } else { bookings::before(db, row.id)? };
    let after = Counted::from(row);
    // What indexes are keyed by seldom changes; leaving it out of the statement spares their upkeep.
    let series = row.series.as_ref();
    let (series_id, series_number) =
        (series.map(|place| place.id.0), series.map(|place| place.number));
    let moved = before.as_ref().is_none_or(|before| {
        before.end != row.scheduled_end
            || before.series != series_id
            || before.counted.start != after.start
            || before.counted.location != after.location
            || before.counted.organization != after.organization
    });
    let sql = match (row.version, moved) {
        (1, _) => Sql::NewBooking,
        (_, true) => Sql::MovedBooking,
        (_, false) => Sql::Booking,
    };
    let activity = row.activity_type.map(ActivityType::as_str);
    let [requirements, equipment] = [&row.requirements, &row.equipment_requirements]
        .map(|value| optional_to_json(value.as_ref()));
    let (requirements, equipment) = (requirements?, equipment?);
    let staff = optional_to_json(row.staff_requirements.as_ref())?;
    let series_changed = optional_to_json(series.map(|place| &place.changed))?;
    let submitted_by = row.submitted_by.map(Uuid::from);
    let location = row.location_id.map(Uuid::from);
    let (operation, priority) = (row.operation_type.as_str(), row.priority.as_str());
    let (budget, actual_cost) = (row.budget.map(Money::minor), row.actual_cost.map(Money::minor));
    let [start, end, updated, created] =
        [row.scheduled_start, row.scheduled_end, row.updated_at, row.created_at]
            .map(jiff::Timestamp::as_microsecond);
    let status = row.status.as_str();
    let values: [&dyn ToSql; 26] = [
        &row.id.0,
        &row.title,
        &row.description,
        &operation,
        &activity,
        &priority,
        &row.timezone,
        &budget,
        &actual_cost,
        &requirements,
        &staff,
        &equipment,
        &status,
        &row.notes,
        &submitted_by,
        &updated,
        &row.version,
        &series_changed,
        &row.organization_id.0,
        &location,
        &start,
        &end,
        &row.created_by.0,
        &created,
        &series_id,
        &series_number,
    ];
    let used = if moved { &values[..] } else { &values[..18] };
    let rows = db.get(sql)?.execute(used)?;
    replaced(db, rows, subjects::booking(row.id), row.version)?;
    counters.count(db, before.as_ref().map(|before| &before.counted), &after)?;
    Ok(())
}

fn notification(db: &mut Hot<'_>, row: &Notification) -> Result<(), Refusal> {
    db.get(Sql::Notification)?.execute(params![
        row.id.0,
        row.user_id.0,
        row.organization_id.0,
        row.kind,
        row.title,
        row.message,
        row.related_entity_type,
        row.related_entity_id,
        row.read_at.map(jiff::Timestamp::as_microsecond),
        row.created_at.as_microsecond(),
    ])?;
    Ok(())
}

/// Keeps a token if its owner may have one more; of those that have expired the newest stay.
fn token(db: &Connection, row: &TokenRow) -> Result<(), Refusal> {
    let now = row.created_at.as_microsecond();
    let alive: u32 = db
        .prepare_cached("SELECT count(*) FROM tokens WHERE user_id = ?1 AND expires_at > ?2")?
        .query_row(params![row.user_id.0, now], |row| row.get(0))?;
    if alive >= MOST_TOKENS {
        return Err(CommitError::TooManyTokens.into());
    }
    db.prepare_cached(
        "DELETE FROM tokens WHERE id IN (
            SELECT id FROM tokens WHERE user_id = ?1 AND expires_at <= ?2
             ORDER BY id DESC LIMIT -1 OFFSET ?3)",
    )?
    .execute(params![row.user_id.0, now, MOST_TOKENS])?;
    db.prepare_cached(
        "INSERT INTO tokens (id, user_id, organization_id, name, digest, expires_at, created_at, scopes,
            made_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        row.id.0,
        row.user_id.0,
        row.organization_id.0,
        row.name,
        row.digest,
        row.expires_at.as_microsecond(),
        row.created_at.as_microsecond(),
        optional_to_json(row.scopes.as_ref())?,
        row.made_by.map(|id| id.0),
    ])?;
    Ok(())
}

fn password(db: &Connection, row: &PasswordRow) -> Result<(), Refusal> {
    db.prepare_cached(
        "INSERT INTO passwords (user_id, hash, updated_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, updated_at = excluded.updated_at",
    )?
    .execute(params![row.user_id.0, row.hash, row.updated_at.as_microsecond()])?;
    Ok(())
}
