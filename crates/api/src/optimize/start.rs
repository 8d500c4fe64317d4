//! POST /api/schedule/optimize

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::extract::State;
use jiff::Timestamp;
use rishi_app::Error;
use rishi_app::auth::Caller;
use rishi_app::staffing::optimize::{
    Optimization, OptimizeSchedule, PlanOverride, PlanView, SECONDS, State as Stand, USUAL_SECONDS,
};
use rishi_domain::booking::BookingStatus;
use rishi_domain::id::OrganizationId;
use rishi_domain::staffing::optimize::Weights;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::answer::{self, Reply};
use crate::document;
use crate::extract::Post;
use crate::problem::Problem;
use crate::shared::Shared;

/// What is to be planned.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "OptimizeSchedule")]
pub(super) struct Body {
    /// Whose bookings; or several as `organizationIds`.
    #[serde(default)]
    organization_id: Option<OrganizationId>,
    /// Whose bookings.
    #[serde(default)]
    #[schemars(length(max = 20))]
    organization_ids: Vec<OrganizationId>,
    /// Bookings that begin at or after this instant; those that have begun are left alone.
    from: Timestamp,
    /// And before this one, at most 92 days later.
    to: Timestamp,
    /// Only bookings in one of these states: approved and confirmed unless others are named.
    #[serde(default = "usual_statuses")]
    #[schemars(length(min = 1))]
    statuses: Vec<BookingStatus>,
    /// How long the search may take.
    #[serde(default = "usual_seconds")]
    #[schemars(range(min = 1, max = SECONDS))]
    time_limit_seconds: u16,
    /// What counts beside open places, in points for a unit of each.
    #[serde(default)]
    weights: Weights,
    /// Soft reasons that may be passed over, by those who may act in others' stead.
    #[serde(default, rename = "override")]
    overriding: Option<PlanOverride>,
    /// Where chance begins: the same seed goes the same way.
    #[serde(default)]
    seed: u32,
    /// Puts the plan into force as soon as the search is over, unless it was cancelled.
    #[serde(default)]
    apply: bool,
}

fn usual_statuses() -> Vec<BookingStatus> {
    vec![BookingStatus::Approved, BookingStatus::Confirmed]
}

const fn usual_seconds() -> u16 {
    USUAL_SECONDS
}

pub(super) fn describe(operation: TransformOperation) -> TransformOperation {
    let operation = operation.id("optimizeSchedule").tag(super::TAG);
    let operation = operation.summary("Search the best staff for many bookings at once").description(
        "Changes nothing: a plan is searched, which leaves as few places open as it can and then costs \
         as few points as it can, with a bound for how much better any plan could be. Nobody is planned \
         against whom anything speaks, but for the soft reasons in `override`. Follow it at \
         `…/progress`, end it with `…/cancel`, put it into force with `…/apply`; only who asked for it \
         sees it. One search a person and an organization at a time (409 `optimization_running`), two \
         in all (503).",
    );
    let operation = document::example(
        operation,
        json!({
            "organizationId": "0190f3c2-7b1a-7c3d-9e4f-5a6b7c8d9e0f",
            "from": "2027-03-01T07:00:00Z",
            "to": "2027-04-01T06:00:00Z",
            "timeLimitSeconds": 30,
            "weights": { "travel": 1 }
        }),
    );
    let operation = document::respond::<PlanView>(
        operation,
        202,
        "application/json",
        "The search that has begun.",
        |response| document::put(response, "Location", "Where it is.", document::text()),
    );
    document::may_refuse(operation, &[404, 503])
}

pub(super) async fn handle(
    State(shared): State<Shared>,
    Post { caller, body }: Post<Body>,
) -> Reply {
    if let Some(before) = shared.app.replay(&caller).await? {
        return Ok(answer::send(before));
    }
    let mut organizations = body.organization_ids;
    organizations.extend(body.organization_id);
    let request = OptimizeSchedule {
        organizations,
        from: body.from,
        to: body.to,
        statuses: body.statuses,
        seconds: body.time_limit_seconds,
        weights: body.weights,
        overriding: body.overriding,
        seed: u64::from(body.seed),
    };
    let (answer, search) = shared.app.optimize(&caller, request, super::accepted).await?;
    if let Some(search) = search.filter(|_| body.apply) {
        tokio::spawn(apply_when_done(shared, caller, search));
    }
    Ok(answer::send(answer))
}

/// Puts the plan into force once the search is over, by whom the caller's token or session stands for
/// by then; keeps why when that cannot be.
async fn apply_when_done(shared: Shared, caller: Caller, search: Arc<Optimization>) {
    if search.finished().await.state != Stand::Done {
        return;
    }
    let applied = async {
        let now = shared.app.clock.now();
        let principal = shared.authenticator.again(&caller.principal, now).await?;
        // The receipt is that of the request, which was answered.
        let caller = Caller { principal, idempotency: None, ..caller };
        shared.app.apply_plan(&caller, search.id, answer::done).await
    };
    let refused: Option<Error> = applied.await.err();
    if let Some(error) = refused {
        let detail = error.to_string();
        search.not_applied(Problem::from(error).code().as_str(), &detail);
    }
}
