//! POST /api/locations

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::commit::Answer;
use rishi_domain::location::{CreateLocation, Location};
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("createLocation").tag(super::TAG).summary("Create a location");
    let operation = operation.description(
        "A location without an organization is shared by all; only those who act for the whole \
         platform make one.",
    );
    let operation = document::example(
        operation,
        json!({
            "organizationId": "0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f",
            "name": "Main Street",
            "locationType": "dispensary",
            "address": {
                "line1": "1 Main Street",
                "city": "Denver",
                "region": "CO",
                "postalCode": "80202",
                "country": "US"
            },
            "timezone": "America/Denver",
            "capacity": 120
        }),
    );
    let operation = document::creates::<Location>(operation, "The location.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<CreateLocation>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let answer = shared.app.create_location(&caller, body, created).await?;
    Ok(answer::send(answer))
}

fn created(location: &Location) -> Result<Answer, rishi_app::Error> {
    answer::created(format!("/api/locations/{}", location.id), location.version, location)
}
