//! `rishi cluster …`

use clap::Subcommand;

use super::Output;

/// `rishi cluster …`
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum ClusterCommand {
    /// Print the nodes, which of them does what, and how far behind that is
    Status(Output),
}
