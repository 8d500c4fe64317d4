//! Putting what people declare of their time.

use rishi_app::commit::AvailabilityRow;
use rishi_app::events::subject;
use rishi_domain::availability::Approval;

use super::rows::replaced;
use super::transaction::Refusal;
use crate::postgres::columns::{stored, to_json};
use crate::postgres::connection::Db;

pub(super) async fn put(db: &Db<'_>, row: &AvailabilityRow) -> Result<(), Refusal> {
    let AvailabilityRow { block, extent } = row;
    let sql = if block.version == 1 {
        "INSERT INTO availability_blocks (id, user_id, organization_id, kind, status, title,
            local_start, local_end, timezone, recurrence, exdates, approval, decided_by, deleted_at,
            starts_at, ends_at, created_at, updated_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
    } else {
        "UPDATE availability_blocks SET user_id = $2, organization_id = $3, kind = $4, status = $5,
            title = $6, local_start = $7, local_end = $8, timezone = $9, recurrence = $10,
            exdates = $11, approval = $12, decided_by = $13, deleted_at = $14, starts_at = $15,
            ends_at = $16, created_at = $17, updated_at = $18, version = $19
          WHERE id = $1 AND version + 1 = $19"
    };
    let rows = db
        .execute(
            sql,
            &[
                &block.id.0,
                &block.user_id.0,
                &block.organization_id.0,
                &block.kind.as_str(),
                &block.status.as_str(),
                &block.title,
                &block.local_start.to_string(),
                &block.local_end.to_string(),
                &block.timezone,
                &block.recurrence,
                &to_json(&block.exdates)?,
                &block.approval.map(Approval::as_str),
                &block.decided_by.map(uuid::Uuid::from),
                &block.deleted_at.map(jiff::Timestamp::as_microsecond),
                &extent.start.as_microsecond(),
                &extent.end.map(jiff::Timestamp::as_microsecond),
                &block.created_at.as_microsecond(),
                &block.updated_at.as_microsecond(),
                &stored(block.version)?,
            ],
        )
        .await?;
    replaced(db, rows, subject::availability(block.id), block.version).await
}
