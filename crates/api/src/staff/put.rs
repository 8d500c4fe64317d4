//! PUT /api/staff/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::staffing::StaffView;
use rishi_domain::id::UserId;
use rishi_domain::staffing::PutStaffProfile;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Put};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("putStaffMember").tag(super::TAG);
    let operation = operation.summary("Make or replace a staff profile").description(
        "The id is the person's. What is left out is empty, except `status` and \
         `defaultHourlyRate`, which stay and which nobody sets for themselves. A certification \
         that changes has to be verified anew.",
    );
    let operation = document::example(
        operation,
        json!({
            "organizationId": "0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f",
            "skills": [
                {
                    "name": "budtender",
                    "level": "experienced",
                    "certification": {
                        "issuer": "State of Colorado",
                        "issuedOn": "2026-01-15",
                        "expiresOn": "2027-01-14"
                    }
                },
                { "name": "sales", "level": "intermediate" }
            ],
            "defaultHourlyRate": 28.5,
            "home": { "latitude": 39.7294, "longitude": -104.8319 },
            "maxTravelKm": 60,
            "maxHoursPerWeek": 40
        }),
    );
    let operation = document::creates::<StaffView>(operation, "The profile, a new one.");
    let operation = document::answers_entity::<StaffView>(operation, "The profile.");
    document::may_refuse(operation, &[422])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<UserId>,
    Put { caller, version, body }: Put<PutStaffProfile>,
) -> Reply {
    let answer = shared.app.put_staff_profile(&caller, id, version, body, super::written).await?;
    Ok(answer::send(answer))
}
