//! Content lines of RFC 5545 (sections 3.1 and 3.3.11): folded at 75 octets between characters, ended by
//! CRLF, text escaped so that nothing in a title can end a line or begin another property.
//!
//! Written here and by no crate: what was looked at stamps time zones with properties that they must not
//! have, folds a line late, or leaves a carriage return in a value (see `docs/dependencies.md`).

use std::fmt::Display;

/// The longest line in octets, without its end.
const LONGEST: usize = 75;
const END: &str = "\r\n";

/// Lines, one after the other.
#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// A property whose value is no text: nothing in it is escaped. Parameters belong to the name.
    pub(super) fn put(&mut self, name: &str, value: impl Display) {
        self.fold(&format!("{name}:{value}"));
    }

    /// A property whose value is text that anybody may have written.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.fold(&format!("{name}:{}", escaped(value)));
    }

    /// The lines of another, after these.
    pub(super) fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }

    fn fold(&mut self, line: &str) {
        let (mut rest, mut room) = (line, LONGEST);
        while rest.len() > room {
            let (part, more) = rest.split_at(rest.floor_char_boundary(room));
            self.0.push_str(part);
            self.0.push_str(END);
            self.0.push(' ');
            // The space counts.
            (rest, room) = (more, LONGEST - 1);
        }
        self.0.push_str(rest);
        self.0.push_str(END);
    }
}

/// A text as a value. Line ends of every kind, also those that only some readers take for one, become
/// `\n`; other control characters may not stand in a value and are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '\r' => {
                characters.next_if_eq(&'\n');
                escaped.push_str("\\n");
            }
            '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                escaped.push_str("\\n");
            }
            '\t' => escaped.push('\t'),
            control if control.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(name: &str, value: &str) -> String {
        let mut lines = Lines::default();
        lines.text(name, value);
        lines.into_string()
    }

    fn unfolded(text: &str) -> String {
        text.replace("\r\n ", "")
    }

    #[test]
    fn a_line_is_folded_between_characters_at_75_octets() {
        let text = written("SUMMARY", &"ü".repeat(100));
        let lines: Vec<&str> = text.strip_suffix("\r\n").unwrap().split("\r\n").collect();
        assert_eq!(lines.iter().map(|line| line.len()).collect::<Vec<_>>(), [74, 75, 61]);
        assert!(lines[1..].iter().all(|line| line.starts_with(' ')));
        assert_eq!(unfolded(&text), format!("SUMMARY:{}\r\n", "ü".repeat(100)));
        let exact = written("SUMMARY", &"x".repeat(67));
        assert_eq!(exact, format!("SUMMARY:{}\r\n", "x".repeat(67)));
    }

    #[test]
    fn nothing_in_a_text_ends_a_line() {
        let text = "a\r\nEND:VEVENT\rb\nc\u{2028}d\u{85}e\u{0}f;g,h\\n";
        assert_eq!(
            written("SUMMARY", text),
            "SUMMARY:a\\nEND:VEVENT\\nb\\nc\\nd\\nef\\;g\\,h\\\\n\r\n"
        );
    }

    proptest! {
        #[test]
        fn any_text_stays_one_property_of_short_lines(text in any::<String>()) {
            let written = written("DESCRIPTION", &text);
            let body = written.strip_suffix("\r\n").unwrap();
            for (number, line) in body.split("\r\n").enumerate() {
                prop_assert!(line.len() <= LONGEST);
                prop_assert!(number == 0 || line.starts_with(' '));
                prop_assert!(!line.contains(['\r', '\n']));
            }
        }
    }
}
