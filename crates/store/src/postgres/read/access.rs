//! What people and programs sign in with.

use jiff::Timestamp;
use rishi_app::credentials::{
    Account, Identity, Link, Session, SessionKey, SessionRecord, Token, TokenFilter, TokenRecord,
};
use rishi_app::store::{Listed, Paging};
use rishi_domain::id::{TokenId, UserId};
use rishi_domain::membership::Membership;
use rishi_domain::permission::Grant;
use rishi_domain::user::User;
use tokio_postgres::types::ToSql;

use super::{Conditions, Listing, all, first, listed, people};
use crate::postgres::columns::{get, in_table};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::access::{self as rows, BEARER, BEARER_FROM, LINK, SESSION, SIGNED_IN, TOKEN};
use crate::rows::people::{MEMBERSHIP, membership};

const TOKEN_FROM: &str = "tokens t JOIN users u ON u.id = t.user_id";

pub(in crate::postgres) async fn token(
    db: &Db<'_>,
    digest: &[u8; 32],
) -> Result<Option<TokenRecord>, StoreError> {
    let sql = format!("SELECT {BEARER} FROM {BEARER_FROM} WHERE t.digest = $1");
    let row = db.optional(&sql, &[&digest.as_slice()]).await?;
    first("tokens", row.as_ref(), rows::bearer)
}

/// The same for the token of an id.
pub(super) async fn token_by_id(
    db: &Db<'_>,
    id: TokenId,
) -> Result<Option<TokenRecord>, StoreError> {
    let sql = format!("SELECT {BEARER} FROM {BEARER_FROM} WHERE t.id = $1");
    let row = db.optional(&sql, &[&id.0]).await?;
    first("tokens", row.as_ref(), rows::bearer)
}

/// What memberships permit.
pub(super) fn grants(memberships: Vec<Membership>) -> Vec<Grant> {
    let grant = |one: Membership| Grant {
        organization_id: one.organization_id,
        role: one.role,
        serves: one.serves,
        only: None,
    };
    memberships.into_iter().map(grant).collect()
}

pub(in crate::postgres) async fn session(
    db: &Db<'_>,
    key: SessionKey,
) -> Result<Option<SessionRecord>, StoreError> {
    match key {
        SessionKey::Id(id) => session_where(db, "s.id = $1", &id.0).await,
        // A secret that is the present one of a session is meant as such.
        SessionKey::Digest(digest) => {
            let matching = "(s.digest = $1 OR s.previous_digest = $1)
                 ORDER BY s.digest = $1 DESC LIMIT 1";
            session_where(db, matching, &digest.as_slice()).await
        }
    }
}

async fn session_where(
    db: &Db<'_>,
    matching: &str,
    value: &(dyn ToSql + Sync),
) -> Result<Option<SessionRecord>, StoreError> {
    let sql = format!(
        "SELECT {SIGNED_IN} FROM sessions s JOIN users u ON u.id = s.user_id WHERE {matching}"
    );
    let theirs = format!(
        "SELECT {MEMBERSHIP} FROM memberships m
          WHERE m.user_id = (SELECT s.user_id FROM sessions s WHERE {matching}) ORDER BY m.id"
    );
    let values = [value];
    let (row, theirs) = tokio::try_join!(db.optional(&sql, &values), db.query(&theirs, &values))?;
    let Some(found) = first("sessions", row.as_ref(), rows::signed_in)? else { return Ok(None) };
    let grants = grants(all("memberships", &theirs, membership)?);
    Ok(Some(SessionRecord { grants, ..found }))
}

pub(in crate::postgres) async fn sessions(
    db: &Db<'_>,
    user: UserId,
    now: Timestamp,
    seen_after: Timestamp,
    paging: Paging,
) -> Result<Listed<Session>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("user_id", user.0);
    let now = conditions.value(now.as_microsecond());
    conditions.and(&format!("expires_at > {now}"));
    let seen_after = conditions.value(seen_after.as_microsecond());
    conditions.and(&format!("seen_at > {seen_after}"));
    let listing =
        Listing { table: "sessions", columns: SESSION, from: "sessions", order: "id DESC" };
    listed(db, &listing, &conditions, paging, rows::session).await
}

pub(in crate::postgres) async fn account(
    db: &Db<'_>,
    email: &str,
) -> Result<Option<Account>, StoreError> {
    let Some(user) = people::by_email(db, email).await? else { return Ok(None) };
    account_of(db, user).await.map(Some)
}

async fn account_of(db: &Db<'_>, user: User) -> Result<Account, StoreError> {
    let id = [&user.id.0 as &(dyn ToSql + Sync)];
    let (memberships, row) = tokio::try_join!(
        people::memberships(db, user.id),
        db.optional("SELECT hash FROM passwords WHERE user_id = $1", &id),
    )?;
    let password = first("passwords", row.as_ref(), |row| get(row, 0))?;
    Ok(Account { grants: grants(memberships), user, password })
}

pub(in crate::postgres) async fn account_of_identity(
    db: &Db<'_>,
    identity: &Identity,
) -> Result<Option<Account>, StoreError> {
    let sql = "SELECT user_id FROM identities WHERE issuer = $1 AND subject = $2";
    let row = db.optional(sql, &[&identity.issuer, &identity.subject]).await?;
    let Some(owner) = first("identities", row.as_ref(), |row| get(row, 0))? else {
        return Ok(None);
    };
    let Some(user) = people::any_user(db, UserId(owner)).await? else { return Ok(None) };
    account_of(db, user).await.map(Some)
}

pub(in crate::postgres) async fn is_linked(
    db: &Db<'_>,
    user: UserId,
    issuer: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM identities WHERE user_id = $1 AND issuer = $2";
    Ok(db.optional(sql, &[&user.0, &issuer]).await?.is_some())
}

pub(in crate::postgres) async fn link(
    db: &Db<'_>,
    digest: &[u8; 32],
) -> Result<Option<(Link, Account)>, StoreError> {
    let sql = format!("SELECT {LINK} FROM sign_in_links WHERE digest = $1");
    let Some(row) = db.optional(&sql, &[&digest.as_slice()]).await? else { return Ok(None) };
    let link = in_table("sign_in_links", &row, rows::link(&row))?;
    let Some(user) = people::any_user(db, link.user_id).await? else { return Ok(None) };
    Ok(Some((link, account_of(db, user).await?)))
}

pub(in crate::postgres) async fn token_of(
    db: &Db<'_>,
    id: TokenId,
) -> Result<Option<Token>, StoreError> {
    let sql = format!("SELECT {TOKEN} FROM {TOKEN_FROM} WHERE t.id = $1");
    let row = db.optional(&sql, &[&id.0]).await?;
    first("tokens", row.as_ref(), rows::token)
}

pub(in crate::postgres) async fn tokens(
    db: &Db<'_>,
    filter: &TokenFilter,
    paging: Paging,
) -> Result<Listed<Token>, StoreError> {
    let mut conditions = Conditions::default();
    if let Some(user) = filter.user {
        conditions.is("t.user_id", user.0);
    }
    if let Some(organization) = filter.organization {
        conditions.is("t.organization_id", organization.0);
    }
    let listing = Listing { table: "tokens", columns: TOKEN, from: TOKEN_FROM, order: "t.id DESC" };
    listed(db, &listing, &conditions, paging, rows::token).await
}
