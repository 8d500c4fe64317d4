//! GET /api/map

use aide::transform::TransformOperation;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Signed;
use crate::shared::Shared;

/// What maps are drawn on.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Map")]
struct Map {
    /// Where tiles are (Web Mercator, 256 pixels), with `{z}`, `{x}` and `{y}` in it. Absent where no other server is
    /// to be asked: then maps are drawn without.
    #[serde(skip_serializing_if = "Option::is_none")]
    tiles: Option<String>,
    /// Who is to be named beside them.
    #[serde(skip_serializing_if = "Option::is_none")]
    attribution: Option<String>,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readMap").tag(super::TAG).summary("What maps are drawn on");
    document::answers::<Map>(operation, 200, "The tiles, where there are any.")
}

pub(super) async fn handle(State(shared): State<Shared>, Signed(_): Signed) -> Reply {
    let (tiles, attribution) = match &shared.config.map {
        Some(map) => (Some(map.template.clone()), map.attribution.clone()),
        None => (None, None),
    };
    answer::json(&Map { tiles, attribution })
}
