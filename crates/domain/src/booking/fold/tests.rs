//! Random stories: what commands do to a booking, a tiny model of it, and what its events tell.

use jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::booking::{
    BookingStatus, ChangeStatus, EditBooking, EditError, TransitionError, TransitionGiven, create,
    edit, transition,
};
use crate::event::Fact;
use crate::id::BookingId;
use crate::money::Money;
use crate::testing::{actor, command, given, hours_from_now, id, now, organization};

#[derive(Debug, Clone)]
enum Step {
    Go(BookingStatus, Option<String>),
    Edit(Box<EditBooking>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let status = prop::sample::select(BookingStatus::ALL.to_vec());
    let go =
        (status, prop::option::of(r"[^\x00]{0,12}")).prop_map(|(to, notes)| Step::Go(to, notes));
    let edit = (
        prop::option::of("[a-c]{0,2}"),
        prop::option::of(prop::option::of(0_i64..5)),
        prop::option::of(prop::option::of(any::<f64>().prop_filter("JSON", |n| n.is_finite()))),
        prop::option::of(20_i64..30),
    )
        .prop_map(|(title, budget, figure, end)| {
            Step::Edit(Box::new(EditBooking {
                title,
                budget: budget.map(|amount| amount.map(Money::from_minor)),
                requirements: figure.map(|figure| figure.map(|n| json!({"figure": n}))),
                scheduled_end: end.map(hours_from_now),
                ..EditBooking::default()
            }))
        });
    prop::collection::vec(prop_oneof![2 => go, 1 => edit], 0..30)
}

/// The tiny model: an edge list of the life, and a count.
fn edge(from: BookingStatus, to: BookingStatus) -> bool {
    let edges = "draft>pending_approval draft>cancelled pending_approval>approved \
                 pending_approval>cancelled approved>confirmed approved>cancelled approved>on_hold \
                 confirmed>in_progress confirmed>cancelled confirmed>on_hold in_progress>completed \
                 in_progress>cancelled on_hold>approved on_hold>cancelled";
    edges.split_whitespace().any(|edge| edge == format!("{from}>{to}"))
}

fn tell(facts: &[Fact]) -> Result<Option<Booking>, FoldError> {
    fold(facts.iter().map(|fact| (fact.event_type, fact.schema_version, &*fact.data)))
}

proptest! {
    #[test]
    fn i6_events_tell_the_state_and_the_life_follows_the_model(steps in steps()) {
        let organization = organization();
        let first = create(&given(&organization, None), command()).unwrap();
        let (mut booking, mut facts) = (first.state, first.facts);
        let (mut status, mut version) = (BookingStatus::Draft, 1);
        let mut clock = now();
        for step in steps {
            clock += SignedDuration::from_secs(1);
            let decision = match step {
                Step::Go(to, notes) => {
                    let given = TransitionGiven { now: clock, actor: actor() };
                    let answer = transition(&given, &booking, ChangeStatus { status: to, notes });
                    if edge(status, to) {
                        status = to;
                        version += 1;
                        Some(answer.unwrap())
                    } else {
                        let refusal = answer.unwrap_err();
                        let invalid = matches!(refusal, TransitionError::InvalidTransition { .. });
                        prop_assert!(invalid || matches!(refusal, TransitionError::Invalid(_)));
                        None
                    }
                }
                Step::Edit(command) => {
                    let given = crate::booking::Given { now: clock, ..given(&organization, None) };
                    match edit(&given, &booking, *command) {
                        Ok(Some(decision)) => {
                            version += 1;
                            Some(decision)
                        }
                        Ok(None) | Err(EditError::Invalid(_)) => None,
                        Err(EditError::Closed(_)) => {
                            prop_assert!(["completed", "cancelled"].contains(&status.as_str()));
                            None
                        }
                        Err(other) => panic!("{other}"),
                    }
                }
            };
            if let Some(decision) = decision {
                booking = decision.state;
                facts.extend(decision.facts);
                prop_assert_eq!(booking.updated_at, clock);
            }
            prop_assert_eq!((booking.status, booking.version), (status, version));
        }
        prop_assert_eq!(tell(&facts).unwrap(), Some(booking));
    }
}

fn story() -> Vec<Fact> {
    let organization = organization();
    let first = create(&given(&organization, None), command()).unwrap();
    let mut facts = first.facts;
    let mut booking = first.state;
    for status in
        [BookingStatus::PendingApproval, BookingStatus::Approved, BookingStatus::Confirmed]
    {
        let given = TransitionGiven { now: now(), actor: actor() };
        let step = transition(&given, &booking, ChangeStatus { status, notes: None }).unwrap();
        booking = step.state;
        facts.extend(step.facts);
    }
    facts
}

#[test]
fn no_events_tell_of_no_booking() {
    assert_eq!(tell(&[]).unwrap(), None);
}

#[test]
fn events_that_leave_the_row_alone_and_unknown_types_are_passed_over() {
    let facts = story();
    assert_eq!(facts[3].event_type, "BOOKING_APPROVED_NOTIFICATION_REQUIRED");
    let strange = RawValue::from_string("[1]".to_owned()).unwrap();
    let known = facts.iter().map(|fact| (fact.event_type, fact.schema_version, &*fact.data));
    let events = known.flat_map(|event| [("MOON_LANDING", 9, &*strange), event]);
    assert_eq!(fold(events).unwrap(), tell(&facts).unwrap());
}

#[test]
fn a_gap_a_second_creation_and_a_missing_one_are_noticed() {
    let facts = story();
    let gap = [facts[0].clone(), facts[2].clone()];
    let doubled = [facts[0].clone(), facts[0].clone()];
    let headless = [facts[1].clone()];
    for events in [&gap[..], &doubled, &headless] {
        assert!(matches!(tell(events), Err(FoldError::OutOfOrder { .. })));
    }
}

#[test]
fn only_a_creation_begins_and_no_other_booking_joins_in() {
    let mut facts = story();
    let mut update = facts[1].clone();
    update.data =
        RawValue::from_string(update.data.get().replace("\"version\":2", "\"version\":1")).unwrap();
    assert!(matches!(tell(&[update]), Err(FoldError::OutOfOrder { expected: 1, found: 1, .. })));
    let (own, other) = (id::<BookingId>(30).to_string(), id::<BookingId>(31).to_string());
    facts[1].data = RawValue::from_string(facts[1].data.get().replace(&own, &other)).unwrap();
    assert!(matches!(tell(&facts), Err(FoldError::Stranger { .. })));
}

#[test]
fn an_unreadable_payload_names_its_type() {
    let mut facts = story();
    facts[1].data = RawValue::from_string("{}".to_owned()).unwrap();
    let error = tell(&facts).unwrap_err();
    let FoldError::Unreadable(ReadError::Unreadable { event_type, .. }) = error else {
        panic!("{error}")
    };
    assert_eq!(event_type, "BOOKING_STATUS_CHANGED");
    let mut facts = story();
    facts[1].schema_version = 2;
    let error = tell(&facts).unwrap_err();
    assert!(matches!(
        error,
        FoldError::Unreadable(ReadError::UnknownVersion { found: 2, newest: 1, .. })
    ));
}
