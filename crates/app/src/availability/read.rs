//! Reading what people declared.

use rishi_domain::availability::AvailabilityBlock;
use rishi_domain::id::AvailabilityBlockId;
use rishi_domain::permission::Capability;

use super::port::AvailabilityFilter;
use crate::auth::Principal;
use crate::store::{Listed, Paging};
use crate::{App, Error};

impl App {
    /// A block of the caller's own, or of somebody on whose leave the caller may rule.
    pub async fn availability_block(
        &self,
        principal: &Principal,
        id: AvailabilityBlockId,
    ) -> Result<AvailabilityBlock, Error> {
        let scope = principal.scope(Capability::ApproveLeave);
        let found = self.store.availability_block(&scope, id).await?;
        found.ok_or(Error::NotFound("availability block"))
    }

    /// Such blocks, by when they first happen.
    pub async fn availability_blocks(
        &self,
        principal: &Principal,
        filter: &AvailabilityFilter,
        paging: Paging,
    ) -> Result<Listed<AvailabilityBlock>, Error> {
        let scope = principal.scope(Capability::ApproveLeave);
        Ok(self.store.availability_blocks(&scope, filter, paging).await?)
    }
}
