//! `rishi bench`: the words.

use clap::Args;

use super::Output;

/// `rishi bench`
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// How long each piece of work is measured
    #[arg(long, value_name = "SECONDS", default_value_t = 5,
        value_parser = clap::value_parser!(u16).range(1..=600))]
    pub(crate) seconds: u16,
    /// How many ask at the same time
    #[arg(long, value_name = "COUNT", default_value_t = 64,
        value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) clients: u16,
    #[command(flatten)]
    pub(crate) output: Output,
}
