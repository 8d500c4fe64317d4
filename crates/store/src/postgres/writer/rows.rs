//! Putting rows. A row of version 1 is inserted; any other replaces the version before it.

use std::collections::HashSet;
use std::mem::discriminant;

use rishi_app::commit::{Change, CommitError, Expected, PasswordRow, TokenRow};
use rishi_app::credentials::MOST_TOKENS;
use rishi_app::events::subject as subjects;
use rishi_bus::Subject;
use rishi_domain::booking::Booking;
use rishi_domain::location::Location;
use rishi_domain::membership::Membership;
use rishi_domain::notification::{Delivery, Notification};
use rishi_domain::organization::Organization;
use rishi_domain::user::{User, email_key};
use uuid::Uuid;

use super::counters::{Counters, hold_zone};
use super::transaction::Refusal;
use super::{
    access, availability, bookings, calendar, notifications, series, staff, transport, webhooks,
};
use crate::postgres::columns::{in_table, number, optional_to_json, stored, to_json};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::postgres::tables::version_query;

/// Whether putting the row checks an expected version by itself.
pub(super) fn checks(change: &Change, expected: &Expected) -> bool {
    match change {
        Change::Booking(row) => {
            row.version == expected.version + 1 && subjects::booking(row.id) == expected.subject
        }
        _ => false,
    }
}

/// Puts rows in their order; such of a kind as follow each other are put at once.
pub(super) async fn put(
    db: &Db<'_>,
    changes: &[&Change],
    counters: &mut Counters,
) -> Result<(), Refusal> {
    let mut rest = changes;
    while let Some(first) = rest.first() {
        let run;
        (run, rest) = rest.split_at(run_of(rest));
        match first {
            Change::Booking(_) => bookings::put(db, &rows(run, booking), counters).await?,
            Change::Notification(_) => notifications::put(db, &rows(run, notification)).await?,
            Change::Delivery(_) => notifications::deliveries(db, &rows(run, delivery)).await?,
            other => one(db, other, counters).await?,
        }
    }
    Ok(())
}

/// How many of the first are put at once: they are of a kind, each about another row.
fn run_of(changes: &[&Change]) -> usize {
    let mut seen = HashSet::new();
    let mut others = changes.iter().copied();
    let Some(first) = others.next() else { return 0 };
    seen.insert(row_of(first));
    1 + others
        .take_while(|change| discriminant(*change) == discriminant(first))
        .map(row_of)
        .take_while(|row| seen.insert(*row))
        .count()
}

/// Which row of its kind a change is about; nothing for one of a kind that is put one by one.
fn row_of(change: &Change) -> Option<(Uuid, &str)> {
    match change {
        Change::Booking(row) => Some((row.id.0, "")),
        Change::Notification(row) => Some((row.id.0, "")),
        Change::Delivery(row) => Some((row.notification_id.0, row.channel.as_str())),
        _ => None,
    }
}

/// The rows of changes that are all of a kind.
fn rows<'c, R>(run: &[&'c Change], of: fn(&'c Change) -> Option<&'c R>) -> Vec<&'c R> {
    run.iter().copied().filter_map(of).collect()
}

fn booking(change: &Change) -> Option<&Booking> {
    if let Change::Booking(row) = change { Some(row) } else { None }
}

fn notification(change: &Change) -> Option<&Notification> {
    if let Change::Notification(row) = change { Some(row) } else { None }
}

fn delivery(change: &Change) -> Option<&Delivery> {
    if let Change::Delivery(row) = change { Some(row) } else { None }
}

/// Puts a row of a kind that is put one by one.
async fn one(db: &Db<'_>, change: &Change, counters: &mut Counters) -> Result<(), Refusal> {
    match change {
        Change::Organization(row) => organization(db, row, counters).await,
        Change::User(row) => user(db, row).await,
        Change::Membership(row) => membership(db, row).await,
        Change::MembershipEnded(row) => end_membership(db, row).await,
        Change::Location(row) => location(db, row).await,
        Change::Booking(row) => bookings::put(db, &[row], counters).await,
        Change::BookingSeries(row) => series::put(db, row).await,
        Change::Assignment(row) => staff::assignment(db, row).await,
        Change::StaffProfile(row) => staff::profile(db, row).await,
        Change::Availability(row) => availability::put(db, row).await,
        Change::Notification(row) => notifications::put(db, &[row]).await,
        Change::InboxRead { user, through, at } => {
            notifications::read_all(db, *user, *through, *at).await
        }
        Change::Delivery(row) => notifications::deliveries(db, &[row]).await,
        Change::NotificationHtml { notification, html } => {
            notifications::html(db, *notification, html).await
        }
        Change::Template(row) => notifications::template(db, row).await,
        Change::MailStanding(row) => notifications::standing(db, row).await,
        Change::Preferences(row) => notifications::preferences(db, row).await,
        Change::Token(row) => token(db, row).await,
        Change::Password(row) => password(db, row).await,
        Change::Access(change) => access::put(db, change).await,
        Change::Webhook(change) => webhooks::put(db, change).await,
        Change::Calendar(change) => calendar::put(db, change).await,
        Change::Transport(change) => transport::put(db, change).await,
    }
}

/// A replaced row must have been there at the version before.
pub(super) async fn replaced(
    db: &Db<'_>,
    rows: u64,
    subject: Subject,
    version: u64,
) -> Result<(), Refusal> {
    if rows == 1 { Ok(()) } else { Err(overtaken(db, subject, version).await?) }
}

/// What to say of a row that did not take the place of the version before its own.
pub(super) async fn overtaken(
    db: &Db<'_>,
    subject: Subject,
    version: u64,
) -> Result<Refusal, StoreError> {
    let actual = match version_query(subject.kind()) {
        Some(sql) => {
            let row = db.optional(sql, &[&subject.id()]).await?;
            row.map(|row| in_table("versions", &row, number(&row, 0))).transpose()?
        }
        None => None,
    };
    let expected = version.saturating_sub(1);
    Ok(CommitError::VersionConflict { subject, expected, actual }.into())
}

async fn organization(
    db: &Db<'_>,
    row: &Organization,
    counters: &mut Counters,
) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO organizations (id, name, kind, tier, status, timezone, currency, settings,
            created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    } else {
        "UPDATE organizations SET name = $2, kind = $3, tier = $4, status = $5, timezone = $6,
            currency = $7, settings = $8, created_at = $9, updated_at = $10, version = $11
          WHERE id = $1 AND version + 1 = $11"
    };
    let zone_before = match row.version {
        1 => None,
        _ => hold_zone(db, row.id.0).await?,
    };
    let values = (stored(row.version)?, to_json(&row.settings)?);
    let rows = db
        .execute(
            sql,
            &[
                &row.id.0,
                &row.name,
                &row.kind.as_str(),
                &i64::from(u8::from(row.tier)),
                &row.status.as_str(),
                &row.timezone,
                &row.currency,
                &values.1,
                &row.created_at.as_microsecond(),
                &row.updated_at.as_microsecond(),
                &values.0,
            ],
        )
        .await?;
    replaced(db, rows, subjects::organization(row.id), row.version).await?;
    if zone_before.is_some_and(|before| before != row.timezone) {
        counters.rezone(row.id.0);
    }
    Ok(())
}

async fn user(db: &Db<'_>, row: &User) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO users (id, email, email_key, display_name, status, locale, timezone,
            created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    } else {
        "UPDATE users SET email = $2, email_key = $3, display_name = $4, status = $5, locale = $6,
            timezone = $7, created_at = $8, updated_at = $9, version = $10
          WHERE id = $1 AND version + 1 = $10"
    };
    let rows = db
        .execute(
            sql,
            &[
                &row.id.0,
                &row.email,
                &email_key(&row.email),
                &row.display_name,
                &row.status.as_str(),
                &row.locale,
                &row.timezone,
                &row.created_at.as_microsecond(),
                &row.updated_at.as_microsecond(),
                &stored(row.version)?,
            ],
        )
        .await?;
    replaced(db, rows, subjects::user(row.id), row.version).await
}

async fn membership(db: &Db<'_>, row: &Membership) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO memberships (id, user_id, organization_id, role, serves, created_at,
            updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    } else {
        "UPDATE memberships SET user_id = $2, organization_id = $3, role = $4, serves = $5,
            created_at = $6, updated_at = $7, version = $8
          WHERE id = $1 AND version + 1 = $8"
    };
    let rows = db
        .execute(
            sql,
            &[
                &row.id.0,
                &row.user_id.0,
                &row.organization_id.0,
                &row.role.as_str(),
                &to_json(&row.serves)?,
                &row.created_at.as_microsecond(),
                &row.updated_at.as_microsecond(),
                &stored(row.version)?,
            ],
        )
        .await?;
    replaced(db, rows, subjects::membership(row.id), row.version).await?;
    db.execute("DELETE FROM served_organizations WHERE membership_id = $1", &[&row.id.0]).await?;
    let served: Vec<Uuid> = row.serves.iter().map(|served| served.0).collect();
    if !served.is_empty() {
        db.execute(
            "INSERT INTO served_organizations (organization_id, membership_id)
             SELECT DISTINCT served, $2::uuid FROM unnest($1::uuid[]) AS served",
            &[&served, &row.id.0],
        )
        .await?;
    }
    Ok(())
}

/// Ends a membership at the version that was read. Its tokens refer to it, so they go first.
async fn end_membership(db: &Db<'_>, row: &Membership) -> Result<(), Refusal> {
    db.execute(
        "DELETE FROM tokens WHERE user_id = $1 AND organization_id = $2",
        &[&row.user_id.0, &row.organization_id.0],
    )
    .await?;
    db.execute("DELETE FROM served_organizations WHERE membership_id = $1", &[&row.id.0]).await?;
    let sql = "DELETE FROM memberships WHERE id = $1 AND version = $2";
    let rows = db.execute(sql, &[&row.id.0, &stored(row.version)?]).await?;
    replaced(db, rows, subjects::membership(row.id), row.version + 1).await
}

async fn location(db: &Db<'_>, row: &Location) -> Result<(), Refusal> {
    let sql = if row.version == 1 {
        "INSERT INTO locations (id, organization_id, name, location_type, line1, line2, city,
            region, postal_code, country, latitude, longitude, timezone, capacity, amenities,
            accessibility_features, geofence_radius_meters, status, created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19, $20, $21)"
    } else {
        "UPDATE locations SET organization_id = $2, name = $3, location_type = $4, line1 = $5,
            line2 = $6, city = $7, region = $8, postal_code = $9, country = $10, latitude = $11,
            longitude = $12, timezone = $13, capacity = $14, amenities = $15,
            accessibility_features = $16, geofence_radius_meters = $17, status = $18,
            created_at = $19, updated_at = $20, version = $21
          WHERE id = $1 AND version + 1 = $21"
    };
    let rows = db
        .execute(
            sql,
            &[
                &row.id.0,
                &row.organization_id.map(Uuid::from),
                &row.name,
                &row.location_type.as_str(),
                &row.address.line1,
                &row.address.line2,
                &row.address.city,
                &row.address.region,
                &row.address.postal_code,
                &row.address.country,
                &row.latitude,
                &row.longitude,
                &row.timezone,
                &row.capacity.map(i64::from),
                &to_json(&row.amenities)?,
                &to_json(&row.accessibility_features)?,
                &i64::from(row.geofence_radius_meters),
                &row.status.as_str(),
                &row.created_at.as_microsecond(),
                &row.updated_at.as_microsecond(),
                &stored(row.version)?,
            ],
        )
        .await?;
    replaced(db, rows, subjects::location(row.id), row.version).await
}

/// Keeps a token if its owner may have one more; of those that have expired the newest stay.
async fn token(db: &Db<'_>, row: &TokenRow) -> Result<(), Refusal> {
    // Whoever makes a token for the same person comes after.
    let sql = "SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE";
    db.execute(sql, &[&row.user_id.0]).await?;
    let now = row.created_at.as_microsecond();
    let sql = "SELECT count(*) FROM tokens WHERE user_id = $1 AND expires_at > $2";
    let found = db.one(sql, &[&row.user_id.0, &now]).await?;
    let alive: u32 = in_table("tokens", &found, number(&found, 0))?;
    if alive >= MOST_TOKENS {
        return Err(CommitError::TooManyTokens.into());
    }
    db.execute(
        "DELETE FROM tokens WHERE id IN (
            SELECT id FROM tokens WHERE user_id = $1 AND expires_at <= $2 ORDER BY id DESC OFFSET $3)",
        &[&row.user_id.0, &now, &i64::from(MOST_TOKENS)],
    )
    .await?;
    db.execute(
        "INSERT INTO tokens (id, user_id, organization_id, name, digest, expires_at, created_at, scopes,
            made_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &row.id.0,
            &row.user_id.0,
            &row.organization_id.0,
            &row.name,
            &row.digest.as_slice(),
            &row.expires_at.as_microsecond(),
            &row.created_at.as_microsecond(),
            &optional_to_json(row.scopes.as_ref())?,
            &row.made_by.map(|id| id.0),
        ],
    )
    .await?;
    Ok(())
}

async fn password(db: &Db<'_>, row: &PasswordRow) -> Result<(), Refusal> {
    db.execute(
        "INSERT INTO passwords (user_id, hash, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, updated_at = excluded.updated_at",
        &[&row.user_id.0, &row.hash, &row.updated_at.as_microsecond()],
    )
    .await?;
    Ok(())
}
