//! What became of sending, for those who run an organization.

use rishi_domain::id::OrganizationId;
use rishi_domain::notification::Delivery;
use rishi_domain::permission::Capability;

use crate::auth::Principal;
use crate::store::{Listed, Paging};
use crate::{App, Error};

impl App {
    /// Deliveries in the organizations whose settings the caller may change, newest first.
    pub async fn deliveries(
        &self,
        principal: &Principal,
        organization: Option<OrganizationId>,
        paging: Paging,
    ) -> Result<Listed<Delivery>, Error> {
        let scope = principal.scope(Capability::WriteOrganizationSettings);
        if organization.is_some_and(|organization| !scope.covers(organization)) {
            return Ok(Listed { items: Vec::new(), total: 0 });
        }
        let found = self.store.deliveries(&scope, organization, paging).await?;
        self.of_existing(organization, found).await
    }
}
