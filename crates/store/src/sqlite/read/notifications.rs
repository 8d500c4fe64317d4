//! Whom to tell, and what people were told.

use rishi_domain::id::UserId;
use rishi_domain::user::User;
use rusqlite::{Connection, params_from_iter};

use super::{Conditions, people};
use crate::sqlite::columns::in_table;
use crate::sqlite::error::StoreError;

/// The active ones of some people.
pub(in crate::sqlite) fn recipients(
    db: &Connection,
    people: &[UserId],
) -> Result<Vec<User>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.one_of("u.id", people.iter().map(|id| id.0));
    conditions.and("u.status = 'active'", []);
    let sql = format!("SELECT {} FROM users u{} ORDER BY u.id", people::USER, conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(in_table("users", row, people::read_user(row))?);
    }
    Ok(found)
}
