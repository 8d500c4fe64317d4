//! How far a long command has come, for people at a terminal.

use std::io::{IsTerminal, stderr};

/// One line on standard error that is written over; nothing when that is no terminal.
pub(super) struct Progress {
    what: &'static str,
    shown: bool,
    percent: Option<u64>,
}

impl Progress {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, shown: stderr().is_terminal(), percent: None }
    }

    /// So much is done.
    pub(super) fn at(&mut self, done: u64, total: u64) {
        let percent = done.saturating_mul(100) / total.max(1);
        if self.shown && self.percent != Some(percent) {
            self.percent = Some(percent);
            eprint!("\r{}: {} %", self.what, percent.min(100));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.percent.is_some() {
            eprintln!();
        }
    }
}
