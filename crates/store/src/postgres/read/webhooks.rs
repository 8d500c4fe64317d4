//! Webhook endpoints, and what is on its way to them.

use jiff::Timestamp;
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_app::webhooks::{Delivery, DeliveryFilter, Due, Ready, Secrets, Work};
use rishi_domain::id::{OrganizationId, WebhookId};
use rishi_domain::webhook::WebhookEndpoint;

use super::{Conditions, Listing, all, first, listed, scope as scoped};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::webhooks::{self as rows, DELIVERY, DUE, ENDPOINT, ENOUGH, SECRETS, TOLD};

const TABLE: &str = "webhook_endpoints";

const ENDPOINTS: Listing<'_> =
    Listing { table: TABLE, columns: ENDPOINT, from: "webhook_endpoints w", order: "w.id DESC" };
const DELIVERIES: Listing<'_> = Listing {
    table: "webhook_deliveries",
    columns: DELIVERY,
    from: "webhook_deliveries",
    order: "position DESC",
};

pub(in crate::postgres) async fn endpoint(
    db: &Db<'_>,
    scope: &Scope,
    id: WebhookId,
) -> Result<Option<WebhookEndpoint>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("w.id", id.0);
    scoped::organizations(scope, "w.organization_id", &mut conditions);
    let sql = format!("SELECT {ENDPOINT} FROM webhook_endpoints w{}", conditions.sql());
    let row = db.optional(&sql, &conditions.values()).await?;
    first(TABLE, row.as_ref(), rows::endpoint)
}

pub(in crate::postgres) async fn endpoints(
    db: &Db<'_>,
    scope: &Scope,
    organization: Option<OrganizationId>,
    paging: Paging,
) -> Result<Listed<WebhookEndpoint>, StoreError> {
    let mut conditions = Conditions::default();
    scoped::organizations(scope, "w.organization_id", &mut conditions);
    if let Some(organization) = organization {
        conditions.is("w.organization_id", organization.0);
    }
    listed(db, &ENDPOINTS, &conditions, paging, rows::endpoint).await
}

pub(in crate::postgres) async fn to_tell(
    db: &Db<'_>,
    organization: OrganizationId,
) -> Result<Vec<WebhookEndpoint>, StoreError> {
    let sql = format!(
        "SELECT {ENDPOINT} FROM webhook_endpoints w WHERE w.organization_id = $1 AND {TOLD}"
    );
    all(TABLE, &db.query(&sql, &[&organization.0]).await?, rows::endpoint)
}

pub(in crate::postgres) async fn deliveries(
    db: &Db<'_>,
    id: WebhookId,
    filter: DeliveryFilter,
    paging: Paging,
) -> Result<Listed<Delivery>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("endpoint_id", id.0);
    if let Some(status) = filter.status {
        conditions.is("status", status.as_str());
    }
    if let Some(event) = filter.event_id {
        conditions.is("event_id", event);
    }
    listed(db, &DELIVERIES, &conditions, paging, rows::delivery).await
}

pub(in crate::postgres) async fn work(
    db: &Db<'_>,
    now: Timestamp,
) -> Result<Vec<Work>, StoreError> {
    // There are few endpoints; what is due to each is one step into an index.
    let sql = format!(
        "SELECT w.id, w.organization_id, w.url, w.ordered,
                CASE WHEN EXISTS (SELECT 1 FROM webhook_deliveries d
                       WHERE d.endpoint_id = w.id AND d.status = 'pending' LIMIT 1 OFFSET {ENOUGH})
                     THEN NULL ELSE w.replay_from END AS replay, w.replay_through
           FROM webhook_endpoints w
          WHERE {TOLD} AND (w.replay_from IS NOT NULL OR EXISTS (
                SELECT 1 FROM webhook_deliveries d
                 WHERE d.endpoint_id = w.id AND d.status = 'pending' AND d.due_at <= $1))"
    );
    all(TABLE, &db.query(&sql, &[&now.as_microsecond()]).await?, rows::work)
}

pub(in crate::postgres) async fn due(
    db: &Db<'_>,
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
          WHERE endpoint_id = $1 AND status = 'pending' AND due_at <= $2{first}
          ORDER BY due_at, position LIMIT {limit}"
    );
    let found = db.query(&sql, &[&id.0, &now.as_microsecond()]).await?;
    all("webhook_deliveries", &found, rows::due)
}

pub(in crate::postgres) async fn secrets(
    db: &Db<'_>,
    id: WebhookId,
) -> Result<Option<Secrets>, StoreError> {
    let sql = format!("SELECT {SECRETS} FROM webhook_endpoints w WHERE w.id = $1");
    let row = db.optional(&sql, &[&id.0]).await?;
    first(TABLE, row.as_ref(), |row| rows::secrets(row, 0))
}

pub(in crate::postgres) async fn ready(
    db: &Db<'_>,
    id: WebhookId,
) -> Result<Option<Ready>, StoreError> {
    let sql = format!(
        "SELECT {ENDPOINT}, {SECRETS}, w.failing_since
           FROM webhook_endpoints w WHERE w.id = $1 AND {TOLD}"
    );
    let row = db.optional(&sql, &[&id.0]).await?;
    first(TABLE, row.as_ref(), rows::ready)
}
