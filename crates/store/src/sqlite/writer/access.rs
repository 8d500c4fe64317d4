//! Putting what people and programs sign in with.

use jiff::Timestamp;
use rishi_app::commit::CommitError;
use rishi_app::credentials::{AccessChange, MOST_SESSIONS, Session};
use rusqlite::{Connection, params};

use super::apply::Refusal;

pub(super) fn put(db: &Connection, change: &AccessChange) -> Result<(), Refusal> {
    match change {
        AccessChange::SessionBegun { session, digest } => begin(db, session, digest)?,
        AccessChange::SessionSeen { id, at } => {
            // Another request, or another process, may have said so within the minute.
            db.prepare_cached(
                "UPDATE sessions SET seen_at = ?2 WHERE id = ?1 AND seen_at <= ?2 - 60000000",
            )?
            .execute(params![id.0, at.as_microsecond()])?;
        }
        AccessChange::SessionRenewed { id, from, to, grace } => {
            let renewed = db
                .prepare_cached(
                    "UPDATE sessions SET digest = ?3, previous_digest = ?2, previous_until = ?4, renew = 0
                      WHERE id = ?1 AND digest = ?2",
                )?
                .execute(params![id.0, from, to, grace.as_microsecond()])?;
            if renewed == 0 {
                let what = "the session was renewed already, or it has ended";
                return Err(CommitError::Refused(what.to_owned()).into());
            }
        }
        AccessChange::SessionsToRenew(user) => {
            db.prepare_cached("UPDATE sessions SET renew = 1 WHERE user_id = ?1")?
                .execute([user.0])?;
        }
        AccessChange::SessionEnded(id) => {
            db.prepare_cached("DELETE FROM sessions WHERE id = ?1")?.execute([id.0])?;
        }
        AccessChange::SessionsEnded { user, except } => {
            let except = except.map(|id| id.0);
            db.prepare_cached("DELETE FROM sessions WHERE user_id = ?1 AND id IS NOT ?2")?
                .execute(params![user.0, except])?;
        }
        AccessChange::TokenSeen { id, at } => {
            db.prepare_cached(
                "UPDATE tokens SET used_at = ?2 WHERE id = ?1
                    AND (used_at IS NULL OR used_at <= ?2 - 60000000)",
            )?
            .execute(params![id.0, at.as_microsecond()])?;
        }
        AccessChange::TokenRevoked(id) => {
            db.prepare_cached("DELETE FROM tokens WHERE id = ?1")?.execute([id.0])?;
        }
        AccessChange::TokensRevoked(user) => {
            db.prepare_cached("DELETE FROM tokens WHERE user_id = ?1")?.execute([user.0])?;
        }
        AccessChange::LinkCreated { link, digest } => {
            db.prepare_cached(
                "INSERT OR REPLACE INTO sign_in_links (user_id, digest, purpose, created_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                link.user_id.0,
                digest,
                link.purpose.as_str(),
                link.created_at.as_microsecond(),
                link.expires_at.as_microsecond(),
            ])?;
        }
        AccessChange::LinkUsed { user, digest } => {
            let used = db
                .prepare_cached("DELETE FROM sign_in_links WHERE user_id = ?1 AND digest = ?2")?
                .execute(params![user.0, digest])?;
            if used == 0 {
                return Err(CommitError::Refused("the link was used already".to_owned()).into());
            }
        }
        AccessChange::LinkVoided(user) => {
            db.prepare_cached("DELETE FROM sign_in_links WHERE user_id = ?1")?.execute([user.0])?;
        }
        AccessChange::IdentityLinked { user, identity, at } => {
            db.prepare_cached(
                "INSERT INTO identities (issuer, subject, user_id, linked_at) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                identity.issuer,
                identity.subject,
                user.0,
                at.as_microsecond()
            ])?;
        }
        AccessChange::IdentitiesForgotten(user) => {
            db.prepare_cached("DELETE FROM identities WHERE user_id = ?1")?.execute([user.0])?;
        }
        AccessChange::FlowUsed { digest, at, until } => use_flow(db, digest, *at, *until)?,
    }
    Ok(())
}

/// Remembers that a flow was finished, and forgets up to two that nobody could finish any more.
fn use_flow(
    db: &Connection,
    digest: &[u8; 32],
    at: Timestamp,
    until: Timestamp,
) -> Result<(), Refusal> {
    let mut used = db.prepare_cached("SELECT 1 FROM finished_flows WHERE digest = ?1")?;
    if used.exists([digest])? {
        return Err(CommitError::Refused("the sign-in was finished already".to_owned()).into());
    }
    db.prepare_cached(
        "DELETE FROM finished_flows WHERE digest IN (
            SELECT digest FROM finished_flows WHERE until <= ?1 ORDER BY until LIMIT 2)",
    )?
    .execute([at.as_microsecond()])?;
    db.prepare_cached("INSERT INTO finished_flows (digest, until) VALUES (?1, ?2)")?
        .execute(params![digest, until.as_microsecond()])?;
    Ok(())
}

/// Keeps a session, and forgets up to two that have expired: so the table never holds more than those
/// that live and those that none has been begun after. Of the person's sessions the newest stay.
fn begin(db: &Connection, session: &Session, digest: &[u8; 32]) -> Result<(), rusqlite::Error> {
    db.prepare_cached(
        "DELETE FROM sessions WHERE id IN (
            SELECT id FROM sessions WHERE expires_at <= ?1 ORDER BY expires_at LIMIT 2)",
    )?
    .execute([session.created_at.as_microsecond()])?;
    db.prepare_cached(
        "INSERT INTO sessions (id, user_id, digest, renew, address, user_agent, created_at, seen_at,
            expires_at)
         VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        session.id.0,
        session.user_id.0,
        digest,
        session.whence.address,
        session.whence.user_agent,
        session.created_at.as_microsecond(),
        session.seen_at.as_microsecond(),
        session.expires_at.as_microsecond(),
    ])?;
    // Their ids grow with time.
    db.prepare_cached(
        "DELETE FROM sessions WHERE id IN (
            SELECT id FROM sessions WHERE user_id = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute(params![session.user_id.0, MOST_SESSIONS])?;
    Ok(())
}
