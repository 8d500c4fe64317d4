//! Questions about a caller's scope that lists ask before they read.

use jiff::Timestamp;
use rishi_app::Error;
use rishi_app::auth::Principal;
use rishi_app::scope::Scope;
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::{Capability, Visibility};

use crate::problem::Problem;

/// Refuses a caller who has `capability` nowhere: an empty list would look as if there were nothing.
pub(crate) fn allowed(
    principal: &Principal,
    capability: Capability,
    what: &'static str,
) -> Result<Scope, Problem> {
    let scope = principal.scope(capability);
    if nothing(scope.visibility()) {
        return Err(Error::Forbidden(what).into());
    }
    Ok(scope)
}

/// The same for a question that may name an organization, which has to be in sight.
pub(crate) fn within(
    principal: &Principal,
    capability: Capability,
    what: &'static str,
    named: Option<OrganizationId>,
) -> Result<Scope, Problem> {
    let scope = allowed(principal, capability, what)?;
    if named.is_some_and(|organization| !scope.covers(organization)) {
        return Err(Error::NotFound("organization").into());
    }
    Ok(scope)
}

fn nothing(visibility: &Visibility) -> bool {
    match visibility {
        Visibility::All => false,
        Visibility::Organizations { whole, own_in, assigned } => {
            whole.is_empty() && own_in.is_empty() && !assigned
        }
    }
}

/// The organization of a question about one: the one that is named, or the only one in `scope`.
/// Who sees several names one.
pub(crate) fn one(scope: &Scope, named: Option<OrganizationId>) -> Result<OrganizationId, Problem> {
    named.or_else(|| only(scope.visibility())).ok_or_else(|| {
        let message = "you see several organizations; name one as organizationId";
        Problem::field("organizationId", "required", message)
    })
}

/// The same for a list that people read their own work from: who sees what they are assigned to,
/// wherever it is, need not name an organization.
pub(crate) fn one_or_own(
    scope: &Scope,
    named: Option<OrganizationId>,
) -> Result<Option<OrganizationId>, Problem> {
    match scope.visibility() {
        Visibility::Organizations { assigned: true, .. } => Ok(named),
        _ => one(scope, named).map(Some),
    }
}

/// The only organization in sight.
fn only(visibility: &Visibility) -> Option<OrganizationId> {
    match visibility {
        Visibility::Organizations { whole, own_in, assigned: false } => {
            match (whole.as_slice(), own_in.as_slice()) {
                ([one], []) | ([], [one]) => Some(*one),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Refuses a range that ends before it begins.
pub(crate) fn range(from: Option<Timestamp>, to: Option<Timestamp>) -> Result<(), Problem> {
    match (from, to) {
        (Some(from), Some(to)) if from >= to => {
            Err(Problem::field("to", "not_after_from", "to must be later than from"))
        }
        _ => Ok(()),
    }
}

/// Refuses a text to search for that is empty or too long to mean anything.
pub(crate) fn search(text: Option<&str>) -> Result<(), Problem> {
    match text {
        Some(text) if !(1..=200).contains(&text.chars().count()) => {
            Err(Problem::field("search", "length", "search takes 1 to 200 characters"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn organizations(whole: &[u128], own_in: &[u128], assigned: bool) -> Visibility {
        let ids =
            |ids: &[u128]| ids.iter().map(|id| OrganizationId(Uuid::from_u128(*id))).collect();
        Visibility::Organizations { whole: ids(whole), own_in: ids(own_in), assigned }
    }

    #[test]
    fn only_who_sees_one_organization_may_leave_it_out() {
        let one = Some(OrganizationId(Uuid::from_u128(1)));
        assert_eq!(only(&organizations(&[1], &[], false)), one);
        assert_eq!(only(&organizations(&[], &[1], false)), one);
        assert_eq!(only(&organizations(&[1], &[2], false)), None);
        assert_eq!(only(&organizations(&[], &[1], true)), None);
        assert_eq!(only(&organizations(&[], &[], false)), None);
        assert_eq!(only(&Visibility::All), None);
    }

    #[test]
    fn who_sees_only_own_work_sees_something() {
        assert!(nothing(&organizations(&[], &[], false)));
        assert!(!nothing(&organizations(&[], &[], true)));
        assert!(!nothing(&Visibility::All));
    }

    #[test]
    fn a_range_ends_after_it_begins() {
        let instant = |text: &str| Some(text.parse().unwrap());
        let (early, late) = (instant("2027-01-01T00:00:00Z"), instant("2027-01-02T00:00:00Z"));
        assert!(range(early, late).is_ok() && range(None, early).is_ok());
        assert!(range(late, early).is_err() && range(early, early).is_err());
    }
}
