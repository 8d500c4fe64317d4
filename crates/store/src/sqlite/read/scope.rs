//! Organization scope as a condition.

use rishi_app::scope::Scope;
use rishi_domain::permission::Visibility;
use uuid::Uuid;

use super::{Conditions, list, value};

/// The bookings that a person is on: has an assignment to that was neither declined nor released.
pub(in crate::sqlite) const INVOLVED: &str = "SELECT mine.booking_id FROM assignments mine \
    WHERE mine.staff_id = ? AND mine.status NOT IN ('declined', 'released')";

/// Only bookings (as `b`) in scope: all of some organizations, of others those that the person made,
/// and wherever they are those that the person is assigned to.
pub(in crate::sqlite) fn bookings(scope: &Scope, conditions: &mut Conditions) {
    let Visibility::Organizations { whole, own_in, assigned } = scope.visibility() else { return };
    if own_in.is_empty() && !assigned {
        conditions.one_of("b.organization_id", whole.iter().map(|id| id.0));
        return;
    }
    // An index leads to each of these ways to be in scope, so none is written down that nothing takes.
    let me = scope.user().map_or(Uuid::nil(), Uuid::from);
    let (mut ways, mut ids) = (Vec::new(), Vec::new());
    let (marks, whole) = list(whole.iter().map(|id| id.0));
    if !whole.is_empty() {
        ways.push(format!("b.organization_id IN ({marks})"));
        ids.extend(whole);
    }
    let (marks, own_in) = list(own_in.iter().map(|id| id.0));
    if !own_in.is_empty() {
        ways.push(format!("(b.organization_id IN ({marks}) AND b.created_by = ?)"));
        ids.extend(own_in.into_iter().chain([me]));
    }
    if *assigned {
        ways.push(format!("b.id IN ({INVOLVED})"));
        ids.push(me);
    }
    conditions.and(&format!("({})", ways.join(" OR ")), ids.into_iter().map(value));
}

/// Only rows whose `column` names an organization that the scope covers.
pub(in crate::sqlite) fn organizations(scope: &Scope, column: &str, conditions: &mut Conditions) {
    if let Visibility::Organizations { whole, .. } = scope.visibility() {
        conditions.one_of(column, whole.iter().map(|id| id.0));
    }
}

/// Only rows whose `column` names an organization that the scope names.
pub(in crate::sqlite) fn named(scope: &Scope, column: &str, conditions: &mut Conditions) {
    if let Visibility::Organizations { whole, own_in, .. } = scope.visibility() {
        conditions.one_of(column, whole.iter().chain(own_in).map(|id| id.0));
    }
}
