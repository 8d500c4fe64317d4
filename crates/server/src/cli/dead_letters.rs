//! `rishi dead-letters …`

use clap::{Args, Subcommand};
use rishi_app::operations::{LetterFilter, LetterId};

use super::Output;

/// `rishi dead-letters …`
#[derive(Debug, Subcommand)]
pub(crate) enum DeadLettersCommand {
    /// List dead letters, oldest first
    List(DeadLettersList),
    /// Print one with its event and the whole error
    Show(DeadLettersShow),
    /// Try again, with fresh attempts, in the order of their keys
    Redrive(DeadLettersRedrive),
    /// Give up, for a reason that is kept
    Discard(DeadLettersDiscard),
}

/// `rishi dead-letters list`
#[derive(Debug, Args)]
pub(crate) struct DeadLettersList {
    /// Only of this subscription
    #[arg(long, value_name = "NAME")]
    pub(crate) subscription: Option<String>,
    /// Only with this text in the error
    #[arg(long, value_name = "TEXT")]
    pub(crate) error: Option<String>,
    /// Count them by subscription and error instead
    #[arg(long)]
    pub(crate) groups: bool,
    /// How many to print
    #[arg(long, value_name = "COUNT", default_value_t = 50, conflicts_with = "groups",
        value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi dead-letters show`
#[derive(Debug, Args)]
pub(crate) struct DeadLettersShow {
    /// Its name, as `list` prints it: SUBSCRIPTION:POSITION
    pub(crate) id: LetterId,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi dead-letters redrive`
#[derive(Debug, Args)]
pub(crate) struct DeadLettersRedrive {
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi dead-letters discard`
#[derive(Debug, Args)]
pub(crate) struct DeadLettersDiscard {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Why nothing more is to be done
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Which dead letters an order is about.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Which {
    /// One, by its name as `list` prints it: SUBSCRIPTION:POSITION
    #[arg(conflicts_with_all = ["subscription", "error", "all"])]
    id: Option<LetterId>,
    /// All of this subscription
    #[arg(long, value_name = "NAME", conflicts_with = "all")]
    subscription: Option<String>,
    /// All with this text in the error
    #[arg(long, value_name = "TEXT", conflicts_with = "all")]
    error: Option<String>,
    /// All there are
    #[arg(long)]
    all: bool,
}

impl Which {
    /// The filter that finds them.
    pub(crate) fn filter(self) -> LetterFilter {
        match self.id {
            Some(id) => id.filter(),
            None => {
                LetterFilter { subscription: self.subscription, position: None, error: self.error }
            }
        }
    }
}
