//! Organizations and locations.

use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_domain::id::{LocationId, OrganizationId};
use rishi_domain::location::Location;
use rishi_domain::organization::{Organization, OrganizationKind};
use rishi_domain::permission::Visibility;
use rusqlite::{Connection, Row, params_from_iter};
use uuid::Uuid;

use super::{Conditions, list, scope as scoped, value};
use crate::rows::places::{self as rows, LOCATION, ORGANIZATION};
use crate::sqlite::columns::in_table;
use crate::sqlite::error::StoreError;

/// Rows of one table that match, by name, and how many there are.
fn listed<T>(
    db: &Connection,
    table: &'static str,
    columns: &str,
    mut conditions: Conditions,
    paging: Paging,
    read: fn(&Row<'_>) -> Result<T, rusqlite::Error>,
) -> Result<Listed<T>, StoreError> {
    let counting = format!("SELECT count(*) FROM {table}{}", conditions.sql());
    let total = db
        .prepare_cached(&counting)?
        .query_row(params_from_iter(conditions.values()), |row| row.get(0))?;
    let page = conditions.page(paging);
    let sql = format!("SELECT {columns} FROM {table}{} ORDER BY name, id{page}", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table(table, row, read(row))?);
    }
    Ok(Listed { items, total })
}

/// The first row that matches.
fn first<T>(
    db: &Connection,
    table: &'static str,
    columns: &str,
    conditions: &Conditions,
    read: fn(&Row<'_>) -> Result<T, rusqlite::Error>,
) -> Result<Option<T>, StoreError> {
    let sql = format!("SELECT {columns} FROM {table}{} ORDER BY id LIMIT 1", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    rows.next()?.map(|row| in_table(table, row, read(row))).transpose()
}

pub(in crate::sqlite) fn internal_organization(
    db: &Connection,
) -> Result<Option<Organization>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.and("kind = ?", [value(OrganizationKind::Internal.as_str())]);
    first(db, "organizations", ORGANIZATION, &conditions, |row| rows::organization(row))
}

/// An organization, in whatever scope.
pub(in crate::sqlite) fn organization_of_any(
    db: &Connection,
    id: OrganizationId,
) -> Result<Option<Organization>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.and("id = ?", [value(id.0)]);
    first(db, "organizations", ORGANIZATION, &conditions, |row| rows::organization(row))
}

pub(in crate::sqlite) fn organizations(
    db: &Connection,
    scope: &Scope,
    paging: Paging,
) -> Result<Listed<Organization>, StoreError> {
    let mut conditions = Conditions::default();
    scoped::named(scope, "id", &mut conditions);
    listed(db, "organizations", ORGANIZATION, conditions, paging, |row| rows::organization(row))
}

/// Locations in scope: those of its organizations, those shared by all, and those where the person
/// is to work. Nobody makes a location of one's own, so organizations where a person sees only what is
/// the person's own add none.
fn in_scope(scope: &Scope) -> Conditions {
    let mut conditions = Conditions::default();
    let Visibility::Organizations { whole, assigned, .. } = scope.visibility() else {
        return conditions;
    };
    let (marks, mut ids) = list(whole.iter().map(|id| id.0));
    let mut sql = format!("(organization_id IS NULL OR organization_id IN ({marks})");
    if *assigned {
        let involved = scoped::INVOLVED;
        let there = format!("SELECT b.location_id FROM bookings b WHERE b.id IN ({involved})");
        sql.extend([" OR id IN (", &there, ")"]);
        ids.push(scope.user().map_or(Uuid::nil(), Uuid::from));
    }
    sql.push(')');
    conditions.and(&sql, ids.into_iter().map(value));
    conditions
}

/// A location, in whatever scope.
pub(in crate::sqlite) fn location_of_any(
    db: &Connection,
    id: LocationId,
) -> Result<Option<Location>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.and("id = ?", [value(id.0)]);
    first(db, "locations", LOCATION, &conditions, |row| rows::location(row))
}

pub(in crate::sqlite) fn location(
    db: &Connection,
    scope: &Scope,
    id: LocationId,
) -> Result<Option<Location>, StoreError> {
    let mut conditions = in_scope(scope);
    conditions.and("id = ?", [value(id.0)]);
    first(db, "locations", LOCATION, &conditions, |row| rows::location(row))
}

pub(in crate::sqlite) fn locations(
    db: &Connection,
    scope: &Scope,
    organization: Option<OrganizationId>,
    search: Option<&str>,
    paging: Paging,
) -> Result<Listed<Location>, StoreError> {
    let mut conditions = in_scope(scope);
    if let Some(organization) = organization {
        let sql = "(organization_id IS NULL OR organization_id = ?)";
        conditions.and(sql, [value(organization.0)]);
    }
    if let Some(search) = search {
        let needle = search.to_lowercase();
        let sql = "(contains(name, ?) OR contains(city, ?))";
        conditions.and(sql, [value(needle.clone()), value(needle)]);
    }
    listed(db, "locations", LOCATION, conditions, paging, |row| rows::location(row))
}
