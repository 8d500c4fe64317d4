//! Statements that take many rows at once: each column's values are an array, and the arrays become rows there.
//!
//! However many rows it has, such a statement is sent, planned and begun once.

use crate::postgres::error::StoreError;

/// The columns of a table, each with the type of its values. The first is the key.
pub(super) type Columns = [(&'static str, &'static str)];

/// Inserts rows: the values of its columns, in order.
pub(super) fn insert(table: &str, columns: &Columns) -> String {
    let names = names(columns);
    format!("INSERT INTO {table} ({names}) SELECT {names} FROM {}", given(columns))
}

/// Replaces rows by their key, as far as `condition` holds of a row and its successor `n`.
pub(super) fn replace(table: &str, columns: &Columns, condition: &str) -> String {
    let (key, rest) = columns.split_first().map_or(("", columns), |(key, rest)| (key.0, rest));
    let set: Vec<String> = rest.iter().map(|(name, _)| format!("{name} = n.{name}")).collect();
    let (set, given) = (set.join(", "), given(columns));
    format!("UPDATE {table} SET {set} FROM {given} WHERE {table}.{key} = n.{key} AND {condition}")
}

/// The rows that are given, under the name `n`.
pub(super) fn given(columns: &Columns) -> String {
    let arrays: Vec<String> =
        columns.iter().zip(1..).map(|((_, kind), number)| format!("${number}::{kind}[]")).collect();
    format!("unnest({}) AS n ({})", arrays.join(", "), names(columns))
}

fn names(columns: &Columns) -> String {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

/// A column of rows.
pub(super) fn column<'r, R, T>(rows: &[&'r R], of: impl FnMut(&'r R) -> T) -> Vec<T> {
    rows.iter().copied().map(of).collect()
}

/// A column of values that may not be storable.
pub(super) fn fallible<'r, R, T>(
    rows: &[&'r R],
    of: impl FnMut(&'r R) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    rows.iter().copied().map(of).collect()
}
