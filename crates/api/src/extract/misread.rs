//! What a reader says of a field that it cannot read, as it is told to who sent it: by the field and what
//! that wants, never in the reader's own words.

use rishi_domain::error::FieldError;
use schemars::JsonSchema;
use serde_path_to_error::Path;

use super::wanted::wanted;

/// How many wrong fields are told of at once.
pub(super) const MOST: usize = 20;

/// How serde begins to tell of a field that nobody knows, and of one that is not there.
const UNKNOWN: &str = "unknown field `";
pub(super) const MISSING: &str = "missing field `";
/// How serde and the readers of texts begin to tell of a value that is not what its type wants. What else is said
/// comes from types of our own, which know better than their schema what is wrong.
const STRANGE: [&str; 9] = [
    "invalid type",
    "invalid value",
    "invalid length",
    "unknown variant",
    "data did not match",
    "expected ",
    "number out of range",
    "failed to parse",
    NOT_THAT,
];
/// What is said of a parameter whose text is not what its type wants.
pub(super) const NOT_THAT: &str = "this is not what the parameter takes";
/// What is said of a parameter that is given more than once.
pub(super) const GIVEN_ONCE: &str = "this parameter is given once";

/// A field of a `T` that a reader refused, by what it says of it.
pub(super) fn misread<T: JsonSchema>(path: &Path, message: &str) -> FieldError {
    let place = match path.to_string() {
        root if root == "." => String::new(),
        place => place,
    };
    if let Some(name) = unknown(message) {
        let told = shortened(&format!("{} is unknown; {}", shortened(name), known(message)));
        return FieldError::new(shortened(&below(&place, name)), "unknown_field", told);
    }
    if let Some(name) = quoted(message, MISSING) {
        let told = format!("{name} is required");
        return FieldError::new(below(&place, name), "required", told);
    }
    let code = if message.starts_with("invalid type") {
        "invalid_type"
    } else if message.starts_with("unknown variant") {
        "unknown_value"
    } else {
        "invalid"
    };
    FieldError::new(place.as_str(), code, shortened(&wish::<T>(&place, path, message)))
}

/// What the field wants. What a type of ours says is kept, unless there is a format to tell of.
fn wish<T: JsonSchema>(place: &str, path: &Path, message: &str) -> String {
    if message == GIVEN_ONCE {
        return message.to_owned();
    }
    let strange = STRANGE.iter().any(|beginning| message.starts_with(beginning));
    match wanted::<T>(path) {
        Some(wanted) if strange || wanted.is_formatted => {
            format!("{} must be {}", shortened(place), wanted.words)
        }
        _ if strange => format!("{} cannot be read", shortened(place)),
        _ => message.to_owned(),
    }
}

/// The name of a field that nobody knows, when that is what is said.
pub(super) fn unknown(message: &str) -> Option<&str> {
    quoted(message, UNKNOWN)
}

/// The names that are known in its place.
fn known(message: &str) -> String {
    let (_, listed) = message.rsplit_once("expected ").unwrap_or_default();
    let names: Vec<&str> = listed.split('`').skip(1).step_by(2).collect();
    match names.as_slice() {
        [] => "nothing is taken here".to_owned(),
        names => format!("known are {}", names.join(", ")),
    }
}

/// The name after one of the beginnings.
fn quoted<'a>(message: &'a str, beginning: &str) -> Option<&'a str> {
    message.strip_prefix(beginning)?.split('`').next()
}

/// A field's path below another's, unless it is there already.
fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        return name.to_owned();
    }
    if path == name || path.ends_with(&format!(".{name}")) {
        return path.to_owned();
    }
    format!("{path}.{name}")
}

/// At most 300 characters of a text that the caller sent: a refusal need not repeat a whole body.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
