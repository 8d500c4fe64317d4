//! Putting webhook endpoints and what is on its way to them.
//!
//! A delivery that waits for one before it (the endpoint is ordered) is due no sooner than that one, so
//! that what is due can be found without going through all that waits. When the one before is through,
//! the next is due at once.

use jiff::Timestamp;
use rishi_app::commit::CommitError;
use rishi_app::events::subject as subjects;
use rishi_app::webhooks::{
    Attempt, DeliveryStatus, NewDelivery, Replay, WebhookChange, WebhookRow,
};
use rishi_domain::id::WebhookId;
use rishi_domain::webhook::{DisabledReason, WebhookEndpoint, WebhookStatus};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::apply::Refusal;
use super::rows::replaced;
use crate::sqlite::columns::{number, to_json};

/// Deliveries that are forgotten at once.
const FORGOTTEN: u32 = 2_000;

pub(super) fn put(db: &Connection, change: &WebhookChange) -> Result<(), Refusal> {
    match change {
        WebhookChange::Put(row) => endpoint(db, row),
        WebhookChange::Deleted(endpoint) => delete(db, endpoint),
        WebhookChange::Owed(owed) => owed.iter().try_for_each(|one| owe(db, one)),
        WebhookChange::Attempted(attempt) => attempted(db, attempt),
        WebhookChange::GivenUp { webhook_id, position, why, at } => {
            db.prepare_cached(
                "UPDATE webhook_deliveries SET status = 'failed', due_at = NULL, last_error = ?3
                  WHERE endpoint_id = ?1 AND position = ?2 AND status = 'pending'",
            )?
            .execute(params![webhook_id.0, number(*position), why])?;
            let one = (*webhook_id, *position);
            let due_at = at.as_microsecond();
            followers(db, one, due_at)
        }
        WebhookChange::Resent { webhook_id, event_id, at } => {
            let sql = "UPDATE webhook_deliveries SET status = 'pending', attempts = 0, due_at = ?3
                WHERE endpoint_id = ?1 AND event_id = ?2";
            let given = params![webhook_id.0, event_id, at.as_microsecond()];
            if db.prepare_cached(sql)?.execute(given)? == 0 {
                return Err(CommitError::UnknownReference("delivery".to_owned()).into());
            }
            Ok(())
        }
        WebhookChange::ReplayAsked { webhook_id, replay } => {
            left(db, *webhook_id, Some(*replay)).map(drop)
        }
        WebhookChange::Replayed { webhook_id, before, left, owed } => {
            replayed(db, *webhook_id, *before, *left, owed)
        }
        WebhookChange::Forgotten { before } => {
            db.prepare_cached(
                "DELETE FROM webhook_deliveries WHERE (endpoint_id, position) IN (
                    SELECT endpoint_id, position FROM webhook_deliveries
                     WHERE created_at < ?1 LIMIT ?2)",
            )?
            .execute(params![before.as_microsecond(), FORGOTTEN])?;
            Ok(())
        }
    }
}

fn endpoint(db: &Connection, row: &WebhookRow) -> Result<(), Refusal> {
    let WebhookRow { endpoint, secrets } = row;
    let sql = if endpoint.version == 1 {
        "INSERT INTO webhook_endpoints (id, organization_id, url, description, event_types, ordered,
            status, disabled_reason, previous_secret_until, created_at, updated_at, version, secret,
            previous_secret)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    } else {
        // Whoever enables it again, or sends it elsewhere, gives it another chance.
        "UPDATE webhook_endpoints SET organization_id = ?2, url = ?3, description = ?4,
            event_types = ?5, ordered = ?6, status = ?7, disabled_reason = ?8,
            previous_secret_until = ?9, created_at = ?10, updated_at = ?11, version = ?12,
            secret = coalesce(?13, secret),
            previous_secret = CASE WHEN ?13 IS NULL THEN previous_secret ELSE ?14 END,
            failing_since = CASE WHEN url <> ?3 OR status <> ?7 THEN NULL ELSE failing_since END
          WHERE id = ?1 AND version = ?12 - 1"
    };
    let present = secrets.as_ref().map(|secrets| &secrets.present);
    let previous = secrets.as_ref().and_then(|secrets| secrets.previous.as_ref());
    let rows = db.prepare_cached(sql)?.execute(params![
        endpoint.id.0,
        endpoint.organization_id.0,
        endpoint.url,
        endpoint.description,
        to_json(&endpoint.event_types)?,
        endpoint.ordered,
        endpoint.status.as_str(),
        endpoint.disabled_reason.map(DisabledReason::as_str),
        endpoint.previous_secret_until.map(Timestamp::as_microsecond),
        endpoint.created_at.as_microsecond(),
        endpoint.updated_at.as_microsecond(),
        endpoint.version,
        present,
        previous,
    ])?;
    replaced(db, rows, subjects::webhook(endpoint.id), endpoint.version)?;
    if endpoint.status == WebhookStatus::Disabled {
        left(db, endpoint.id, None)?;
    }
    Ok(())
}

fn delete(db: &Connection, endpoint: &WebhookEndpoint) -> Result<(), Refusal> {
    db.prepare_cached("DELETE FROM webhook_deliveries WHERE endpoint_id = ?1")?
        .execute([endpoint.id.0])?;
    let rows = db
        .prepare_cached("DELETE FROM webhook_endpoints WHERE id = ?1 AND version = ?2")?
        .execute(params![endpoint.id.0, endpoint.version])?;
    replaced(db, rows, subjects::webhook(endpoint.id), endpoint.version + 1)
}

/// Owes an event, if the endpoint is still there and it was not owed before.
fn owe(db: &Connection, new: &NewDelivery) -> Result<(), Refusal> {
    let NewDelivery { webhook_id, position, event_id, event_type, subject, at } = new;
    db.prepare_cached(
        "INSERT INTO webhook_deliveries (endpoint_id, position, event_id, event_type, subject_kind,
            subject_id, status, attempts, due_at, created_at)
         SELECT id, ?2, ?3, ?4, ?5, ?6, 'pending', 0,
            max(?7, coalesce((SELECT max(due_at) FROM webhook_deliveries
                WHERE w.ordered AND endpoint_id = ?1 AND subject_id = ?6 AND subject_kind = ?5
                  AND status = 'pending'), 0)), ?7
           FROM webhook_endpoints w WHERE id = ?1
         ON CONFLICT (endpoint_id, position) DO NOTHING",
    )?
    .execute(params![
        webhook_id.0,
        number(*position),
        event_id,
        event_type,
        subject.kind(),
        subject.id(),
        at.as_microsecond(),
    ])?;
    Ok(())
}

fn attempted(db: &Connection, attempt: &Attempt) -> Result<(), Refusal> {
    let made = db
        .prepare_cached(
            "UPDATE webhook_deliveries SET status = ?4, attempts = ?3, due_at = ?5, attempted_at = ?6,
                last_status = ?7, last_error = ?8, duration_ms = ?9
              WHERE endpoint_id = ?1 AND position = ?2 AND status = 'pending' AND attempts = ?3 - 1",
        )?
        .execute(params![
            attempt.webhook_id.0,
            number(attempt.position),
            attempt.number,
            attempt.now.as_str(),
            attempt.due_at.map(Timestamp::as_microsecond),
            attempt.at.as_microsecond(),
            attempt.status,
            attempt.error,
            attempt.duration_ms,
        ])?;
    let failing = attempt.error.is_some().then(|| attempt.at.as_microsecond());
    db.prepare_cached(
        "UPDATE webhook_endpoints
            SET failing_since = CASE WHEN ?2 IS NULL THEN NULL ELSE coalesce(failing_since, ?2) END
          WHERE id = ?1 AND (failing_since IS NULL) <> (?2 IS NULL)",
    )?
    .execute(params![attempt.webhook_id.0, failing])?;
    if made == 0 {
        return Ok(());
    }
    let due_at = match attempt.now {
        DeliveryStatus::Pending => attempt.due_at.unwrap_or(attempt.at),
        DeliveryStatus::Delivered | DeliveryStatus::Failed => attempt.at,
    };
    followers(db, (attempt.webhook_id, attempt.position), due_at.as_microsecond())
}

/// Of an ordered endpoint: the deliveries that wait for this one are due then.
fn followers(
    db: &Connection,
    (webhook, position): (WebhookId, u64),
    due_at: i64,
) -> Result<(), Refusal> {
    db.prepare_cached(
        "UPDATE webhook_deliveries SET due_at = ?3
          WHERE endpoint_id = ?1 AND status = 'pending' AND position > ?2 AND due_at <> ?3
            AND (subject_id, subject_kind) = (SELECT subject_id, subject_kind
                FROM webhook_deliveries WHERE endpoint_id = ?1 AND position = ?2)
            AND (SELECT ordered FROM webhook_endpoints WHERE id = ?1)",
    )?
    .execute(params![webhook.0, number(position), due_at])?;
    Ok(())
}

/// Writes what is left of a replay; whether the endpoint is there.
fn left(db: &Connection, webhook: WebhookId, left: Option<Replay>) -> Result<bool, Refusal> {
    let (from, through) =
        (left.map(|left| number(left.from)), left.map(|left| number(left.through)));
    let rows = db
        .prepare_cached(
            "UPDATE webhook_endpoints SET replay_from = ?2, replay_through = ?3 WHERE id = ?1",
        )?
        .execute(params![webhook.0, from, through])?;
    Ok(rows == 1)
}

/// Owes a part of a replay, if nobody has asked for another meanwhile.
fn replayed(
    db: &Connection,
    webhook: WebhookId,
    before: Replay,
    rest: Option<Replay>,
    owed: &[NewDelivery],
) -> Result<(), Refusal> {
    let asked: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM webhook_endpoints
              WHERE id = ?1 AND replay_from = ?2 AND replay_through = ?3)",
        )?
        .query_row(params![webhook.0, number(before.from), number(before.through)], |row| {
            row.get(0)
        })?;
    if !asked {
        return Ok(());
    }
    left(db, webhook, rest)?;
    for one in owed {
        again(db, webhook, one.position, one.event_id, one.at)?;
        owe(db, one)?;
    }
    Ok(())
}

/// A delivery that is through is to be made again.
fn again(
    db: &Connection,
    webhook: WebhookId,
    position: u64,
    event: Uuid,
    at: Timestamp,
) -> Result<(), Refusal> {
    db.prepare_cached(
        "UPDATE webhook_deliveries SET status = 'pending', attempts = 0, due_at = ?4
          WHERE endpoint_id = ?1 AND position = ?2 AND event_id = ?3 AND status <> 'pending'",
    )?
    .execute(params![webhook.0, number(position), event, at.as_microsecond()])?;
    Ok(())
}
