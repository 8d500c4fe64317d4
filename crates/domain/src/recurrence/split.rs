//! Parting a recurring span in two, where somebody changes "this and all following".

use jiff::civil::DateTime;

use super::rule::Until;
use super::{Rule, Span};

/// A recurring span, parted at an occurrence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted {
    /// The rule of what comes before; nothing when nothing does.
    pub before: Option<Rule>,
    /// The rule from there on, for a span that starts at the occurrence.
    pub after: Rule,
}

impl Span {
    /// Whether the rule makes an occurrence at this local start that is not excepted.
    pub fn happens_at(&self, local: DateTime) -> bool {
        self.occurrences_from(local).next().is_some_and(|one| one.local == local)
    }

    /// The span's rule, parted before the occurrence that starts at `at`; nothing when it does not
    /// recur or nothing starts there.
    ///
    /// A count is divided: what the first part keeps, excepted occurrences included, the second lacks.
    pub fn part(&self, at: DateTime) -> Option<Parted> {
        let rule = self.rule()?;
        if !self.happens_at(at) {
            return None;
        }
        // Only a count has to be counted through, and that is bounded.
        let counted = |rule: &Rule| {
            let earlier = self.nominal_starts(self.start).take_while(|start| *start < at).count();
            rule.count.map(|count| count.saturating_sub(u32::try_from(earlier).unwrap_or(count)))
        };
        let after = Rule { count: rule.count.and_then(|_| counted(rule)), ..rule.clone() };
        let is_first = self.nominal_starts(self.start).next() == Some(at);
        let just_before = at.checked_sub(jiff::SignedDuration::from_secs(1)).ok()?;
        let until = Some(Until::Local(just_before));
        let before = (!is_first).then(|| Rule { count: None, until, ..rule.clone() });
        Some(Parted { before, after })
    }
}
