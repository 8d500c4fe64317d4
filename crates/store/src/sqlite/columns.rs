//! Between rows and types: how instants, words and JSON lie in columns, and which table holds what.

use jiff::Timestamp;
use rishi_domain::local_time::LocalTime;
use rishi_domain::money::Money;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::StoreError;

/// An entity's table.
pub(super) struct Table {
    version_query: &'static str,
}

impl Table {
    /// The present version of an entity, if there is one.
    pub(super) fn version_of(
        &self,
        db: &Connection,
        id: uuid::Uuid,
    ) -> Result<Option<u64>, rusqlite::Error> {
        db.prepare_cached(self.version_query)?.query_row([id], |row| row.get(0)).optional()
    }
}

/// The table of the entities that are a subject's kind.
pub(super) fn table_of(kind: &str) -> Option<Table> {
    let version_query = match kind {
        "organization" => "SELECT version FROM organizations WHERE id = ?1",
        "user" => "SELECT version FROM users WHERE id = ?1",
        "membership" => "SELECT version FROM memberships WHERE id = ?1",
        "location" => "SELECT version FROM locations WHERE id = ?1",
        "booking" => "SELECT version FROM bookings WHERE id = ?1",
        "series" => "SELECT version FROM booking_series WHERE id = ?1",
        "staff" => "SELECT version FROM staff_profiles WHERE user_id = ?1",
        "availability" => "SELECT version FROM availability_blocks WHERE id = ?1",
        "webhook" => "SELECT version FROM webhook_endpoints WHERE id = ?1",
        "assignment" => "SELECT version FROM assignments WHERE id = ?1",
        "preferences" => "SELECT version FROM notification_preferences WHERE user_id = ?1",
        _ => return None,
    };
    Some(Table { version_query })
}

/// A value in a column that the type cannot read, as an error of the column.
pub(super) fn unreadable(index: usize, kind: Type, what: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(index, kind, what.into())
}

/// An instant, from microseconds.
pub(super) fn instant(row: &Row<'_>, index: usize) -> Result<Timestamp, rusqlite::Error> {
    let micros = row.get::<_, i64>(index)?;
    Timestamp::from_microsecond(micros)
        .map_err(|error| unreadable(index, Type::Integer, error.to_string()))
}

/// An instant that may be missing.
pub(super) fn optional_instant(
    row: &Row<'_>,
    index: usize,
) -> Result<Option<Timestamp>, rusqlite::Error> {
    match row.get::<_, Option<i64>>(index)? {
        Some(_) => instant(row, index).map(Some),
        None => Ok(None),
    }
}

/// A time on somebody's clock, from text.
pub(super) fn local(row: &Row<'_>, index: usize) -> Result<LocalTime, rusqlite::Error> {
    let text = text(row, index)?;
    text.parse().map_err(|_| unreadable(index, Type::Text, format!("no local time: {text:?}")))
}

/// An amount that may be missing, from minor units.
pub(super) fn money(row: &Row<'_>, index: usize) -> Result<Option<Money>, rusqlite::Error> {
    Ok(row.get::<_, Option<i64>>(index)?.map(Money::from_minor))
}

/// A text that stays where it is.
pub(super) fn text<'a>(row: &'a Row<'_>, index: usize) -> Result<&'a str, rusqlite::Error> {
    let value = row.get_ref(index)?;
    value.as_str().map_err(|error| unreadable(index, value.data_type(), error.to_string()))
}

pub(super) fn is_missing(row: &Row<'_>, index: usize) -> Result<bool, rusqlite::Error> {
    Ok(row.get_ref(index)?.data_type() == Type::Null)
}

/// One of a type's words.
pub(super) fn word<T>(
    row: &Row<'_>,
    index: usize,
    parse: fn(&str) -> Option<T>,
) -> Result<T, rusqlite::Error> {
    let text = text(row, index)?;
    parse(text).ok_or_else(|| unreadable(index, Type::Text, format!("the unknown word {text:?}")))
}

/// One of a type's words, or none.
pub(super) fn optional_word<T>(
    row: &Row<'_>,
    index: usize,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, rusqlite::Error> {
    if is_missing(row, index)? {
        return Ok(None);
    }
    word(row, index, parse).map(Some)
}

/// JSON text.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> Result<T, rusqlite::Error> {
    serde_json::from_str(text(row, index)?)
        .map_err(|error| unreadable(index, Type::Text, error.to_string()))
}

/// JSON text that may be missing.
pub(super) fn optional_json<T: DeserializeOwned>(
    row: &Row<'_>,
    index: usize,
) -> Result<Option<T>, rusqlite::Error> {
    if is_missing(row, index)? {
        return Ok(None);
    }
    json(row, index).map(Some)
}

/// A count as SQLite holds it; what is larger than any count there is counts as the largest.
pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A value as JSON text.
pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Sqlite(rusqlite::Error::ToSqlConversionFailure(error.into())))
}

/// A value as JSON text, if there is one.
pub(super) fn optional_to_json(
    value: Option<&impl Serialize>,
) -> Result<Option<String>, StoreError> {
    value.map(to_json).transpose()
}

/// Names table, column and row of a value that cannot be read.
pub(super) fn in_table<T>(
    table: &'static str,
    row: &Row<'_>,
    read: Result<T, rusqlite::Error>,
) -> Result<T, StoreError> {
    read.map_err(|error| {
        let index = match &error {
            rusqlite::Error::FromSqlConversionFailure(index, ..)
            | rusqlite::Error::InvalidColumnType(index, ..)
            | rusqlite::Error::Utf8Error(index, _)
            | rusqlite::Error::IntegralValueOutOfRange(index, _) => *index,
            _ => return StoreError::Sqlite(error),
        };
        let column = row.as_ref().column_name(index).unwrap_or("?").to_owned();
        let id = row.get_ref(0).map_or_else(
            |_| "?".to_owned(),
            |value| match value {
                rusqlite::types::ValueRef::Blob(blob) => uuid::Uuid::from_slice(blob)
                    .map_or_else(|_| "?".to_owned(), |id| id.to_string()),
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            },
        );
        StoreError::Corrupt { table, column, row: id, what: error.to_string() }
    })
}
