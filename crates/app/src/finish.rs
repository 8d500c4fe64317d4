//! The last step of every use case that changes something: commit under the caller's receipt.

use jiff::SignedDuration;
use rishi_domain::permission::Capability;

use crate::auth::{Beliefs, Caller};
use crate::commit::{Answer, Commit, Committed, Kept, Receipt};
use crate::scope::Scope;
use crate::{App, Error};

/// How long a receipt is kept.
const RECEIPT_LIFE: SignedDuration = SignedDuration::from_hours(24);

impl App {
    /// The answer given before to the same request, if there was one; refuses a reused key.
    pub async fn replay(&self, caller: &Caller) -> Result<Option<Answer>, Error> {
        let Some(idempotency) = &caller.idempotency else { return Ok(None) };
        match self.store.receipt(&idempotency.key).await? {
            Some(kept) if kept.expires_at <= self.now() => Ok(None),
            Some(kept) if kept.request == idempotency.request => Ok(Some(kept.answer)),
            Some(_) => Err(Error::ReceiptReused),
            None => Ok(None),
        }
    }

    /// Commits what the platform itself or its operator does: no caller, no receipt.
    pub(crate) async fn run(&self, mut commit: Commit) -> Result<(), Error> {
        let shaken = Beliefs::shaken_by(&commit);
        let mut step = self.committing(&mut commit);
        let committed = self.store.commit(commit).await;
        if let (Some(step), Err(error)) = (&mut step, &committed) {
            step.failed(&error.to_string());
        }
        if shaken {
            self.beliefs.shake();
        }
        committed.map(|_| ()).map_err(|error| Error::refused(error, &Scope::system(), false))
    }

    /// Commits and answers; the same request sent before gets the answer that it got then.
    /// `eyes` names what the caller may see of what stands in the way.
    pub(crate) async fn finish(
        &self,
        caller: &Caller,
        eyes: Capability,
        commit: Commit,
        answer: Answer,
        precondition: bool,
    ) -> Result<Answer, Error> {
        let before = self.conclude(caller, eyes, commit, &answer, precondition).await?;
        Ok(before.unwrap_or(answer))
    }

    /// The same for an answer that shows a secret: what is kept for a repetition lacks it.
    pub(crate) async fn finish_once(
        &self,
        caller: &Caller,
        eyes: Capability,
        commit: Commit,
        kept: Answer,
        told: Answer,
    ) -> Result<Answer, Error> {
        Ok(self.conclude(caller, eyes, commit, &kept, false).await?.unwrap_or(told))
    }

    /// Commits under the caller's receipt; what was answered before, if this is a repetition.
    async fn conclude(
        &self,
        caller: &Caller,
        eyes: Capability,
        mut commit: Commit,
        answer: &Answer,
        precondition: bool,
    ) -> Result<Option<Answer>, Error> {
        let now = self.now();
        commit.receipt = caller.idempotency.clone().map(|idempotency| Receipt {
            key: idempotency.key,
            made_at: now,
            kept: Kept {
                request: idempotency.request,
                answer: answer.clone(),
                expires_at: now.saturating_add(RECEIPT_LIFE).unwrap_or(jiff::Timestamp::MAX),
            },
        });
        let shaken = Beliefs::shaken_by(&commit);
        let mut step = self.committing(&mut commit);
        let committed = self.store.commit(commit).await;
        if shaken {
            self.beliefs.shake();
        }
        if let (Some(step), Err(error)) = (&mut step, &committed) {
            step.failed(&error.to_string());
        }
        match committed {
            Ok(Committed::Fresh { .. }) => Ok(None),
            Ok(Committed::Replayed(before)) => Ok(Some(before)),
            Err(error) => Err(Error::refused(error, &caller.principal.scope(eyes), precondition)),
        }
    }
}
