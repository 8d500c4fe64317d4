//! `rishi events retain`: removes the oldest events, when told to and never by itself.

use jiff::{SignedDuration, Timestamp};
use rishi_app::operations::Order;
use rishi_bus::Position;
use serde_json::json;

use super::events_tail::unreadable;
use super::progress::Progress;
use crate::cli::EventsRetain;
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// How many events are removed at a time: the writer does nothing else meanwhile.
const STEP: Position = 10_000;

pub(super) async fn run(config: &Config, retain: EventsRetain) -> Result<(), Failure> {
    let base = Base::open_existing(config).await?;
    let done = remove(&base, &retain).await;
    base.close().await;
    done
}

async fn remove(base: &Base, retain: &EventsRetain) -> Result<(), Failure> {
    let desk = &*base.app.desk;
    let begin = desk.anchor().await.map_err(unreadable)?.position;
    let through = match (retain.through.position, retain.through.before) {
        (Some(position), _) => position,
        (None, before) => {
            let moment = SignedDuration::from_micros(1);
            let before = before.unwrap_or(Timestamp::MIN).saturating_sub(moment);
            desk.position_at(before.unwrap_or(Timestamp::MIN)).await.map_err(unreadable)?
        }
    };
    let count = through.saturating_sub(begin);
    if !retain.yes && count > 0 {
        return Err(Failure::Refused(format!(
            "this removes {count} events, up to position {through}, for good; \
             keep them with `rishi events export --to {through} FILE`, then repeat with --yes"
        )));
    }
    let (mut reached, mut removed) = (begin, 0);
    let mut progress = Progress::new("removing events");
    while reached < through {
        reached = reached.saturating_add(STEP).min(through);
        let order = Order::Retain { through: reached };
        removed += base.app.operate(vec![order]).await.map_err(Failure::refusal)?;
        progress.at(reached - begin, count);
    }
    drop(progress);
    if retain.output.json {
        return output::json(&json!({ "removed": removed, "through": reached }));
    }
    output::line(format_args!("removed {removed} events; the log begins after position {reached}"))
}
