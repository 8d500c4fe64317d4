//! Operating the platform: what an operator sees of the event bus, and what an operator says.
//!
//! Cast: [`rishi_bus::Desk`] shows what the database has, [`Live`] what this process is doing with it;
//! [`letters`] and [`standings`] put both before a caller who may see the system, `orders` turns an
//! [`Order`] into a commit; [`health`] judges; [`audit`] holds the bookings against the log.
//!
//! Guarantee: nothing is said without an event that tells who said it, in the same transaction. At the
//! command line that is nobody: whoever may write the database file needs no token.

use std::sync::Arc;

use rishi_domain::permission::Capability;

use crate::Error;
use crate::auth::Principal;

pub mod audit;
pub mod health;
pub mod letters;
mod orders;
pub mod standings;

pub use letters::LetterId;
pub use rishi_bus::{
    DeadLetter, LetterFilter, LetterGroup, Order, ParkedState, Standing, SubscriptionStatus,
};
pub use standings::SubscriptionView;

/// What the subscriptions of this process are doing at this moment; nothing where none run.
pub type Live = Arc<dyn Fn() -> Vec<SubscriptionStatus> + Send + Sync>;

/// Refuses who may not see the system.
pub(crate) fn may_read(principal: &Principal) -> Result<(), Error> {
    if principal.may_everywhere(Capability::ReadSystem) {
        return Ok(());
    }
    Err(Error::Forbidden("see how the platform is doing"))
}

/// Refuses who may not give orders.
pub(crate) fn may_write(principal: &Principal) -> Result<(), Error> {
    if principal.may_everywhere(Capability::WriteSystem) {
        return Ok(());
    }
    Err(Error::Forbidden("operate the platform"))
}

/// Interim: until the store has a desk.
#[derive(Debug)]
pub struct Nothing;
#[async_trait::async_trait]
impl rishi_bus::Desk for Nothing {
    async fn standings(&self) -> Result<Vec<Standing>, rishi_bus::LedgerError> {
        Ok(Vec::new())
    }
    async fn letters(
        &self,
        _: &LetterFilter,
        _: u32,
        _: u64,
    ) -> Result<(Vec<DeadLetter>, u64), rishi_bus::LedgerError> {
        Ok((Vec::new(), 0))
    }
    async fn letter_groups(
        &self,
        _: &LetterFilter,
    ) -> Result<Vec<LetterGroup>, rishi_bus::LedgerError> {
        Ok(Vec::new())
    }
    async fn letter(&self, _: &str, _: u64) -> Result<Option<DeadLetter>, rishi_bus::LedgerError> {
        Ok(None)
    }
    async fn position_at(&self, _: jiff::Timestamp) -> Result<u64, rishi_bus::LedgerError> {
        Ok(0)
    }
    async fn anchor(&self) -> Result<rishi_bus::Checkpoint, rishi_bus::LedgerError> {
        Ok(rishi_bus::Checkpoint::GENESIS)
    }
    async fn chain(
        &self,
        _: u64,
        _: usize,
    ) -> Result<Vec<(Arc<rishi_bus::Envelope>, [u8; 32])>, rishi_bus::LedgerError> {
        Ok(Vec::new())
    }
    async fn retained_version(
        &self,
        _: &str,
        _: uuid::Uuid,
    ) -> Result<u64, rishi_bus::LedgerError> {
        Ok(0)
    }
    async fn rows(
        &self,
        _: &str,
    ) -> Result<Vec<(u64, rishi_bus::RowState)>, rishi_bus::LedgerError> {
        Ok(Vec::new())
    }
}
