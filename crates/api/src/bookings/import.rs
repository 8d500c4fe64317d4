//! POST /api/bookings/import

use aide::transform::TransformOperation;
use axum::extract::State;
use rishi_app::commit::Answer;
use rishi_app::exchange::BookingsImported;
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::{Query, Table};
use crate::scoped;
use crate::shared::Shared;

/// Whose, and whether in earnest.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Of whom the bookings are to be, unless a row names another organization. Required for who sees
    /// several organizations.
    organization_id: Option<OrganizationId>,
    /// Only say what would become of the rows.
    dry_run: bool,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { organization_id: None, dry_run: true }
    }
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("importBookings").tag(super::TAG).summary("Import bookings");
    let operation = operation.description(
        "Makes a draft of every row, by the rules of `POST /api/bookings`, or of none. Without \
         `dryRun=false` it only says what would become of them, in `errors` row by row. Columns, in any \
         order: `title`, `scheduledStart` and `scheduledEnd`, and if wanted `organizationId`, `description`, \
         `operationType`, `activityType`, `priority`, `locationId`, `timezone`, `budget`, `requirements`, \
         `staffRequirements`, `equipmentRequirements` (JSON each) and `notes`; what else an export holds is \
         passed over. At most 500 rows and the size of any body; `rishi import` takes longer files.",
    );
    let operation =
        document::answers::<BookingsImported>(operation, 200, "What became of the rows.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Query(Parameters { organization_id, dry_run }): Query<Parameters>,
    Table { caller, bytes }: Table,
) -> Reply {
    let scope = scoped::allowed(&caller.principal, Capability::ReadBookings, "read bookings")?;
    let organization = scoped::one(&scope, organization_id)?;
    if !dry_run && let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let imported =
        shared.app.import_bookings(&caller, organization, &bytes, dry_run, imported).await?;
    Ok(answer::send(imported))
}

fn imported(report: &BookingsImported) -> Result<Answer, rishi_app::Error> {
    answer::done(report)
}
