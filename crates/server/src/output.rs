//! Standard output. A reader that has gone (`rishi events tail | head`) is no reason to panic.

use std::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;

use crate::failure::Failure;

/// Prints one line (or a text of several).
pub(crate) fn line(text: impl Display) -> Result<(), Failure> {
    write(&format!("{text}\n"))
}

/// Prints a JSON document on a line of its own.
pub(crate) fn json(document: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(document);
    line(text.map_err(|error| Failure::broken("cannot write the answer as JSON", error))?)
}

/// Prints a JSON document for people.
pub(crate) fn pretty(document: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(document);
    line(text.map_err(|error| Failure::broken("cannot write the answer as JSON", error))?)
}

/// Prints a text as it is.
pub(crate) fn write(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::NobodyListens,
        _ => Failure::broken("cannot write to standard output", error),
    })
}

/// Prints a remark for people on standard error, where it does not disturb the answer.
pub(crate) fn remark(text: impl Display) {
    // Nobody to tell when that is closed too.
    let _ = writeln!(io::stderr(), "{text}");
}
