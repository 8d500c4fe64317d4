//! What people and programs sign in with.

use rishi_app::credentials::{Link, Session, SessionRecord, Token, TokenRecord};
use rishi_domain::event::{LinkPurpose, Whence};
use rishi_domain::permission::{Grant, Role};
use rishi_domain::user::UserStatus;

use super::{
    Fields, bytes, id, instant, json, optional_id, optional_instant, optional_json,
    optional_string, string, truth, word,
};

/// What a token (`t`) stands for: its owner (`u`) with one membership (`m`), if that is still there.
pub(crate) const BEARER: &str = "t.id, t.user_id, u.display_name, u.email, u.status, \
    t.expires_at, m.organization_id, m.role, m.serves, t.scopes, t.used_at";
/// Where that is from.
pub(crate) const BEARER_FROM: &str = "tokens t JOIN users u ON u.id = t.user_id \
    LEFT JOIN memberships m ON m.user_id = t.user_id AND m.organization_id = t.organization_id";

pub(crate) fn bearer<R: Fields>(row: &R) -> Result<TokenRecord, R::Error> {
    let grant = match optional_id(row, 6)? {
        Some(organization_id) => Some(Grant {
            organization_id,
            role: word(row, 7, Role::parse)?,
            serves: json(row, 8)?,
            only: optional_json(row, 9)?,
        }),
        None => None,
    };
    Ok(TokenRecord {
        token_id: id(row, 0)?,
        user_id: id(row, 1)?,
        display_name: string(row, 2)?,
        email: string(row, 3)?,
        status: word(row, 4, UserStatus::parse)?,
        grant,
        expires_at: instant(row, 5)?,
        used_at: optional_instant(row, 10)?,
    })
}

/// What a session (`s`) stands for: its owner (`u`).
pub(crate) const SIGNED_IN: &str = "s.id, s.user_id, u.display_name, u.email, u.status, s.digest, \
    s.previous_until, s.renew, s.seen_at, s.expires_at";

/// Its owner's memberships are still missing.
pub(crate) fn signed_in<R: Fields>(row: &R) -> Result<SessionRecord, R::Error> {
    Ok(SessionRecord {
        id: id(row, 0)?,
        user_id: id(row, 1)?,
        display_name: string(row, 2)?,
        email: string(row, 3)?,
        status: word(row, 4, UserStatus::parse)?,
        grants: Vec::new(),
        digest: bytes(row, 5)?,
        previous_until: optional_instant(row, 6)?,
        renew: truth(row, 7)?,
        seen_at: instant(row, 8)?,
        expires_at: instant(row, 9)?,
    })
}

/// A session as its owner sees it.
pub(crate) const SESSION: &str =
    "id, user_id, created_at, seen_at, expires_at, address, user_agent";

pub(crate) fn session<R: Fields>(row: &R) -> Result<Session, R::Error> {
    Ok(Session {
        id: id(row, 0)?,
        user_id: id(row, 1)?,
        created_at: instant(row, 2)?,
        seen_at: instant(row, 3)?,
        expires_at: instant(row, 4)?,
        whence: Whence { address: optional_string(row, 5)?, user_agent: optional_string(row, 6)? },
    })
}

/// A one-time link.
pub(crate) const LINK: &str = "user_id, purpose, created_at, expires_at";

pub(crate) fn link<R: Fields>(row: &R) -> Result<Link, R::Error> {
    Ok(Link {
        user_id: id(row, 0)?,
        purpose: word(row, 1, LinkPurpose::parse)?,
        created_at: instant(row, 2)?,
        expires_at: instant(row, 3)?,
    })
}

/// A token as it is listed.
pub(crate) const TOKEN: &str = "t.id, t.user_id, u.display_name, t.organization_id, t.name, \
    t.scopes, t.made_by, t.created_at, t.expires_at, t.used_at";

pub(crate) fn token<R: Fields>(row: &R) -> Result<Token, R::Error> {
    Ok(Token {
        id: id(row, 0)?,
        user_id: id(row, 1)?,
        user_name: string(row, 2)?,
        organization_id: id(row, 3)?,
        name: string(row, 4)?,
        scopes: optional_json(row, 5)?,
        made_by: optional_id(row, 6)?,
        created_at: instant(row, 7)?,
        expires_at: instant(row, 8)?,
        used_at: optional_instant(row, 9)?,
    })
}
