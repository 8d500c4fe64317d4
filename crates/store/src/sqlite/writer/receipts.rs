//! Receipts: the same request has one effect and gets one answer.

use rishi_app::commit::{Answer, CommitError, Receipt};
use rusqlite::{Connection, params};

use super::apply::Refusal;
use crate::sqlite::log;

/// The answer that this request got before; refuses a key that came with another body.
pub(super) fn answered(db: &Connection, receipt: &Receipt) -> Result<Option<Answer>, Refusal> {
    match log::receipt(db, &receipt.key)? {
        Some(before) if before.expires_at <= receipt.made_at => Ok(None),
        Some(before) if before.request == receipt.kept.request => Ok(Some(before.answer)),
        Some(_) => Err(CommitError::ReceiptReused.into()),
        None => Ok(None),
    }
}

/// Keeps a receipt, and forgets up to two that have expired: so the table never holds more than
/// a life's worth, without a task that cleans up.
pub(super) fn keep(db: &Connection, receipt: &Receipt) -> Result<(), Refusal> {
    db.prepare_cached(
        "DELETE FROM receipts WHERE (scope, key) IN (
            SELECT scope, key FROM receipts WHERE expires_at <= ?1 ORDER BY expires_at LIMIT 2)",
    )?
    .execute([receipt.made_at.as_microsecond()])?;
    db.prepare_cached(
        "INSERT INTO receipts (scope, key, request, status, location, version, body, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (scope, key) DO UPDATE SET request = excluded.request,
            status = excluded.status, location = excluded.location, version = excluded.version,
            body = excluded.body, expires_at = excluded.expires_at",
    )?
    .execute(params![
        receipt.key.scope,
        receipt.key.key,
        receipt.kept.request,
        receipt.kept.answer.status,
        receipt.kept.answer.location,
        receipt.kept.answer.version,
        receipt.kept.answer.body,
        receipt.kept.expires_at.as_microsecond(),
    ])?;
    Ok(())
}
