//! GET /api/staff

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use rishi_app::staffing::{StaffFilter, StaffView};
use rishi_domain::booking::SkillLevel;
use rishi_domain::id::OrganizationId;
use rishi_domain::staffing::StaffStatus;
use rishi_domain::time::TimeRange;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, Pagination, Reply, paging};
use crate::document;
use crate::extract::{Limit, Page, Query, Signed};
use crate::problem::Problem;
use crate::scoped;
use crate::shared::Shared;

/// Which staff members; all that is given must hold.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Parameters {
    /// Whom this organization may use: who does field work in it or serves it.
    organization_id: Option<OrganizationId>,
    /// With this skill, in any case.
    #[schemars(length(min = 1, max = 100))]
    skill: Option<String>,
    /// With that skill (any, when none is named) at this level or above.
    level: Option<SkillLevel>,
    /// With that skill (any, when none is named) proved by a verified certification that holds on
    /// this day.
    certified_on: Option<Date>,
    /// In this status.
    status: Option<StaffStatus>,
    /// With this text in the name, in any case.
    #[schemars(length(min = 1, max = 200))]
    search: Option<String>,
    /// From this instant on neither assigned to anything, nor on approved leave, nor declared not to be
    /// available; together with `freeTo`.
    free_from: Option<Timestamp>,
    /// The same until this instant; together with `freeFrom`.
    free_to: Option<Timestamp>,
    /// Which page.
    page: Page,
    /// How many.
    limit: Limit,
}

/// A page of staff members.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StaffList")]
pub(super) struct List {
    staff: Vec<StaffView>,
    pagination: Pagination,
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("listStaff").tag(super::TAG).summary("List staff members");
    let operation = operation.description("By name. Agents see themselves.");
    let operation = document::answers::<List>(operation, 200, "The staff members.");
    document::may_refuse(operation, &[404])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Signed(caller): Signed,
    Query(parameters): Query<Parameters>,
) -> Reply {
    scoped::search(parameters.search.as_deref())?;
    skill(parameters.skill.as_deref())?;
    let (page, limit) = (parameters.page, parameters.limit);
    let free = range(parameters.free_from, parameters.free_to)?;
    let filter = StaffFilter {
        organization: parameters.organization_id,
        skill: parameters.skill,
        level: parameters.level,
        certified_on: parameters.certified_on,
        status: parameters.status,
        search: parameters.search,
        free,
        without: Vec::new(),
        paging: paging(page, limit),
    };
    let found = shared.app.staff(&caller.principal, &filter).await?;
    let pagination = Pagination::page(page, limit, &found);
    answer::json(&List { staff: found.items, pagination })
}

fn skill(name: Option<&str>) -> Result<(), Problem> {
    match name {
        Some(name) if !(1..=100).contains(&name.chars().count()) => {
            Err(Problem::field("skill", "length", "a skill's name has 1 to 100 characters"))
        }
        _ => Ok(()),
    }
}

/// The time in which people are to be free: both ends or none.
fn range(from: Option<Timestamp>, to: Option<Timestamp>) -> Result<Option<TimeRange>, Problem> {
    let missing = |field| Problem::field(field, "required", "freeFrom and freeTo go together");
    match (from, to) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(missing("freeTo")),
        (None, Some(_)) => Err(missing("freeFrom")),
        (Some(from), Some(to)) => TimeRange::new(from, to).map(Some).ok_or_else(|| {
            Problem::field("freeTo", "not_after_from", "freeTo must be later than freeFrom")
        }),
    }
}
