//! Events, as they lie in the log.

use rishi_bus::{Envelope, Memo, Subject};
use serde_json::value::RawValue;

use super::{Fields, id, instant, json, number, optional_id, optional_string, string, text};
use crate::subjects;

/// An event.
pub(crate) const COLUMNS: &str = "position, id, type, source, subject_kind, subject_id, version, \
    schema_version, organization_id, user_id, correlation_id, causation_id, timestamp, data, \
    metadata, traceparent";
/// How many columns that is.
pub(crate) const EVENT_COLUMNS: usize = 16;

pub(crate) fn envelope<R: Fields>(row: &R) -> Result<Envelope, R::Error> {
    Ok(Envelope {
        position: number(row, 0)?,
        id: id(row, 1)?,
        event_type: text(row, 2)?.into(),
        source: string(row, 3)?,
        subject: subject(row, 4, 5)?,
        version: number(row, 6)?,
        schema_version: number(row, 7)?,
        organization_id: optional_id(row, 8)?,
        user_id: optional_id(row, 9)?,
        correlation_id: optional_id(row, 10)?,
        causation_id: optional_id(row, 11)?,
        timestamp: instant(row, 12)?,
        data: raw(row, 13)?,
        metadata: optional_raw(row, 14)?,
        traceparent: optional_string(row, 15)?,
        memo: Memo::default(),
    })
}

/// A payload, byte for byte as it was written. JSON that had space added around it is refused, since
/// reading would hide that from the chain.
pub(crate) fn raw<R: Fields>(row: &R, index: usize) -> Result<Box<RawValue>, R::Error> {
    let value: Box<RawValue> = json(row, index)?;
    if value.get().len() == text(row, index)?.len() {
        return Ok(value);
    }
    Err(row.unreadable(index, "JSON with space around it".to_owned()))
}

/// A payload that may be missing.
pub(crate) fn optional_raw<R: Fields>(
    row: &R,
    index: usize,
) -> Result<Option<Box<RawValue>>, R::Error> {
    row.text(index)?.map(|_| raw(row, index)).transpose()
}

/// A subject of any kind, from its kind and id.
pub(crate) fn subject<R: Fields>(
    row: &R,
    kind: usize,
    subject: usize,
) -> Result<Subject, R::Error> {
    let name = text(row, kind)?;
    subjects::of(name, id(row, subject)?)
        .ok_or_else(|| row.unreadable(kind, format!("the unknown subject kind {name:?}")))
}
