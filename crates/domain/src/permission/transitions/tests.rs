//! Which steps each role is offered.

use super::*;
use crate::id::UserId;
use crate::organization::Tier;
use crate::permission::{BookingFacts, Role};
use crate::testing::{actor, booking, hours_from_now, id, organization};
use BookingStatus::{
    Approved, Cancelled, Completed, Confirmed, Draft, InProgress, OnHold, PendingApproval,
};

fn grant(role: Role) -> Vec<Grant> {
    let home = if role.is_client() { organization().id } else { id(100) };
    let serves = if role.is_field() { vec![organization().id] } else { Vec::new() };
    vec![Grant { organization_id: home, role, serves, only: None }]
}

/// A booking that starts tomorrow, made by somebody else.
fn target(status: BookingStatus) -> Target<'static> {
    let organization = organization();
    let facts = BookingFacts::of(&booking(status), &organization, false);
    let facts = BookingFacts { created_by: id(50), submitted_by: Some(id(50)), ..facts };
    Target::new(&organization, hours_from_now(0), actor()).with_booking(facts)
}

fn submitted_by(who: UserId) -> Target<'static> {
    let target = target(PendingApproval);
    let facts = BookingFacts { submitted_by: Some(who), ..target.booking.unwrap() };
    target.with_booking(facts)
}

fn offered(role: Role, status: BookingStatus) -> Vec<BookingStatus> {
    allowed_transitions(&grant(role), &target(status))
}

#[test]
fn those_who_plan_are_offered_every_step() {
    for role in [Role::SuperAdmin, Role::InternalAdmin, Role::InternalFieldManager] {
        for status in BookingStatus::ALL {
            assert_eq!(offered(role, status), status.next(), "{role}, {status}");
        }
    }
}

#[test]
fn a_coordinator_runs_bookings() {
    let steps = BookingStatus::ALL.map(|status| offered(Role::FieldCoordinator, status));
    let expected: [&[BookingStatus]; 8] =
        [&[], &[], &[Confirmed], &[InProgress], &[Completed], &[], &[], &[]];
    assert_eq!(steps.each_ref().map(Vec::as_slice), expected);
}

#[test]
fn an_agent_takes_no_step() {
    assert!(BookingStatus::ALL.iter().all(|status| offered(Role::BrandAgent, *status).is_empty()));
}

#[test]
fn a_client_manager_submits_and_cancels() {
    let role = Role::ClientManager;
    assert_eq!(offered(role, Draft), [PendingApproval, Cancelled]);
    for status in [PendingApproval, Approved, Confirmed, InProgress, OnHold] {
        assert_eq!(offered(role, status), [Cancelled], "{status}");
    }
    let late = Target { now: hours_from_now(24), ..target(Confirmed) };
    assert!(allowed_transitions(&grant(role), &late).is_empty());
}

#[test]
fn a_white_label_client_approves_and_may_reject_even_after_the_start() {
    let manager = grant(Role::ClientManager);
    let white_label = Target { tier: Tier::WhiteLabel, ..target(PendingApproval) };
    assert_eq!(allowed_transitions(&manager, &white_label), [Approved, Cancelled]);
    let late = Target { now: hours_from_now(24), ..white_label };
    assert_eq!(allowed_transitions(&manager, &late), [Approved, Cancelled]);
    let held = Target { tier: Tier::WhiteLabel, ..target(OnHold) };
    assert_eq!(allowed_transitions(&manager, &held), [Cancelled]);
}

#[test]
fn a_client_user_submits_and_cancels_own_drafts() {
    let target = target(Draft);
    assert!(allowed_transitions(&grant(Role::ClientUser), &target).is_empty());
    let own = BookingFacts { created_by: actor(), ..target.booking.unwrap() };
    let steps = allowed_transitions(&grant(Role::ClientUser), &target.with_booking(own));
    assert_eq!(steps, [PendingApproval, Cancelled]);
}

#[test]
fn a_submitter_takes_back_but_does_not_approve() {
    let admin = grant(Role::SuperAdmin);
    assert_eq!(allowed_transitions(&admin, &submitted_by(actor())), [Cancelled]);
    assert_eq!(allowed_transitions(&admin, &submitted_by(id(50))), [Approved, Cancelled]);
}

#[test]
fn a_step_outside_the_table_is_permitted_to_nobody() {
    let admin = grant(Role::SuperAdmin);
    for from in BookingStatus::ALL {
        for to in BookingStatus::ALL {
            let permitted = permits_transition(&admin, &target(from), to);
            assert_eq!(permitted, from.next().contains(&to), "{from} → {to}");
        }
    }
    let nothing = Target { booking: None, ..target(Draft) };
    assert!(!permits_transition(&admin, &nothing, Cancelled));
    assert!(allowed_transitions(&admin, &nothing).is_empty());
}

#[test]
fn every_step_asks_for_the_capability_of_its_row() {
    use Capability::{ApproveBookings, CancelBookings, CreateBookings, HoldBookings, RunBookings};
    let expected = [
        (Draft, PendingApproval, CreateBookings),
        (PendingApproval, Approved, ApproveBookings),
        (Approved, Confirmed, RunBookings),
        (Confirmed, InProgress, RunBookings),
        (InProgress, Completed, RunBookings),
        (Approved, OnHold, HoldBookings),
        (Confirmed, OnHold, HoldBookings),
        (OnHold, Approved, HoldBookings),
    ];
    for (from, to, capability) in expected {
        assert_eq!(capability_of(from, to), capability, "{from} → {to}");
    }
    for from in BookingStatus::ALL {
        assert_eq!(capability_of(from, Cancelled), CancelBookings, "{from}");
    }
}
