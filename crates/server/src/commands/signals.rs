//! SIGTERM and SIGINT: the first asks for a graceful end, the second ends at once.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// How long a second signal still counts as the first.
const ECHO: Duration = Duration::from_millis(100);

/// A token that the first signal cancels. Works from the moment it is made, so that a signal during
/// a long start is not lost.
pub(super) fn first() -> Result<CancellationToken, Failure> {
    let listen =
        |kind| signal(kind).map_err(|error| Failure::broken("cannot listen for signals", error));
    let (mut terminate, mut interrupt) =
        (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    let asked = CancellationToken::new();
    let tell = asked.clone();
    tokio::spawn(async move {
        let name = next(&mut terminate, &mut interrupt).await;
        tracing::info!(
            signal = name,
            "asked to stop; finishing what runs (a second signal ends at once)"
        );
        tell.cancel();
        // One wish may arrive twice: from a terminal to all its programs, and from a program around
        // this one that passes it on.
        let echo = tokio::time::sleep(ECHO);
        tokio::pin!(echo);
        loop {
            tokio::select! {
                biased;
                () = &mut echo => break,
                _ = next(&mut terminate, &mut interrupt) => {}
            }
        }
        let name = next(&mut terminate, &mut interrupt).await;
        tracing::warn!(signal = name, "asked again; ending at once");
        at_once(name);
    });
    Ok(asked)
}

async fn next(terminate: &mut Signal, interrupt: &mut Signal) -> &'static str {
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}

/// Ends the process with 128 and the signal's number, as shells count.
#[expect(
    clippy::disallowed_methods,
    reason = "to drop nothing and wait for nothing is what was asked for"
)]
fn at_once(signal: &str) -> ! {
    // Every answered change is on the disk.
    std::process::exit(if signal == "SIGINT" { 130 } else { 143 })
}
