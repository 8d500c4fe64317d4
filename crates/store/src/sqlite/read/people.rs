//! People, what they act as, and what they are told.

use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::membership::Membership;
use rishi_domain::user::{User, email_key};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::{Conditions, scope as scoped, value};
use crate::rows::people::{self as rows, MEMBERSHIP, USER};
use crate::sqlite::columns::{in_table, number};
use crate::sqlite::error::StoreError;

/// People who are members of an organization in scope (and of the one that is named).
fn members(scope: &Scope, organization: Option<OrganizationId>) -> Conditions {
    let mut inner = Conditions::default();
    scoped::organizations(scope, "m.organization_id", &mut inner);
    if let Some(organization) = organization {
        inner.and("m.organization_id = ?", [value(organization.0)]);
    }
    let mut conditions = Conditions::default();
    if !scope.covers_everything() || organization.is_some() {
        let sql = format!("u.id IN (SELECT m.user_id FROM memberships m{})", inner.sql());
        conditions.and(&sql, inner.into_values());
    }
    conditions
}

pub(in crate::sqlite) fn user(
    db: &Connection,
    scope: &Scope,
    id: UserId,
) -> Result<Option<User>, StoreError> {
    let mut conditions = members(scope, None);
    conditions.and("u.id = ?", [value(id.0)]);
    let mut statement =
        db.prepare_cached(&format!("SELECT {USER} FROM users u{}", conditions.sql()))?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    rows.next()?.map(|row| in_table("users", row, rows::user(row))).transpose()
}

/// A person, whoever asks.
pub(super) fn any_user(db: &Connection, id: UserId) -> Result<Option<User>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {USER} FROM users u WHERE u.id = ?1"))?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(|row| in_table("users", row, rows::user(row))).transpose()
}

pub(in crate::sqlite) fn user_by_email(
    db: &Connection,
    email: &str,
) -> Result<Option<(User, Vec<Membership>)>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {USER} FROM users u WHERE u.email_key = ?1"))?;
    let found = statement
        .query_row([email_key(email)], |row| Ok(in_table("users", row, rows::user(row))))
        .optional()?;
    let Some(user) = found.transpose()? else { return Ok(None) };
    let memberships = memberships(db, user.id)?;
    Ok(Some((user, memberships)))
}

pub(in crate::sqlite) fn users(
    db: &Connection,
    scope: &Scope,
    organization: Option<OrganizationId>,
    paging: Paging,
) -> Result<Listed<User>, StoreError> {
    let mut conditions = members(scope, organization);
    let counting = format!("SELECT count(*) FROM users u{}", conditions.sql());
    let total = db
        .prepare_cached(&counting)?
        .query_row(params_from_iter(conditions.values()), |row| row.get(0))?;
    let page = conditions.page(paging);
    let sql = format!(
        "SELECT {USER} FROM users u{} ORDER BY u.display_name, u.id{page}",
        conditions.sql()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("users", row, rows::user(row))?);
    }
    Ok(Listed { items, total })
}

/// The members of an organization, each with the membership, by name.
pub(in crate::sqlite) fn organization_members(
    db: &Connection,
    organization: OrganizationId,
    paging: Paging,
) -> Result<Listed<(User, Membership)>, StoreError> {
    let total = db
        .prepare_cached("SELECT count(*) FROM memberships WHERE organization_id = ?1")?
        .query_row([organization.0], |row| row.get(0))?;
    let mut statement = db.prepare_cached(&format!(
        "SELECT {USER}, {MEMBERSHIP}
           FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.organization_id = ?1
          ORDER BY u.display_name, u.id LIMIT ?2 OFFSET ?3"
    ))?;
    let page = params![organization.0, paging.limit, number(paging.offset)];
    let mut rows = statement.query(page)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("memberships", row, rows::member(row))?);
    }
    Ok(Listed { items, total })
}

pub(in crate::sqlite) fn memberships(
    db: &Connection,
    user: UserId,
) -> Result<Vec<Membership>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {MEMBERSHIP} FROM memberships m WHERE m.user_id = ?1 ORDER BY m.id"
    ))?;
    let mut rows = statement.query([user.0])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("memberships", row, rows::membership(row))?);
    }
    Ok(items)
}

pub(in crate::sqlite) fn managers(
    db: &Connection,
    organization: OrganizationId,
) -> Result<Vec<UserId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id
          WHERE m.organization_id = ?1 AND m.role = 'client_manager' AND u.status = 'active'
         UNION
         SELECT m.user_id FROM served_organizations s
           JOIN memberships m ON m.id = s.membership_id JOIN users u ON u.id = m.user_id
          WHERE s.organization_id = ?1 AND m.role = 'internal_field_manager' AND u.status = 'active'
          ORDER BY 1",
    )?;
    let managers = statement.query_map([organization.0], |row| row.get(0).map(UserId))?;
    Ok(managers.collect::<Result<_, _>>()?)
}
