//! Taking a declaration back: all of it, one occurrence, or one and all that follow.

use super::AvailabilityBlock;
use super::declare::Given;
use super::edit::{Part, Revised, part, shortened, without};
use super::validate::check;
use crate::decision::{Decision, Refusal};
use crate::event::{AvailabilityBlockDeleted, Fact};
use crate::local_time::LocalTime;
use crate::recurrence::EditScope;
use crate::time::to_microsecond;

/// Decides about taking back the part of a block that `scope` and `from` name. A block that is left
/// without an occurrence is deleted; it is kept, so that what was decided by it can be explained.
pub fn withdraw(
    given: &Given,
    block: &AvailabilityBlock,
    scope: Option<EditScope>,
    from: Option<LocalTime>,
) -> Result<Revised, Refusal> {
    let rest = match part(block, scope, from)? {
        Part::Whole => return Ok(vec![deleted(given, block)?]),
        Part::One(at, _) => without(given, block, at)?,
        Part::Following(at, _, parted) => shortened(given, block, at, &parted)?,
    };
    let span = check(&rest.state)?;
    let happens = span.occurrences_from(rest.state.local_start.civil()).next().is_some();
    Ok(vec![if happens { rest } else { deleted(given, block)? }])
}

fn deleted(
    given: &Given,
    block: &AvailabilityBlock,
) -> Result<Decision<AvailabilityBlock>, Refusal> {
    let now = to_microsecond(given.now);
    let block = AvailabilityBlock {
        deleted_at: Some(now),
        updated_at: now,
        version: block.version + 1,
        ..block.clone()
    };
    let payload = AvailabilityBlockDeleted { block_id: block.id, block };
    let fact = Fact::new(&payload)?;
    Ok(Decision::new(payload.block, fact))
}
