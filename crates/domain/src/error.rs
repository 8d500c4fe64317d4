//! What a decision answers when it refuses input.

use std::fmt::Display;

use serde::Serialize;

/// One field that is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's path in the request, e.g. `title` or `staffRequirements.roles[0].count`.
    pub field: String,
    /// A stable word in `snake_case` for programs, e.g. `required`, `too_long`, `in_past`.
    pub code: &'static str,
    /// One sentence for people that says what to do.
    pub message: String,
}

impl FieldError {
    /// A wrong field.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}

/// Input that breaks one or more rules; every broken rule is named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} field(s) are invalid", .0.len())]
pub struct Invalid(pub Vec<FieldError>);

/// Collects broken rules, so that a caller hears of all of them at once.
///
/// No text may hold NUL, whatever else it may hold: `PostgreSQL` cannot store it.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// No rule broken yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Records a broken rule unless `ok`. Nothing is put into words while rules are kept: give what
    /// has to be put together as `format_args!`.
    pub fn require(&mut self, ok: bool, field: &str, code: &'static str, message: impl Display) {
        if !ok {
            self.refuse(field, code, message);
        }
    }

    /// Records a broken rule.
    pub fn refuse(&mut self, field: &str, code: &'static str, message: impl Display) {
        self.0.push(FieldError::new(field, code, message.to_string()));
    }

    /// A name or heading: not blank, at most `most` characters, and of control characters only
    /// line feed and tab.
    pub fn heading(&mut self, field: &str, value: &str, most: usize) {
        let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\0');
        self.text(field, value, most);
        self.require(
            !value.contains(odd),
            field,
            "control_character",
            format_args!("{field} must not contain control characters"),
        );
    }

    /// A text that must not be blank and has at most `most` characters.
    pub fn text(&mut self, field: &str, value: &str, most: usize) {
        self.require(
            !value.trim().is_empty(),
            field,
            "required",
            format_args!("{field} must not be blank"),
        );
        self.longest(field, value, most);
    }

    /// A text that has at most `most` characters.
    pub fn longest(&mut self, field: &str, value: &str, most: usize) {
        self.require(
            value.chars().count() <= most,
            field,
            "too_long",
            format_args!("{field} may have at most {most} characters"),
        );
        self.require(
            !value.contains('\0'),
            field,
            "control_character",
            format_args!("{field} must not contain the character U+0000"),
        );
    }

    /// A list of at most `most` texts, each not blank and of at most `length` characters.
    pub fn texts(&mut self, field: &str, values: &[String], most: usize, length: usize) {
        self.require(
            values.len() <= most,
            field,
            "too_many",
            format_args!("{field} may have at most {most} entries"),
        );
        for (index, value) in values.iter().enumerate().take(most) {
            self.text(&format!("{field}[{index}]"), value, length);
        }
    }

    /// The IANA name of a time zone.
    pub fn zone(&mut self, field: &str, name: &str) {
        self.require(
            crate::time::zone(name).is_some(),
            field,
            "unknown_timezone",
            format_args!("{field} must be an IANA time zone such as America/Denver"),
        );
    }

    /// A number from `least` to `most`.
    pub fn between<N: Copy + PartialOrd + Display>(
        &mut self,
        field: &str,
        value: N,
        least: N,
        most: N,
    ) {
        self.require(
            least <= value && value <= most,
            field,
            "out_of_range",
            format_args!("{field} must lie between {least} and {most}"),
        );
    }

    /// Everything recorded, as a refusal, if anything was.
    pub fn done(self) -> Result<(), Invalid> {
        if self.0.is_empty() { Ok(()) } else { Err(Invalid(self.0)) }
    }
}
