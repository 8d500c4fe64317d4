//! Given organizations, when a role is given, then it fits or not.

use super::*;
use crate::testing::{codes, id, now, organization, payload};

fn of_kind(n: u128, kind: OrganizationKind) -> Organization {
    Organization { id: id(n), kind, ..organization() }
}

fn decide(
    kind: OrganizationKind,
    role: Role,
    serves: &[u128],
) -> Result<Decision<Membership>, Refusal> {
    let home = of_kind(1, kind);
    let found = [of_kind(10, OrganizationKind::Client), of_kind(11, OrganizationKind::Partner)];
    let given = Given { now: now(), id: id(5), organization: &home, served: &found };
    let serves = serves.iter().map(|n| id(*n)).collect();
    create(&given, CreateMembership { user_id: id(6), organization_id: home.id, role, serves })
}

fn refused(kind: OrganizationKind, role: Role, serves: &[u128]) -> Vec<String> {
    match decide(kind, role, serves) {
        Err(Refusal::Invalid(invalid)) => codes(&invalid),
        other => panic!("expected broken rules, got {other:?}"),
    }
}

#[test]
fn each_role_has_its_kind_of_organization() {
    use OrganizationKind::{Client, Internal, Partner};
    for role in Role::ALL {
        let fitting: Vec<_> = [Internal, Client, Partner]
            .into_iter()
            .filter(|kind| decide(*kind, role, &[]).is_ok())
            .collect();
        let expected: &[OrganizationKind] = match role {
            Role::ClientManager | Role::ClientUser => &[Client],
            Role::BrandAgent => &[Internal, Client, Partner],
            _ => &[Internal],
        };
        assert_eq!(fitting, expected, "{role}");
    }
    assert_eq!(refused(Client, Role::SuperAdmin, &[]), ["role: role_not_allowed"]);
}

#[test]
fn field_roles_serve_clients() {
    let decision = decide(OrganizationKind::Internal, Role::FieldCoordinator, &[10, 10]).unwrap();
    assert_eq!(decision.state.serves, [id(10)]);
    assert_eq!(decision.state.version, 1);
    let told: MembershipCreated = payload(&decision.facts[0]);
    assert_eq!(told.membership, decision.state);
}

#[test]
fn other_roles_serve_nobody_and_only_clients_that_were_found_are_served() {
    let internal = OrganizationKind::Internal;
    let admin = refused(internal, Role::InternalAdmin, &[10]);
    assert_eq!(admin, ["serves: not_a_field_role"]);
    let agent = refused(internal, Role::BrandAgent, &[10, 11, 12]);
    assert_eq!(agent, ["serves[1]: unknown_organization", "serves[2]: unknown_organization"]);
}
