//! Webhook endpoints, and what is on its way to them.

use jiff::Timestamp;
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_app::webhooks::{
    Delivery, DeliveryFilter, DeliveryStatus, Due, Ready, Replay, Secrets, Work,
};
use rishi_domain::id::{OrganizationId, WebhookId};
use rishi_domain::webhook::{DisabledReason, WebhookEndpoint, WebhookStatus};
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::{Conditions, scope as scoped, value};
use crate::sqlite::columns::{in_table, instant, json, optional_instant, optional_word, word};
use crate::sqlite::error::StoreError;
use crate::sqlite::log::subject;

const TABLE: &str = "webhook_endpoints";

const ENDPOINT: &str = "w.id, w.organization_id, w.url, w.description, w.event_types, w.ordered, \
    w.status, w.disabled_reason, w.previous_secret_until, w.created_at, w.updated_at, w.version";

/// Nothing of an organization that may not act leaves the platform.
const TOLD: &str = "w.status = 'enabled' AND EXISTS (SELECT 1 FROM organizations o \
    WHERE o.id = w.organization_id AND o.status = 'active')";

/// With so many deliveries pending a replay waits.
const ENOUGH: u32 = 1_000;

fn read(row: &Row<'_>) -> Result<WebhookEndpoint, rusqlite::Error> {
    Ok(WebhookEndpoint {
        id: WebhookId(row.get(0)?),
        organization_id: OrganizationId(row.get(1)?),
        url: row.get(2)?,
        description: row.get(3)?,
        event_types: json(row, 4)?,
        ordered: row.get(5)?,
        status: word(row, 6, WebhookStatus::parse)?,
        disabled_reason: optional_word(row, 7, DisabledReason::parse)?,
        previous_secret_until: optional_instant(row, 8)?,
        created_at: instant(row, 9)?,
        updated_at: instant(row, 10)?,
        version: row.get(11)?,
    })
}

fn found(
    db: &Connection,
    conditions: &Conditions,
    order: &str,
) -> Result<Vec<WebhookEndpoint>, StoreError> {
    let sql = format!("SELECT {ENDPOINT} FROM webhook_endpoints w{}{order}", conditions.sql());
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table(TABLE, row, read(row))?);
    }
    Ok(items)
}

pub(in crate::sqlite) fn endpoint(
    db: &Connection,
    scope: &Scope,
    id: WebhookId,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.and("w.id = ?", [value(id.0)]);
    scoped::organizations(scope, "w.organization_id", &mut conditions);
    Ok(found(db, &conditions, "")?.pop())
}

pub(in crate::sqlite) fn endpoints(
    db: &Connection,
    scope: &Scope,
    organization: Option<OrganizationId>,
    paging: Paging,
) -> Result<Listed<WebhookEndpoint>, StoreError> {
    let mut conditions = Conditions::default();
    scoped::organizations(scope, "w.organization_id", &mut conditions);
    if let Some(organization) = organization {
        conditions.and("w.organization_id = ?", [value(organization.0)]);
    }
    let sql = format!("SELECT count(*) FROM webhook_endpoints w{}", conditions.sql());
    let values = params_from_iter(conditions.values());
    let total = db.prepare_cached(&sql)?.query_row(values, |row| row.get(0))?;
    let page = conditions.page(paging);
    let items = found(db, &conditions, &format!(" ORDER BY w.id DESC{page}"))?;
    Ok(Listed { items, total })
}

pub(in crate::sqlite) fn to_tell(
    db: &Connection,
    organization: OrganizationId,
) -> Result<Vec<WebhookEndpoint>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.and("w.organization_id = ?", [value(organization.0)]);
    conditions.and(TOLD, []);
    found(db, &conditions, "")
}

pub(in crate::sqlite) fn deliveries(
    db: &Connection,
    id: WebhookId,
    filter: DeliveryFilter,
    paging: Paging,
) -> Result<Listed<Delivery>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.and("endpoint_id = ?", [value(id.0)]);
    if let Some(status) = filter.status {
        conditions.and("status = ?", [value(status.as_str())]);
    }
    if let Some(event) = filter.event_id {
        conditions.and("event_id = ?", [value(event)]);
    }
    let sql = format!("SELECT count(*) FROM webhook_deliveries{}", conditions.sql());
    let values = params_from_iter(conditions.values());
    let total = db.prepare_cached(&sql)?.query_row(values, |row| row.get(0))?;
    let page = conditions.page(paging);
    let sql = format!(
        "SELECT event_id, position, event_type, subject_kind, subject_id, status, attempts, due_at,
                attempted_at, last_status, last_error, duration_ms, created_at
           FROM webhook_deliveries{} ORDER BY position DESC{page}",
        conditions.sql()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("webhook_deliveries", row, delivery(row))?);
    }
    Ok(Listed { items, total })
}

fn delivery(row: &Row<'_>) -> Result<Delivery, rusqlite::Error> {
    Ok(Delivery {
        event_id: row.get(0)?,
        position: row.get(1)?,
        event_type: row.get(2)?,
        subject: subject(row, 3, 4)?,
        status: word(row, 5, DeliveryStatus::parse)?,
        attempts: row.get(6)?,
        due_at: optional_instant(row, 7)?,
        attempted_at: optional_instant(row, 8)?,
        last_status: row.get(9)?,
        last_error: row.get(10)?,
        duration_ms: row.get(11)?,
        created_at: instant(row, 12)?,
    })
}

pub(in crate::sqlite) fn work(db: &Connection, now: Timestamp) -> Result<Vec<Work>, StoreError> {
    // There are few endpoints; what is due to each is one step into an index.
    let sql = format!(
        "SELECT w.id, w.organization_id, w.url, w.ordered,
                CASE WHEN EXISTS (SELECT 1 FROM webhook_deliveries d
                       WHERE d.endpoint_id = w.id AND d.status = 'pending' LIMIT 1 OFFSET {ENOUGH})
                     THEN NULL ELSE w.replay_from END AS replay, w.replay_through
           FROM webhook_endpoints w
          WHERE {TOLD} AND (w.replay_from IS NOT NULL OR EXISTS (
                SELECT 1 FROM webhook_deliveries d
                 WHERE d.endpoint_id = w.id AND d.status = 'pending' AND d.due_at <= ?1))"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let read = |row: &Row<'_>| -> Result<Work, rusqlite::Error> {
        let (from, through) = (row.get::<_, Option<u64>>(4)?, row.get::<_, Option<u64>>(5)?);
        Ok(Work {
            webhook_id: WebhookId(row.get(0)?),
            organization_id: OrganizationId(row.get(1)?),
            url: row.get(2)?,
            ordered: row.get(3)?,
            replay: from.zip(through).map(|(from, through)| Replay { from, through }),
        })
    };
    let mut rows = statement.query([now.as_microsecond()])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table(TABLE, row, read(row))?);
    }
    Ok(items)
}

pub(in crate::sqlite) fn due(
    db: &Connection,
    id: WebhookId,
    ordered: bool,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Due>, StoreError> {
    let first = if ordered {
        " AND NOT EXISTS (SELECT 1 FROM webhook_deliveries e
            WHERE e.endpoint_id = d.endpoint_id AND e.subject_id = d.subject_id
              AND e.subject_kind = d.subject_kind AND e.status = 'pending' AND e.position < d.position)"
    } else {
        ""
    };
    let sql = format!(
        "SELECT position, event_id, attempts FROM webhook_deliveries d
          WHERE endpoint_id = ?1 AND status = 'pending' AND due_at <= ?2{first}
          ORDER BY due_at, position LIMIT ?3"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let read = |row: &Row<'_>| {
        Ok(Due { position: row.get(0)?, event_id: row.get(1)?, attempts: row.get(2)? })
    };
    let rows = statement.query_map(params![id.0, now.as_microsecond(), limit], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(in crate::sqlite) fn secrets(
    db: &Connection,
    id: WebhookId,
) -> Result<Option<Secrets>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT secret, previous_secret FROM webhook_endpoints WHERE id = ?1")?;
    let read = |row: &Row<'_>| Ok(Secrets { present: row.get(0)?, previous: row.get(1)? });
    Ok(statement.query_row([id.0], read).optional()?)
}

pub(in crate::sqlite) fn ready(
    db: &Connection,
    id: WebhookId,
) -> Result<Option<Ready>, StoreError> {
    let sql = format!(
        "SELECT {ENDPOINT}, w.secret, w.previous_secret, w.failing_since
           FROM webhook_endpoints w WHERE w.id = ?1 AND {TOLD}"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let read = |row: &Row<'_>| -> Result<Ready, rusqlite::Error> {
        Ok(Ready {
            endpoint: read(row)?,
            secrets: Secrets { present: row.get(12)?, previous: row.get(13)? },
            failing_since: optional_instant(row, 14)?,
        })
    };
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(|row| in_table(TABLE, row, read(row))).transpose()
}
