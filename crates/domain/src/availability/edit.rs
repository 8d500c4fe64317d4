//! Changing a declaration: all of it, one occurrence, or one and all that follow.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::declare::{Given, made, ordered};
use super::validate::{RULE_MAX, TITLE_MAX, check};
use super::{Approval, AvailabilityBlock, BlockStatus};
use crate::decision::{Decision, Refusal};
use crate::error::{FieldError, Invalid};
use crate::event::{AvailabilityBlockUpdated, Fact};
use crate::local_time::LocalTime;
use crate::patch::{Changes, clearable, set};
use crate::recurrence::{EXCEPTIONS_MAX, EditScope, Occurrence, Span};
use crate::time::to_microsecond;

/// A partial change: absent fields stay, `null` clears those that may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EditAvailability {
    /// What it says.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "BlockStatus")]
    pub status: Option<BlockStatus>,
    /// What to call it.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = TITLE_MAX), regex(pattern = r"\S"))]
    pub title: Option<Option<String>>,
    /// When it starts, or when the first occurrence does, on the clock of `timezone`.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LocalTime")]
    pub local_start: Option<LocalTime>,
    /// When that ends.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LocalTime")]
    pub local_end: Option<LocalTime>,
    /// IANA zone of the clock.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub timezone: Option<String>,
    /// How it recurs; `null` makes it happen once. Not with the scope `this`.
    #[serde(deserialize_with = "clearable", skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = RULE_MAX))]
    pub recurrence: Option<Option<String>>,
    /// Local starts at which it does not happen. Not with the scope `this`.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<LocalTime>", length(max = EXCEPTIONS_MAX))]
    pub exdates: Option<Vec<LocalTime>>,
}

/// Blocks that a change made or changed. The one that the change was about comes last.
pub type Revised = Vec<Decision<AvailabilityBlock>>;

/// Decides about a change of the part of a block that `scope` and `from` name; nothing is in the
/// answer when every given field already has its value.
///
/// A part that is not the whole is taken out of its block and becomes a block of its own. Leave whose
/// time changes is to be approved again.
pub fn edit(
    given: &Given,
    block: &AvailabilityBlock,
    scope: Option<EditScope>,
    from: Option<LocalTime>,
    command: EditAvailability,
) -> Result<Revised, Refusal> {
    match part(block, scope, from)? {
        Part::Whole => {
            let Some((state, changed)) = apply(given, block, command)? else {
                return Ok(Vec::new());
            };
            Ok(vec![updated(given, state, changed)?])
        }
        Part::One(at, _) if command.recurrence.is_some() || command.exdates.is_some() => {
            let message = format!("the occurrence at {at} alone does not recur; leave it out");
            Err(Invalid(vec![FieldError::new("recurrence", "one_occurrence", message)]).into())
        }
        Part::One(at, occurrence) => {
            let rest = without(given, block, at)?;
            let one = AvailabilityBlock {
                recurrence: None,
                exdates: Vec::new(),
                ..detached(given, block, at, &occurrence)?
            };
            Ok(vec![rest, made(changed(given, one, command)?)?])
        }
        Part::Following(at, occurrence, parted) => {
            let later = AvailabilityBlock {
                recurrence: Some(parted.after.to_string()),
                exdates: block.exdates.iter().copied().filter(|local| *local >= at).collect(),
                ..detached(given, block, at, &occurrence)?
            };
            let later = made(changed(given, later, command)?)?;
            Ok(vec![shortened(given, block, at, &parted)?, later])
        }
    }
}

/// The part of a block that a scope and a start name.
pub(super) enum Part {
    Whole,
    One(LocalTime, Occurrence),
    Following(LocalTime, Occurrence, crate::recurrence::Parted),
}

pub(super) fn part(
    block: &AvailabilityBlock,
    scope: Option<EditScope>,
    from: Option<LocalTime>,
) -> Result<Part, Refusal> {
    let refuse = |field: &str, code, message: &str| {
        Err(Invalid(vec![FieldError::new(field, code, message)]).into())
    };
    let scope = scope.unwrap_or(EditScope::All);
    if scope == EditScope::All {
        return Ok(Part::Whole);
    }
    if block.recurrence.is_none() {
        return refuse("scope", "not_recurring", "it happens once; leave scope and from out");
    }
    let Some(at) = from else {
        return refuse("from", "required", "from is the local start of the occurrence meant");
    };
    let span = check(block)?;
    let Some(occurrence) =
        span.occurrences_from(at.civil()).next().filter(|one| one.local == at.civil())
    else {
        return refuse("from", "no_occurrence", "it does not happen at this local start");
    };
    if scope == EditScope::This {
        return Ok(Part::One(at, occurrence));
    }
    match span.part(at.civil()) {
        Some(parted) if parted.before.is_some() => Ok(Part::Following(at, occurrence, parted)),
        _ => Ok(Part::Whole),
    }
}

/// The block without the occurrence at `at`.
pub(super) fn without(
    given: &Given,
    block: &AvailabilityBlock,
    at: LocalTime,
) -> Result<Decision<AvailabilityBlock>, Refusal> {
    let mut rest = block.clone();
    rest.exdates.push(at);
    rest.exdates = ordered(rest.exdates);
    check(&rest)?;
    updated(given, rest, vec!["exdates".to_owned()])
}

/// The block up to before `at`.
pub(super) fn shortened(
    given: &Given,
    block: &AvailabilityBlock,
    at: LocalTime,
    parted: &crate::recurrence::Parted,
) -> Result<Decision<AvailabilityBlock>, Refusal> {
    let rest = AvailabilityBlock {
        recurrence: parted.before.as_ref().map(ToString::to_string),
        exdates: block.exdates.iter().copied().filter(|local| *local < at).collect(),
        ..block.clone()
    };
    updated(given, rest, vec!["recurrence".to_owned()])
}

/// A new block that starts at an occurrence of another and takes the time that it does.
fn detached(
    given: &Given,
    block: &AvailabilityBlock,
    at: LocalTime,
    occurrence: &Occurrence,
) -> Result<AvailabilityBlock, Refusal> {
    let span = check(block)?;
    let now = to_microsecond(given.now);
    Ok(AvailabilityBlock {
        id: given.id,
        local_start: at,
        local_end: end_of(&span, occurrence),
        created_at: now,
        updated_at: now,
        version: 1,
        ..block.clone()
    })
}

fn end_of(span: &Span, occurrence: &Occurrence) -> LocalTime {
    LocalTime::new(occurrence.range.end.to_zoned(span.zone().clone()).datetime())
}

/// The new part as the command wants it.
fn changed(
    given: &Given,
    part: AvailabilityBlock,
    command: EditAvailability,
) -> Result<AvailabilityBlock, Refusal> {
    let Some((block, _)) = apply(given, &part, command)? else { return Ok(part) };
    Ok(block)
}

/// The block with the given fields, and their names; nothing when no field differs.
fn apply(
    given: &Given,
    block: &AvailabilityBlock,
    command: EditAvailability,
) -> Result<Option<(AvailabilityBlock, Vec<String>)>, Refusal> {
    let mut state = block.clone();
    let mut edits = Changes::new();
    edits.put("status", &mut state.status, command.status);
    edits.put("title", &mut state.title, command.title);
    edits.put("localStart", &mut state.local_start, command.local_start);
    edits.put("localEnd", &mut state.local_end, command.local_end);
    edits.put("timezone", &mut state.timezone, command.timezone);
    edits.put("recurrence", &mut state.recurrence, command.recurrence);
    edits.put("exdates", &mut state.exdates, command.exdates.map(ordered));
    let time = ["localStart", "localEnd", "timezone", "recurrence", "exdates"];
    if state.approval.is_some() && time.iter().any(|field| edits.has(field)) {
        state.approval = Some(Approval::Pending);
        state.decided_by = None;
    }
    check(&state)?;
    state.updated_at = to_microsecond(given.now);
    Ok(edits.names().map(|names| (state, names)))
}

/// The decision that a block is now as it is given, in its next version.
fn updated(
    given: &Given,
    mut block: AvailabilityBlock,
    changed: Vec<String>,
) -> Result<Decision<AvailabilityBlock>, Refusal> {
    block.updated_at = to_microsecond(given.now);
    block.version += 1;
    let payload = AvailabilityBlockUpdated { block_id: block.id, changed, block };
    let fact = Fact::new(&payload)?;
    Ok(Decision::new(payload.block, fact))
}

#[cfg(test)]
mod tests;
