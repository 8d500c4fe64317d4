//! Runs pgbench, which comes with PostgreSQL.

use std::process::Command;
use std::time::Duration;

use crate::{Bench, Result, failed};

/// Transactions per second of one statement over so many connections.
pub(super) fn rate(
    bench: &Bench,
    url: &str,
    statement: &str,
    connections: usize,
    time: Duration,
) -> Result<f64> {
    let script = bench.dir.join("limit.sql");
    std::fs::write(&script, format!("{};\n", statement.replace('\n', " ")))?;
    let seconds = time.as_secs().max(1).to_string();
    let threads = connections.min(2).to_string();
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--time", &seconds])
        .args(["--client", &connections.to_string(), "--jobs", &threads, "--file"])
        .arg(&script)
        .arg(url)
        .output()
        .map_err(|error| failed(format!("pgbench cannot be run: {error}")))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next());
    let failures =
        said.lines().find_map(|line| line.strip_prefix("number of failed transactions: "));
    match rate {
        Some(rate)
            if output.status.success() && failures.is_none_or(|all| all.starts_with("0 ")) =>
        {
            Ok(rate.parse()?)
        }
        _ => Err(failed(format!(
            "pgbench failed: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        ))),
    }
}
