//! Logs: structured, to standard error, as text or as one JSON object a line.

use std::backtrace::Backtrace;
use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// What the server logs when nobody says otherwise.
pub(crate) const SERVER: &str = "info,memory_serve=warn,refinery_core=warn";
/// What any other command logs: its answer is enough unless something is wrong.
pub(crate) const COMMAND: &str = "warn";

/// Starts logging; `quiet` is the filter when the configuration names none. Called once.
pub(crate) fn start(config: &Config, quiet: &str) {
    // Checked when the configuration was read.
    let filter = EnvFilter::new(config.log.as_deref().unwrap_or(quiet));
    let colours =
        stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    // A line that cannot be written (the disk is full) is lost; saying so on the same stream would panic.
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(colours)
        .log_internal_errors(false);
    match config.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => {
            lines.json().flatten_event(true).init();
            // A panic's own words would not be JSON.
            std::panic::set_hook(Box::new(|panic| {
                tracing::error!(%panic, backtrace = %Backtrace::capture(), "a task panicked");
            }));
        }
    }
}
