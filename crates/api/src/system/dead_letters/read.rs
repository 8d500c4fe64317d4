//! GET /api/system/dead-letters/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::Envelope;
use schemars::JsonSchema;
use serde::Serialize;

use super::LetterView;
use crate::answer::{self, Reply};
use crate::document;
use crate::events::EventDocument;
use crate::extract::{Letter, Signed};
use crate::shared::Shared;

/// A dead letter with its event.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    letter: LetterView,
    event: &'a Envelope,
}

/// The same as the API's description has it.
#[derive(JsonSchema)]
#[schemars(rename = "DeadLetterWithEvent")]
#[expect(dead_code, reason = "describes what `Whole` writes")]
struct WholeDocument {
    #[schemars(flatten)]
    letter: LetterView,
    /// The event.
    event: EventDocument,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readDeadLetter").tag(super::TAG).summary("Read a dead letter");
    document::answers::<WholeDocument>(operation, 200, "The dead letter, with its event.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Letter(id): Letter,
) -> Reply {
    let letter = shared.app.dead_letter(&caller.principal, &id).await?;
    answer::json(&Whole { letter: LetterView::from(&letter), event: &letter.event })
}
