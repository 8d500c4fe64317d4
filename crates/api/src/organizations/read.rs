//! GET /api/organizations/{id}

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_domain::id::OrganizationId;
use rishi_domain::organization::Organization;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Id, IfNoneMatch, Signed};
use crate::shared::Shared;

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation =
        operation.id("readOrganization").tag(super::TAG).summary("Read an organization");
    document::answers_entity::<Organization>(operation, "The organization.")
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Id(id): Id<OrganizationId>,
    known: IfNoneMatch,
) -> Reply {
    let organization = shared.app.shown_organization(&caller.principal, id).await?;
    answer::entity(organization.version, &organization, &known)
}
