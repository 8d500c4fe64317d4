//! Given grants and a target, whether it is permitted.

use super::*;
use crate::testing::{actor, booking, hours_from_now, id, now, organization};
use BookingStatus::{Approved, Confirmed, Draft, PendingApproval};
use Capability as C;

const INTERNAL: u128 = 100;
const CLIENT: u128 = 1;
const OTHER: u128 = 2;

/// A client role is held at the client, any other at the operator, serving the client.
fn grant(role: Role) -> Vec<Grant> {
    let home = if role.is_client() { CLIENT } else { INTERNAL };
    let serves = if role.is_field() { vec![id(CLIENT)] } else { Vec::new() };
    vec![Grant { organization_id: id(home), role, serves, only: None }]
}

fn target(status: BookingStatus) -> Target<'static> {
    let organization = organization();
    let facts = BookingFacts::of(&booking(status), &organization, false);
    let facts = BookingFacts { created_by: id(50), ..facts };
    Target::new(&organization, now(), actor()).with_booking(facts)
}

fn with(target: Target<'static>, change: impl Fn(&mut BookingFacts)) -> Target<'static> {
    let mut facts = target.booking.unwrap();
    change(&mut facts);
    target.with_booking(facts)
}

#[test]
fn roles_stop_at_the_organizations_they_reach() {
    let here = target(Approved);
    let there = Target { organization_id: id(OTHER), ..here };
    let reads = |role, target: &Target| permits(&grant(role), C::ReadBookings, target);
    for role in Role::ALL {
        assert_eq!(reads(role, &here), role != Role::BrandAgent, "{role}");
        let everywhere = matches!(role, Role::SuperAdmin | Role::InternalAdmin);
        assert_eq!(reads(role, &there), everywhere, "{role}");
    }
    assert!(!permits(&[], C::ReadBookings, &here));
}

#[test]
fn any_of_several_grants_is_enough_and_they_do_not_mix() {
    let mut grants = grant(Role::ClientUser);
    grants.push(Grant {
        organization_id: id(OTHER),
        role: Role::ClientManager,
        serves: vec![],
        only: None,
    });
    let here = Target { booking: None, ..target(Draft) };
    let there = Target { organization_id: id(OTHER), ..here };
    assert!(permits(&grants, C::ReadStatistics, &here));
    assert!(!permits(&grants, C::SeeMoneyInStatistics, &here));
    assert!(permits(&grants, C::SeeMoneyInStatistics, &there));
}

#[test]
fn an_agent_sees_what_the_agent_is_assigned_to_or_made_at_home() {
    let agent = grant(Role::BrandAgent);
    let reads = |target: &Target| permits(&agent, C::ReadBookings, target);
    let assigned = with(target(Approved), |facts| facts.assigned = true);
    let made = with(target(Approved), |facts| facts.created_by = actor());
    assert!(reads(&assigned) && reads(&made));
    assert!(reads(&Target { organization_id: id(OTHER), ..assigned }));
    assert!(!reads(&Target { organization_id: id(OTHER), ..made }));
    let about = |person| assigned.with_person(person);
    assert!(permits(&agent, C::Presence, &about(actor())));
    assert!(!permits(&agent, C::Presence, &about(id(50))));
    let alone = |person| Target { booking: None, ..about(person) };
    assert!(permits(&agent, C::OwnAvailability, &alone(actor())));
    assert!(!permits(&agent, C::OwnAvailability, &alone(id(50))));
    assert!(!permits(&agent, C::ReadBookings, &Target { booking: None, ..assigned }));
}

#[test]
fn what_is_about_oneself_is_nobody_elses() {
    let agent = grant(Role::BrandAgent);
    let profile = |person| Target { booking: None, ..target(Draft) }.with_person(person);
    for capability in [C::SeePayRates, C::ReadStaffProfiles, C::WriteStaffProfiles] {
        assert!(permits(&agent, capability, &profile(actor())));
        assert!(!permits(&agent, capability, &profile(id(50))));
        assert!(!permits(&agent, capability, &target(Draft)));
    }
}

#[test]
fn the_tier_widens_what_a_client_manager_may() {
    let manager = grant(Role::ClientManager);
    let tiers = [(Tier::StaffLeasing, false, true), (Tier::FullService, false, false)];
    for (tier, approves, assigns) in tiers.into_iter().chain([(Tier::WhiteLabel, true, true)]) {
        let target = Target { tier, ..target(PendingApproval) };
        assert_eq!(permits(&manager, C::ApproveBookings, &target), approves, "{tier:?}");
        assert_eq!(permits(&manager, C::AssignStaff, &target), assigns, "{tier:?}");
    }
}

#[test]
fn a_client_user_writes_own_drafts_only() {
    let user = grant(Role::ClientUser);
    let own = |status| with(target(status), |facts| facts.created_by = actor());
    for capability in [C::CreateBookings, C::CancelBookings] {
        assert!(permits(&user, capability, &own(Draft)));
        assert!(!permits(&user, capability, &own(PendingApproval)));
        assert!(!permits(&user, capability, &target(Draft)));
        assert!(!permits(&user, capability, &Target { organization_id: id(OTHER), ..own(Draft) }));
    }
    let nothing_yet = Target { booking: None, ..target(Draft) };
    assert!(permits(&user, C::CreateBookings, &nothing_yet));
    assert!(!permits(&user, C::CancelBookings, &nothing_yet));
}

#[test]
fn a_client_manager_cancels_until_the_start() {
    let manager = grant(Role::ClientManager);
    let starting = |start| with(target(Confirmed), |facts| facts.scheduled_start = start);
    assert!(permits(&manager, C::CancelBookings, &starting(hours_from_now(1))));
    assert!(!permits(&manager, C::CancelBookings, &starting(now())));
    assert!(!permits(&manager, C::CancelBookings, &Target { booking: None, ..target(Draft) }));
}

#[test]
fn nobody_approves_an_own_submission_unless_the_organization_lets_them() {
    for role in Role::ALL {
        let grants = grant(role);
        let target = Target { tier: Tier::WhiteLabel, ..target(PendingApproval) };
        let own = with(target, |facts| facts.submitted_by = Some(actor()));
        let others = with(target, |facts| facts.submitted_by = Some(id(50)));
        let let_them = with(own, |facts| facts.submitter_may_approve = true);
        let may = permits(&grants, C::ApproveBookings, &others);
        assert!(!permits(&grants, C::ApproveBookings, &own), "{role}");
        assert_eq!(permits(&grants, C::ApproveBookings, &let_them), may, "{role}");
    }
}

#[test]
fn people_are_changed_only_within_the_roles_one_may_give() {
    let may = |role, roles: &[Role], organization: u128, serves: &[OrganizationId]| {
        let organization_id = id(organization);
        let target = Target { organization_id, booking: None, roles, serves, ..target(Draft) };
        permits(&grant(role), C::WriteUsers, &target)
    };
    let client = [id(CLIENT)];
    let foreign = [id(CLIENT), id(OTHER)];
    assert!(may(Role::SuperAdmin, &[Role::SuperAdmin], INTERNAL, &[]));
    assert!(may(Role::InternalAdmin, &[Role::InternalAdmin], INTERNAL, &[]));
    assert!(may(Role::InternalAdmin, &[], INTERNAL, &[]));
    assert!(!may(Role::InternalAdmin, &[Role::BrandAgent, Role::SuperAdmin], INTERNAL, &[]));
    let manager = Role::InternalFieldManager;
    assert!(may(manager, &[Role::BrandAgent], INTERNAL, &client));
    assert!(!may(manager, &[Role::BrandAgent], INTERNAL, &foreign));
    assert!(!may(manager, &[Role::FieldCoordinator], INTERNAL, &client));
    assert!(!may(manager, &[], INTERNAL, &client));
    assert!(may(Role::ClientManager, &[Role::ClientUser, Role::ClientManager], CLIENT, &[]));
    assert!(!may(Role::ClientManager, &[Role::ClientUser, Role::BrandAgent], CLIENT, &[]));
    assert!(!may(Role::ClientManager, &[Role::ClientUser], OTHER, &[]));
    assert!(!may(Role::ClientManager, &[], CLIENT, &[]));
}

#[test]
fn what_belongs_to_nobody_takes_a_role_that_reaches_everywhere() {
    let may = |role| permits_everywhere(&grant(role), C::WriteLocations);
    let admins = [Role::SuperAdmin, Role::InternalAdmin];
    assert!(Role::ALL.into_iter().all(|role| may(role) == admins.contains(&role)));
    assert!(!permits_everywhere(&grant(Role::InternalAdmin), C::WriteSystem));
}

#[test]
fn lists_show_what_single_reads_would() {
    let list = |grants: &[Grant]| visible(grants, C::ReadBookings);
    let some = |whole: &[u128], own_in: &[u128], assigned| Visibility::Organizations {
        whole: whole.iter().map(|n| id(*n)).collect(),
        own_in: own_in.iter().map(|n| id(*n)).collect(),
        assigned,
    };
    assert_eq!(list(&grant(Role::SuperAdmin)), Visibility::All);
    assert_eq!(list(&grant(Role::FieldCoordinator)), some(&[CLIENT], &[], false));
    assert_eq!(list(&grant(Role::ClientUser)), some(&[CLIENT], &[], false));
    assert_eq!(list(&grant(Role::BrandAgent)), some(&[], &[CLIENT, INTERNAL], true));
    let both = [grant(Role::BrandAgent), grant(Role::FieldCoordinator)].concat();
    assert_eq!(list(&both), some(&[CLIENT], &[INTERNAL], true));
    assert_eq!(list(&[]), some(&[], &[], false));
    let pay = visible(&grant(Role::BrandAgent), C::SeePayRates);
    assert_eq!(pay, some(&[], &[], false));
}
