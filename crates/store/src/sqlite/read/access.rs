//! What people and programs sign in with.

use jiff::Timestamp;
use rishi_app::credentials::{
    Account, Identity, Link, Session, SessionKey, SessionRecord, Token, TokenFilter, TokenRecord,
};
use rishi_app::store::{Listed, Paging};
use rishi_domain::id::{TokenId, UserId};
use rishi_domain::permission::Grant;
use rishi_domain::user::{User, email_key};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::{Conditions, people, value};
use crate::rows::access::{self as rows, BEARER, BEARER_FROM, LINK, SESSION, SIGNED_IN, TOKEN};
use crate::sqlite::columns::{in_table, number};
use crate::sqlite::error::StoreError;

pub(in crate::sqlite) fn token(
    db: &Connection,
    digest: &[u8; 32],
) -> Result<Option<TokenRecord>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {BEARER} FROM {BEARER_FROM} WHERE t.digest = ?1"))?;
    let mut rows = statement.query([digest])?;
    rows.next()?.map(|row| in_table("tokens", row, rows::bearer(row))).transpose()
}

/// The same for the token of an id.
pub(super) fn token_by_id(db: &Connection, id: TokenId) -> Result<Option<TokenRecord>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {BEARER} FROM {BEARER_FROM} WHERE t.id = ?1"))?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(|row| in_table("tokens", row, rows::bearer(row))).transpose()
}

/// The memberships of a person, as what they permit.
pub(super) fn grants(db: &Connection, user: UserId) -> Result<Vec<Grant>, StoreError> {
    let memberships = people::memberships(db, user)?.into_iter();
    let grant = |one: rishi_domain::membership::Membership| Grant {
        organization_id: one.organization_id,
        role: one.role,
        serves: one.serves,
        only: None,
    };
    Ok(memberships.map(grant).collect())
}

pub(in crate::sqlite) fn session(
    db: &Connection,
    key: SessionKey,
) -> Result<Option<SessionRecord>, StoreError> {
    let found = match key {
        SessionKey::Id(id) => session_where(db, "s.id = ?1", &id.0)?,
        SessionKey::Digest(digest) => match session_where(db, "s.digest = ?1", &digest)? {
            Some(found) => Some(found),
            None => session_where(db, "s.previous_digest = ?1", &digest)?,
        },
    };
    let Some(mut found) = found else { return Ok(None) };
    found.grants = grants(db, found.user_id)?;
    Ok(Some(found))
}

/// A session, its owner's memberships still missing.
fn session_where(
    db: &Connection,
    condition: &str,
    value: &dyn rusqlite::ToSql,
) -> Result<Option<SessionRecord>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {SIGNED_IN} FROM sessions s JOIN users u ON u.id = s.user_id WHERE {condition}"
    ))?;
    let mut rows = statement.query([value])?;
    rows.next()?.map(|row| in_table("sessions", row, rows::signed_in(row))).transpose()
}

pub(in crate::sqlite) fn sessions(
    db: &Connection,
    user: UserId,
    now: Timestamp,
    seen_after: Timestamp,
    paging: Paging,
) -> Result<Listed<Session>, StoreError> {
    const ALIVE: &str = "user_id = ?1 AND expires_at > ?2 AND seen_at > ?3";
    let (now, seen_after) = (now.as_microsecond(), seen_after.as_microsecond());
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM sessions WHERE {ALIVE}"))?
        .query_row(params![user.0, now, seen_after], |row| row.get(0))?;
    let mut statement = db.prepare_cached(&format!(
        "SELECT {SESSION} FROM sessions WHERE {ALIVE} ORDER BY id DESC LIMIT ?4 OFFSET ?5"
    ))?;
    let page = params![user.0, now, seen_after, paging.limit, number(paging.offset)];
    let mut rows = statement.query(page)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("sessions", row, rows::session(row))?);
    }
    Ok(Listed { items, total })
}

pub(in crate::sqlite) fn account(
    db: &Connection,
    email: &str,
) -> Result<Option<Account>, StoreError> {
    let Some((user, _)) = people::user_by_email(db, &email_key(email))? else { return Ok(None) };
    account_of(db, user).map(Some)
}

fn account_of(db: &Connection, user: User) -> Result<Account, StoreError> {
    let password = db
        .prepare_cached("SELECT hash FROM passwords WHERE user_id = ?1")?
        .query_row([user.id.0], |row| row.get(0))
        .optional()?;
    Ok(Account { grants: grants(db, user.id)?, user, password })
}

pub(in crate::sqlite) fn account_of_identity(
    db: &Connection,
    identity: &Identity,
) -> Result<Option<Account>, StoreError> {
    let owner = db
        .prepare_cached("SELECT user_id FROM identities WHERE issuer = ?1 AND subject = ?2")?
        .query_row([&identity.issuer, &identity.subject], |row| row.get(0))
        .optional()?;
    let Some(owner) = owner else { return Ok(None) };
    people::any_user(db, UserId(owner))?.map(|user| account_of(db, user)).transpose()
}

pub(in crate::sqlite) fn is_linked(
    db: &Connection,
    user: UserId,
    issuer: &str,
) -> Result<bool, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT 1 FROM identities WHERE user_id = ?1 AND issuer = ?2")?;
    Ok(statement.exists(params![user.0, issuer])?)
}

pub(in crate::sqlite) fn link(
    db: &Connection,
    digest: &[u8; 32],
) -> Result<Option<(Link, Account)>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {LINK} FROM sign_in_links WHERE digest = ?1"))?;
    let mut rows = statement.query([digest])?;
    let found =
        rows.next()?.map(|row| in_table("sign_in_links", row, rows::link(row))).transpose()?;
    let Some(link) = found else { return Ok(None) };
    let Some(user) = people::any_user(db, link.user_id)? else { return Ok(None) };
    Ok(Some((link, account_of(db, user)?)))
}

const TOKEN_FROM: &str = "tokens t JOIN users u ON u.id = t.user_id";

pub(in crate::sqlite) fn token_of(
    db: &Connection,
    id: TokenId,
) -> Result<Option<Token>, StoreError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {TOKEN} FROM {TOKEN_FROM} WHERE t.id = ?1"))?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(|row| in_table("tokens", row, rows::token(row))).transpose()
}

pub(in crate::sqlite) fn tokens(
    db: &Connection,
    filter: &TokenFilter,
    paging: Paging,
) -> Result<Listed<Token>, StoreError> {
    let mut conditions = Conditions::default();
    if let Some(user) = filter.user {
        conditions.and("t.user_id = ?", [value(user.0)]);
    }
    if let Some(organization) = filter.organization {
        conditions.and("t.organization_id = ?", [value(organization.0)]);
    }
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM tokens t{}", conditions.sql()))?
        .query_row(params_from_iter(conditions.values()), |row| row.get(0))?;
    let page = conditions.page(paging);
    let mut statement = db.prepare_cached(&format!(
        "SELECT {TOKEN} FROM {TOKEN_FROM}{} ORDER BY t.id DESC{page}",
        conditions.sql()
    ))?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("tokens", row, rows::token(row))?);
    }
    Ok(Listed { items, total })
}
