//! People, what they act as, and what they are told.

use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_domain::id::{OrganizationId, UserId};
use rishi_domain::membership::Membership;
use rishi_domain::user::{User, email_key};

use super::{Conditions, Listing, all, first, listed, scope as scoped};
use crate::postgres::columns::{get, in_table};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::people::{self as rows, MEMBERSHIP, USER};

const TABLE: &str = "users";

/// People who are members of an organization in scope (and of the one that is named).
fn members(scope: &Scope, organization: Option<OrganizationId>) -> Conditions {
    let mut conditions = Conditions::default();
    scoped::organizations(scope, "m.organization_id", &mut conditions);
    if let Some(organization) = organization {
        conditions.is("m.organization_id", organization.0);
    }
    if !scope.covers_everything() || organization.is_some() {
        conditions.inside("u.id IN (SELECT m.user_id FROM memberships m");
    }
    conditions
}

pub(in crate::postgres) async fn user(
    db: &Db<'_>,
    scope: &Scope,
    id: UserId,
) -> Result<Option<User>, StoreError> {
    let mut conditions = members(scope, None);
    conditions.is("u.id", id.0);
    let sql = format!("SELECT {USER} FROM users u{}", conditions.sql());
    let row = db.optional(&sql, &conditions.values()).await?;
    first(TABLE, row.as_ref(), rows::user)
}

/// A person, whoever asks.
pub(super) async fn any_user(db: &Db<'_>, id: UserId) -> Result<Option<User>, StoreError> {
    let sql = format!("SELECT {USER} FROM users u WHERE u.id = $1");
    let row = db.optional(&sql, &[&id.0]).await?;
    first(TABLE, row.as_ref(), rows::user)
}

pub(in crate::postgres) async fn user_by_email(
    db: &Db<'_>,
    email: &str,
) -> Result<Option<(User, Vec<Membership>)>, StoreError> {
    let Some(user) = by_email(db, email).await? else { return Ok(None) };
    let memberships = memberships(db, user.id).await?;
    Ok(Some((user, memberships)))
}

/// The person with an e-mail address, alone.
pub(super) async fn by_email(db: &Db<'_>, email: &str) -> Result<Option<User>, StoreError> {
    let key = email_key(email);
    // Nobody has such an address, and none may be asked for.
    if key.contains('\0') {
        return Ok(None);
    }
    let sql = format!("SELECT {USER} FROM users u WHERE u.email_key = $1");
    let row = db.optional(&sql, &[&key]).await?;
    first(TABLE, row.as_ref(), rows::user)
}

pub(in crate::postgres) async fn users(
    db: &Db<'_>,
    scope: &Scope,
    organization: Option<OrganizationId>,
    paging: Paging,
) -> Result<Listed<User>, StoreError> {
    let conditions = members(scope, organization);
    let listing =
        Listing { table: TABLE, columns: USER, from: "users u", order: "u.display_name, u.id" };
    listed(db, &listing, &conditions, paging, rows::user).await
}

/// The members of an organization, each with the membership, by name.
pub(in crate::postgres) async fn organization_members(
    db: &Db<'_>,
    organization: OrganizationId,
    paging: Paging,
) -> Result<Listed<(User, Membership)>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("m.organization_id", organization.0);
    let listing = Listing {
        table: "memberships",
        columns: &format!("{USER}, {MEMBERSHIP}"),
        from: "memberships m JOIN users u ON u.id = m.user_id",
        order: "u.display_name, u.id",
    };
    listed(db, &listing, &conditions, paging, rows::member).await
}

pub(in crate::postgres) async fn memberships(
    db: &Db<'_>,
    user: UserId,
) -> Result<Vec<Membership>, StoreError> {
    let sql = format!("SELECT {MEMBERSHIP} FROM memberships m WHERE m.user_id = $1 ORDER BY m.id");
    all("memberships", &db.query(&sql, &[&user.0]).await?, rows::membership)
}

pub(in crate::postgres) async fn managers(
    db: &Db<'_>,
    organization: OrganizationId,
) -> Result<Vec<UserId>, StoreError> {
    let sql = "SELECT m.user_id FROM memberships m JOIN users u ON u.id = m.user_id
          WHERE m.organization_id = $1 AND m.role = 'client_manager' AND u.status = 'active'
         UNION
         SELECT m.user_id FROM served_organizations s
           JOIN memberships m ON m.id = s.membership_id JOIN users u ON u.id = m.user_id
          WHERE s.organization_id = $1 AND m.role = 'internal_field_manager' AND u.status = 'active'
          ORDER BY 1";
    let rows = db.query(sql, &[&organization.0]).await?;
    rows.iter().map(|row| in_table("memberships", row, get(row, 0).map(UserId))).collect()
}
