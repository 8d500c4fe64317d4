//! Given, when, then.

use serde_json::json;

use super::*;
use crate::testing::{actor, booking, codes, hours_from_now, id, metadata, now, payload};
use BookingStatus::{
    Approved, Cancelled, Completed, Confirmed, Draft, InProgress, OnHold, PendingApproval,
};

const GIVEN: fn() -> TransitionGiven = || TransitionGiven { now: now(), actor: actor() };

fn decide(from: BookingStatus, to: BookingStatus) -> Result<Decision<Booking>, TransitionError> {
    transition(&GIVEN(), &booking(from), ChangeStatus { status: to, notes: None })
}

/// The table, retyped.
const STEPS: [(BookingStatus, &[BookingStatus]); 8] = [
    (Draft, &[PendingApproval, Cancelled]),
    (PendingApproval, &[Approved, Cancelled]),
    (Approved, &[Confirmed, Cancelled, OnHold]),
    (Confirmed, &[InProgress, Cancelled, OnHold]),
    (InProgress, &[Completed, Cancelled]),
    (OnHold, &[Approved, Cancelled]),
    (Completed, &[]),
    (Cancelled, &[]),
];

#[test]
fn of_sixty_four_steps_those_of_the_table_are_taken_and_no_other() {
    for (from, expected) in STEPS {
        assert_eq!(from.next(), expected);
        assert_eq!(from.is_final(), expected.is_empty());
        for to in BookingStatus::ALL {
            match decide(from, to) {
                Ok(decision) => {
                    assert!(expected.contains(&to), "{from} → {to} happened");
                    assert_eq!((decision.state.status, decision.state.version), (to, 2));
                }
                Err(TransitionError::InvalidTransition { from: f, to: t, allowed }) => {
                    assert!(!expected.contains(&to), "{from} → {to} was refused");
                    assert_eq!((f, t, allowed), (from, to, expected));
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
}

#[test]
fn each_step_has_its_sentence_and_its_kind() {
    use TransitionType::{Approval, Cancellation, Completion, Progression, Submission};
    let rows = [
        (Draft, PendingApproval, "Booking submitted for approval", Submission),
        (PendingApproval, Approved, "Booking approved by manager", Approval),
        (Approved, Confirmed, "Booking confirmed with staff and location", Progression),
        (Confirmed, InProgress, "Booking started", Progression),
        (InProgress, Completed, "Booking completed successfully", Completion),
        (Draft, Cancelled, "Booking cancelled before submission", Cancellation),
        (PendingApproval, Cancelled, "Booking rejected during approval", Cancellation),
        (Approved, Cancelled, "Approved booking cancelled", Cancellation),
        (Confirmed, Cancelled, "Confirmed booking cancelled", Cancellation),
        (InProgress, Cancelled, "Active booking cancelled", Cancellation),
        (Approved, OnHold, "Status updated", Progression),
        (Confirmed, OnHold, "Status updated", Progression),
        (OnHold, Approved, "Status updated", Progression),
        (OnHold, Cancelled, "Status updated", Cancellation),
    ];
    assert_eq!(rows.len(), STEPS.iter().map(|(_, to)| to.len()).sum::<usize>());
    for (from, to, sentence, kind) in rows {
        let fact = decide(from, to).unwrap().facts.swap_remove(0);
        let told: BookingStatusChanged = payload(&fact);
        assert_eq!(told.status_transition_reason, sentence);
        assert_eq!(metadata(&fact)["transitionType"], kind.as_str(), "{from} → {to}");
    }
}

#[test]
fn a_cancellation_weighs_more_the_nearer_the_start_is() {
    let second = SignedDuration::from_secs(1);
    let rows = [
        (hours_from_now(-5), ImpactLevel::High),
        (hours_from_now(0), ImpactLevel::High),
        (hours_from_now(24) - second, ImpactLevel::High),
        (hours_from_now(24), ImpactLevel::Medium),
        (hours_from_now(72) - second, ImpactLevel::Medium),
        (hours_from_now(72), ImpactLevel::Low),
        (hours_from_now(1_000), ImpactLevel::Low),
    ];
    for (start, level) in rows {
        let booking = Booking { scheduled_start: start, ..booking(Approved) };
        assert_eq!(impact_level(&booking, Cancelled, now()), level, "{start}");
    }
}

#[test]
fn other_steps_weigh_by_where_they_lead() {
    let expected = [
        (InProgress, ImpactLevel::High),
        (Completed, ImpactLevel::Medium),
        (PendingApproval, ImpactLevel::Low),
        (Approved, ImpactLevel::Low),
        (Confirmed, ImpactLevel::Low),
        (OnHold, ImpactLevel::Low),
    ];
    for (to, level) in expected {
        assert_eq!(impact_level(&booking(Draft), to, now()), level, "{to}");
    }
}

#[test]
fn the_event_tells_who_from_where_to_where_and_why() {
    let command = ChangeStatus { status: Approved, notes: Some("looks good".into()) };
    let decision = transition(&GIVEN(), &booking(PendingApproval), command).unwrap();
    let told: BookingStatusChanged = payload(&decision.facts[0]);
    assert_eq!((told.old_status, told.new_status), (PendingApproval, Approved));
    assert_eq!(told.changed_by, actor());
    assert_eq!(told.notes.as_deref(), Some("looks good"));
    assert_eq!(told.booking, decision.state);
    assert_eq!(decision.state.notes.as_deref(), Some("looks good"));
    let figures = json!({"transitionType": "approval", "impactLevel": "low"});
    assert_eq!(metadata(&decision.facts[0]), figures);
}

#[test]
fn an_approval_and_a_completion_ask_for_what_follows() {
    for (from, to) in
        STEPS.into_iter().flat_map(|(from, next)| next.iter().map(move |to| (from, *to)))
    {
        let decision = decide(from, to).unwrap();
        match to {
            Approved => {
                let told: BookingApprovedNotificationRequired = payload(&decision.facts[1]);
                assert_eq!((told.booking, told.approved_by), (decision.state, actor()));
            }
            Completed => {
                let told: BookingCompletionTasksRequired = payload(&decision.facts[1]);
                assert_eq!((told.booking, told.completed_by), (decision.state, actor()));
            }
            _ => assert_eq!(decision.facts.len(), 1, "{from} → {to}"),
        }
    }
}

#[test]
fn whoever_submits_is_remembered_and_nobody_else() {
    let submitted = decide(Draft, PendingApproval).unwrap().state;
    assert_eq!(submitted.submitted_by, Some(actor()));
    let given = TransitionGiven { actor: id(8), ..GIVEN() };
    let command = ChangeStatus { status: Approved, notes: None };
    let approved = transition(&given, &submitted, command).unwrap().state;
    assert_eq!(approved.submitted_by, Some(actor()));
}

#[test]
fn old_remarks_stay_when_none_is_made_and_long_ones_are_refused() {
    let before = Booking { notes: Some("old".into()), ..booking(Draft) };
    let ask =
        |notes| transition(&GIVEN(), &before, ChangeStatus { status: PendingApproval, notes });
    assert_eq!(ask(None).unwrap().state.notes.as_deref(), Some("old"));
    assert!(ask(Some("x".repeat(5_000))).is_ok());
    match ask(Some("x".repeat(5_001))) {
        Err(TransitionError::Invalid(invalid)) => assert_eq!(codes(&invalid), ["notes: too_long"]),
        other => panic!("{other:?}"),
    }
}
