//! Reading bookings.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rishi_domain::id::{BookingId, OrganizationId};
use rishi_domain::organization::Organization;
use rishi_domain::permission::Capability;

use super::{BookingFilter, BookingView, ListedBooking};
use crate::auth::Principal;
use crate::scope::Scope;
use crate::store::Listed;
use crate::{App, Error};

impl App {
    /// One booking.
    pub async fn booking(
        &self,
        principal: &Principal,
        id: BookingId,
    ) -> Result<BookingView, Error> {
        let (record, organization) = self.visible_booking(principal, id).await?;
        Ok(BookingView::new(record, principal, &organization, self.now()))
    }

    /// A stretch of the bookings that the caller may read, and how many match in all.
    pub async fn bookings(
        &self,
        principal: &Principal,
        filter: &BookingFilter,
    ) -> Result<Listed<ListedBooking>, Error> {
        let scope = principal.scope(Capability::ReadBookings);
        if let Some(organization) = filter.organization
            && !scope.touches(organization)
        {
            return Err(Error::NotFound("organization"));
        }
        let found = self.store.bookings(&scope, filter).await?;
        let found = self.of_existing(filter.organization, found).await?;
        let now = self.now();
        let mut organizations: HashMap<OrganizationId, Organization> = HashMap::new();
        let mut items = Vec::with_capacity(found.items.len());
        for record in found.items {
            let id = record.booking.organization_id;
            let organization = match organizations.entry(id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => {
                    let organization = self.store.organization(&Scope::system(), id).await?;
                    unknown.insert(organization.ok_or(Error::NotFound("organization"))?)
                }
            };
            items.push(ListedBooking::new(record, principal, organization, now));
        }
        Ok(Listed { items, total: found.total })
    }
}
