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
use uuid::Uuid;

use super::rows::replaced;
use super::transaction::Refusal;
use crate::postgres::columns::{count, get, in_table, stored, to_json};
use crate::postgres::connection::Db;

/// Deliveries that are forgotten at once.
const FORGOTTEN: i64 = 2_000;

pub(super) async fn put(db: &Db<'_>, change: &WebhookChange) -> Result<(), Refusal> {
    match change {
        WebhookChange::Put(row) => endpoint(db, row).await,
        WebhookChange::Deleted(endpoint) => delete(db, endpoint).await,
        WebhookChange::Owed(owed) => {
            for one in owed {
                owe(db, one).await?;
            }
            Ok(())
        }
        WebhookChange::Attempted(attempt) => attempted(db, attempt).await,
        WebhookChange::GivenUp { webhook_id, position, why, at } => {
            db.execute(
                "UPDATE webhook_deliveries SET status = 'failed', due_at = NULL, last_error = $3
                  WHERE endpoint_id = $1 AND position = $2 AND status = 'pending'",
                &[&webhook_id.0, &count(*position), why],
            )
            .await?;
            followers(db, (*webhook_id, *position), at.as_microsecond()).await
        }
        WebhookChange::Resent { webhook_id, event_id, at } => {
            let sql = "UPDATE webhook_deliveries SET status = 'pending', attempts = 0, due_at = $3
                WHERE endpoint_id = $1 AND event_id = $2";
            if db.execute(sql, &[&webhook_id.0, event_id, &at.as_microsecond()]).await? == 0 {
                return Err(CommitError::UnknownReference("delivery".to_owned()).into());
            }
            Ok(())
        }
        WebhookChange::ReplayAsked { webhook_id, replay } => {
            left(db, *webhook_id, Some(*replay)).await
        }
        WebhookChange::Replayed { webhook_id, before, left, owed } => {
            replayed(db, *webhook_id, *before, *left, owed).await
        }
        WebhookChange::Forgotten { before } => {
            db.execute(
                "DELETE FROM webhook_deliveries WHERE (endpoint_id, position) IN (
                    SELECT endpoint_id, position FROM webhook_deliveries
                     WHERE created_at < $1 ORDER BY created_at LIMIT $2)",
                &[&before.as_microsecond(), &FORGOTTEN],
            )
            .await?;
            Ok(())
        }
    }
}

async fn endpoint(db: &Db<'_>, row: &WebhookRow) -> Result<(), Refusal> {
    let WebhookRow { endpoint, secrets } = row;
    let sql = if endpoint.version == 1 {
        "INSERT INTO webhook_endpoints (id, organization_id, url, description, event_types, ordered,
            status, disabled_reason, previous_secret_until, created_at, updated_at, version, secret,
            previous_secret)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    } else {
        // Whoever enables it again, or sends it elsewhere, gives it another chance.
        "UPDATE webhook_endpoints SET organization_id = $2, url = $3, description = $4,
            event_types = $5, ordered = $6, status = $7, disabled_reason = $8,
            previous_secret_until = $9, created_at = $10, updated_at = $11, version = $12,
            secret = coalesce($13, secret),
            previous_secret = CASE WHEN $13::bytea IS NULL THEN previous_secret ELSE $14 END,
            failing_since = CASE WHEN url <> $3 OR status <> $7 THEN NULL ELSE failing_since END
          WHERE id = $1 AND version + 1 = $12"
    };
    let present = secrets.as_ref().map(|secrets| secrets.present.as_slice());
    let previous = secrets.as_ref().and_then(|secrets| secrets.previous.as_deref());
    let rows = db
        .execute(
            sql,
            &[
                &endpoint.id.0,
                &endpoint.organization_id.0,
                &endpoint.url,
                &endpoint.description,
                &to_json(&endpoint.event_types)?,
                &endpoint.ordered,
                &endpoint.status.as_str(),
                &endpoint.disabled_reason.map(DisabledReason::as_str),
                &endpoint.previous_secret_until.map(Timestamp::as_microsecond),
                &endpoint.created_at.as_microsecond(),
                &endpoint.updated_at.as_microsecond(),
                &stored(endpoint.version)?,
                &present,
                &previous,
            ],
        )
        .await?;
    replaced(db, rows, subjects::webhook(endpoint.id), endpoint.version).await?;
    if endpoint.status == WebhookStatus::Disabled {
        left(db, endpoint.id, None).await?;
    }
    Ok(())
}

async fn delete(db: &Db<'_>, endpoint: &WebhookEndpoint) -> Result<(), Refusal> {
    // The endpoint first, so that nothing is owed to it any more while its deliveries go.
    db.execute("SELECT 1 FROM webhook_endpoints WHERE id = $1 FOR UPDATE", &[&endpoint.id.0])
        .await?;
    db.execute("DELETE FROM webhook_deliveries WHERE endpoint_id = $1", &[&endpoint.id.0]).await?;
    let sql = "DELETE FROM webhook_endpoints WHERE id = $1 AND version = $2";
    let rows = db.execute(sql, &[&endpoint.id.0, &stored(endpoint.version)?]).await?;
    replaced(db, rows, subjects::webhook(endpoint.id), endpoint.version + 1).await
}

/// Owes an event, if the endpoint is still there and it was not owed before.
async fn owe(db: &Db<'_>, new: &NewDelivery) -> Result<(), Refusal> {
    let NewDelivery { webhook_id, position, event_id, event_type, subject, at } = new;
    db.execute(
        "INSERT INTO webhook_deliveries (endpoint_id, position, event_id, event_type, subject_kind,
            subject_id, status, attempts, due_at, created_at)
         SELECT w.id, $2::bigint, $3::uuid, $4::text, $5::text, $6::uuid, 'pending', 0,
            greatest($7::bigint, coalesce((SELECT max(due_at) FROM webhook_deliveries
                WHERE w.ordered AND endpoint_id = $1 AND subject_id = $6 AND subject_kind = $5
                  AND status = 'pending'), 0)), $7
           FROM webhook_endpoints w WHERE w.id = $1 FOR KEY SHARE OF w
         ON CONFLICT (endpoint_id, position) DO NOTHING",
        &[
            &webhook_id.0,
            &count(*position),
            event_id,
            event_type,
            &subject.kind(),
            &subject.id(),
            &at.as_microsecond(),
        ],
    )
    .await?;
    Ok(())
}

async fn attempted(db: &Db<'_>, attempt: &Attempt) -> Result<(), Refusal> {
    let made = db
        .execute(
            "UPDATE webhook_deliveries SET status = $4, attempts = $3, due_at = $5, attempted_at = $6,
                last_status = $7, last_error = $8, duration_ms = $9
              WHERE endpoint_id = $1 AND position = $2 AND status = 'pending' AND attempts + 1 = $3",
            &[
                &attempt.webhook_id.0,
                &count(attempt.position),
                &i64::from(attempt.number),
                &attempt.now.as_str(),
                &attempt.due_at.map(Timestamp::as_microsecond),
                &attempt.at.as_microsecond(),
                &attempt.status.map(i64::from),
                &attempt.error,
                &i64::from(attempt.duration_ms),
            ],
        )
        .await?;
    let failing = attempt.error.is_some().then(|| attempt.at.as_microsecond());
    db.execute(
        "UPDATE webhook_endpoints SET failing_since =
            CASE WHEN $2::bigint IS NULL THEN NULL ELSE coalesce(failing_since, $2) END
          WHERE id = $1 AND (failing_since IS NULL) <> ($2::bigint IS NULL)",
        &[&attempt.webhook_id.0, &failing],
    )
    .await?;
    if made == 0 {
        return Ok(());
    }
    let due_at = match attempt.now {
        DeliveryStatus::Pending => attempt.due_at.unwrap_or(attempt.at),
        DeliveryStatus::Delivered | DeliveryStatus::Failed => attempt.at,
    };
    followers(db, (attempt.webhook_id, attempt.position), due_at.as_microsecond()).await
}

/// Of an ordered endpoint: the deliveries that wait for this one are due then.
async fn followers(
    db: &Db<'_>,
    (webhook, position): (WebhookId, u64),
    due_at: i64,
) -> Result<(), Refusal> {
    db.execute(
        "UPDATE webhook_deliveries SET due_at = $3
          WHERE endpoint_id = $1 AND status = 'pending' AND position > $2 AND due_at <> $3
            AND (subject_id, subject_kind) = (SELECT subject_id, subject_kind
                FROM webhook_deliveries WHERE endpoint_id = $1 AND position = $2)
            AND (SELECT ordered FROM webhook_endpoints WHERE id = $1)",
        &[&webhook.0, &count(position), &due_at],
    )
    .await?;
    Ok(())
}

/// Writes what is left of a replay.
async fn left(db: &Db<'_>, webhook: WebhookId, left: Option<Replay>) -> Result<(), Refusal> {
    let (from, through) = (left.map(|left| count(left.from)), left.map(|left| count(left.through)));
    let sql = "UPDATE webhook_endpoints SET replay_from = $2, replay_through = $3 WHERE id = $1";
    db.execute(sql, &[&webhook.0, &from, &through]).await?;
    Ok(())
}

/// Owes a part of a replay, if nobody has asked for another meanwhile.
async fn replayed(
    db: &Db<'_>,
    webhook: WebhookId,
    before: Replay,
    rest: Option<Replay>,
    owed: &[NewDelivery],
) -> Result<(), Refusal> {
    let sql = "SELECT replay_from = $2 AND replay_through = $3 FROM webhook_endpoints
                WHERE id = $1 FOR NO KEY UPDATE";
    let row = db.optional(sql, &[&webhook.0, &count(before.from), &count(before.through)]).await?;
    let asked = match &row {
        Some(row) => in_table("webhook_endpoints", row, get::<Option<bool>>(row, 0))?,
        None => None,
    };
    if asked != Some(true) {
        return Ok(());
    }
    left(db, webhook, rest).await?;
    for one in owed {
        again(db, webhook, one.position, one.event_id, one.at).await?;
        owe(db, one).await?;
    }
    Ok(())
}

/// A delivery that is through is to be made again.
async fn again(
    db: &Db<'_>,
    webhook: WebhookId,
    position: u64,
    event: Uuid,
    at: Timestamp,
) -> Result<(), Refusal> {
    db.execute(
        "UPDATE webhook_deliveries SET status = 'pending', attempts = 0, due_at = $4
          WHERE endpoint_id = $1 AND position = $2 AND event_id = $3 AND status <> 'pending'",
        &[&webhook.0, &count(position), &event, &at.as_microsecond()],
    )
    .await?;
    Ok(())
}
