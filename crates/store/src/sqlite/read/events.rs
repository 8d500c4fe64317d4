//! The event log, as far as a scope reaches.

use std::sync::Arc;

use rishi_app::scope::Scope;
use rishi_app::store::{EventFilter, Paging};
use rishi_bus::Envelope;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

use super::{Conditions, scope as scoped, value};
use crate::sqlite::columns::number;
use crate::sqlite::error::StoreError;
use crate::sqlite::log::{COLUMNS, envelope};

/// What matches; `ordered` by position if it is not only to be counted.
fn matching(scope: &Scope, filter: &EventFilter, ordered: bool) -> Conditions {
    let mut conditions = Conditions::default();
    // A story has few events and an organization has many: the plus keeps the index by organization
    // out of it.
    let story = filter.subject.is_some() || filter.correlation.is_some();
    let column = if story { "+organization_id" } else { "organization_id" };
    scoped::organizations(scope, column, &mut conditions);
    if let Some(organization) = filter.organization {
        conditions.and(&format!("{column} = ?"), [value(organization.0)]);
    }
    if let Some(subject) = &filter.subject {
        let kind = subject.kind().to_owned();
        conditions.and("subject_id = ? AND subject_kind = ?", [value(subject.id()), value(kind)]);
    }
    if let Some(correlation) = filter.correlation {
        conditions.and("correlation_id = ?", [value(correlation)]);
    }
    if !filter.types.is_empty() && !filter.types.iter().any(|one| one == "*") {
        // The index by type gives positions in order for a single type only. Anything else is better
        // picked out while walking along the log, or along an organization's part of it.
        let single = matches!(&filter.types[..], [only] if !only.ends_with('*'));
        let part = story || filter.organization.is_some() || !scope.covers_everything();
        let column = if part || (ordered && !single) { "+type" } else { "type" };
        let one = |pattern: &String| match pattern.strip_suffix('*') {
            // Types are plain words (A-Z, 0-9, _), so every type with the prefix sorts below it with
            // a character appended that comes after all of these.
            Some(prefix) => (
                format!("({column} >= ? AND {column} < ?)"),
                vec![value(prefix.to_owned()), value(format!("{prefix}\u{7f}"))],
            ),
            None => (format!("{column} = ?"), vec![value(pattern.clone())]),
        };
        let (parts, values): (Vec<_>, Vec<_>) = filter.types.iter().map(one).unzip();
        let sql = format!("({})", parts.join(" OR "));
        conditions.and(&sql, values.into_iter().flatten());
    }
    conditions
}

/// Events that match, in position order, or newest first with `before`.
pub(in crate::sqlite) fn events(
    db: &Connection,
    scope: &Scope,
    filter: &EventFilter,
    limit: u32,
) -> Result<Vec<Arc<Envelope>>, StoreError> {
    let mut conditions = matching(scope, filter, true);
    if let Some(after) = filter.after {
        conditions.and("position > ?", [value(number(after))]);
    }
    if let Some(before) = filter.before {
        conditions.and("position < ?", [value(number(before))]);
    }
    let direction = if filter.before.is_some() { "DESC" } else { "ASC" };
    let page = conditions.page(Paging { limit, offset: 0 });
    let sql = format!(
        "SELECT {COLUMNS} FROM events{} ORDER BY position {direction}{page}",
        conditions.sql()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(envelope(row)?);
    }
    Ok(events)
}

/// How many events match, wherever they lie.
pub(in crate::sqlite) fn count(
    db: &Connection,
    scope: &Scope,
    filter: &EventFilter,
) -> Result<u64, StoreError> {
    let conditions = matching(scope, filter, false);
    let sql = format!("SELECT count(*) FROM events{}", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    Ok(statement.query_row(params_from_iter(conditions.values()), |row| row.get(0))?)
}

/// One event in scope.
pub(in crate::sqlite) fn event(
    db: &Connection,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<Arc<Envelope>>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.and("id = ?", [value(id)]);
    scoped::organizations(scope, "organization_id", &mut conditions);
    let sql = format!("SELECT {COLUMNS} FROM events{}", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    rows.next()?.map(envelope).transpose()
}
