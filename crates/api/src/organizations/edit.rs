//! PATCH /api/organizations/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::OrganizationId;
use rishi_domain::organization::{EditOrganization, Organization};

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, Patch};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation =
        operation.id("editOrganization").tag(super::TAG).summary("Edit an organization");
    let operation = operation.description(
        "Changes the fields that are given; settings are themselves a partial change. Who may \
         change only settings sends nothing else.",
    );
    let operation = document::answers_entity::<Organization>(operation, "The organization.");
    document::may_refuse(operation, &[422])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Id(id): Id<OrganizationId>,
    Patch { caller, version, body }: Patch<EditOrganization>,
) -> Reply {
    let reply = |organization: &Organization| answer::changed(organization.version, organization);
    let answer = shared.app.edit_organization(&caller, id, version, body, reply).await?;
    Ok(answer::send(answer))
}
