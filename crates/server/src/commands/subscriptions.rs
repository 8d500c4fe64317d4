//! `rishi subscriptions …`: how each stands in the database, and the operator's word to it. A running
//! server notices within a second.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rishi_app::error::Error as Refusal;
use rishi_app::operations::{Live, Order, SubscriptionView};
use rishi_bus::{Position, Standing};
use serde_json::json;

use super::events_tail::unreadable;
use super::{subscriptions_compare, tables};
use crate::cli::{Output, SubscriptionsCommand, SubscriptionsList};
use crate::clock;
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

pub(super) async fn run(config: &Config, command: SubscriptionsCommand) -> Result<(), Failure> {
    let base = Base::open_existing(config).await?;
    let done = match command {
        SubscriptionsCommand::List(asked) => list(&base, &asked).await,
        SubscriptionsCommand::Pause(one) => {
            let order = Order::Pause { subscription: one.name.clone() };
            say(&base, &[&one.name], order, &format!("paused {}", one.name), one.output).await
        }
        SubscriptionsCommand::Resume(one) => {
            let order = Order::Resume { subscription: one.name.clone() };
            say(&base, &[&one.name], order, &format!("resumed {}", one.name), one.output).await
        }
        SubscriptionsCommand::Compare(two) => subscriptions_compare::run(&base, &two).await,
        SubscriptionsCommand::Swap(two) => {
            let order = Order::Swap { subscription: two.name.clone(), with: two.with.clone() };
            let said = format!(
                "swapped {} and {}; start the server with their handlers exchanged, then resume both",
                two.name, two.with
            );
            say(&base, &[&two.name, &two.with], order, &said, two.output).await
        }
        SubscriptionsCommand::Forget(one) => {
            let order = Order::Forget { subscription: one.name.clone() };
            say(&base, &[&one.name], order, &format!("forgot {}", one.name), one.output).await
        }
    };
    base.close().await;
    done
}

/// Gives an order about subscriptions that are there. Pausing what is paused changes nothing.
async fn say(
    base: &Base,
    names: &[&str],
    order: Order,
    said: &str,
    output: Output,
) -> Result<(), Failure> {
    let standings = base.app.desk.standings().await.map_err(unreadable)?;
    for name in names {
        let standing = standings.iter().find(|standing| standing.name == **name);
        let Some(standing) = standing else { return Err(unknown(name)) };
        let paused = standing.paused_since.is_some();
        let stands = matches!(order, Order::Pause { .. }) && paused
            || matches!(order, Order::Resume { .. }) && !paused;
        if stands {
            return answer(
                names,
                &format!("{name} is {} already", if paused { "paused" } else { "at work" }),
                output,
            );
        }
    }
    base.app.operate(vec![order]).await.map_err(Failure::refusal)?;
    answer(names, said, output)
}

fn answer(names: &[&str], said: &str, output: Output) -> Result<(), Failure> {
    if output.json {
        return output::json(&json!({ "subscriptions": names, "said": said }));
    }
    output::line(said)
}

/// There is no such subscription.
pub(super) fn unknown(name: &str) -> Failure {
    Failure::Refused(format!(
        "there is no subscription {name:?}; `rishi subscriptions list` names them all"
    ))
}

/// A use case's refusal about a subscription.
pub(super) fn refused(name: &str, error: Refusal) -> Failure {
    match error {
        Refusal::NotFound("subscription") => unknown(name),
        other => Failure::refusal(other),
    }
}

/// How far each has come at a second look, and how long it took to come there from the first.
struct Pace {
    before: HashMap<String, Position>,
    seconds: f64,
}

impl Pace {
    /// Events per second. One that was set back has come nowhere.
    fn of(&self, standing: &Standing) -> Option<f64> {
        let before = *self.before.get(&standing.name)?;
        let events = u32::try_from(standing.cursor.saturating_sub(before)).unwrap_or(u32::MAX);
        // A tenth is as fine as it can be seen.
        Some((f64::from(events) / self.seconds * 10.0).round() / 10.0)
    }
}

/// Looks once, waits, and says what it saw.
async fn pace(base: &Base, over: u16) -> Result<Pace, Failure> {
    let first = base.app.desk.standings().await.map_err(unreadable)?;
    let before = first.into_iter().map(|one| (one.name, one.cursor)).collect();
    let elapsed = clock::elapsed();
    let begun = elapsed();
    tokio::time::sleep(Duration::from_secs(over.into())).await;
    Ok(Pace { before, seconds: elapsed().saturating_sub(begun).as_secs_f64() })
}

async fn list(base: &Base, asked: &SubscriptionsList) -> Result<(), Failure> {
    let pace = match asked.over {
        Some(over) => Some(pace(base, over).await?),
        None => None,
    };
    let pace = |standing: &Standing| pace.as_ref().and_then(|pace| pace.of(standing));
    let nothing: Live = Arc::new(Vec::new);
    let head = base.store.refresh_head().await.map_err(unreadable)?;
    let found = base.app.all_subscriptions(&nothing, head).await.map_err(Failure::refusal)?;
    if asked.output.json {
        let subscriptions: Vec<_> =
            found.iter().map(|view| document(base, view, pace(&view.standing))).collect();
        return output::json(&json!({ "head": head, "subscriptions": subscriptions }));
    }
    let heads = [
        "subscription",
        "state",
        "cursor",
        "behind",
        "per second",
        "waiting",
        "retrying",
        "dead",
        "discarded",
        "last error",
    ];
    let row = |view: &SubscriptionView| {
        let standing = &view.standing;
        let state = match standing.paused_since {
            Some(_) => "paused",
            None if base.app.is_equipped_for(&standing.name) => "at work",
            None if base.app.handles(&standing.name) => "not configured",
            None => "not in this program",
        };
        let behind = format!("{} events, {} s", view.lag_events(), view.lag_seconds());
        [
            standing.name.clone(),
            state.to_owned(),
            standing.cursor.to_string(),
            behind,
            pace(standing).map_or_else(|| "-".to_owned(), |pace| pace.to_string()),
            standing.waiting.to_string(),
            standing.retrying.to_string(),
            standing.dead.to_string(),
            standing.skipped.to_string(),
            standing.last_error.as_deref().map(tables::brief).unwrap_or_default(),
        ]
    };
    output::line(tables::plain(heads, found.iter().map(row)))
}

fn document(base: &Base, view: &SubscriptionView, pace: Option<f64>) -> serde_json::Value {
    let standing = &view.standing;
    json!({
        "name": standing.name,
        "inThisProgram": base.app.handles(&standing.name),
        "configured": base.app.is_equipped_for(&standing.name),
        "paused": standing.paused_since.is_some(),
        "pausedSince": standing.paused_since,
        "cursor": standing.cursor,
        "lagEvents": view.lag_events(),
        "lagSeconds": view.lag_seconds(),
        "throughput": pace,
        "waiting": standing.waiting,
        "retrying": standing.retrying,
        "dead": standing.dead,
        "skipped": standing.skipped,
        "generation": standing.generation,
        "lastError": standing.last_error,
        "lastErrorAt": standing.last_error_at,
    })
}
