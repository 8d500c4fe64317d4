//! Between rows and types: what a column gives.
//!
//! A whole number lies in a `bigint`, whatever type it has here; an id in a `uuid`; what is true or false in a
//! `boolean`; text, words and JSON in `text`.

use serde::Serialize;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

use super::error::StoreError;
use crate::rows::Fields;
pub(super) use crate::rows::{
    bytes, instant, money, number, optional_instant, optional_number, text, word,
};

/// A value in a column that the type cannot read.
#[derive(Debug)]
pub(crate) struct Unreadable {
    index: usize,
    what: String,
}

impl Unreadable {
    fn at(index: usize, error: &tokio_postgres::Error) -> Self {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        Self { index, what: cause.unwrap_or_else(|| error.to_string()) }
    }
}

impl Fields for Row {
    type Error = Unreadable;

    fn unreadable(&self, index: usize, what: String) -> Unreadable {
        Unreadable { index, what }
    }

    fn id(&self, index: usize) -> Result<Option<Uuid>, Unreadable> {
        get(self, index)
    }

    fn integer(&self, index: usize) -> Result<Option<i64>, Unreadable> {
        get(self, index)
    }

    fn real(&self, index: usize) -> Result<Option<f64>, Unreadable> {
        get(self, index)
    }

    fn truth(&self, index: usize) -> Result<Option<bool>, Unreadable> {
        get(self, index)
    }

    fn text(&self, index: usize) -> Result<Option<&str>, Unreadable> {
        get(self, index)
    }

    fn bytes(&self, index: usize) -> Result<Option<&[u8]>, Unreadable> {
        get(self, index)
    }
}

/// A value that PostgreSQL's type says all of: an id, text, bytes, a truth; each of them may be missing.
pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, index: usize) -> Result<T, Unreadable> {
    row.try_get(index).map_err(|error| Unreadable::at(index, &error))
}

/// A number as a column holds it, exactly.
pub(super) fn stored(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Unstorable(format!("the number {number}")))
}

/// A count as a column holds it; what is larger than any count there is counts as the largest.
pub(super) fn count(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A value as JSON text.
pub(super) fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Unstorable(error.to_string()))
}

/// A value as JSON text, if there is one.
pub(super) fn optional_to_json(
    value: Option<&impl Serialize>,
) -> Result<Option<String>, StoreError> {
    value.map(to_json).transpose()
}

/// Names table, column and row of a value that cannot be read. The row is named by its first column.
pub(super) fn in_table<T>(
    table: &'static str,
    row: &Row,
    read: Result<T, Unreadable>,
) -> Result<T, StoreError> {
    read.map_err(|Unreadable { index, what }| {
        let column = row.columns().get(index).map_or("?", tokio_postgres::Column::name);
        let id = row
            .try_get::<_, Uuid>(0)
            .map(|id| id.to_string())
            .or_else(|_| row.try_get::<_, i64>(0).map(|number| number.to_string()))
            .or_else(|_| row.try_get::<_, String>(0))
            .unwrap_or_else(|_| "?".to_owned());
        StoreError::Corrupt { table, column: column.to_owned(), row: id, what }
    })
}
