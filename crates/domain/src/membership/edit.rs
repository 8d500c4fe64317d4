//! Giving another role, and taking one away.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Given, Membership, SERVES_MAX, check};
use crate::decision::{Decision, Refusal};
use crate::error::Checks;
use crate::event::{Fact, MembershipRemoved, MembershipUpdated};
use crate::id::OrganizationId;
use crate::patch::{Changes, set};
use crate::permission::Role;
use crate::time::to_microsecond;

/// A partial change: absent fields stay. Whom a membership serves goes with the role: one that serves
/// nobody clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EditMembership {
    /// As what.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Role")]
    pub role: Option<Role>,
    /// The client organizations to work for; for field roles only.
    #[serde(deserialize_with = "set", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<OrganizationId>", length(max = SERVES_MAX))]
    pub serves: Option<Vec<OrganizationId>>,
}

/// Decides about a partial change; nothing when every given field already has its value. `given.served`
/// holds those organizations of the ones to be served afterwards that were found.
pub fn edit(
    given: &Given,
    membership: &Membership,
    command: EditMembership,
) -> Result<Option<Decision<Membership>>, Refusal> {
    let mut state = membership.clone();
    let mut edits = Changes::new();
    edits.put("role", &mut state.role, command.role);
    let mut serves = command.serves;
    if let Some(serves) = &mut serves {
        serves.sort_unstable();
        serves.dedup();
    } else if !state.role.is_field() {
        serves = Some(Vec::new());
    }
    edits.put("serves", &mut state.serves, serves);
    let mut checks = Checks::new();
    check(&mut checks, given, state.role, &state.serves);
    checks.done()?;
    let Some(changed) = edits.names() else { return Ok(None) };
    state.updated_at = to_microsecond(given.now);
    state.version += 1;
    let payload = MembershipUpdated { membership_id: state.id, changed, membership: state };
    let fact = Fact::new(&payload)?;
    Ok(Some(Decision::new(payload.membership, fact)))
}

/// Decides that a membership ends.
pub fn end(membership: Membership) -> Result<Decision<Membership>, Refusal> {
    let payload = MembershipRemoved { membership };
    let fact = Fact::new(&payload)?;
    Ok(Decision::new(payload.membership, fact))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::membership::{CreateMembership, create};
    use crate::organization::{Organization, OrganizationKind};
    use crate::testing::{codes, id, now, organization, payload};

    fn house() -> Organization {
        Organization { kind: OrganizationKind::Internal, ..organization() }
    }

    fn client() -> Organization {
        Organization { id: id(77), ..organization() }
    }

    fn manager(house: &Organization) -> Membership {
        let served = [client()];
        let given = Given { now: now(), id: id(5), organization: house, served: &served };
        let command = CreateMembership {
            user_id: id(7),
            organization_id: house.id,
            role: Role::InternalFieldManager,
            serves: vec![id(77)],
        };
        create(&given, command).unwrap().state
    }

    fn ask(body: Value) -> Result<Option<Decision<Membership>>, Refusal> {
        let (house, served) = (house(), [client()]);
        let given = Given { now: now(), id: id(5), organization: &house, served: &served };
        edit(&given, &manager(&house), serde_json::from_value(body).unwrap())
    }

    #[test]
    fn a_role_that_serves_nobody_clears_whom_it_served() {
        let decision = ask(json!({ "role": "internal_admin" })).unwrap().unwrap();
        assert_eq!((decision.state.role, decision.state.serves.len()), (Role::InternalAdmin, 0));
        assert_eq!(decision.state.version, 2);
        let told = payload::<MembershipUpdated>(&decision.facts[0]);
        assert_eq!(told.changed, ["role", "serves"]);
    }

    #[test]
    fn what_already_is_so_changes_nothing() {
        let same =
            json!({ "role": "internal_field_manager", "serves": [client().id, client().id] });
        assert!(ask(same).unwrap().is_none() && ask(json!({})).unwrap().is_none());
    }

    #[test]
    fn the_same_rules_hold_as_for_a_new_one() {
        for (body, code) in [
            (json!({ "role": "client_user" }), "role: role_not_allowed"),
            (json!({ "serves": [house().id] }), "serves[0]: unknown_organization"),
            (json!({ "role": "super_admin", "serves": [client().id] }), "serves: not_a_field_role"),
        ] {
            let Err(Refusal::Invalid(invalid)) = ask(body) else { panic!("{code}") };
            assert_eq!(codes(&invalid), [code]);
        }
        assert!(serde_json::from_value::<EditMembership>(json!({ "role": null })).is_err());
        assert!(
            serde_json::from_value::<EditMembership>(
                json!({ "userId": id::<crate::id::UserId>(9) })
            )
            .is_err()
        );
    }

    #[test]
    fn an_ended_membership_is_told_as_it_was() {
        let membership = manager(&house());
        let decision = end(membership.clone()).unwrap();
        let told = payload::<MembershipRemoved>(&decision.facts[0]);
        assert_eq!(told.membership, membership);
    }
}
