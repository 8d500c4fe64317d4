//! GET, PATCH /api/organizations/{id}/settings

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::OrganizationId;
use rishi_domain::organization::{
    EditOrganization, EditSettings, Organization, OrganizationSettings,
};

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfNoneMatch, Patch, Signed};
use crate::shared::Shared;

pub(super) fn describe_read(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("readSettings").tag(super::TAG);
    let operation = operation.summary("Read an organization's settings").description(
        "The ETag is the organization's. `defaultHourlyRate` is shown to who sees pay rates there or may \
         change the settings.",
    );
    document::answers_entity::<OrganizationSettings>(operation, "The settings.")
}

pub(super) async fn read(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<OrganizationId>,
    known: IfNoneMatch,
) -> Reply {
    let organization = shared.app.shown_organization(&caller.principal, id).await?;
    answer::entity(organization.version, &organization.settings, &known)
}

pub(super) fn describe_edit(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("editSettings").tag(super::TAG);
    let operation = operation.summary("Change an organization's settings");
    document::answers_entity::<OrganizationSettings>(operation, "The settings.")
}

pub(super) async fn edit(
    State(shared): State<Shared>,
    Id(id): Id<OrganizationId>,
    Patch { caller, version, body }: Patch<EditSettings>,
) -> Reply {
    let command = EditOrganization { settings: Some(body), ..EditOrganization::default() };
    let reply =
        |organization: &Organization| answer::changed(organization.version, &organization.settings);
    let answer = shared.app.edit_organization(&caller, id, version, command, reply).await?;
    Ok(answer::send(answer))
}
