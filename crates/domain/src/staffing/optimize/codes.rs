//! A set of codes in two bytes: a problem holds one for every pair of a place and a person.

use crate::staffing::check::Code;

/// A set of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Codes(u16);

impl Codes {
    pub(super) fn insert(&mut self, code: Code) {
        self.0 |= Self::bit(code);
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn contains(self, code: Code) -> bool {
        self.0 & Self::bit(code) != 0
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// In the order of the table.
    pub(super) fn iter(self) -> impl Iterator<Item = Code> {
        Code::ALL.into_iter().filter(move |code| self.contains(*code))
    }

    fn bit(code: Code) -> u16 {
        let at = Code::ALL.iter().position(|one| *one == code).unwrap_or_default();
        1 << at
    }
}

impl FromIterator<Code> for Codes {
    fn from_iter<I: IntoIterator<Item = Code>>(codes: I) -> Self {
        codes.into_iter().fold(Self::default(), |mut all, code| {
            all.insert(code);
            all
        })
    }
}
