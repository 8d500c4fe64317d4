//! Organizations and locations.

use rishi_app::scope::Scope;
use rishi_app::store::{Listed, Paging};
use rishi_domain::id::{LocationId, OrganizationId};
use rishi_domain::location::Location;
use rishi_domain::organization::{Organization, OrganizationKind};
use rishi_domain::permission::Visibility;

use super::{Conditions, Listing, first, listed, scope as scoped};
use crate::postgres::connection::Db;
use crate::postgres::error::StoreError;
use crate::rows::places::{self as rows, LOCATION, ORGANIZATION};

const ORGANIZATIONS: Listing<'_> = Listing {
    table: "organizations",
    columns: ORGANIZATION,
    from: "organizations",
    order: "name, id",
};
const LOCATIONS: Listing<'_> =
    Listing { table: "locations", columns: LOCATION, from: "locations", order: "name, id" };

/// The first organization that matches.
async fn organization(
    db: &Db<'_>,
    conditions: &Conditions,
) -> Result<Option<Organization>, StoreError> {
    let matching = conditions.sql();
    let sql = format!("SELECT {ORGANIZATION} FROM organizations{matching} ORDER BY id LIMIT 1");
    let row = db.optional(&sql, &conditions.values()).await?;
    first("organizations", row.as_ref(), rows::organization)
}

pub(in crate::postgres) async fn internal_organization(
    db: &Db<'_>,
) -> Result<Option<Organization>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("kind", OrganizationKind::Internal.as_str());
    organization(db, &conditions).await
}

/// An organization, in whatever scope.
pub(in crate::postgres) async fn organization_of_any(
    db: &Db<'_>,
    id: OrganizationId,
) -> Result<Option<Organization>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.is("id", id.0);
    organization(db, &conditions).await
}

pub(in crate::postgres) async fn organizations(
    db: &Db<'_>,
    scope: &Scope,
    paging: Paging,
) -> Result<Listed<Organization>, StoreError> {
    let mut conditions = Conditions::default();
    scoped::named(scope, "id", &mut conditions);
    listed(db, &ORGANIZATIONS, &conditions, paging, rows::organization).await
}

/// Locations in scope: those of its organizations, those shared by all, and those where the person
/// is to work. Nobody makes a location of one's own, so organizations where a person sees only what is
/// the person's own add none.
fn in_scope(scope: &Scope) -> Conditions {
    let mut conditions = Conditions::default();
    let Visibility::Organizations { whole, assigned, .. } = scope.visibility() else {
        return conditions;
    };
    let theirs = conditions.any("organization_id", whole.iter().map(|id| id.0));
    let mut ways = vec!["organization_id IS NULL".to_owned(), theirs];
    if *assigned {
        let involved = scoped::involving(conditions.value(scoped::me(scope)));
        ways.push(format!(
            "id IN (SELECT b.location_id FROM bookings b WHERE b.id IN ({involved}))"
        ));
    }
    conditions.and(&format!("({})", ways.join(" OR ")));
    conditions
}

pub(in crate::postgres) async fn location(
    db: &Db<'_>,
    scope: &Scope,
    id: LocationId,
) -> Result<Option<Location>, StoreError> {
    let mut conditions = in_scope(scope);
    conditions.is("id", id.0);
    let sql = format!("SELECT {LOCATION} FROM locations{}", conditions.sql());
    let row = db.optional(&sql, &conditions.values()).await?;
    first("locations", row.as_ref(), rows::location)
}

pub(in crate::postgres) async fn locations(
    db: &Db<'_>,
    scope: &Scope,
    organization: Option<OrganizationId>,
    search: Option<&str>,
    paging: Paging,
) -> Result<Listed<Location>, StoreError> {
    let mut conditions = in_scope(scope);
    if let Some(organization) = organization {
        let owner = conditions.value(organization.0);
        conditions.and(&format!("(organization_id IS NULL OR organization_id = {owner})"));
    }
    if let Some(search) = search {
        conditions.one_holds(&["name", "city"], search);
    }
    listed(db, &LOCATIONS, &conditions, paging, rows::location).await
}
