//! `rishi events tail`: the end of the event log, and what comes after it.

use std::sync::Arc;
use std::time::Duration;

use rishi_bus::{Envelope, Ledger, LedgerError, Pattern, Position};

use super::signals;
use crate::cli::EventsTail;
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// How many events are printed when nobody says.
const FEW: u64 = 20;
/// How many are read at a time.
const PAGE: u16 = 512;
/// How often another process's events are looked for.
const LOOK: Duration = Duration::from_millis(250);

/// Prints until the end of the log, or with `--follow` until a signal.
pub(super) async fn run(config: &Config, tail: EventsTail) -> Result<(), Failure> {
    let base = Base::open_existing(config).await?;
    let printed = if tail.follow {
        let asked = signals::first()?;
        asked.run_until_cancelled(print(&*base.store, &tail)).await.unwrap_or(Ok(()))
    } else {
        print(&*base.store, &tail).await
    };
    base.close().await;
    printed
}

async fn print(ledger: &(impl Ledger + ?Sized), tail: &EventsTail) -> Result<(), Failure> {
    let head = ledger.refresh_head().await.map_err(unreadable)?;
    let mut after = match tail.from {
        Some(from) => from.saturating_sub(1),
        None => start(ledger, tail, head).await.map_err(unreadable)?,
    };
    let mut left =
        tail.limit.unwrap_or(if tail.from.is_some() || tail.follow { u64::MAX } else { FEW });
    let mut listed = Listed::new(tail);
    loop {
        let events = ledger.read(after, PAGE.into()).await.map_err(unreadable)?;
        for event in &events {
            after = event.position;
            if wanted(&tail.types, event) {
                listed.show(event)?;
                left -= 1;
            }
            if left == 0 {
                return listed.end();
            }
        }
        if events.is_empty() && !tail.follow {
            return listed.end();
        }
        if events.is_empty() {
            tokio::time::sleep(LOOK).await;
            ledger.refresh_head().await.map_err(unreadable)?;
        }
    }
}

/// The position after which the last few wanted events lie, found page by page from the end.
async fn start(
    ledger: &(impl Ledger + ?Sized),
    tail: &EventsTail,
    head: Position,
) -> Result<Position, LedgerError> {
    // Following without a limit begins with the last few as well.
    let few = if tail.follow { FEW } else { tail.limit.unwrap_or(FEW) };
    let (mut end, mut found) = (head, 0);
    while end > 0 {
        let begin = end.saturating_sub(PAGE.into());
        let page = ledger.read(begin, usize::try_from(end - begin).unwrap_or(usize::MAX)).await?;
        for event in page.iter().rev().filter(|event| event.position <= end) {
            found += u64::from(wanted(&tail.types, event));
            if found == few {
                return Ok(event.position - 1);
            }
        }
        end = begin;
    }
    Ok(0)
}

fn wanted(types: &[Pattern], event: &Envelope) -> bool {
    types.is_empty() || types.iter().any(|pattern| pattern.matches(&event.event_type))
}

/// Events as they are printed: for people a line each; as JSON one array, or one document a line where there
/// is no end to wait for.
struct Listed {
    json: bool,
    follow: bool,
    any: bool,
}

impl Listed {
    fn new(tail: &EventsTail) -> Self {
        Self { json: tail.json, follow: tail.follow, any: false }
    }

    fn show(&mut self, event: &Arc<Envelope>) -> Result<(), Failure> {
        if !self.json {
            return output::line(format_args!(
                "{:>8}  {:.3}  {:<36}  {} v{}",
                event.position, event.timestamp, event.event_type, event.subject, event.version
            ));
        }
        if !self.follow {
            output::write(if self.any { ",\n" } else { "[\n" })?;
            self.any = true;
        }
        output::json(event)
    }

    fn end(&self) -> Result<(), Failure> {
        match (self.json && !self.follow, self.any) {
            (false, _) => Ok(()),
            (true, true) => output::line("]"),
            (true, false) => output::line("[]"),
        }
    }
}

pub(super) fn unreadable(error: LedgerError) -> Failure {
    Failure::broken("cannot read the event log", error)
}
