//! What people declare of their time.

use rishi_domain::availability::{Approval, AvailabilityBlock, BlockKind, BlockStatus};

use super::{
    Fields, id, instant, json, local, number, optional_id, optional_instant, optional_string,
    optional_word, string, word,
};

/// A block.
pub(crate) const BLOCK: &str = "id, user_id, organization_id, kind, status, title, local_start, \
    local_end, timezone, recurrence, exdates, approval, decided_by, deleted_at, created_at, \
    updated_at, version";

pub(crate) fn block<R: Fields>(row: &R) -> Result<AvailabilityBlock, R::Error> {
    Ok(AvailabilityBlock {
        id: id(row, 0)?,
        user_id: id(row, 1)?,
        organization_id: id(row, 2)?,
        kind: word(row, 3, BlockKind::parse)?,
        status: word(row, 4, BlockStatus::parse)?,
        title: optional_string(row, 5)?,
        local_start: local(row, 6)?,
        local_end: local(row, 7)?,
        timezone: string(row, 8)?,
        recurrence: optional_string(row, 9)?,
        exdates: json(row, 10)?,
        approval: optional_word(row, 11, Approval::parse)?,
        decided_by: optional_id(row, 12)?,
        deleted_at: optional_instant(row, 13)?,
        created_at: instant(row, 14)?,
        updated_at: instant(row, 15)?,
        version: number(row, 16)?,
    })
}
