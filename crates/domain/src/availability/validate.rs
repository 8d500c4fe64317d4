//! What holds of every block.

use super::{AvailabilityBlock, BlockKind, BlockStatus};
use crate::error::{Checks, Invalid};
use crate::recurrence::{Span, SpanError};

/// Longest title, in characters.
pub(crate) const TITLE_MAX: usize = 200;
/// Longest text of a rule, in characters; `recurrence` checks it.
pub(crate) const RULE_MAX: usize = 500;

/// Checks a block; answers its time.
pub(super) fn check(block: &AvailabilityBlock) -> Result<Span, Invalid> {
    let mut checks = Checks::new();
    if let Some(title) = &block.title {
        checks.heading("title", title, TITLE_MAX);
    }
    checks.require(
        block.kind == BlockKind::Preference || block.status == BlockStatus::Unavailable,
        "status",
        "leave_is_unavailable",
        "a leave is unavailable; leave status out",
    );
    match block.span() {
        Ok(span) => checks.done().map(|()| span),
        Err(error) => {
            checks.refuse(field(&error), error.code(), error.to_string());
            Err(checks.done().err().unwrap_or(Invalid(Vec::new())))
        }
    }
}

/// The field of a block that an error is about.
fn field(error: &SpanError) -> &'static str {
    match error {
        SpanError::UnknownZone => "timezone",
        SpanError::Start => "localStart",
        SpanError::EndNotAfterStart | SpanError::TooLong => "localEnd",
        SpanError::Rule(_) | SpanError::Values(_) | SpanError::Never => "recurrence",
        SpanError::TooManyExceptions => "exdates",
    }
}
