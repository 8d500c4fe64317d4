//! `rishi subscriptions compare`: what would a new version of a handler do otherwise than the old one?

use rishi_app::operations::{Difference, Stretch};
use serde_json::{Value, json};

use super::events_tail::unreadable;
use super::progress::Progress;
use super::subscriptions::refused;
use super::tables::counted;
use crate::cli::SubscriptionsCompare;
use crate::compose::Base;
use crate::failure::Failure;
use crate::output;

/// Events compared between two looks at how far it has come.
const STEP: usize = 256;

pub(super) async fn run(base: &Base, two: &SubscriptionsCompare) -> Result<(), Failure> {
    let names = [two.name.as_str(), two.with.as_str()];
    for name in names {
        if !base.app.handles(name) {
            return Err(Failure::Refused(format!(
                "this program has no handler {name:?}; compare with a release that has both versions"
            )));
        }
    }
    let head = base.store.refresh_head().await.map_err(unreadable)?;
    let begin = two.from.map_or(0, |from| from - 1);
    let through = two.to.map_or(head, |to| to.min(head));
    let mut stretch = Stretch { after: begin, through, limit: STEP };
    let (mut compared, mut found) = (0, Vec::new());
    let mut progress = Progress::new("comparing");
    while stretch.after < through {
        let log = &*base.store;
        let part = base.app.compare(log, names, stretch).await;
        let part = part.map_err(|error| refused(&two.name, error))?;
        compared += part.compared;
        found.extend(part.differences);
        stretch.after = part.through;
        progress.at(part.through.saturating_sub(begin), through.saturating_sub(begin));
    }
    drop(progress);
    if two.output.json {
        let differences: Vec<Value> = found.iter().map(document).collect();
        return output::json(&json!({
            "subscriptions": names, "compared": compared, "through": stretch.after,
            "differences": differences,
        }));
    }
    for Difference { position, event_type, left, right } in &found {
        output::line(format_args!("{position:>8}  {event_type}"))?;
        output::line(format_args!("          {}: {left}", two.name))?;
        output::line(format_args!("          {}: {right}", two.with))?;
    }
    let differing = found.len() as u64;
    output::line(format_args!(
        "{} compared, {}",
        counted(compared as u64, "event"),
        counted(differing, "difference")
    ))
}

fn document(one: &Difference) -> Value {
    let Difference { position, event_type, left, right } = one;
    json!({ "position": position, "type": event_type, "left": left, "right": right })
}
