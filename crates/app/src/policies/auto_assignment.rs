//! `AUTO_STAFF_ASSIGNMENT_REQUIRED`: the best team takes the open places, or it is told why there is none.

use async_trait::async_trait;
use rishi_bus::{Envelope, HandlerError, Policy, Subscription, SubscriptionSpec};
use rishi_domain::event::{AutoStaffAssignmentRequired, Payload};
use rishi_domain::notification::NotificationKind;
use rishi_domain::staffing::team::{NoTeam, Unfilled, open_places};

use super::present::{Present, about, on_behalf_of};
use super::tell::tell;
use super::{SOURCE, failed, read};
use crate::events::Cause;
use crate::notifications::Facts;
use crate::scope::Scope;
use crate::staffing::best_team::{failure, present};
use crate::{App, Commit};

struct FillPlaces(App);

/// `STAFF_ASSIGNED_TO_BOOKING` when a team fills every open place, else `AUTO_STAFF_ASSIGNMENT_FAILED`, and
/// managers are told.
pub(super) fn subscription(app: App) -> Subscription<Commit> {
    let spec = SubscriptionSpec::new("auto-assignment").on_type(AutoStaffAssignmentRequired::TYPE);
    Subscription::policy(spec, FillPlaces(app))
}

#[async_trait]
impl Policy<Commit> for FillPlaces {
    async fn decide(&self, event: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let app = &self.0;
        let asked = read::<AutoStaffAssignmentRequired>(event)?;
        let Some(now) = Present::load(app, asked.booking.id).await? else { return Ok(None) };
        let open = open_places(now.booking(), &present(&now.record));
        if open.is_empty() || now.booking().status.is_final() || !now.acts() {
            return Ok(None);
        }
        let (actor, cause) = (on_behalf_of(event, now.booking()), Cause::from(event));
        let everybody = Scope::system();
        let searched = app.search_team(&everybody, &now.record, &now.organization, open);
        let (team, found) = searched.await.map_err(failed)?;
        match team {
            Ok(team) => {
                let assigned =
                    app.assign_team(actor, now.booking(), &now.organization, &found, team);
                let assigned = assigned.map_err(failed)?;
                let (commit, _) = app.assigned(&cause, SOURCE, now.record, &found.people, assigned);
                Ok(Some(commit))
            }
            Err(none) => {
                let fact = failure(now.booking(), actor, &none).map_err(failed)?;
                let events = app.tell(&about(now.booking()), &cause, app.now(), vec![fact]);
                let mut commit = Commit { events, ..now.commit() };
                let managers = now.managers(app).await?;
                let whom = (NotificationKind::AutoAssignmentFailed, &managers[..]);
                let facts = Facts::of_booking(now.booking()).with("reasons", reasons(&none));
                commit = commit.and(tell(app, (event, now.booking()), whom, facts).await?);
                Ok(Some(commit))
            }
        }
    }
}

/// Why there is no team: the roles with their open places and what speaks against how many people, and the
/// skills that nobody brings.
fn reasons(none: &NoTeam) -> Vec<String> {
    let place = |one: &Unfilled| {
        let codes: Vec<String> =
            one.reasons.iter().map(|(code, people)| format!("{code} {people}")).collect();
        let against =
            if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
        format!("{}: {} open{against}", one.role, one.places)
    };
    let skill = |name: &String| format!("nobody covers: {name}");
    none.unfilled.iter().map(place).chain(none.uncovered.iter().map(skill)).collect()
}
