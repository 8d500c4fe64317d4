//! The records of a list as a view of the file holds them.

use std::sync::Arc;

use rishi_app::bookings::SharedRecord;
use rishi_domain::id::BookingId;
use rusqlite::Connection;

use super::error::StoreError;
use super::log;
use super::readers::View;
use crate::records::{About, Records};

/// The records of `ids` as `view` holds them: those that are kept, else what `read` finds there. An
/// id of which `read` finds nothing is left out.
pub(super) fn records_of(
    records: &Records,
    view: &View<'_>,
    ids: &[BookingId],
    read: impl FnOnce(&Connection, &[BookingId]) -> Result<Vec<SharedRecord>, StoreError>,
) -> Result<Vec<Arc<SharedRecord>>, StoreError> {
    let head = log::head(view)?;
    if let Some(after) = records.behind(head) {
        let mut news = Vec::new();
        log::subjects(view, after, |position, kind, id| {
            news.push((position, About::of(kind, id)));
        })?;
        records.heed(head, news);
    }
    let found = records.kept(ids, head);
    let missing = found.missing();
    if missing.is_empty() {
        return Ok(found.with(Vec::new()));
    }
    let read: Vec<_> = read(view, &missing)?.into_iter().map(Arc::new).collect();
    records.keep(&read, head);
    Ok(found.with(read))
}

#[cfg(test)]
mod tests;
