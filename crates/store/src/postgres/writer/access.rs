//! Putting what people and programs sign in with.

use jiff::Timestamp;
use rishi_app::commit::CommitError;
use rishi_app::credentials::{AccessChange, MOST_SESSIONS, Session};

use super::transaction::Refusal;
use crate::postgres::connection::Db;

pub(super) async fn put(db: &Db<'_>, change: &AccessChange) -> Result<(), Refusal> {
    match change {
        AccessChange::SessionBegun { session, digest } => begin(db, session, digest).await?,
        AccessChange::SessionSeen { id, at } => {
            // Another request, or another process, may have said so within the minute.
            let sql = "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND seen_at + 60000000 <= $2";
            db.execute(sql, &[&id.0, &at.as_microsecond()]).await?;
        }
        AccessChange::SessionRenewed { id, from, to, grace } => {
            let sql = "UPDATE sessions SET digest = $3, previous_digest = $2, previous_until = $4,
                    renew = false WHERE id = $1 AND digest = $2";
            let values = (from.as_slice(), to.as_slice(), grace.as_microsecond());
            if db.execute(sql, &[&id.0, &values.0, &values.1, &values.2]).await? == 0 {
                let what = "the session was renewed already, or it has ended";
                return Err(CommitError::Refused(what.to_owned()).into());
            }
        }
        AccessChange::SessionsToRenew(user) => {
            db.execute("UPDATE sessions SET renew = true WHERE user_id = $1", &[&user.0]).await?;
        }
        AccessChange::SessionEnded(id) => {
            db.execute("DELETE FROM sessions WHERE id = $1", &[&id.0]).await?;
        }
        AccessChange::SessionsEnded { user, except } => {
            let sql = "DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2";
            db.execute(sql, &[&user.0, &except.map(|id| id.0)]).await?;
        }
        AccessChange::TokenSeen { id, at } => {
            let sql = "UPDATE tokens SET used_at = $2
                        WHERE id = $1 AND (used_at IS NULL OR used_at + 60000000 <= $2)";
            db.execute(sql, &[&id.0, &at.as_microsecond()]).await?;
        }
        AccessChange::TokenRevoked(id) => {
            db.execute("DELETE FROM tokens WHERE id = $1", &[&id.0]).await?;
        }
        AccessChange::TokensRevoked(user) => {
            db.execute("DELETE FROM tokens WHERE user_id = $1", &[&user.0]).await?;
        }
        AccessChange::LinkCreated { link, digest } => {
            db.execute(
                "INSERT INTO sign_in_links (user_id, digest, purpose, created_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (user_id) DO UPDATE SET digest = excluded.digest,
                    purpose = excluded.purpose, created_at = excluded.created_at,
                    expires_at = excluded.expires_at",
                &[
                    &link.user_id.0,
                    &digest.as_slice(),
                    &link.purpose.as_str(),
                    &link.created_at.as_microsecond(),
                    &link.expires_at.as_microsecond(),
                ],
            )
            .await?;
        }
        AccessChange::LinkUsed { user, digest } => {
            let sql = "DELETE FROM sign_in_links WHERE user_id = $1 AND digest = $2";
            if db.execute(sql, &[&user.0, &digest.as_slice()]).await? == 0 {
                return Err(CommitError::Refused("the link was used already".to_owned()).into());
            }
        }
        AccessChange::LinkVoided(user) => {
            db.execute("DELETE FROM sign_in_links WHERE user_id = $1", &[&user.0]).await?;
        }
        AccessChange::IdentityLinked { user, identity, at } => {
            let sql = "INSERT INTO identities (issuer, subject, user_id, linked_at)
                       VALUES ($1, $2, $3, $4)";
            let at = at.as_microsecond();
            db.execute(sql, &[&identity.issuer, &identity.subject, &user.0, &at]).await?;
        }
        AccessChange::IdentitiesForgotten(user) => {
            db.execute("DELETE FROM identities WHERE user_id = $1", &[&user.0]).await?;
        }
        AccessChange::FlowUsed { digest, at, until } => use_flow(db, digest, *at, *until).await?,
    }
    Ok(())
}

/// Remembers that a flow was finished, and forgets up to two that nobody could finish any more.
async fn use_flow(
    db: &Db<'_>,
    digest: &[u8; 32],
    at: Timestamp,
    until: Timestamp,
) -> Result<(), Refusal> {
    let sql = "INSERT INTO finished_flows (digest, until) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    if db.execute(sql, &[&digest.as_slice(), &until.as_microsecond()]).await? == 0 {
        return Err(CommitError::Refused("the sign-in was finished already".to_owned()).into());
    }
    db.execute(
        "DELETE FROM finished_flows WHERE digest IN (
            SELECT digest FROM finished_flows WHERE until <= $1 ORDER BY until LIMIT 2
               FOR UPDATE SKIP LOCKED)",
        &[&at.as_microsecond()],
    )
    .await?;
    Ok(())
}

/// Keeps a session, and forgets up to two that have expired: so the table never holds more than those
/// that live and those that none has been begun after. Of the person's sessions the newest stay.
async fn begin(db: &Db<'_>, session: &Session, digest: &[u8; 32]) -> Result<(), Refusal> {
    let created_at = session.created_at.as_microsecond();
    db.execute(
        "DELETE FROM sessions WHERE id IN (
            SELECT id FROM sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT 2
               FOR UPDATE SKIP LOCKED)",
        &[&created_at],
    )
    .await?;
    db.execute(
        "INSERT INTO sessions (id, user_id, digest, renew, address, user_agent, created_at, seen_at,
            expires_at)
         VALUES ($1, $2, $3, false, $4, $5, $6, $7, $8)",
        &[
            &session.id.0,
            &session.user_id.0,
            &digest.as_slice(),
            &session.whence.address,
            &session.whence.user_agent,
            &created_at,
            &session.seen_at.as_microsecond(),
            &session.expires_at.as_microsecond(),
        ],
    )
    .await?;
    // Their ids grow with time.
    db.execute(
        "DELETE FROM sessions WHERE id IN (
            SELECT id FROM sessions WHERE user_id = $1 ORDER BY id DESC OFFSET $2)",
        &[&session.user_id.0, &i64::from(MOST_SESSIONS)],
    )
    .await?;
    Ok(())
}
