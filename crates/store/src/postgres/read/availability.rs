//! What people declare of their time.

use jiff::Timestamp;
use rishi_app::availability::AvailabilityFilter;
use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::id::{AvailabilityBlockId, UserId};
use rishi_domain::permission::Visibility;
use rishi_domain::time::TimeRange;

use super::{Conditions, Listing, all, first, listed, scope as scoped};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::availability::{self as rows, BLOCK};

const BLOCKS: Listing<'_> = Listing {
    table: "availability_blocks",
    columns: BLOCK,
    from: "availability_blocks",
    order: "starts_at, id",
};

/// Blocks that were not taken back.
fn kept() -> Conditions {
    let mut conditions = Conditions::default();
    conditions.and("deleted_at IS NULL");
    conditions
}

/// Of these those of people whom the scope shows.
fn in_scope(scope: &Scope) -> Conditions {
    let mut conditions = kept();
    let Visibility::Organizations { whole, .. } = scope.visibility() else { return conditions };
    let me = conditions.value(scoped::me(scope));
    if whole.is_empty() {
        conditions.and(&format!("user_id = {me}"));
        return conditions;
    }
    let whole = conditions.value(whole.iter().map(|id| id.0).collect::<Vec<_>>());
    conditions.and(&format!(
        "(user_id = {me} OR user_id IN (
            SELECT m.user_id FROM memberships m WHERE m.organization_id = ANY({whole})
            UNION SELECT m.user_id FROM served_organizations s JOIN memberships m
                ON m.id = s.membership_id WHERE s.organization_id = ANY({whole})))"
    ));
    conditions
}

/// Blocks that may happen in a range.
fn within(conditions: &mut Conditions, from: Option<Timestamp>, to: Option<Timestamp>) {
    if let Some(to) = to {
        let to = conditions.value(to.as_microsecond());
        conditions.and(&format!("starts_at < {to}"));
    }
    if let Some(from) = from {
        let from = conditions.value(from.as_microsecond());
        conditions.and(&format!("(ends_at IS NULL OR ends_at > {from})"));
    }
}

async fn found(
    db: &Db<'_>,
    conditions: &Conditions,
    order: &str,
) -> Result<Vec<AvailabilityBlock>, StoreError> {
    let sql = format!("SELECT {BLOCK} FROM availability_blocks{}{order}", conditions.sql());
    let found = db.query(&sql, &conditions.values()).await?;
    all("availability_blocks", &found, rows::block)
}

pub(in crate::postgres) async fn block(
    db: &Db<'_>,
    scope: &Scope,
    id: AvailabilityBlockId,
) -> Result<Option<AvailabilityBlock>, StoreError> {
    let mut conditions = in_scope(scope);
    conditions.is("id", id.0);
    let sql = format!("SELECT {BLOCK} FROM availability_blocks{}", conditions.sql());
    let row = db.optional(&sql, &conditions.values()).await?;
    first("availability_blocks", row.as_ref(), rows::block)
}

pub(in crate::postgres) async fn blocks(
    db: &Db<'_>,
    scope: &Scope,
    filter: &AvailabilityFilter,
    paging: Paging,
) -> Result<Listed<AvailabilityBlock>, StoreError> {
    let mut conditions = in_scope(scope);
    if let Some(person) = filter.person {
        conditions.is("user_id", person.0);
    }
    if let Some(kind) = filter.kind {
        conditions.is("kind", kind.as_str());
    }
    if let Some(approval) = filter.approval {
        conditions.is("approval", approval.as_str());
    }
    within(&mut conditions, filter.from, filter.to);
    listed(db, &BLOCKS, &conditions, paging, rows::block).await
}

/// What these people ever declared, whatever became of it.
pub(in crate::postgres) async fn ever(
    db: &Db<'_>,
    people: &[UserId],
) -> Result<Vec<AvailabilityBlock>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.one_of("user_id", people.iter().map(|id| id.0));
    found(db, &conditions, "").await
}

pub(in crate::postgres) async fn declared(
    db: &Db<'_>,
    people: &[UserId],
    range: &TimeRange,
) -> Result<Vec<AvailabilityBlock>, StoreError> {
    of_people(db, kept(), people, range).await
}

/// The same within a scope.
pub(in crate::postgres) async fn declared_in(
    db: &Db<'_>,
    scope: &Scope,
    people: &[UserId],
    range: &TimeRange,
) -> Result<Vec<AvailabilityBlock>, StoreError> {
    of_people(db, in_scope(scope), people, range).await
}

async fn of_people(
    db: &Db<'_>,
    mut conditions: Conditions,
    people: &[UserId],
    range: &TimeRange,
) -> Result<Vec<AvailabilityBlock>, StoreError> {
    conditions.one_of("user_id", people.iter().map(|id| id.0));
    within(&mut conditions, Some(range.start), Some(range.end));
    found(db, &conditions, " ORDER BY user_id, starts_at, id").await
}
