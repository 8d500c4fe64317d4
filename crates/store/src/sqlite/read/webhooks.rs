//! Webhook endpoints, and what is on its way to them.

use jiff::Timestamp;
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_app::webhooks::{Delivery, DeliveryFilter, Due, Ready, Secrets, Work};
use rishi_domain::id::{OrganizationId, WebhookId};
use rishi_domain::webhook::WebhookEndpoint;
use rusqlite::{Connection, params, params_from_iter};

use super::{Conditions, scope as scoped, value};
use crate::rows::webhooks::{self as rows, DELIVERY, DUE, ENDPOINT, ENOUGH, SECRETS, TOLD};
use crate::sqlite::columns::in_table;
use crate::sqlite::error::StoreError;

const TABLE: &str = "webhook_endpoints";

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
        items.push(in_table(TABLE, row, rows::endpoint(row))?);
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
        "SELECT {DELIVERY} FROM webhook_deliveries{} ORDER BY position DESC{page}",
        conditions.sql()
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(conditions.values()))?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("webhook_deliveries", row, rows::delivery(row))?);
    }
    Ok(Listed { items, total })
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
    let mut rows = statement.query([now.as_microsecond()])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table(TABLE, row, rows::work(row))?);
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
        "SELECT {DUE} FROM webhook_deliveries d
          WHERE endpoint_id = ?1 AND status = 'pending' AND due_at <= ?2{first}
          ORDER BY due_at, position LIMIT ?3"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![id.0, now.as_microsecond(), limit])?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(in_table("webhook_deliveries", row, rows::due(row))?);
    }
    Ok(items)
}

pub(in crate::sqlite) fn secrets(
    db: &Connection,
    id: WebhookId,
) -> Result<Option<Secrets>, StoreError> {
    let sql = format!("SELECT {SECRETS} FROM webhook_endpoints w WHERE w.id = ?1");
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query([id.0])?;
    found.next()?.map(|row| in_table(TABLE, row, rows::secrets(row, 0))).transpose()
}

pub(in crate::sqlite) fn ready(
    db: &Connection,
    id: WebhookId,
) -> Result<Option<Ready>, StoreError> {
    let sql = format!(
        "SELECT {ENDPOINT}, {SECRETS}, w.failing_since
           FROM webhook_endpoints w WHERE w.id = ?1 AND {TOLD}"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(|row| in_table(TABLE, row, rows::ready(row))).transpose()
}
