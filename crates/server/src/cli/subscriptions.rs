//! `rishi subscriptions …`

use clap::{Args, Subcommand};

use super::Output;

/// `rishi subscriptions …`
#[derive(Debug, Subcommand)]
pub(crate) enum SubscriptionsCommand {
    /// List subscriptions with how far each has come
    List(Output),
    /// Take no more events until resumed; what runs is finished
    Pause(SubscriptionName),
    /// Go on
    Resume(SubscriptionName),
    /// Exchange what two paused subscriptions have reached; the server is started anew afterwards
    Swap(SubscriptionsSwap),
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
