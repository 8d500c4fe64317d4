//! What can be asked for, and how much work that is.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

/// Measures the platform against the machine's own limits; see docs/performance.md.
#[derive(Debug, Parser)]
#[command(name = "platform")]
pub(crate) struct Options {
    /// Shorter rounds and less data: at most three minutes
    #[arg(long)]
    quick: bool,
    /// On PostgreSQL, beside pgbench, instead of SQLite
    #[arg(long)]
    pub(crate) cluster: bool,
    /// Write every figure of every round to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Measure only these, e.g. p1 or p3,p4; may be given again
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<String>,
    /// Bookings of the largest organization, which are also the events of the long log
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(20_000..=5_000_000))]
    size: Option<u64>,
    /// Where databases are put, on the disk to be measured [default: the build folder]
    #[arg(long, value_name = "PATH")]
    dir: Option<PathBuf>,
    /// Another build of the server, to be compared with this one
    #[arg(long, value_name = "PATH", default_value = env!("CARGO_BIN_EXE_rishi"))]
    binary: PathBuf,
    /// Today's date as the report is to state it [default: the clock's]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) date: Option<String>,
    /// Cargo adds it
    #[arg(long, hide = true)]
    bench: bool,
}

/// How much is done.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) quick: bool,
    /// Rounds of what has a target.
    pub(crate) rounds: usize,
    /// How long one thing is measured in one round.
    pub(crate) time: Duration,
    /// Bookings of the largest organization.
    pub(crate) size: u64,
    /// Commits made one by one to measure how fast they are noticed.
    pub(crate) pings: usize,
    /// Commits of the policy that writes.
    pub(crate) reactions: u64,
    /// How long load is kept at half the capacity.
    pub(crate) steady: Duration,
    /// How long in all the bench waits for other programs to rest.
    pub(crate) patience: Duration,
    /// The server.
    pub(crate) binary: PathBuf,
    /// Where databases are put.
    pub(crate) dir: PathBuf,
    only: Vec<String>,
}

impl Options {
    pub(crate) fn plan(&self) -> Plan {
        let default = || PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let dir = self.dir.clone().unwrap_or_else(default);
        let binary = self.binary.clone();
        let only = self.only.iter().map(|name| name.to_lowercase()).collect();
        if self.quick {
            return Plan {
                quick: true,
                rounds: 3,
                time: Duration::from_millis(1_200),
                size: self.size.unwrap_or(100_000),
                pings: 200,
                reactions: 20_000,
                steady: Duration::from_secs(3),
                patience: Duration::from_secs(20),
                binary,
                dir,
                only,
            };
        }
        Plan {
            quick: false,
            rounds: 5,
            time: Duration::from_secs(4),
            size: self.size.unwrap_or(1_000_000),
            pings: 1_000,
            reactions: 100_000,
            steady: Duration::from_secs(8),
            patience: Duration::from_mins(3),
            binary,
            dir,
            only,
        }
    }
}

impl Plan {
    /// Whether any of these rows is asked for.
    pub(crate) fn wants(&self, rows: &[&str]) -> bool {
        self.only.is_empty() || rows.iter().any(|row| self.only.iter().any(|one| one == row))
    }
}
