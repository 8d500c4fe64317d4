//! `rishi events replay`: a subscription handles events again, or says what it would do.

use rishi_app::operations::{Order, ReplayFrom};
use rishi_bus::Position;
use rishi_bus::rehearse::{Decision, Rehearsed};
use serde_json::{Value, json};

use super::subscriptions::refused;
use crate::cli::EventsReplay;
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

pub(super) async fn run(config: &Config, replay: EventsReplay) -> Result<(), Failure> {
    let base = Base::open_existing(config).await?;
    let done = start(&base, &replay).await;
    base.close().await;
    done
}

async fn start(base: &Base, replay: &EventsReplay) -> Result<(), Failure> {
    let name = &replay.subscription;
    let from = match (replay.from.position, replay.from.since) {
        (Some(position), _) => ReplayFrom::After(position.saturating_sub(1)),
        (None, Some(since)) => ReplayFrom::Since(since),
        (None, None) => return Err(Failure::Refused("say where to begin".to_owned())),
    };
    let after = base.app.replay_after(name, from).await.map_err(|error| refused(name, error))?;
    if replay.dry_run {
        return rehearsed(base, replay, after).await;
    }
    let order = Order::Replay { subscription: name.clone(), after };
    base.app.operate(vec![order]).await.map_err(|error| refused(name, error))?;
    if replay.output.json {
        return output::json(&json!({ "subscription": name, "after": after }));
    }
    output::line(format_args!("{name} handles everything after position {after} again"))
}

/// Asks the handler of this program, as it is now, about the database, as it is now.
async fn rehearsed(base: &Base, replay: &EventsReplay, after: Position) -> Result<(), Failure> {
    let (name, limit) = (&replay.subscription, usize::from(replay.limit));
    let told = base.app.rehearse(&*base.store, name, after, limit).await;
    let told = told.map_err(|error| refused(name, error))?;
    if replay.output.json {
        let events: Vec<Value> = told.iter().map(document).collect();
        return output::json(&json!({
            "subscription": replay.subscription, "after": after, "events": events,
        }));
    }
    for one in &told {
        let (said, more) = words(&one.decision);
        output::line(format_args!("{:>8}  {}  {said}", one.position, one.event_type))?;
        if let Some(more) = more {
            output::line(format_args!("          {more}"))?;
        }
    }
    if told.len() == limit {
        output::remark(format_args!("the first {limit} events; --limit looks at more"));
    }
    output::remark("nothing was changed");
    Ok(())
}

/// What would be done, and its particulars.
fn words(decision: &Decision) -> (&'static str, Option<&str>) {
    match decision {
        Decision::Nothing => ("nothing to do", None),
        Decision::Commit { commit } => ("would commit", Some(commit)),
        Decision::Refused { error, .. } => ("would be refused", Some(error)),
        Decision::Failed { error } => ("would fail", Some(error)),
        Decision::Effect { key } => ("would act outside under the key", Some(key)),
    }
}

fn document(one: &Rehearsed) -> Value {
    let (decision, particulars) = match &one.decision {
        Decision::Nothing => ("nothing", json!({})),
        Decision::Commit { commit } => ("commit", json!({ "commit": commit })),
        Decision::Refused { commit, error } => {
            ("refused", json!({ "commit": commit, "error": error }))
        }
        Decision::Failed { error } => ("failed", json!({ "error": error })),
        Decision::Effect { key } => ("effect", json!({ "key": key })),
    };
    let mut document = particulars;
    document["position"] = json!(one.position);
    document["type"] = json!(one.event_type);
    document["decision"] = json!(decision);
    document
}
