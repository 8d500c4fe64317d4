//! Organization scope as a condition.

use rishi_app::scope::Scope;
use rishi_domain::permission::Visibility;
use uuid::Uuid;

use super::{Conditions, Mark};

/// The bookings that a person is on: has an assignment to that was neither declined nor released.
pub(super) fn involving(person: Mark) -> String {
    format!(
        "SELECT mine.booking_id FROM assignments mine
          WHERE mine.staff_id = {person} AND mine.status NOT IN ('declined', 'released')"
    )
}

/// The person on whose behalf something is asked; nobody's id when there is none.
pub(super) fn me(scope: &Scope) -> Uuid {
    scope.user().map_or(Uuid::nil(), Uuid::from)
}

/// Only bookings (as `b`) in scope: all of some organizations, of others those that the person made,
/// and wherever they are those that the person is assigned to.
pub(in crate::postgres) fn bookings(scope: &Scope, conditions: &mut Conditions) {
    let Visibility::Organizations { whole, own_in, assigned } = scope.visibility() else { return };
    if own_in.is_empty() && !assigned {
        conditions.one_of("b.organization_id", whole.iter().map(|id| id.0));
        return;
    }
    // An index leads to each of these ways to be in scope, so none is written down that nothing takes.
    let mut ways = Vec::new();
    if !whole.is_empty() {
        ways.push(conditions.any("b.organization_id", whole.iter().map(|id| id.0)));
    }
    let me = conditions.value(me(scope));
    if !own_in.is_empty() {
        let there = conditions.any("b.organization_id", own_in.iter().map(|id| id.0));
        ways.push(format!("({there} AND b.created_by = {me})"));
    }
    if *assigned {
        // Beside other ways an index is taken for a list of ids, but not for a query.
        let theirs = involving(me);
        ways.push(if ways.is_empty() {
            format!("b.id IN ({theirs})")
        } else {
            format!("b.id = ANY (ARRAY({theirs}))")
        });
    }
    conditions.and(&format!("({})", ways.join(" OR ")));
}

/// Only rows whose `column` names an organization that the scope covers.
pub(in crate::postgres) fn organizations(scope: &Scope, column: &str, conditions: &mut Conditions) {
    if let Visibility::Organizations { whole, .. } = scope.visibility() {
        conditions.one_of(column, whole.iter().map(|id| id.0));
    }
}

/// Only rows whose `column` names an organization that the scope names.
pub(in crate::postgres) fn named(scope: &Scope, column: &str, conditions: &mut Conditions) {
    if let Visibility::Organizations { whole, own_in, .. } = scope.visibility() {
        conditions.one_of(column, whole.iter().chain(own_in).map(|id| id.0));
    }
}
