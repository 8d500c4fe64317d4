//! Queries, by what they return.

pub(super) mod access;
pub(super) mod assignable;
pub(super) mod availability;
pub(super) mod bookings;
pub(super) mod calendar;
pub(super) mod events;
pub(super) mod history;
pub(super) mod notifications;
pub(super) mod people;
pub(super) mod places;
pub(super) mod scope;
pub(super) mod series;
pub(super) mod staff;
pub(super) mod statistics;
pub(super) mod templates;
pub(super) mod transport;
pub(super) mod webhooks;
pub(super) mod worked;

use rishi_app::store::Paging;
use rusqlite::types::ToSql;

use super::columns::number;

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
    pub(super) fn one_of<T: ToSql + Clone + Send + 'static>(
        &mut self,
        column: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let (marks, values) = list(values);
        self.and(&format!("{column} IN ({marks})"), values.into_iter().map(value));
    }

    /// Lets `limit` rows through after `offset` others: what is to follow the order in the query.
    /// They are values, so that every page is read by the same prepared statement.
    pub(super) fn page(&mut self, paging: Paging) -> &'static str {
        self.values.push(value(paging.limit));
        self.values.push(value(number(paging.offset)));
        " LIMIT ? OFFSET ?"
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

/// The `?`s of a list in parentheses, with what stands for them. Its length is rounded up to a power
/// of two by saying the last value again, so that a handful of prepared statements serves all lengths.
pub(super) fn list<T: Clone>(values: impl IntoIterator<Item = T>) -> (String, Vec<T>) {
    let mut values: Vec<T> = values.into_iter().collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    (vec!["?"; values.len()].join(", "), values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_all_lengths_share_a_handful_of_statements() {
        let texts: std::collections::BTreeSet<String> =
            (0..=200).map(|length| list(0..length).0).collect();
        assert_eq!(texts.len(), 10);
        assert_eq!(list([7, 8, 9]), ("?, ?, ?, ?".to_owned(), vec![7, 8, 9, 9]));
        assert_eq!(list::<i64>([]), (String::new(), Vec::new()));
    }
}
