//! Changing what one declared, and taking it back.

use rishi_domain::availability::{AvailabilityBlock, EditAvailability, edit, withdraw};
use rishi_domain::id::AvailabilityBlockId;
use rishi_domain::local_time::LocalTime;
use rishi_domain::permission::Capability;
use rishi_domain::recurrence::EditScope;

use crate::auth::Caller;
use crate::bookings::load::matches;
use crate::commit::Answer;
use crate::{App, Error};

/// Which part of a block a change is about; all of it when nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// How much.
    pub scope: Option<EditScope>,
    /// The local start of the occurrence meant.
    pub from: Option<LocalTime>,
}

impl App {
    /// Changes a block of the caller's own, or a part of it. The answer is the block that the change
    /// was about: a part becomes a block of its own.
    pub async fn edit_availability(
        &self,
        caller: &Caller,
        id: AvailabilityBlockId,
        if_match: Option<u64>,
        part: Part,
        command: EditAvailability,
        reply: fn(&AvailabilityBlock) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let block = self.own_block(caller, id).await?;
        matches(if_match, block.version)?;
        let given = self.given(&caller.principal, block.organization_id).await?;
        let revised = edit(&given, &block, part.scope, part.from, command)?;
        let Some(last) = revised.last() else { return reply(&block) };
        let answer = reply(&last.state)?;
        let commit = self.put_blocks(caller, revised)?;
        self.finish(caller, Capability::ApproveLeave, commit, answer, if_match.is_some()).await
    }

    /// Takes back a block of the caller's own, or a part of it.
    pub async fn withdraw_availability(
        &self,
        caller: &Caller,
        id: AvailabilityBlockId,
        if_match: Option<u64>,
        part: Part,
        gone: Answer,
    ) -> Result<Answer, Error> {
        let block = self.own_block(caller, id).await?;
        matches(if_match, block.version)?;
        let given = self.given(&caller.principal, block.organization_id).await?;
        let revised = withdraw(&given, &block, part.scope, part.from)?;
        let commit = self.put_blocks(caller, revised)?;
        self.finish(caller, Capability::ApproveLeave, commit, gone, if_match.is_some()).await
    }

    async fn own_block(
        &self,
        caller: &Caller,
        id: AvailabilityBlockId,
    ) -> Result<AvailabilityBlock, Error> {
        let principal = &caller.principal;
        let block = self.availability_block(principal, id).await?;
        if block.user_id != principal.user_id() {
            return Err(Error::Forbidden("change what somebody else has declared"));
        }
        self.declaring_organization(principal).await?;
        Ok(block)
    }
}
