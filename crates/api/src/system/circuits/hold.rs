//! POST /api/system/circuits/{name}/open, close and auto

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::operations::circuits::{CircuitState, Mode};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Command, Name};
use crate::shared::Shared;

/// Who decides about a circuit now.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CircuitHold")]
struct Held {
    /// Its name.
    name: String,
    /// What it does with calls.
    state: &'static str,
    /// Who decides that.
    mode: &'static str,
}

pub(super) fn describe_open(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("openCircuit").tag(super::TAG).summary("Hold a circuit open");
    let operation = operation.description(
        "No call goes through in this process until it is closed or left to itself again, or the process ends. \
         Subscriptions that need it wait and spend no attempts. With the `database` nothing but signing requests \
         and this is done.",
    );
    document::answers::<Held>(operation, 200, "Who decides now.")
}

pub(super) fn describe_close(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("closeCircuit").tag(super::TAG).summary("Hold a circuit closed");
    let operation = operation.description(
        "Every call goes through in this process, whatever becomes of it, until it is opened or left to itself \
         again, or the process ends.",
    );
    document::answers::<Held>(operation, 200, "Who decides now.")
}

pub(super) fn describe_auto(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("freeCircuit").tag(super::TAG).summary("Let a circuit decide");
    let operation = operation.description(
        "What becomes of calls decides again. A circuit that was held begins closed and without a past; one that was \
         not stays as it is.",
    );
    document::answers::<Held>(operation, 200, "Who decides now.")
}

pub(super) async fn open(shared: State<Shared>, name: Name, command: Command) -> Reply {
    hold(shared, name, command, Mode::HeldOpen).await
}

pub(super) async fn close(shared: State<Shared>, name: Name, command: Command) -> Reply {
    hold(shared, name, command, Mode::HeldClosed).await
}

pub(super) async fn auto(shared: State<Shared>, name: Name, command: Command) -> Reply {
    hold(shared, name, command, Mode::Auto).await
}

async fn hold(
    State(shared): State<Shared>,
    Name(name): Name,
    Command { caller }: Command,
    mode: Mode,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let now = shared.app.holdable(&caller, &name)?;
    let state = match mode {
        Mode::HeldOpen => CircuitState::Open,
        Mode::Auto if now.mode == Mode::Auto => now.state,
        Mode::Auto | Mode::HeldClosed => CircuitState::Closed,
    };
    let held = Held { name: name.clone(), state: state.as_str(), mode: mode.as_str() };
    let answer = answer::done(&held)?;
    Ok(answer::send(shared.app.hold_circuit(&caller, &name, mode, answer).await?))
}
