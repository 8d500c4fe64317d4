//! Operating the platform: what an operator sees of the event bus, and what an operator says.
//!
//! Cast: [`rishi_bus::Desk`] shows what the database has, [`Live`] what this process is doing with it;
//! [`letters`] and [`standings`] put both before a caller who may see the system, `orders` turns an
//! [`Order`] into a commit; [`circuits`] shows and holds what stands before things outside; [`trial`] asks handlers what they would do; [`health`] judges; [`audit`] holds the bookings against the log.
//!
//! Guarantee: nothing is said without an event that tells who said it, in the same transaction. At the
//! command line that is nobody: whoever may write the database file needs no token.

use std::sync::Arc;

use rishi_domain::permission::Capability;

use crate::auth::{Caller, Principal};
use crate::{App, Error};

pub mod audit;
pub mod circuits;
pub mod cluster;
pub mod external;
pub mod health;
pub mod letters;
mod orders;
pub mod services;
pub mod standings;
pub mod storage;
pub mod trial;
pub mod verification;

pub use letters::LetterId;
pub use orders::{ReplayFrom, check_reason};
pub use rishi_bus::rehearse::{Comparison, Decision, Difference, Rehearsed, Stretch};
pub use rishi_bus::{
    DeadLetter, LetterFilter, LetterGroup, Order, ParkedState, RecentError, Standing,
    SubscriptionStatus,
};
pub use standings::SubscriptionView;
pub use trial::Log;

/// What the subscriptions of this process are doing at this moment; nothing where none run.
pub type Live = Arc<dyn Fn() -> Vec<SubscriptionStatus> + Send + Sync>;

impl App {
    /// Refuses a caller who may not see how the platform is doing.
    pub fn may_see(&self, principal: &Principal) -> Result<(), Error> {
        may_read(principal)
    }

    /// Refuses a caller who may give no orders.
    pub fn may_order(&self, caller: &Caller) -> Result<(), Error> {
        may_write(&caller.principal)
    }
}

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
