//! The event log, as far as a scope reaches.

use std::sync::Arc;

use rishi_app::scope::Scope;
use rishi_app::store::{EventFilter, Paging};
use rishi_bus::Envelope;
use uuid::Uuid;

use super::{Conditions, counted_in, page, scope as scoped};
use crate::postgres::columns::count as number;
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::postgres::log::{COLUMNS, envelope};

fn matching(scope: &Scope, filter: &EventFilter) -> Conditions {
    let mut conditions = Conditions::default();
    scoped::organizations(scope, "organization_id", &mut conditions);
    if let Some(organization) = filter.organization {
        conditions.is("organization_id", organization.0);
    }
    if let Some(subject) = &filter.subject {
        conditions.is("subject_id", subject.id());
        conditions.is("subject_kind", subject.kind().to_owned());
    }
    if let Some(correlation) = filter.correlation {
        conditions.is("correlation_id", correlation);
    }
    types(&filter.types, &mut conditions);
    conditions
}

/// Only events of some types.
fn types(patterns: &[String], conditions: &mut Conditions) {
    if patterns.is_empty() || patterns.iter().any(|one| one == "*") {
        return;
    }
    let mut ways = Vec::new();
    let mut exact = Vec::new();
    // No type holds it, and none may be asked for.
    for pattern in patterns.iter().filter(|one| !one.contains('\0')) {
        match pattern.strip_suffix('*') {
            // Types are plain words (A-Z, 0-9, _), so every type with the prefix sorts below it with
            // a character appended that comes after all of these.
            Some(prefix) => {
                let first = conditions.value(prefix.to_owned());
                let beyond = conditions.value(format!("{prefix}\u{7f}"));
                ways.push(format!("(type >= {first} AND type < {beyond})"));
            }
            None => exact.push(pattern.clone()),
        }
    }
    if !exact.is_empty() || ways.is_empty() {
        ways.push(conditions.any("type", exact));
    }
    conditions.and(&format!("({})", ways.join(" OR ")));
}

/// Events that match, in position order, or newest first with `before`.
pub(in crate::postgres) async fn events(
    db: &Db<'_>,
    scope: &Scope,
    filter: &EventFilter,
    limit: u32,
) -> Result<Vec<Arc<Envelope>>, StoreError> {
    let mut conditions = matching(scope, filter);
    if let Some(after) = filter.after {
        let after = conditions.value(number(after));
        conditions.and(&format!("position > {after}"));
    }
    if let Some(before) = filter.before {
        let before = conditions.value(number(before));
        conditions.and(&format!("position < {before}"));
    }
    let direction = if filter.before.is_some() { "DESC" } else { "ASC" };
    let values = conditions.values();
    let page = page(Paging { limit, offset: 0 }, values.len());
    let sql = format!(
        "SELECT {COLUMNS} FROM events{} ORDER BY position {direction}{page}",
        conditions.sql()
    );
    db.query(&sql, &values).await?.iter().map(envelope).collect()
}

/// How many events match, wherever they lie.
pub(in crate::postgres) async fn count(
    db: &Db<'_>,
    scope: &Scope,
    filter: &EventFilter,
) -> Result<u64, StoreError> {
    let conditions = matching(scope, filter);
    let sql = format!("SELECT count(*) FROM events{}", conditions.sql());
    counted_in("events", &db.one(&sql, &conditions.values()).await?)
}

/// One event in scope.
pub(in crate::postgres) async fn event(
    db: &Db<'_>,
    scope: &Scope,
    id: Uuid,
) -> Result<Option<Arc<Envelope>>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("id", id);
    scoped::organizations(scope, "organization_id", &mut conditions);
    let sql = format!("SELECT {COLUMNS} FROM events{}", conditions.sql());
    let row = db.optional(&sql, &conditions.values()).await?;
    row.as_ref().map(envelope).transpose()
}
