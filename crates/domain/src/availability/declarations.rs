//! What a person's blocks together say about a range of time.

use super::{Approval, AvailabilityBlock, BlockKind, BlockStatus};
use crate::id::AvailabilityBlockId;
use crate::recurrence::{Span, SpanError};
use crate::time::TimeRange;

words! {
    /// How somebody stands to a time, from best to worst.
    #[derive(PartialOrd, Ord)]
    pub enum Standing {
        /// Declared to be available.
        Available = "available",
        /// Nothing is declared.
        Undeclared = "undeclared",
        /// Perhaps.
        Tentative = "tentative",
        /// Not available, or on approved leave.
        Unavailable = "unavailable",
    }
}

/// What stands above what: the later, the higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Recurring,
    Once,
    ApprovedLeave,
}

#[derive(Debug, Clone)]
struct Declaration {
    id: AvailabilityBlockId,
    rank: Rank,
    standing: Standing,
    span: Span,
}

/// All that a person has declared, ready to be asked about any range.
#[derive(Debug, Clone, Default)]
pub struct Declarations(Vec<Declaration>);

/// A part of a range in which one thing holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which part.
    pub range: TimeRange,
    /// What holds.
    pub standing: Standing,
    /// The blocks that say so; none where nothing is declared.
    pub deciding: Vec<AvailabilityBlockId>,
}

/// How somebody stands to a range of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// The whole range, in order, part by part; never empty.
    pub parts: Vec<Part>,
}

impl Availability {
    /// The part of it that lies in `range`, which must lie in the whole: the same as asking about `range`
    /// alone, without expanding anything again.
    #[must_use]
    pub fn within(&self, range: &TimeRange) -> Self {
        let inside = self.parts.iter().filter(|part| part.range.overlaps(range));
        let cut = |part: &Part| Part {
            range: TimeRange {
                start: part.range.start.max(range.start),
                end: part.range.end.min(range.end),
            },
            ..part.clone()
        };
        Self { parts: inside.map(cut).collect() }
    }

    /// What counts for something that takes the whole range: the worst part.
    pub fn worst(&self) -> Standing {
        self.parts.iter().map(|part| part.standing).max().unwrap_or(Standing::Undeclared)
    }

    /// Whether it holds in some part.
    pub fn includes(&self, standing: Standing) -> bool {
        self.parts.iter().any(|part| part.standing == standing)
    }

    /// The blocks that say so in some part, each once.
    pub fn deciding(&self, standing: Standing) -> Vec<AvailabilityBlockId> {
        let parts = self.parts.iter().filter(|part| part.standing == standing);
        let mut blocks: Vec<_> = parts.flat_map(|part| part.deciding.iter().copied()).collect();
        blocks.sort_unstable();
        blocks.dedup();
        blocks
    }
}

impl Declarations {
    /// The declarations of one person. Blocks that decide nothing (leave that is not approved, blocks
    /// taken back) may be among them. The error is of a block that was never checked.
    pub fn new<'a>(
        blocks: impl IntoIterator<Item = &'a AvailabilityBlock>,
    ) -> Result<Self, SpanError> {
        let deciding = blocks.into_iter().filter_map(|block| Some((block, rank(block)?)));
        let declared = deciding.map(|(block, rank)| {
            let standing = match block.status {
                _ if rank == Rank::ApprovedLeave => Standing::Unavailable,
                BlockStatus::Available => Standing::Available,
                BlockStatus::Tentative => Standing::Tentative,
                BlockStatus::Unavailable => Standing::Unavailable,
            };
            Ok(Declaration { id: block.id, rank, standing, span: block.span()? })
        });
        declared.collect::<Result<_, _>>().map(Self)
    }

    /// How the person stands to a range.
    pub fn during(&self, range: &TimeRange) -> Availability {
        let mut covers: Vec<(TimeRange, &Declaration)> = Vec::new();
        for declaration in &self.0 {
            let occurrences = declaration.span.overlapping(range);
            covers.extend(occurrences.into_iter().map(|one| (one.range, declaration)));
        }
        let mut edges = vec![range.start, range.end];
        let inside = |edge: &jiff::Timestamp| range.start < *edge && *edge < range.end;
        edges.extend(covers.iter().flat_map(|(cover, _)| [cover.start, cover.end]).filter(inside));
        edges.sort_unstable();
        edges.dedup();
        let mut parts: Vec<Part> = Vec::new();
        for pair in edges.windows(2) {
            let range = TimeRange { start: pair[0], end: pair[1] };
            let (standing, deciding) = decide(&range, &covers);
            match parts.last_mut() {
                Some(last) if last.standing == standing && last.deciding == deciding => {
                    last.range.end = range.end;
                }
                _ => parts.push(Part { range, standing, deciding }),
            }
        }
        Availability { parts }
    }
}

/// What holds in a range that every cover covers wholly or not at all: the highest rank decides, and
/// of several blocks of it the worst.
fn decide(
    range: &TimeRange,
    covers: &[(TimeRange, &Declaration)],
) -> (Standing, Vec<AvailabilityBlockId>) {
    let over = || covers.iter().filter(|(cover, _)| cover.overlaps(range)).map(|(_, one)| *one);
    let Some(highest) = over().map(|one| (one.rank, one.standing)).max() else {
        return (Standing::Undeclared, Vec::new());
    };
    let mut deciding: Vec<_> =
        over().filter(|one| (one.rank, one.standing) == highest).map(|one| one.id).collect();
    deciding.sort_unstable();
    deciding.dedup();
    (highest.1, deciding)
}

fn rank(block: &AvailabilityBlock) -> Option<Rank> {
    match (block.kind, block.approval) {
        _ if block.deleted_at.is_some() => None,
        (BlockKind::Leave, Some(Approval::Approved)) => Some(Rank::ApprovedLeave),
        (BlockKind::Leave, _) => None,
        (BlockKind::Preference, _) if block.recurrence.is_some() => Some(Rank::Recurring),
        (BlockKind::Preference, _) => Some(Rank::Once),
    }
}
