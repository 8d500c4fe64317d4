//! `rishi config check`: the effective configuration, where each value comes from, and what is
//! wrong or means nothing.

use std::process::ExitCode;

use comfy_table::{Table, presets};

use crate::cli::Output;
use crate::config::{Report, Settings};
use crate::failure::Failure;
use crate::output;

/// Exit code 1 when a value is wrong; then only the errors are printed, since nothing would run on the
/// rest. Unknown names are only named.
pub(super) fn run(settings: &Settings, output: Output) -> Result<ExitCode, Failure> {
    let report = Report::on(settings);
    if output.json {
        output::json(&report)?;
    } else if report.valid {
        output::line(table(&report).trim_fmt())?;
        for unknown in &report.unknown_keys {
            output::line(format_args!("unknown key: {} (from {})", unknown.key, unknown.source))?;
        }
    } else {
        for error in &report.errors {
            output::remark(format_args!("error: {error}"));
        }
    }
    Ok(if report.valid { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn table(report: &Report) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["key", "value", "source"]);
    for line in &report.values {
        table.add_row([line.key, line.value.as_deref().unwrap_or("(not set)"), &line.source]);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}
