//! Recurrence: what happens again and again on somebody's clock, as instants.
//!
//! Cast: a [`Rule`] is the text of RFC 5545 (section 3.3.10), checked; a [`Span`] is a local start and
//! end in a zone, with a rule and exceptions if it recurs; an [`Occurrence`] is one time that it
//! happens. The rule is expanded on local clocks, without a zone, by the crate `rrule2`; what an
//! occurrence means as an instant is decided here: in a gap (the clock is put forward) the start moves
//! forward by the gap, in a fold (the clock is put back) the first instance counts, and every
//! occurrence takes the elapsed time of the first.
//!
//! Guarantee: expansion is lazy and ends. It starts near the range that is asked for, whenever the
//! rule began, stops behind it, and gives up on a rule that matches nothing. Two occurrences of one
//! span are at least an hour apart on the clock, so a bounded range holds a bounded number.

mod expand;
mod extent;
mod rule;
mod span;
mod split;

pub use expand::Occurrence;
pub use extent::Extent;
pub use rule::{Frequency, Rule, RuleError};
pub(crate) use span::EXCEPTIONS_MAX;
pub use span::{Span, SpanError};
pub use split::Parted;

words! {
    /// How much of what recurs a change is about.
    pub enum EditScope {
        /// One occurrence.
        This = "this",
        /// One occurrence and all that follow.
        ThisAndFollowing = "this_and_following",
        /// All of it.
        All = "all",
    }
}

#[cfg(test)]
mod tests;
