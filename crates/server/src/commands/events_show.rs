//! `rishi events show`: one event with all that it says.

use rishi_bus::Ledger;

use super::events_tail::unreadable;
use crate::cli::{EventName, EventsShow};
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// Prints it as JSON: on several lines for people, on one with `--json`.
pub(super) async fn run(config: &Config, show: EventsShow) -> Result<(), Failure> {
    let base = Base::open_existing(config).await?;
    let found = match show.event {
        EventName::Position(position) => Ledger::event(&*base.store, position).await,
        EventName::Id(id) => base.app.desk.event_by_id(id).await,
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
