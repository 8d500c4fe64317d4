//! `rishi events show`: one event with all that it says.

use std::sync::Arc;

use rishi_bus::{Envelope, Ledger, LedgerError};
use uuid::Uuid;

use super::events_tail::unreadable;
use crate::cli::{EventName, EventsShow};
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// How many events are read at a time.
const PAGE: u16 = 512;

/// Prints it as JSON: on several lines for people, on one with `--json`.
pub(super) async fn run(config: &Config, show: EventsShow) -> Result<(), Failure> {
    let base = Base::open_existing(config).await?;
    let found = match show.event {
        EventName::Position(position) => base.store.event(position).await,
        EventName::Id(id) => by_id(&*base.store, id).await,
    };
    base.close().await;
    let Some(event) = found.map_err(unreadable)? else {
        let name = match show.event {
            EventName::Position(position) => format!("at position {position}"),
            EventName::Id(id) => format!("with the id {id}"),
        };
        return Err(Failure::Refused(format!(
            "there is no event {name}; `rishi events tail` lists the newest"
        )));
    };
    if show.output.json { output::json(&event) } else { output::pretty(&event) }
}

/// Looks from the newest back: what is asked for by id was mostly seen a moment ago.
async fn by_id(ledger: &impl Ledger, id: Uuid) -> Result<Option<Arc<Envelope>>, LedgerError> {
    let mut end = ledger.refresh_head().await?;
    while end > 0 {
        let begin = end.saturating_sub(PAGE.into());
        let page = ledger.read(begin, usize::try_from(end - begin).unwrap_or(usize::MAX)).await?;
        if let Some(found) = page.into_iter().find(|event| event.id == id) {
            return Ok(Some(found));
        }
        end = begin;
    }
    Ok(None)
}
