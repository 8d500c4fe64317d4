//! Lists of bookings: which they are, with what tells whether the ones in memory still hold.

use std::sync::Arc;

use rishi_app::bookings::{BookingFilter, BookingRecord, CursorKey, SharedRecord, Window};
use rishi_app::scope::Scope;
use rishi_app::store::Paging;
use rishi_bus::Position;
use rishi_domain::id::BookingId;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::bookings::{fill, matching};
use super::{Conditions, all, page as paged};
use crate::postgres::columns::{Unreadable, count, get, in_table, number};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::records::About;
use crate::rows::bookings::{self as rows, BESIDE, BOOKING, Order, order};

/// Where what stands beside is from for bookings that are named: looked up for each of them, however small the other
/// tables are.
const NAMED_BESIDE_FROM: &str = "LEFT JOIN LATERAL (
        SELECT name, location_type, city, timezone FROM locations WHERE id = b.location_id LIMIT 1) l ON true
    CROSS JOIN LATERAL (SELECT display_name FROM users WHERE id = b.created_by LIMIT 1) u";

/// Which bookings a stretch of a list holds and how many match in all, in one view of the database.
pub(in crate::postgres) struct Page {
    pub(in crate::postgres) ids: Vec<BookingId>,
    pub(in crate::postgres) total: u64,
    /// The newest position of the log.
    pub(in crate::postgres) head: Position,
    /// What the events are about that have no position yet; nothing when these are too many to say.
    unsequenced: Option<Vec<About>>,
}

impl Page {
    /// Whether no event about a booking, or about a name beside it, waits for its position. Otherwise the view holds
    /// something newer than its position says.
    pub(in crate::postgres) fn is_settled(&self, id: BookingId) -> bool {
        let touches = |about: &About| matches!(about, About::Names) || *about == About::Booking(id);
        self.unsequenced.as_ref().is_some_and(|waiting| !waiting.iter().any(touches))
    }

    fn read(row: &Row) -> Result<Self, Unreadable> {
        let (kinds, subjects): (Vec<&str>, Vec<Uuid>) = (get(row, 3)?, get(row, 4)?);
        let waiting = kinds.into_iter().zip(subjects).map(|(kind, id)| About::of(kind, id));
        let more: bool = get(row, 5)?;
        let ids: Vec<Uuid> = get(row, 0)?;
        Ok(Self {
            ids: ids.into_iter().map(BookingId).collect(),
            total: number(row, 1)?,
            head: number(row, 2)?,
            unsequenced: (!more).then(|| waiting.collect()),
        })
    }
}

/// A stretch of the bookings that match. The total is true if it is `counted`, else 0.
pub(in crate::postgres) async fn page(
    db: &Db<'_>,
    scope: &Scope,
    filter: &BookingFilter,
    counted: bool,
) -> Result<Page, StoreError> {
    let mut conditions = matching(scope, filter);
    let total = if counted { total(scope, filter, &conditions) } else { "0::bigint".to_owned() };
    let (ids, offset) = stretch(filter, &mut conditions);
    let sql = format!(
        "SELECT ARRAY({ids}), ({total}), news.head, news.kinds, news.subjects, news.more FROM log_news() news"
    );
    let mut values = conditions.values();
    values.extend(offset.as_ref().map(|offset| offset as &(dyn ToSql + Sync)));
    let row = db.one(&sql, &values).await?;
    in_table("bookings", &row, Page::read(&row))
}

/// The query for a stretch of what matches, and the value of how many come before, which is its last if it has one.
fn stretch(filter: &BookingFilter, conditions: &mut Conditions) -> (String, Option<i64>) {
    let Order { key: key_column, sql: order } = order(filter.sort);
    let paging = match &filter.window {
        Window::Offset(before) => Paging { limit: filter.limit, offset: *before },
        Window::After(cursor) => {
            let key = match &cursor.key {
                CursorKey::Integer(number) => format!("{}::bigint", conditions.value(*number)),
                // What is beyond a character that no text holds was in no list.
                CursorKey::Text(text) => {
                    let text = text.split('\0').next().unwrap_or_default().to_owned();
                    format!("{}::text", conditions.value(text))
                }
            };
            let (id, than) = (conditions.value(cursor.id.0), filter.sort.descending);
            let than = if than { '<' } else { '>' };
            conditions.and(&format!("({key_column}, b.id) {than} ({key}, {id})"));
            Paging { limit: filter.limit, offset: 0 }
        }
    };
    let page = paged(paging, conditions.values().len());
    let sql = format!("SELECT b.id FROM bookings b{} ORDER BY {order}{page}", conditions.sql());
    let offset = count(paging.offset);
    (sql, (offset > 0).then_some(offset))
}

/// The query for the true total: of the counters when nothing narrows an organization's list, else a count.
fn total(scope: &Scope, filter: &BookingFilter, conditions: &Conditions) -> String {
    if let Some(organization) = filter.organization
        && filter.is_whole_organization()
        && scope.covers(organization)
    {
        return "SELECT coalesce(sum(total), 0)::bigint FROM booking_counters
                 WHERE organization_id = $1 AND dimension = 'status'"
            .to_owned();
    }
    format!("SELECT count(*) FROM bookings b{}", conditions.sql())
}

/// The bookings of some ids, in whatever scope and order.
pub(in crate::postgres) async fn records(
    db: &Db<'_>,
    ids: &[BookingId],
) -> Result<Vec<Arc<SharedRecord>>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let sql = format!(
        "SELECT {BOOKING}, {BESIDE} FROM bookings b {NAMED_BESIDE_FROM} WHERE b.id = ANY($1)"
    );
    let mut found = all("bookings", &db.query(&sql, &[&ids]).await?, rows::record)?;
    fill(db, &mut found).await?;
    found.into_iter().map(shared).collect()
}

fn shared(record: BookingRecord) -> Result<Arc<SharedRecord>, StoreError> {
    let shared = SharedRecord::new(record);
    shared.map(Arc::new).map_err(|error| StoreError::Unstorable(error.to_string()))
}
