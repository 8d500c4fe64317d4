//! `rishi events …`

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use rishi_bus::{Checkpoint, Pattern, Position};
use uuid::Uuid;

use super::Output;

/// `rishi events …`
#[derive(Debug, Subcommand)]
pub(crate) enum EventsCommand {
    /// Print the newest events, oldest of them first
    Tail(EventsTail),
    /// Print one event
    Show(EventsShow),
    /// Have a subscription handle events again
    Replay(EventsReplay),
    /// Prove that log, subscriptions and bookings are what was written; exit code 1 when not
    Verify(EventsVerify),
    /// Print the log's end, to be kept elsewhere and given to `verify --against`
    Checkpoint(EventsCheckpoint),
    /// Write events to a file, one JSON document a line
    Export(EventsExport),
    /// Remove the oldest events for good
    Retain(EventsRetain),
}

/// `rishi events tail`
#[derive(Debug, Args)]
pub(crate) struct EventsTail {
    /// Go on with new events as they come
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// Start at this position instead of near the end
    #[arg(long, value_name = "POSITION")]
    pub(crate) from: Option<Position>,
    /// How many events to print [default: 20; with --from, all]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,
    /// Only this type, or BOOKING_* for all that start so; may be given again
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) types: Vec<Pattern>,
    /// Print JSON: an array, or with --follow one event a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// `rishi events show`
#[derive(Debug, Args)]
pub(crate) struct EventsShow {
    /// The event's id or its position in the log
    #[arg(value_name = "ID|POSITION")]
    pub(crate) event: EventName,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// How an event is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventName {
    /// By its place in the log.
    Position(Position),
    /// By its id.
    Id(Uuid),
}

impl FromStr for EventName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let position = text.parse().ok().filter(|position| *position > 0).map(Self::Position);
        let id = || Uuid::parse_str(text).ok().map(Self::Id);
        position.or_else(id).ok_or("write an event's id (a UUID) or its position (1, 2, …)")
    }
}

/// `rishi events replay`
#[derive(Debug, Args)]
#[command(
    after_help = "What the subscription did for these events it does again: notifications are \
    doubled, and receivers outside are asked under the same keys as before. Look at --dry-run first."
)]
pub(crate) struct EventsReplay {
    /// Which subscription
    #[arg(long, value_name = "NAME")]
    pub(crate) subscription: String,
    #[command(flatten)]
    pub(crate) from: ReplayFrom,
    /// Print the commits that would be made, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How many events a dry run looks at
    #[arg(long, value_name = "COUNT", default_value_t = 100, requires = "dry_run",
        value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) limit: u16,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Where a replay begins.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ReplayFrom {
    /// Beginning with the event at this position
    #[arg(long = "from", value_name = "POSITION", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) position: Option<Position>,
    /// Beginning with the first event made at or after this time, e.g. 2026-07-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<Timestamp>,
}

/// `rishi events verify`
#[derive(Debug, Args)]
pub(crate) struct EventsVerify {
    /// Compare with what `rishi events checkpoint` printed earlier
    #[arg(long, value_name = "POSITION:HASH")]
    pub(crate) against: Option<Checkpoint>,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi events checkpoint`
#[derive(Debug, Args)]
pub(crate) struct EventsCheckpoint {
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi events export`
#[derive(Debug, Args)]
pub(crate) struct EventsExport {
    /// How each event is written
    #[arg(long, value_enum, default_value_t = ExportFormat::Json)]
    pub(crate) format: ExportFormat,
    /// The first position [default: the first there is]
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) from: Option<Position>,
    /// The last position [default: the newest]
    #[arg(long, value_name = "POSITION")]
    pub(crate) to: Option<Position>,
    /// The new file, or - for standard output; an existing file is never overwritten
    #[arg(value_name = "FILE", default_value = "-")]
    pub(crate) file: PathBuf,
}

/// How an event is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// As the API shows it
    Json,
    /// As a CloudEvent 1.0
    #[value(name = "cloudevents")]
    CloudEvents,
}

/// `rishi events retain`
#[derive(Debug, Args)]
pub(crate) struct EventsRetain {
    #[command(flatten)]
    pub(crate) through: RetainThrough,
    /// Do it; without this it is only said what would be removed
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Which events go.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct RetainThrough {
    /// Up to and including this position
    #[arg(long = "through", value_name = "POSITION")]
    pub(crate) position: Option<Position>,
    /// Made before this time, e.g. 2026-07-01T12:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) before: Option<Timestamp>,
}
