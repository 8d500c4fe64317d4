//! `make bench`: what the platform does, beside what the machine could do.
//!
//! Cast: [`server`] runs the release binary as a child; [`world`] puts people and places into it;
//! [`load`] drives it over HTTP; [`bare`] does the same rows through rusqlite alone, which is the
//! limit; [`cluster`] is the same on PostgreSQL beside pgbench; [`seed`] makes large databases; [`cases`] are the rows of the table, [`report`] prints it.
//!
//! Flow: writes on a fresh database, then reads on one with a million bookings, then the engine and
//! the dispatcher in this process, then HTTP without anything behind it. Whatever is judged by a
//! ratio is measured in rounds, limit and server in turn, so that both meet the same machine.
//!
//! Guarantee: a figure counts answers of 2xx only, and any other answer ends the bench. A target
//! that is missed is printed, not an error. See docs/performance.md.
#![allow(clippy::disallowed_methods, reason = "a bench reads the clock and makes ids of its own")]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "counts become figures, and none comes near the limits of its type"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

mod bare;
mod cases;
mod cluster;
mod figures;
mod http;
mod load;
mod machine;
mod options;
mod report;
mod seed;
mod server;
mod sql;
mod world;

use options::{Options, Plan};
use report::Report;

// As the server, so that what runs in this process runs as it would there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever ends the bench.
type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Failure> = std::result::Result<T, E>;

/// A failure in words.
fn failed(what: impl Into<String>) -> Failure {
    what.into().into()
}

/// What every case needs.
struct Bench {
    plan: Plan,
    dir: PathBuf,
    report: Report,
    begun: Instant,
    /// How much longer the bench may wait for other programs to rest.
    patience: Duration,
}

impl Bench {
    /// Says on standard error what comes next.
    fn say(&self, what: &str) {
        eprintln!("{:>5.0} s  {what}", self.begun.elapsed().as_secs_f64());
    }

    /// The same, after waiting for other programs to rest, within reason.
    fn quiet(&mut self, what: &str) {
        let begun = Instant::now();
        while begun.elapsed() < self.patience && machine::others() > 0.1 {}
        self.patience = self.patience.saturating_sub(begun.elapsed());
        self.say(what);
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let plan = options.plan();
    std::fs::create_dir_all(&plan.dir)?;
    machine::check_disk(&plan.dir)?;
    let folder = tempfile::Builder::new().prefix("rishi-bench-").tempdir_in(&plan.dir)?;
    let machine = machine::describe(&plan.dir, options.date.as_deref());
    let report = Report::new(machine, plan.quick);
    let dir = folder.path().to_owned();
    let patience = plan.patience;
    let mut bench = Bench { plan, dir, report, begun: Instant::now(), patience };
    if options.cluster {
        cluster::all(&mut bench)?;
    } else {
        cases::all(&mut bench)?;
    }
    println!("{}", bench.report.text());
    if let Some(path) = &options.json {
        write_json(path, &bench.report)?;
    }
    Ok(())
}

fn write_json(path: &Path, report: &Report) -> Result<()> {
    let text = serde_json::to_string_pretty(&report.json())?;
    std::fs::write(path, text + "\n")
        .map_err(|error| failed(format!("cannot write {}: {error}", path.display())))
}
