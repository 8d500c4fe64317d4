//! What was taken out of the platform, for the trail that it leaves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::export::{ExportFilter, ExportFormat, ExportKind};
use crate::id::UserId;

/// A person took data out. Told before the first row leaves, so that an export which breaks off is told
/// as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataExported {
    /// Who.
    pub user_id: UserId,
    /// What the rows are.
    pub of: ExportKind,
    /// How they are written.
    pub format: ExportFormat,
    /// Which bookings it is about.
    pub filter: ExportFilter,
    /// How many bookings those were when it began.
    pub bookings: u64,
    /// Whether pay and costs are in it.
    pub money: bool,
}
