//! Which of the newest events, which are in memory, somebody who follows the log is told of.

use rishi_app::scope::Scope;
use rishi_app::store::EventFilter;
use rishi_bus::Envelope;
use rishi_domain::permission::Visibility;

/// Whether an event matches that is in memory already, wherever it lies: the same as a query for events asks in SQL.
pub(crate) fn matches(scope: &Scope, filter: &EventFilter, event: &Envelope) -> bool {
    let owner = event.organization_id;
    let covered = match scope.visibility() {
        Visibility::All => true,
        Visibility::Organizations { whole, .. } => {
            owner.is_some_and(|owner| whole.iter().any(|id| id.0 == owner))
        }
    };
    let is = |pattern: &String| match pattern.strip_suffix('*') {
        Some(prefix) => event.event_type.starts_with(prefix),
        None => *event.event_type == **pattern,
    };
    covered
        && filter.organization.is_none_or(|organization| owner == Some(organization.0))
        && filter.subject.as_ref().is_none_or(|subject| event.subject == *subject)
        && filter.correlation.is_none_or(|id| event.correlation_id == Some(id))
        && (filter.types.is_empty() || filter.types.iter().any(is))
}
