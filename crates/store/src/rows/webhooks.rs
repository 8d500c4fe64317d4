//! Webhook endpoints, and what is on its way to them.

use rishi_app::webhooks::{Delivery, DeliveryStatus, Due, Ready, Replay, Secrets, Work};
use rishi_domain::webhook::{DisabledReason, WebhookEndpoint, WebhookStatus};

use super::{
    Fields, events, id, instant, json, number, optional_instant, optional_number, optional_string,
    optional_word, present, string, truth, word,
};

/// An endpoint.
pub(crate) const ENDPOINT: &str = "w.id, w.organization_id, w.url, w.description, w.event_types, \
    w.ordered, w.status, w.disabled_reason, w.previous_secret_until, w.created_at, w.updated_at, \
    w.version";
/// How many columns that is.
const ENDPOINT_COLUMNS: usize = 12;

/// Whether an endpoint is told of anything: nothing of an organization that may not act leaves the platform.
pub(crate) const TOLD: &str = "w.status = 'enabled' AND EXISTS (SELECT 1 FROM organizations o \
    WHERE o.id = w.organization_id AND o.status = 'active')";

/// With so many deliveries pending a replay waits.
pub(crate) const ENOUGH: u32 = 1_000;

pub(crate) fn endpoint<R: Fields>(row: &R) -> Result<WebhookEndpoint, R::Error> {
    Ok(WebhookEndpoint {
        id: id(row, 0)?,
        organization_id: id(row, 1)?,
        url: string(row, 2)?,
        description: optional_string(row, 3)?,
        event_types: json(row, 4)?,
        ordered: truth(row, 5)?,
        status: word(row, 6, WebhookStatus::parse)?,
        disabled_reason: optional_word(row, 7, DisabledReason::parse)?,
        previous_secret_until: optional_instant(row, 8)?,
        created_at: instant(row, 9)?,
        updated_at: instant(row, 10)?,
        version: number(row, 11)?,
    })
}

/// An endpoint's sealed secrets.
pub(crate) const SECRETS: &str = "w.secret, w.previous_secret";

/// They are read from one column on.
pub(crate) fn secrets<R: Fields>(row: &R, from: usize) -> Result<Secrets, R::Error> {
    Ok(Secrets {
        present: present(row, from, row.bytes(from)?)?.to_vec(),
        previous: row.bytes(from + 1)?.map(<[u8]>::to_vec),
    })
}

/// An endpoint with its secrets and since when it fails, from a row of [`ENDPOINT`], [`SECRETS`] and that.
pub(crate) fn ready<R: Fields>(row: &R) -> Result<Ready, R::Error> {
    Ok(Ready {
        endpoint: endpoint(row)?,
        secrets: secrets(row, ENDPOINT_COLUMNS)?,
        failing_since: optional_instant(row, ENDPOINT_COLUMNS + 2)?,
    })
}

/// An event on its way.
pub(crate) const DELIVERY: &str = "event_id, position, event_type, subject_kind, subject_id, \
    status, attempts, due_at, attempted_at, last_status, last_error, duration_ms, created_at";

pub(crate) fn delivery<R: Fields>(row: &R) -> Result<Delivery, R::Error> {
    Ok(Delivery {
        event_id: id(row, 0)?,
        position: number(row, 1)?,
        event_type: string(row, 2)?,
        subject: events::subject(row, 3, 4)?,
        status: word(row, 5, DeliveryStatus::parse)?,
        attempts: number(row, 6)?,
        due_at: optional_instant(row, 7)?,
        attempted_at: optional_instant(row, 8)?,
        last_status: optional_number(row, 9)?,
        last_error: optional_string(row, 10)?,
        duration_ms: optional_number(row, 11)?,
        created_at: instant(row, 12)?,
    })
}

/// What is due to an endpoint.
pub(crate) const DUE: &str = "position, event_id, attempts";

pub(crate) fn due<R: Fields>(row: &R) -> Result<Due, R::Error> {
    Ok(Due { position: number(row, 0)?, event_id: id(row, 1)?, attempts: number(row, 2)? })
}

/// An endpoint with something to do: id, organization, address, whether in order, and from where and
/// through where it is to be replayed.
pub(crate) fn work<R: Fields>(row: &R) -> Result<Work, R::Error> {
    let (from, through) = (optional_number(row, 4)?, optional_number(row, 5)?);
    Ok(Work {
        webhook_id: id(row, 0)?,
        organization_id: id(row, 1)?,
        url: string(row, 2)?,
        ordered: truth(row, 3)?,
        replay: from.zip(through).map(|(from, through)| Replay { from, through }),
    })
}
