//! `rishi subscriptions …`

use clap::{Args, Subcommand};
use rishi_bus::Position;

use super::Output;

/// `rishi subscriptions …`
#[derive(Debug, Subcommand)]
pub(crate) enum SubscriptionsCommand {
    /// List subscriptions with how far each has come
    List(SubscriptionsList),
    /// Take no more events until resumed; what runs is finished
    Pause(SubscriptionName),
    /// Go on
    Resume(SubscriptionName),
    /// Print where two subscriptions of this program would decide differently, and change nothing
    Compare(SubscriptionsCompare),
    /// Exchange what two paused subscriptions have reached; the server is started anew afterwards
    Swap(SubscriptionsSwap),
    /// Remove a paused subscription that this program no longer has, with all that it has not handled
    Forget(SubscriptionName),
}

/// `rishi subscriptions list`
#[derive(Debug, Args)]
#[command(
    after_help = "The file alone knows how far each has come, not how fast: --over looks a second time after \
    so many seconds. What a running server measures is in /api/system/subscriptions and /metrics."
)]
pub(crate) struct SubscriptionsList {
    /// Look twice, so many seconds apart, and print how many events each has come further per second
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=3_600))]
    pub(crate) over: Option<u16>,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// One subscription.
#[derive(Debug, Args)]
pub(crate) struct SubscriptionName {
    /// Its name
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi subscriptions swap`
#[derive(Debug, Args)]
pub(crate) struct SubscriptionsSwap {
    /// One, paused
    pub(crate) name: String,
    /// The other, paused
    pub(crate) with: String,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi subscriptions compare`
#[derive(Debug, Args)]
#[command(
    after_help = "Both handlers are asked about the same events, as they are in this program and \
    with the database as it is now. No effect is run, so two effects never differ."
)]
pub(crate) struct SubscriptionsCompare {
    /// One, e.g. booking-created
    pub(crate) name: String,
    /// The other, e.g. booking-created@v2
    pub(crate) with: String,
    /// Beginning with the event at this position [default: the first there is]
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) from: Option<Position>,
    /// Ending with the event at this position [default: the newest]
    #[arg(long, value_name = "POSITION")]
    pub(crate) to: Option<Position>,
    #[command(flatten)]
    pub(crate) output: Output,
}
