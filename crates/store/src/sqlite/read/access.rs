//! What people and programs sign in with.

use jiff::Timestamp;
use rishi_app::credentials::{
    Account, Link, Session, SessionKey, SessionRecord, Token, TokenFilter, TokenRecord,
};
use rishi_app::store::{Listed, Paging};
use rishi_domain::event::{LinkPurpose, Whence};
use rishi_domain::id::{OrganizationId, SessionId, TokenId, UserId};
use rishi_domain::permission::{Grant, Role};
use rishi_domain::user::{User, UserStatus, email_key};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use uuid::Uuid;

use super::{Conditions, people, value};
use crate::sqlite::columns::{
    in_table, instant, json, number, optional_instant, optional_json, word,
};
use crate::sqlite::error::StoreError;

pub(in crate::sqlite) fn token(
    db: &Connection,
    digest: &[u8; 32],
) -> Result<Option<TokenRecord>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT t.id, t.user_id, u.display_name, u.email, u.status, t.expires_at,
                m.organization_id, m.role, m.serves, t.scopes, t.used_at
           FROM tokens t JOIN users u ON u.id = t.user_id
           LEFT JOIN memberships m ON m.user_id = t.user_id AND m.organization_id = t.organization_id
          WHERE t.digest = ?1",
    )?;
    let read = |row: &Row<'_>| -> Result<TokenRecord, rusqlite::Error> {
        let grant = match row.get::<_, Option<Uuid>>(6)? {
            Some(organization) => Some(Grant {
                organization_id: OrganizationId(organization),
                role: word(row, 7, Role::parse)?,
                serves: json(row, 8)?,
                only: optional_json(row, 9)?,
            }),
            None => None,
        };
        Ok(TokenRecord {
            token_id: TokenId(row.get(0)?),
            user_id: UserId(row.get(1)?),
            display_name: row.get(2)?,
            email: row.get(3)?,
            status: word(row, 4, UserStatus::parse)?,
            grant,
            expires_at: instant(row, 5)?,
            used_at: optional_instant(row, 10)?,
        })
    };
    let mut rows = statement.query([digest])?;
    rows.next()?.map(|row| in_table("tokens", row, read(row))).transpose()
}

/// The memberships of a person, as what they permit.
fn grants(db: &Connection, user: UserId) -> Result<Vec<Grant>, StoreError> {
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
        "SELECT s.id, s.user_id, u.display_name, u.email, u.status, s.digest, s.previous_until, s.renew,
                s.seen_at, s.expires_at
           FROM sessions s JOIN users u ON u.id = s.user_id WHERE {condition}"
    ))?;
    let read = |row: &Row<'_>| -> Result<SessionRecord, rusqlite::Error> {
        Ok(SessionRecord {
            id: SessionId(row.get(0)?),
            user_id: UserId(row.get(1)?),
            display_name: row.get(2)?,
            email: row.get(3)?,
            status: word(row, 4, UserStatus::parse)?,
            grants: Vec::new(),
            digest: row.get(5)?,
            previous_until: optional_instant(row, 6)?,
            renew: row.get(7)?,
            seen_at: instant(row, 8)?,
            expires_at: instant(row, 9)?,
        })
    };
    let mut rows = statement.query([value])?;
    rows.next()?.map(|row| in_table("sessions", row, read(row))).transpose()
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
        "SELECT id, user_id, created_at, seen_at, expires_at, address, user_agent
           FROM sessions WHERE {ALIVE} ORDER BY id DESC LIMIT ?4 OFFSET ?5"
    ))?;
    let read = |row: &Row<'_>| -> Result<Session, rusqlite::Error> {
        Ok(Session {
            id: SessionId(row.get(0)?),
            user_id: UserId(row.get(1)?),
            created_at: instant(row, 2)?,
            seen_at: instant(row, 3)?,
            expires_at: instant(row, 4)?,
            whence: Whence { address: row.get(5)?, user_agent: row.get(6)? },
        })
    };
    let page = params![user.0, now, seen_after, paging.limit, number(paging.offset)];
    let mut rows = statement.query(page)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("sessions", row, read(row))?);
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

pub(in crate::sqlite) fn link(
    db: &Connection,
    digest: &[u8; 32],
) -> Result<Option<(Link, Account)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT user_id, purpose, created_at, expires_at FROM sign_in_links WHERE digest = ?1",
    )?;
    let read = |row: &Row<'_>| -> Result<Link, rusqlite::Error> {
        Ok(Link {
            user_id: UserId(row.get(0)?),
            purpose: word(row, 1, LinkPurpose::parse)?,
            created_at: instant(row, 2)?,
            expires_at: instant(row, 3)?,
        })
    };
    let mut rows = statement.query([digest])?;
    let found = rows.next()?.map(|row| in_table("sign_in_links", row, read(row))).transpose()?;
    let Some(link) = found else { return Ok(None) };
    let Some(user) = people::any_user(db, link.user_id)? else { return Ok(None) };
    Ok(Some((link, account_of(db, user)?)))
}

const TOKEN: &str = "SELECT t.id, t.user_id, u.display_name, t.organization_id, t.name, t.scopes, t.made_by, \
    t.created_at, t.expires_at, t.used_at FROM tokens t JOIN users u ON u.id = t.user_id";

fn read_token(row: &Row<'_>) -> Result<Token, rusqlite::Error> {
    Ok(Token {
        id: TokenId(row.get(0)?),
        user_id: UserId(row.get(1)?),
        user_name: row.get(2)?,
        organization_id: OrganizationId(row.get(3)?),
        name: row.get(4)?,
        scopes: optional_json(row, 5)?,
        made_by: row.get::<_, Option<Uuid>>(6)?.map(TokenId),
        created_at: instant(row, 7)?,
        expires_at: instant(row, 8)?,
        used_at: optional_instant(row, 9)?,
    })
}

pub(in crate::sqlite) fn token_of(
    db: &Connection,
    id: TokenId,
) -> Result<Option<Token>, StoreError> {
    let mut statement = db.prepare_cached(&format!("{TOKEN} WHERE t.id = ?1"))?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(|row| in_table("tokens", row, read_token(row))).transpose()
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
    let mut statement =
        db.prepare_cached(&format!("{TOKEN}{} ORDER BY t.id DESC{page}", conditions.sql()))?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("tokens", row, read_token(row))?);
    }
    Ok(Listed { items, total })
}
