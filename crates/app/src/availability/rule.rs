//! Ruling on leave.

use jiff::{SignedDuration, Timestamp};
use rishi_domain::availability::{AvailabilityBlock, DecideLeave, Ruling, decide_leave};
use rishi_domain::event::LeaveConflict;
use rishi_domain::id::{AvailabilityBlockId, BookingId};
use rishi_domain::permission::Capability;
use rishi_domain::staffing::person::Shift;
use rishi_domain::time::TimeRange;
use schemars::JsonSchema;
use serde::Serialize;

use super::unreadable;
use crate::auth::Caller;
use crate::bookings::load::matches;
use crate::commit::Answer;
use crate::scope::Scope;
use crate::staffing::PeopleQuery;
use crate::{App, Error};

/// How far ahead assignments are looked for when a leave recurs without an end.
const AHEAD: SignedDuration = SignedDuration::from_hours(366 * 24);

/// An assignment that a leave is in the way of, as far as the caller may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InTheWay {
    /// To which booking; absent when it is not for the caller to see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub booking_id: Option<BookingId>,
    /// When it starts.
    pub scheduled_start: Timestamp,
    /// When it ends.
    pub scheduled_end: Timestamp,
}

/// A leave that was decided about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecidedLeave {
    /// The leave.
    #[serde(flatten)]
    pub block: AvailabilityBlock,
    /// The person's live assignments in that time that are not over; none when it was rejected.
    pub conflicts: Vec<InTheWay>,
}

impl App {
    /// Approves or rejects a leave. Who may do that sees it; who sees only their own may not. Live
    /// assignments in the way of one that is approved do not refuse it: they are told, in the answer and
    /// in the event.
    pub async fn rule_on_leave(
        &self,
        caller: &Caller,
        id: AvailabilityBlockId,
        if_match: Option<u64>,
        ruling: Ruling,
        command: DecideLeave,
        reply: fn(&DecidedLeave) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let principal = &caller.principal;
        let block = self.availability_block(principal, id).await?;
        matches(if_match, block.version)?;
        let conflicts = match ruling {
            Ruling::Approve => self.in_the_way_of(&block).await?,
            Ruling::Reject => Vec::new(),
        };
        let scope = principal.scope(Capability::ReadBookings);
        let seen = |one: &LeaveConflict| InTheWay {
            booking_id: scope.covers(one.organization_id).then_some(one.booking_id),
            scheduled_start: one.scheduled_start,
            scheduled_end: one.scheduled_end,
        };
        let told = conflicts.iter().map(seen).collect();
        let (now, actor) = (self.now(), principal.user_id());
        let decision = decide_leave(now, actor, &block, ruling, command, conflicts)?;
        let answer = reply(&DecidedLeave { block: decision.state.clone(), conflicts: told })?;
        let commit = self.put_blocks(caller, vec![decision])?;
        self.finish(caller, Capability::ApproveLeave, commit, answer, if_match.is_some()).await
    }

    /// The person's live assignments that a leave overlaps and that are not over.
    async fn in_the_way_of(&self, block: &AvailabilityBlock) -> Result<Vec<LeaveConflict>, Error> {
        let span = block.span().map_err(unreadable)?;
        let (now, extent) = (self.now(), span.extent());
        let from = extent.start.max(now);
        let latest = from.saturating_add(AHEAD).unwrap_or(Timestamp::MAX);
        let to = extent.end.map_or(latest, |end| end.min(latest));
        let Some(around) = TimeRange::new(from, to) else { return Ok(Vec::new()) };
        let people = Some(vec![block.user_id]);
        let query = PeopleQuery { organization: block.organization_id, people, around };
        let found = self.store.people(&Scope::system(), &query).await?;
        let shifts = found.into_iter().flat_map(|person| person.shifts);
        let hit = |shift: &Shift| {
            shift.live && shift.range.end > now && !span.overlapping(&shift.range).is_empty()
        };
        let told = |shift: Shift| LeaveConflict {
            booking_id: shift.booking_id,
            organization_id: shift.organization_id,
            scheduled_start: shift.range.start,
            scheduled_end: shift.range.end,
        };
        Ok(shifts.filter(hit).map(told).collect())
    }
}
