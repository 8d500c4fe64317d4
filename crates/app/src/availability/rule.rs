//! Ruling on leave.

use rishi_domain::availability::{AvailabilityBlock, DecideLeave, Ruling, decide_leave};
use rishi_domain::id::AvailabilityBlockId;
use rishi_domain::permission::Capability;

use crate::auth::Caller;
use crate::bookings::load::matches;
use crate::commit::Answer;
use crate::{App, Error};

impl App {
    /// Approves or rejects a leave. Who may do that sees it; who sees only their own may not.
    pub async fn rule_on_leave(
        &self,
        caller: &Caller,
        id: AvailabilityBlockId,
        if_match: Option<u64>,
        ruling: Ruling,
        command: DecideLeave,
        reply: fn(&AvailabilityBlock) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let block = self.availability_block(principal, id).await?;
        matches(if_match, block.version)?;
        let decision = decide_leave(self.now(), principal.user_id(), &block, ruling, command)?;
        let answer = reply(&decision.state)?;
        let commit = self.put_blocks(caller, vec![decision])?;
        self.finish(caller, Capability::ApproveLeave, commit, answer, if_match.is_some()).await
    }
}
