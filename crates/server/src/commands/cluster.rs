//! `rishi cluster status`: nodes and leases as the database has them; no server is asked.

use std::collections::HashMap;
use std::sync::Arc;

use rishi_app::operations::Live;
use rishi_app::operations::cluster::{ClusterView, SequencerView};
use uuid::Uuid;

use super::tables::{counted, plain};
use crate::cli::{ClusterCommand, Output};
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

pub(super) async fn run(config: &Config, command: ClusterCommand) -> Result<(), Failure> {
    let ClusterCommand::Status(asked) = command;
    let base = Base::open_existing(config).await?;
    let done = status(&base, asked).await;
    base.close().await;
    done
}

async fn status(base: &Base, asked: Output) -> Result<(), Failure> {
    let nowhere: Live = Arc::new(Vec::new);
    let view = match Arc::clone(&base.store).leases() {
        Some(leases) => {
            let seen = base.app.whole_cluster(&*leases, &nowhere).await;
            seen.map_err(Failure::refusal)?
        }
        None => ClusterView {
            shared: false,
            node: None,
            nodes: Vec::new(),
            leases: Vec::new(),
            sequencer: SequencerView { head: *base.store.head().borrow(), waiting: 0 },
        },
    };
    if asked.json {
        return output::json(&view);
    }
    output::write(&text(&view))
}

fn text(view: &ClusterView) -> String {
    let SequencerView { head, waiting } = view.sequencer;
    let tip = format!("log: head {head}, {} without a position\n", counted(waiting, "event"));
    if !view.shared {
        return format!(
            "one process works on a database in a file and shares nothing; whether one runs, \
             `rishi health` asks it\n{tip}"
        );
    }
    let names: HashMap<Uuid, String> =
        view.nodes.iter().map(|one| (one.id, one.address.clone())).collect();
    let nodes = view.nodes.iter().map(|one| {
        [
            one.id.to_string(),
            one.host.clone(),
            one.address.clone(),
            one.version.clone(),
            one.roles.join(","),
            one.started.strftime("%F %TZ").to_string(),
            format!(
                "{:.1} s",
                std::time::Duration::from_millis(one.heartbeat_age_ms).as_secs_f64()
            ),
            if one.alive { "alive" } else { "gone" }.to_owned(),
            one.leases.to_string(),
        ]
    });
    let heads =
        ["NODE", "HOST", "ADDRESS", "VERSION", "ROLES", "STARTED", "HEARTBEAT", "STATE", "LEASES"];
    let nodes = plain(heads, nodes);
    let number = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), |one| one.to_string());
    let leases = view.leases.iter().map(|one| {
        let holder = one.holder.map(|id| names.get(&id).cloned().unwrap_or_else(|| id.to_string()));
        [
            one.unit.clone(),
            holder.unwrap_or_else(|| "nobody".to_owned()),
            one.token.to_string(),
            one.until.map_or_else(|| "-".to_owned(), |at| at.strftime("%F %T%.3fZ").to_string()),
            number(one.lag_events),
            number(one.lag_seconds),
        ]
    });
    let leases = plain(["UNIT", "HOLDER", "TOKEN", "UNTIL", "BEHIND", "SECONDS"], leases);
    format!("{nodes}\n\n{leases}\n\n{tip}")
}
