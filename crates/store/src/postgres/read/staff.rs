//! Staff members and whom they work for.

use rishi_app::scope::Scope;
use rishi_app::staffing::{StaffFilter, StaffRecord};
use rishi_app::store::Listed;
use rishi_domain::id::UserId;
use rishi_domain::permission::Visibility;
use rishi_domain::staffing::skill_key;
use rishi_domain::time::TimeRange;
use uuid::Uuid;

use super::{Conditions, Listing, all, first, listed, scope as scoped};
use crate::door::rank;
use crate::postgres::columns::{count, get, in_table};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::staff::{self as rows, FIELD_ROLES, PROFILE, WORKPLACE};

const TABLE: &str = "staff_profiles";
const FROM: &str = "staff_profiles p JOIN users u ON u.id = p.user_id";

/// Only people (as `p.user_id`) who do field work for one of these organizations, as a part of a condition.
pub(super) fn work_for(
    organizations: impl IntoIterator<Item = Uuid>,
    conditions: &mut Conditions,
) -> String {
    let organizations = conditions.value(organizations.into_iter().collect::<Vec<Uuid>>());
    format!(
        "p.user_id IN (SELECT m.user_id FROM memberships m WHERE m.role IN {FIELD_ROLES}
            AND (m.organization_id = ANY({organizations}) OR m.id IN (
                SELECT s.membership_id FROM served_organizations s
                 WHERE s.organization_id = ANY({organizations}))))"
    )
}

pub(super) fn in_scope(scope: &Scope, conditions: &mut Conditions) {
    let Visibility::Organizations { whole, .. } = scope.visibility() else { return };
    let theirs = work_for(whole.iter().map(|id| id.0), conditions);
    let me = conditions.value(scoped::me(scope));
    conditions.and(&format!("({theirs} OR p.user_id = {me})"));
}

pub(in crate::postgres) async fn one(
    db: &Db<'_>,
    scope: &Scope,
    user: UserId,
) -> Result<Option<StaffRecord>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("p.user_id", user.0);
    in_scope(scope, &mut conditions);
    let sql = format!("SELECT {PROFILE}, u.display_name FROM {FROM}{}", conditions.sql());
    let row = db.optional(&sql, &conditions.values()).await?;
    let Some(found) = first(TABLE, row.as_ref(), rows::record)? else { return Ok(None) };
    let mut records = [found];
    organizations(db, &mut records).await?;
    let [found] = records;
    Ok(Some(found))
}

pub(in crate::postgres) async fn page(
    db: &Db<'_>,
    scope: &Scope,
    filter: &StaffFilter,
) -> Result<Listed<StaffRecord>, StoreError> {
    let listing = Listing {
        table: TABLE,
        columns: &format!("{PROFILE}, u.display_name"),
        from: FROM,
        order: "u.display_name, u.id",
    };
    let conditions = matching(scope, filter);
    let mut found = listed(db, &listing, &conditions, filter.paging, rows::record).await?;
    organizations(db, &mut found.items).await?;
    Ok(found)
}

/// Everybody who matches, in no order.
pub(in crate::postgres) async fn ids(
    db: &Db<'_>,
    scope: &Scope,
    filter: &StaffFilter,
) -> Result<Vec<UserId>, StoreError> {
    let conditions = matching(scope, filter);
    let sql = format!("SELECT p.user_id FROM {FROM}{}", conditions.sql());
    let found = db.query(&sql, &conditions.values()).await?;
    found.iter().map(|row| in_table(TABLE, row, get(row, 0).map(UserId))).collect()
}

fn matching(scope: &Scope, filter: &StaffFilter) -> Conditions {
    let mut conditions = Conditions::default();
    in_scope(scope, &mut conditions);
    if let Some(organization) = filter.organization {
        let sql = work_for([organization.0], &mut conditions);
        conditions.and(&sql);
    }
    if let Some(status) = filter.status {
        conditions.is("p.status", status.as_str());
    }
    if let Some(search) = &filter.search {
        conditions.one_holds(&["u.display_name"], search);
    }
    skilled(filter, &mut conditions);
    if let Some(range) = filter.free {
        free(range, &mut conditions);
    }
    if !filter.without.is_empty() {
        let without: Vec<Uuid> = filter.without.iter().map(|id| id.0).collect();
        let without = conditions.value(without);
        conditions.and(&format!("p.user_id <> ALL({without})"));
    }
    conditions
}

fn skilled(filter: &StaffFilter, conditions: &mut Conditions) {
    let mut parts = Vec::new();
    if let Some(skill) = &filter.skill {
        let key = skill_key(skill);
        // No skill is called so, and none may be asked for.
        if key.contains('\0') {
            conditions.and("false");
            return;
        }
        parts.push(format!("k.key = {}", conditions.value(key)));
    }
    if let Some(level) = filter.level {
        let rank = conditions.value(count(rank(level) as u64));
        parts.push(format!("k.level >= {rank}"));
    }
    if let Some(day) = filter.certified_on {
        let day = conditions.value(day.to_string());
        parts.push(format!("k.verified AND k.issued_on <= {day} AND k.expires_on >= {day}"));
    }
    if !parts.is_empty() {
        let parts = parts.join(" AND ");
        conditions
            .and(&format!("p.user_id IN (SELECT k.user_id FROM staff_skills k WHERE {parts})"));
    }
}

fn free(range: TimeRange, conditions: &mut Conditions) {
    let from = range.start.as_microsecond();
    // A booking lasts at most 31 days: the lower bound keeps a long past out of it.
    let earliest = conditions.value(from - 31 * 24 * 3_600 * 1_000_000 - 1);
    let from = conditions.value(from);
    let to = conditions.value(range.end.as_microsecond());
    conditions.and(&format!(
        "NOT EXISTS (SELECT 1 FROM assignments a WHERE a.staff_id = p.user_id AND a.live
            AND a.scheduled_start < {to} AND a.scheduled_start > {earliest}
            AND a.scheduled_end > {from})"
    ));
}

/// Fills in whom everybody works for.
async fn organizations(db: &Db<'_>, records: &mut [StaffRecord]) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = records.iter().map(|one| one.profile.user_id.0).collect();
    let sql = format!(
        "SELECT {WORKPLACE} FROM memberships m
          WHERE m.user_id = ANY($1) AND m.role IN {FIELD_ROLES}"
    );
    let found = db.query(&sql, &[&ids]).await?;
    rows::fill_in_workplaces(records, all("memberships", &found, rows::workplace)?);
    Ok(())
}
