//! Staff members and whom they work for.

use rishi_app::scope::Scope;
use rishi_app::staffing::{StaffFilter, StaffRecord};
use rishi_app::store::Listed;
use rishi_domain::id::UserId;
use rishi_domain::permission::Visibility;
use rishi_domain::staffing::skill_key;
use rishi_domain::time::TimeRange;
use rusqlite::{Connection, Row, params_from_iter};
use uuid::Uuid;

use super::{Conditions, list, value};
use crate::door::rank;
use crate::rows::staff::{self as rows, FIELD_ROLES, PROFILE, WORKPLACE};
use crate::sqlite::columns::in_table;
use crate::sqlite::error::StoreError;

/// The people (of `user_id`) that do field work for the organizations in the parentheses, which are
/// to be written twice.
const WORKERS: [&str; 3] = [
    "IN (SELECT m.user_id FROM memberships m WHERE m.role IN ('internal_field_manager', \
     'field_coordinator', 'brand_agent') AND (m.organization_id IN (",
    ") OR m.id IN (SELECT s.membership_id FROM served_organizations s WHERE s.organization_id IN (",
    "))))",
];

/// Only people (as `p.user_id`) who do field work for the organization that is the first parameter.
pub(super) const WORKS_FOR_FIRST: &str = "p.user_id IN (SELECT m.user_id FROM memberships m \
    WHERE m.role IN ('internal_field_manager', 'field_coordinator', 'brand_agent') \
    AND (m.organization_id = ?1 OR m.id IN (SELECT s.membership_id FROM served_organizations s \
    WHERE s.organization_id = ?1)))";

fn record(row: &Row<'_>) -> Result<StaffRecord, StoreError> {
    in_table("staff_profiles", row, rows::record(row))
}

/// Only people (as `p.user_id`) who do field work for one of these organizations.
pub(super) fn work_for(organizations: &[Uuid]) -> (String, Vec<Uuid>) {
    let (marks, ids) = list(organizations.iter().copied());
    let [head, middle, tail] = WORKERS;
    let twice = ids.iter().chain(&ids).copied().collect();
    (format!("p.user_id {head}{marks}{middle}{marks}{tail}"), twice)
}

pub(super) fn in_scope(scope: &Scope, conditions: &mut Conditions) {
    let Visibility::Organizations { whole, .. } = scope.visibility() else { return };
    let whole: Vec<Uuid> = whole.iter().map(|id| id.0).collect();
    let (sql, mut ids) = work_for(&whole);
    ids.push(scope.user().map_or(Uuid::nil(), Uuid::from));
    conditions.and(&format!("({sql} OR p.user_id = ?)"), ids.into_iter().map(value));
}

pub(in crate::sqlite) fn one(
    db: &Connection,
    scope: &Scope,
    user: UserId,
) -> Result<Option<StaffRecord>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.and("p.user_id = ?", [value(user.0)]);
    in_scope(scope, &mut conditions);
    let sql = format!(
        "SELECT {PROFILE}, u.display_name FROM staff_profiles p JOIN users u ON u.id = p.user_id{}",
        conditions.sql()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let Some(found) = rows.next()?.map(record).transpose()? else { return Ok(None) };
    let mut records = [found];
    organizations(db, &mut records)?;
    let [found] = records;
    Ok(Some(found))
}

pub(in crate::sqlite) fn page(
    db: &Connection,
    scope: &Scope,
    filter: &StaffFilter,
) -> Result<Listed<StaffRecord>, StoreError> {
    let mut conditions = matching(scope, filter);
    let from = "FROM staff_profiles p JOIN users u ON u.id = p.user_id";
    let counting = format!("SELECT count(*) {from}{}", conditions.sql());
    let total = db
        .prepare_cached(&counting)?
        .query_row(params_from_iter(conditions.values()), |row| row.get(0))?;
    let page = conditions.page(filter.paging);
    let sql = format!(
        "SELECT {PROFILE}, u.display_name {from}{} ORDER BY u.display_name, u.id{page}",
        conditions.sql()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(record(row)?);
    }
    organizations(db, &mut items)?;
    Ok(Listed { items, total })
}

/// Everybody who matches, in no order.
pub(in crate::sqlite) fn ids(
    db: &Connection,
    scope: &Scope,
    filter: &StaffFilter,
) -> Result<Vec<UserId>, StoreError> {
    let conditions = matching(scope, filter);
    let from = "FROM staff_profiles p JOIN users u ON u.id = p.user_id";
    let sql = format!("SELECT p.user_id {from}{}", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let ids = statement.query_map(params_from_iter(conditions.values()), |row| row.get(0))?;
    Ok(ids.map(|id| id.map(UserId)).collect::<Result<_, _>>()?)
}

fn matching(scope: &Scope, filter: &StaffFilter) -> Conditions {
    let mut conditions = Conditions::default();
    in_scope(scope, &mut conditions);
    if let Some(organization) = filter.organization {
        let (sql, ids) = work_for(&[organization.0]);
        conditions.and(&sql, ids.into_iter().map(value));
    }
    if let Some(status) = filter.status {
        conditions.and("p.status = ?", [value(status.as_str())]);
    }
    if let Some(search) = &filter.search {
        conditions.and("contains(u.display_name, ?)", [value(search.to_lowercase())]);
    }
    skilled(filter, &mut conditions);
    if let Some(range) = filter.free {
        free(range, &mut conditions);
    }
    if !filter.without.is_empty() {
        let (marks, ids) = list(filter.without.iter().map(|id| id.0));
        conditions.and(&format!("p.user_id NOT IN ({marks})"), ids.into_iter().map(value));
    }
    conditions
}

fn skilled(filter: &StaffFilter, conditions: &mut Conditions) {
    let mut inner = Conditions::default();
    if let Some(skill) = &filter.skill {
        inner.and("k.key = ?", [value(skill_key(skill))]);
    }
    if let Some(level) = filter.level {
        inner.and("k.level >= ?", [value(rank(level))]);
    }
    if let Some(day) = filter.certified_on {
        let day = day.to_string();
        inner.and("k.verified = 1 AND k.issued_on <= ?", [value(day.clone())]);
        inner.and("k.expires_on >= ?", [value(day)]);
    }
    if !inner.sql().is_empty() {
        let sql = format!("p.user_id IN (SELECT k.user_id FROM staff_skills k{})", inner.sql());
        conditions.and(&sql, inner.into_values());
    }
}

fn free(range: TimeRange, conditions: &mut Conditions) {
    let (from, to) = (range.start.as_microsecond(), range.end.as_microsecond());
    // A booking lasts at most 31 days: the lower bound keeps a long past out of it.
    conditions.and(
        "NOT EXISTS (SELECT 1 FROM assignments a WHERE a.staff_id = p.user_id AND a.live = 1
            AND a.scheduled_start < ? AND a.scheduled_start > ? AND a.scheduled_end > ?)",
        [value(to), value(from - 31 * 24 * 3_600 * 1_000_000 - 1), value(from)],
    );
}

/// Fills in whom everybody works for.
fn organizations(db: &Connection, records: &mut [StaffRecord]) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    let (marks, ids) = list(records.iter().map(|one| one.profile.user_id.0));
    let sql = format!(
        "SELECT {WORKPLACE} FROM memberships m
          WHERE m.user_id IN ({marks}) AND m.role IN {FIELD_ROLES}"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query(params_from_iter(ids))?;
    let mut workplaces = Vec::new();
    while let Some(row) = found.next()? {
        workplaces.push(in_table("memberships", row, rows::workplace(row))?);
    }
    rows::fill_in_workplaces(records, workplaces);
    Ok(())
}
