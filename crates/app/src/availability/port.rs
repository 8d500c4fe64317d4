//! What availability asks of an engine.

use async_trait::async_trait;
use jiff::Timestamp;
use rishi_domain::availability::{Approval, AvailabilityBlock, BlockKind};
use rishi_domain::id::{AvailabilityBlockId, UserId};
use rishi_domain::time::TimeRange;

use crate::scope::Scope;
use crate::store::{Listed, Paging, QueryError};

/// Which blocks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AvailabilityFilter {
    /// Of this person.
    pub person: Option<UserId>,
    /// Of this kind.
    pub kind: Option<BlockKind>,
    /// Leave about which this was decided.
    pub approval: Option<Approval>,
    /// That may happen after this.
    pub from: Option<Timestamp>,
    /// That may happen before this.
    pub to: Option<Timestamp>,
}

/// Queries about what people declare. Blocks that were taken back are in no answer.
///
/// A scope shows the blocks of those who are members of an organization that it covers, or who serve
/// one; and one's own.
#[async_trait]
pub trait AvailabilityQueries: Send + Sync {
    /// A block in scope.
    async fn availability_block(
        &self,
        scope: &Scope,
        id: AvailabilityBlockId,
    ) -> Result<Option<AvailabilityBlock>, QueryError>;

    /// Blocks in scope, by when they first happen.
    async fn availability_blocks(
        &self,
        scope: &Scope,
        filter: &AvailabilityFilter,
        paging: Paging,
    ) -> Result<Listed<AvailabilityBlock>, QueryError>;

    /// Everything that these people declare and that may happen in a range, leave that is not
    /// approved included: for decisions, whoever asks.
    async fn declared(
        &self,
        people: &[UserId],
        range: &TimeRange,
    ) -> Result<Vec<AvailabilityBlock>, QueryError>;

    /// The part of that which is in scope.
    async fn declared_in(
        &self,
        scope: &Scope,
        people: &[UserId],
        range: &TimeRange,
    ) -> Result<Vec<AvailabilityBlock>, QueryError>;
}
