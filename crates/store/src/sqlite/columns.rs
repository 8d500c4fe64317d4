//! Between rows and types: what a column gives, and which table holds what.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use uuid::Uuid;

use super::error::StoreError;
use crate::rows::Fields;
pub(super) use crate::rows::{instant, money, optional_instant, text, word};

/// An entity's table.
pub(super) struct Table {
    version_query: &'static str,
}

impl Table {
    /// The present version of an entity, if there is one.
    pub(super) fn version_of(
        &self,
        db: &Connection,
        id: Uuid,
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

impl Fields for Row<'_> {
    type Error = rusqlite::Error;

    fn unreadable(&self, index: usize, what: String) -> rusqlite::Error {
        let kind = self.get_ref(index).map_or(Type::Null, |value| value.data_type());
        unreadable(index, kind, what)
    }

    fn id(&self, index: usize) -> Result<Option<Uuid>, rusqlite::Error> {
        self.get(index)
    }

    fn integer(&self, index: usize) -> Result<Option<i64>, rusqlite::Error> {
        self.get(index)
    }

    fn real(&self, index: usize) -> Result<Option<f64>, rusqlite::Error> {
        self.get(index)
    }

    fn truth(&self, index: usize) -> Result<Option<bool>, rusqlite::Error> {
        self.get(index)
    }

    fn text(&self, index: usize) -> Result<Option<&str>, rusqlite::Error> {
        let text = self.get_ref(index)?.as_str_or_null();
        text.map_err(|error| self.unreadable(index, error.to_string()))
    }

    fn bytes(&self, index: usize) -> Result<Option<&[u8]>, rusqlite::Error> {
        let bytes = self.get_ref(index)?.as_blob_or_null();
        bytes.map_err(|error| self.unreadable(index, error.to_string()))
    }
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
                rusqlite::types::ValueRef::Blob(blob) => {
                    Uuid::from_slice(blob).map_or_else(|_| "?".to_owned(), |id| id.to_string())
                }
                rusqlite::types::ValueRef::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            },
        );
        StoreError::Corrupt { table, column, row: id, what: error.to_string() }
    })
}
