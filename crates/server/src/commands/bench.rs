//! `rishi bench`: what this machine carries, for who has to choose one.
//!
//! Cast: [`disk`] times bare flushes beside the configured database, so on its disk; [`stage`] makes
//! a database of its own there, with one organization; [`figures`] adds up. Measured through the use
//! cases, with the reactions running, without HTTP.
//!
//! Guarantee: the configured database is neither read nor written, and nothing is left behind.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::progress::Progress;
use super::tables;
use crate::cli::Bench;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

mod disk;
mod figures;
mod stage;

use figures::{Figure, Latencies};
use stage::Stage;

/// Measures and prints.
pub(super) async fn run(config: &Config, asked: Bench) -> Result<(), Failure> {
    let folder = config
        .database
        .file()
        .and_then(Path::parent)
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let place = tempfile::Builder::new()
        .prefix("rishi-bench-")
        .tempdir_in(folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(folder))
        .map_err(|error| Failure::broken(format!("cannot write to {}", folder.display()), error))?;

    let stage = Arc::new(Stage::set(place.path(), usize::from(asked.clients)).await?);
    let flush = disk::flushes(place.path(), &*stage.clock)?;
    let mut progress = Progress::new("measuring");
    let mut measured = Vec::with_capacity(Work::ALL.len());
    for (done, work) in (0..).zip(Work::ALL) {
        progress.at(done, Work::ALL.len() as u64);
        measured.push((work, measure(&stage, &asked, work).await?));
    }
    drop(progress);
    stage.clear().await;
    report(&asked, &flush, &measured)
}

/// A piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// Making a booking in a free slot, its event and the notification of a manager included.
    Create,
    /// Listing fifty of them.
    List,
    /// The organization's figures.
    Statistics,
}

impl Work {
    const ALL: [Self; 3] = [Self::Create, Self::List, Self::Statistics];

    const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::List => "list",
            Self::Statistics => "statistics",
        }
    }
}

/// Lets all clients do one piece of work over and over.
async fn measure(stage: &Arc<Stage>, asked: &Bench, work: Work) -> Result<Figure, Failure> {
    let begun = stage.clock.now();
    let time = Duration::from_secs(asked.seconds.into());
    let slots = Arc::new(AtomicU64::new(0));
    let clients: Vec<_> = (0..usize::from(asked.clients))
        .map(|client| {
            let (stage, slots) = (Arc::clone(stage), Arc::clone(&slots));
            tokio::spawn(async move {
                let mut times = Latencies::default();
                let mut before = stage.clock.now();
                while elapsed(begun, before) < time {
                    stage.work(work, client, slots.fetch_add(1, Ordering::Relaxed)).await?;
                    let after = stage.clock.now();
                    times.push(elapsed(before, after));
                    before = after;
                }
                Ok::<_, Failure>(times)
            })
        })
        .collect();
    let mut all = Latencies::default();
    for client in clients {
        let done = client.await.map_err(|error| Failure::broken("a client panicked", error))?;
        all.merge(done?);
    }
    stage.settled().await;
    Ok(Figure::of(all, elapsed(begun, stage.clock.now())))
}

/// The time between two instants; nothing when the clock was set back meanwhile.
fn elapsed(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

fn report(asked: &Bench, flush: &Latencies, measured: &[(Work, Figure)]) -> Result<(), Failure> {
    if asked.output.json {
        let work: serde_json::Map<_, _> =
            measured.iter().map(|(work, figure)| (work.name().to_owned(), figure.json())).collect();
        return output::json(&json!({
            "seconds": asked.seconds, "clients": asked.clients, "flush": flush.json(), "work": work,
        }));
    }
    let row = |(work, figure): &(Work, Figure)| {
        let [median, slowest] = figure.latencies.shown();
        [work.name().to_owned(), format!("{:.0}", figure.per_second), median, slowest]
    };
    let heads = ["work", "per second", "median ms", "p99 ms"];
    output::line(tables::plain(heads, measured.iter().map(row)))?;
    let [median, slowest] = flush.shown();
    output::line(format_args!(
        "\nA flush of the disk takes {median} ms (p99 {slowest}); {} clients, {} s each, without HTTP.",
        asked.clients, asked.seconds
    ))
}
