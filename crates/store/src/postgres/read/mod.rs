//! Queries, by what they return.
//!
//! What can be asked at once is: statements that need nothing from each other's answers go out together, and
//! come back in one round trip.

pub(super) mod access;
pub(super) mod assignable;
pub(super) mod availability;
pub(super) mod bookings;
pub(super) mod calendar;
pub(super) mod events;
pub(super) mod history;
mod months;
pub(super) mod notifications;
pub(super) mod pages;
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

use std::fmt;

use rishi_app::store::{Listed, Paging};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::columns::{Unreadable, count, in_table, number};
use super::connection::Db;
use super::error::StoreError;

/// What reads a thing from a row.
type Read<T> = fn(&Row) -> Result<T, Unreadable>;

/// A query that is put together from the parts that a filter asks for.
#[derive(Default)]
pub(super) struct Conditions {
    sql: String,
    values: Vec<Box<dyn ToSql + Sync + Send>>,
}

/// The place of a value in a query: `$1`, `$2` …
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", self.0)
    }
}

impl Conditions {
    /// A value, for a condition to name.
    pub(super) fn value(&mut self, value: impl ToSql + Sync + Send + 'static) -> Mark {
        self.values.push(Box::new(value));
        Mark(self.values.len())
    }

    /// Adds a condition.
    pub(super) fn and(&mut self, sql: &str) {
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        self.sql.push_str(sql);
    }

    /// Makes what was added until now the end of a query inside a condition: `head WHERE … )`.
    pub(super) fn inside(&mut self, head: &str) {
        let inner = std::mem::take(&mut self.sql);
        self.and(&format!("{head}{inner})"));
    }

    /// Adds `column = …`.
    pub(super) fn is(&mut self, column: &str, value: impl ToSql + Sync + Send + 'static) {
        let value = self.value(value);
        self.and(&format!("{column} = {value}"));
    }

    /// Adds that a column has one of these values; nothing matches when there are none.
    pub(super) fn one_of<T: ToSql + Sync + Send + 'static>(
        &mut self,
        column: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let sql = self.any(column, values);
        self.and(&sql);
    }

    /// The same as a part of a condition. One value is no list: then an index gives rows in order.
    pub(super) fn any<T: ToSql + Sync + Send + 'static>(
        &mut self,
        column: &str,
        values: impl IntoIterator<Item = T>,
    ) -> String {
        let mut values: Vec<T> = values.into_iter().collect();
        match (values.pop(), values.is_empty()) {
            (Some(only), true) => format!("{column} = {}", self.value(only)),
            (last, _) => {
                values.extend(last);
                format!("{column} = ANY({})", self.value(values))
            }
        }
    }

    /// Adds that one of some texts holds another, without regard to case.
    pub(super) fn one_holds(&mut self, columns: &[&str], text: &str) {
        // No text holds it, and none may be asked for it.
        if text.contains('\0') {
            self.and("false");
            return;
        }
        let needle = self.value(text.to_owned());
        let holds = |column: &&str| format!("strpos({}, {}) > 0", small(column), small(needle));
        let ways: Vec<String> = columns.iter().map(holds).collect();
        self.and(&format!("({})", ways.join(" OR ")));
    }

    /// ` WHERE …`, or nothing.
    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    /// What stands for the marks.
    pub(super) fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
    }
}

/// A text in small letters, in every script and whatever the database's own collation is.
fn small(text: impl fmt::Display) -> String {
    format!("lower({text} COLLATE \"every_script\")")
}

/// What a list is made of.
pub(super) struct Listing<'a> {
    /// The table that is named when a row cannot be read.
    table: &'static str,
    columns: &'a str,
    from: &'a str,
    order: &'a str,
}

/// A stretch of what matches, and how much matches in all.
pub(super) async fn listed<T>(
    db: &Db<'_>,
    listing: &Listing<'_>,
    conditions: &Conditions,
    paging: Paging,
    read: Read<T>,
) -> Result<Listed<T>, StoreError> {
    let Listing { table, columns, from, order } = listing;
    let matching = conditions.sql();
    let counting = format!("SELECT count(*) FROM {from}{matching}");
    let mut values = conditions.values();
    let page = page(paging, values.len());
    let sql = format!("SELECT {columns} FROM {from}{matching} ORDER BY {order}{page}");
    let offset = count(paging.offset);
    let counted = values.clone();
    if offset > 0 {
        values.push(&offset);
    }
    let (total, rows) = tokio::try_join!(db.one(&counting, &counted), db.query(&sql, &values))?;
    Ok(Listed { items: all(table, &rows, read)?, total: counted_in(table, &total)? })
}

/// Lets a page's rows through: what is to follow the order in a query of so many values. How many they are is
/// written down, since PostgreSQL plans anew whatever has a parameter there; how many come before is a value,
/// so that not every page is a statement of its own.
fn page(paging: Paging, values: usize) -> String {
    let limit = paging.limit;
    if paging.offset == 0 {
        return format!(" LIMIT {limit}");
    }
    format!(" LIMIT {limit} OFFSET {}", Mark(values + 1))
}

/// All rows, read.
pub(super) fn all<T>(
    table: &'static str,
    rows: &[Row],
    read: Read<T>,
) -> Result<Vec<T>, StoreError> {
    rows.iter().map(|row| in_table(table, row, read(row))).collect()
}

/// A row, read, if there is one.
pub(super) fn first<T>(
    table: &'static str,
    row: Option<&Row>,
    read: Read<T>,
) -> Result<Option<T>, StoreError> {
    row.map(|row| in_table(table, row, read(row))).transpose()
}

/// The count that a row consists of.
pub(super) fn counted_in(table: &'static str, row: &Row) -> Result<u64, StoreError> {
    in_table(table, row, number(row, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_joined_and_their_values_numbered() {
        let mut conditions = Conditions::default();
        assert_eq!(conditions.sql(), "");
        conditions.is("a", 1_i64);
        conditions.one_of("b", [2_i64]);
        conditions.one_of("c", [3_i64, 4]);
        conditions.one_of("d", [0_i64; 0]);
        conditions.and("e");
        let sql = " WHERE a = $1 AND b = $2 AND c = ANY($3) AND d = ANY($4) AND e";
        assert_eq!((conditions.sql(), conditions.values().len()), (sql, 4));
    }

    #[test]
    fn only_a_later_page_takes_a_value() {
        assert_eq!(page(Paging { limit: 50, offset: 0 }, 2), " LIMIT 50");
        assert_eq!(page(Paging { limit: 50, offset: 100 }, 2), " LIMIT 50 OFFSET $3");
    }
}
