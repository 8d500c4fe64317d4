//! Declaring one's availability, or asking for leave.

use rishi_domain::availability::{AvailabilityBlock, DeclareAvailability, declare};
use rishi_domain::permission::Capability;

use super::port::AvailabilityFilter;
use crate::auth::Caller;
use crate::commit::Answer;
use crate::store::Paging;
use crate::{App, Error};

/// Most blocks that a person has at a time.
const BLOCKS_MAX: u64 = 500;

impl App {
    /// Declares something of the caller's own time.
    pub async fn declare_availability(
        &self,
        caller: &Caller,
        command: DeclareAvailability,
        reply: fn(&AvailabilityBlock) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let organization = self.declaring_organization(principal).await?;
        let own = AvailabilityFilter { person: Some(principal.user_id()), ..Default::default() };
        let scope = principal.scope(Capability::ApproveLeave);
        let none = Paging { limit: 1, offset: 0 };
        if self.store.availability_blocks(&scope, &own, none).await?.total >= BLOCKS_MAX {
            let message = format!("you have {BLOCKS_MAX} blocks; take some back first");
            return Err(Error::invalid("", "too_many", message));
        }
        let decision = declare(&self.given(principal, organization).await?, command)?;
        let answer = reply(&decision.state)?;
        let commit = self.put_blocks(caller, vec![decision])?;
        self.finish(caller, Capability::ApproveLeave, commit, answer, false).await
    }
}
