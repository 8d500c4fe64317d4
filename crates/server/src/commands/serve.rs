//! `rishi serve`: the server, until it is told to stop.

use super::signals;
use crate::cli::Serve;
use crate::compose::Base;
use crate::config::Config;
use crate::demo;
use crate::failure::Failure;
use crate::output;

/// Serves until a signal (exit 0) or until a service is lost (exit 1).
pub(super) async fn run(config: &Config, serve: &Serve) -> Result<(), Failure> {
    let asked = signals::first()?;
    let base = Base::open(config).await?;
    let demo = if serve.demo { Some(fill(&base).await?) } else { None };
    let running = base.serve(config).await?;
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

async fn fill(base: &Base) -> Result<demo::Outcome, Failure> {
    match demo::fill(base).await {
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
