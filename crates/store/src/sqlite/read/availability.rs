//! What people declare of their time.

use rishi_app::availability::AvailabilityFilter;
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::id::{AvailabilityBlockId, UserId};
use rishi_domain::permission::Visibility;
use rishi_domain::time::TimeRange;
use rusqlite::{Connection, params_from_iter};
use uuid::Uuid;

use super::{Conditions, list, value};
use crate::rows::availability::{self as rows, BLOCK};
use crate::sqlite::columns::in_table;
use crate::sqlite::error::StoreError;

/// Blocks that were not taken back.
fn kept() -> Conditions {
    let mut conditions = Conditions::default();
    conditions.and("deleted_at IS NULL", []);
    conditions
}

/// Of these those of people whom the scope shows.
fn in_scope(scope: &Scope) -> Conditions {
    let mut conditions = kept();
    let Visibility::Organizations { whole, .. } = scope.visibility() else { return conditions };
    let me = scope.user().map_or(Uuid::nil(), Uuid::from);
    if whole.is_empty() {
        conditions.and("user_id = ?", [value(me)]);
        return conditions;
    }
    let (marks, whole) = list(whole.iter().map(|id| id.0));
    let sql = format!(
        "(user_id = ? OR user_id IN (
            SELECT m.user_id FROM memberships m WHERE m.organization_id IN ({marks})
            UNION SELECT m.user_id FROM served_organizations s JOIN memberships m
                ON m.id = s.membership_id WHERE s.organization_id IN ({marks})))"
    );
    let ids = [me].into_iter().chain(whole.iter().copied()).chain(whole.iter().copied());
    conditions.and(&sql, ids.map(value));
    conditions
}

/// Blocks that may happen in a range.
fn within(conditions: &mut Conditions, from: Option<jiff::Timestamp>, to: Option<jiff::Timestamp>) {
    if let Some(to) = to {
        conditions.and("starts_at < ?", [value(to.as_microsecond())]);
    }
    if let Some(from) = from {
        conditions.and("(ends_at IS NULL OR ends_at > ?)", [value(from.as_microsecond())]);
    }
}

fn found(
    db: &Connection,
    conditions: &Conditions,
    order: &str,
) -> Result<Vec<AvailabilityBlock>, StoreError> {
    let sql = format!("SELECT {BLOCK} FROM availability_blocks{}{order}", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("availability_blocks", row, rows::block(row))?);
    }
    Ok(items)
}

pub(in crate::sqlite) fn block(
    db: &Connection,
    scope: &Scope,
    id: AvailabilityBlockId,
) -> Result<Option<AvailabilityBlock>, StoreError> {
    let mut conditions = in_scope(scope);
    conditions.and("id = ?", [value(id.0)]);
    Ok(found(db, &conditions, "")?.pop())
}

pub(in crate::sqlite) fn blocks(
    db: &Connection,
    scope: &Scope,
    filter: &AvailabilityFilter,
    paging: Paging,
) -> Result<Listed<AvailabilityBlock>, StoreError> {
    let mut conditions = in_scope(scope);
    if let Some(person) = filter.person {
        conditions.and("user_id = ?", [value(person.0)]);
    }
    if let Some(kind) = filter.kind {
        conditions.and("kind = ?", [value(kind.as_str())]);
    }
    if let Some(approval) = filter.approval {
        conditions.and("approval = ?", [value(approval.as_str())]);
    }
    within(&mut conditions, filter.from, filter.to);
    let counting = format!("SELECT count(*) FROM availability_blocks{}", conditions.sql());
    let total = db
        .prepare_cached(&counting)?
        .query_row(params_from_iter(conditions.values()), |row| row.get(0))?;
    let page = conditions.page(paging);
    let items = found(db, &conditions, &format!(" ORDER BY starts_at, id{page}"))?;
    Ok(Listed { items, total })
}

/// What these people ever declared, whatever became of it.
pub(super) fn ever(
    db: &Connection,
    people: &[UserId],
) -> Result<Vec<AvailabilityBlock>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.one_of("user_id", people.iter().map(|id| id.0));
    found(db, &conditions, "")
}

pub(in crate::sqlite) fn declared(
    db: &Connection,
    people: &[UserId],
    range: &TimeRange,
) -> Result<Vec<AvailabilityBlock>, StoreError> {
    of_people(db, None, people, range)
}

/// The same within a scope.
pub(in crate::sqlite) fn declared_in(
    db: &Connection,
    scope: &Scope,
    people: &[UserId],
    range: &TimeRange,
) -> Result<Vec<AvailabilityBlock>, StoreError> {
    of_people(db, Some(scope), people, range)
}

fn of_people(
    db: &Connection,
    scope: Option<&Scope>,
    people: &[UserId],
    range: &TimeRange,
) -> Result<Vec<AvailabilityBlock>, StoreError> {
    let mut items = Vec::new();
    // A statement takes so many values at most.
    for some in people.chunks(1_024) {
        let mut conditions = scope.map_or_else(kept, in_scope);
        conditions.one_of("user_id", some.iter().map(|id| id.0));
        within(&mut conditions, Some(range.start), Some(range.end));
        items.extend(found(db, &conditions, " ORDER BY user_id, starts_at, id")?);
    }
    Ok(items)
}
