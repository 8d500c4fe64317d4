//! Queries, by what they return.

pub(super) mod bookings;
pub(super) mod events;
pub(super) mod people;
pub(super) mod places;
pub(super) mod scope;
pub(super) mod statistics;

use rusqlite::types::ToSql;

/// A query that is put together from the parts that a filter asks for.
#[derive(Default)]
pub(super) struct Conditions {
    sql: String,
    values: Vec<Box<dyn ToSql + Send>>,
}

impl Conditions {
    /// Adds a condition whose `?`s stand for `values`, in order.
    pub(super) fn and(
        &mut self,
        sql: &str,
        values: impl IntoIterator<Item = Box<dyn ToSql + Send>>,
    ) {
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        self.sql.push_str(sql);
        self.values.extend(values);
    }

    /// Adds `column IN (…)`; nothing matches when there are no values.
    pub(super) fn one_of<T: ToSql + Send + 'static>(
        &mut self,
        column: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let values: Vec<_> = values.into_iter().map(value).collect();
        let marks = vec!["?"; values.len()].join(", ");
        self.and(&format!("{column} IN ({marks})"), values);
    }

    /// ` WHERE …`, or nothing.
    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    /// What stands for the `?`s, to be put into another query.
    pub(super) fn into_values(self) -> Vec<Box<dyn ToSql + Send>> {
        self.values
    }

    /// What stands for the `?`s.
    pub(super) fn values(&self) -> impl Iterator<Item = &(dyn ToSql + Send)> {
        self.values.iter().map(|value| &**value)
    }
}

/// A value for [`Conditions::and`].
pub(super) fn value(value: impl ToSql + Send + 'static) -> Box<dyn ToSql + Send> {
    Box::new(value)
}
