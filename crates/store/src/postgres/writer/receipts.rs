//! Receipts: the same request has one effect and gets one answer.

use rishi_app::commit::{Answer, CommitError, Receipt};

use super::transaction::Refusal;
use crate::postgres::columns::stored;
use crate::postgres::connection::Db;
use crate::postgres::log;

/// Claims a key for this request, waiting for whoever is at it just now; the answer that the request got before, if
/// it did. Refuses a key that came with another body.
///
/// Forgets up to two receipts that have expired: so the table never holds more than a life's worth, without a task
/// that cleans up.
pub(super) async fn claim(db: &Db<'_>, receipt: &Receipt) -> Result<Option<Answer>, Refusal> {
    let made_at = receipt.made_at.as_microsecond();
    let answer = &receipt.kept.answer;
    let version = answer.version.map(stored).transpose()?;
    let claimed = db
        .execute(
            "INSERT INTO receipts (scope, key, request, status, location, version, body, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (scope, key) DO UPDATE SET request = excluded.request,
                status = excluded.status, location = excluded.location, version = excluded.version,
                body = excluded.body, expires_at = excluded.expires_at
              WHERE receipts.expires_at <= $9",
            &[
                &receipt.key.scope,
                &receipt.key.key,
                &receipt.kept.request.as_slice(),
                &i64::from(answer.status),
                &answer.location,
                &version,
                &answer.body,
                &receipt.kept.expires_at.as_microsecond(),
                &made_at,
            ],
        )
        .await?;
    if claimed == 0 {
        return match log::receipt(db, &receipt.key).await? {
            Some(before) if before.request == receipt.kept.request => Ok(Some(before.answer)),
            _ => Err(CommitError::ReceiptReused.into()),
        };
    }
    db.execute(
        "DELETE FROM receipts WHERE (scope, key) IN (
            SELECT scope, key FROM receipts WHERE expires_at <= $1 ORDER BY expires_at LIMIT 2
               FOR UPDATE SKIP LOCKED)",
        &[&made_at],
    )
    .await?;
    Ok(None)
}
