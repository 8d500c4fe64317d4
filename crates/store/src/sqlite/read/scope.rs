//! Organization scope as a condition.

use rishi_app::scope::Scope;
use rishi_domain::permission::Visibility;
use uuid::Uuid;

use super::{Conditions, list, value};

/// Only bookings (as `b`) in scope: all of some organizations, of others those that the person made,
/// and wherever they are those that the person is assigned to.
pub(in crate::sqlite) fn bookings(scope: &Scope, conditions: &mut Conditions) {
    let Visibility::Organizations { whole, own_in, assigned } = scope.visibility() else { return };
    if own_in.is_empty() && !assigned {
        conditions.one_of("b.organization_id", whole.iter().map(|id| id.0));
        return;
    }
    let me = scope.user().map_or(Uuid::nil(), Uuid::from);
    let (whole_marks, whole) = list(whole.iter().map(|id| id.0));
    let (own_marks, own_in) = list(own_in.iter().map(|id| id.0));
    let mut sql = format!(
        "(b.organization_id IN ({whole_marks}) OR (b.organization_id IN ({own_marks}) AND b.created_by = ?)"
    );
    let mut ids: Vec<Uuid> = whole.into_iter().chain(own_in).chain([me]).collect();
    if *assigned {
        sql.push_str(
            " OR b.id IN (SELECT mine.booking_id FROM assignments mine
                WHERE mine.staff_id = ? AND mine.status NOT IN ('declined', 'released'))",
        );
        ids.push(me);
    }
    sql.push(')');
    conditions.and(&sql, ids.into_iter().map(value));
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
