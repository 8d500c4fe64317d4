//! Allowances that are counted for every process at once.

use async_trait::async_trait;
use rishi_resilience::{Allowance, Exceeded, Rate};

/// Where all processes count together how often things are done.
#[async_trait]
pub trait SharedAllowances: Send + Sync + 'static {
    /// Spends one of the key's allowance. Nothing where that cannot be told now: then every process counts by itself.
    async fn spend(&self, key: &str, rate: Rate) -> Option<Result<Allowance, Exceeded>>;
}
