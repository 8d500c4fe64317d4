//! `rishi serve`: the server, until it is told to stop.

use std::sync::Arc;

use super::signals;
use crate::cli::Serve;
use crate::compose::Base;
use crate::config::Config;
use crate::demo;
use crate::doorstep::Doorstep;
use crate::failure::Failure;
use crate::output;

/// Serves until a signal (exit 0) or until a service is lost (exit 1).
pub(super) async fn run(config: &Config, serve: &Serve) -> Result<(), Failure> {
    let asked = signals::first()?;
    // Somebody answers while the database is brought up to date, which may take minutes.
    let doorstep = Doorstep::open(config.http_addr).await?;
    let base = Base::open(config).await?;
    let demo = if serve.demo { Some(fill(&base).await?) } else { None };
    let running = base.serve_at(config, doorstep).await?;
    let url = format!("http://{}", running.address);
    say(&format!("listening on {url}\n"));
    if let Some(demo) = demo {
        say(&demo.text(config.public_url.as_deref().unwrap_or(&url)));
    }
    let lost = tokio::select! {
        () = asked.cancelled() => None,
        failure = running.failed() => Some(failure),
    };
    running.stop().await;
    lost.map_or(Ok(()), Err)
}

/// Fills the database with sample data, unless other processes are at work on it: they would handle what happens there
/// as if it were of today.
async fn fill(base: &Base) -> Result<demo::Outcome, Failure> {
    let filled = async {
        if let Some(leases) = Arc::clone(&base.store).leases() {
            let seen = leases.cluster().await;
            let seen =
                seen.map_err(|error| Failure::broken("cannot look for other nodes", error))?;
            if let Some(one) = seen.nodes.iter().find(|one| one.is_live()) {
                return Err(Failure::Refused(format!(
                    "{} serves this database: stop it before --demo fills it",
                    one.node.address
                )));
            }
        }
        demo::fill(base).await
    };
    match filled.await {
        Ok(outcome) => Ok(outcome),
        Err(failure) => {
            base.close().await;
            Err(failure)
        }
    }
}

/// The server goes on when nobody reads what it says.
fn say(text: &str) {
    if let Err(failure) = output::write(text) {
        tracing::debug!(error = failure.message(), "nobody reads standard output");
    }
}
