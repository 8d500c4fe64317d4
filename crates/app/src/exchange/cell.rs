//! Cells that a spreadsheet takes for text (OWASP, "CSV Injection").
//!
//! A cell that begins with one of [`STARTS`] is a formula to a spreadsheet, whatever quotes stand around
//! it. An apostrophe before it makes it text. So that nothing is lost, an apostrophe is also put before a
//! cell that begins with an apostrophe and one of them; reading takes away what writing has put there, and
//! no apostrophe of anybody else's.

use std::borrow::Cow;

const MARK: char = '\'';
/// What begins a formula: also in the wide letters that some keyboards write.
const STARTS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// Whether an apostrophe before this text was put there by [`guarded`].
fn is_marked(text: &str) -> bool {
    text.starts_with(|first| first == MARK || STARTS.contains(&first))
}

/// A text as a cell.
pub(super) fn guarded(text: &str) -> Cow<'_, str> {
    let own_mark = text.strip_prefix(MARK).is_some_and(is_marked);
    if text.starts_with(STARTS) || own_mark {
        Cow::Owned(format!("{MARK}{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text of a cell.
pub(super) fn bare(cell: &str) -> &str {
    cell.strip_prefix(MARK).filter(|rest| is_marked(rest)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_a_formula_is_marked_as_text() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(guarded(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "plain", "a=1", " =1", "'twas", "{\"a\":1}"] {
            assert_eq!(guarded(text), text, "{text:?}");
        }
    }

    #[test]
    fn an_apostrophe_of_somebody_elses_stays() {
        for text in ["'twas", "'", "''", "'=1", "''twas", "''=1"] {
            assert_eq!(bare(&guarded(text)), text, "{text:?}");
        }
        assert_eq!(bare("'twas"), "'twas");
        assert_eq!(bare("'=1"), "=1");
    }

    proptest! {
        #[test]
        fn reading_gives_back_what_was_written(text in "['=+@\\-\t\r\na-c]{0,6}") {
            let cell = guarded(&text);
            prop_assert!(!cell.starts_with(STARTS));
            prop_assert_eq!(bare(&cell), text.as_str());
        }
    }
}
