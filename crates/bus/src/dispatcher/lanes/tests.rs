use super::*;

fn item(position: Position) -> Item {
    Item { position, attempts: 0, event: None }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn parked(position: Position, state: ParkedState, due: Option<Timestamp>) -> Parked {
    Parked { position, key: "a".to_owned(), state, attempts: 1, due }
}

fn next(lanes: &mut Lanes) -> Option<Position> {
    lanes.start().map(|started| started.item.position)
}

#[test]
fn followers_come_after_their_head_and_then_the_key_is_free() {
    let mut lanes = Lanes::default();
    lanes.park("a".into(), item(1), Due::Now);
    lanes.park("a".into(), item(2), Due::Now);
    lanes.park("b".into(), item(3), Due::Now);
    assert_eq!((next(&mut lanes), next(&mut lanes), next(&mut lanes)), (Some(1), Some(3), None));
    assert_eq!(lanes.pass("a"), Passed::Settled);
    assert_eq!(next(&mut lanes), Some(2));
    lanes.pass("a");
    lanes.pass("b");
    assert_eq!(lanes.len(), 0);
}

#[test]
fn a_head_that_failed_runs_again_when_due() {
    let mut lanes = Lanes::default();
    lanes.park("a".into(), item(1), Due::Now);
    lanes.start();
    lanes.hold("a", 1, 0, Due::At(at(10)));
    lanes.wake(at(9));
    assert_eq!((lanes.next_due(), lanes.ready()), (Some(at(10)), 0));
    lanes.wake(at(10));
    let again = lanes.start().unwrap();
    assert_eq!((again.item.position, again.item.attempts), (1, 1));
}

#[test]
fn followers_of_a_head_that_waits_are_left_to_the_ledger() {
    let mut lanes = Lanes::default();
    lanes.park("a".into(), item(1), Due::Now);
    lanes.park("a".into(), item(2), Due::Now);
    lanes.start();
    lanes.hold("a", 1, 0, Due::At(at(10)));
    lanes.park("a".into(), item(3), Due::Now);
    lanes.wake(at(10));
    lanes.start();
    assert_eq!(lanes.pass("a"), Passed::Ask);
    lanes.refill("a", Some(&parked(2, ParkedState::Waiting, None)));
    assert_eq!(next(&mut lanes), Some(2));
    assert_eq!(lanes.pass("a"), Passed::Ask);
    lanes.refill("a", None);
    assert!(!lanes.contains("a"));
}

#[test]
fn what_the_ledger_holds_is_taken_up_by_its_state() {
    let mut lanes = Lanes::load(vec![parked(1, ParkedState::Dead, Some(at(1)))]);
    lanes.wake(Timestamp::MAX);
    assert_eq!((next(&mut lanes), lanes.len()), (None, 1), "a dead letter blocks its key");
    let mut lanes = Lanes::load(vec![parked(1, ParkedState::Retrying, Some(at(5)))]);
    assert_eq!((next(&mut lanes), lanes.next_due()), (None, Some(at(5))));
    let mut lanes = Lanes::load(vec![parked(1, ParkedState::Waiting, None)]);
    assert_eq!(next(&mut lanes), Some(1));
    assert_eq!(lanes.pass("a"), Passed::Ask, "its followers are in the ledger");
}

#[test]
fn i14_events_kept_in_memory_are_bounded() {
    let event = |position| {
        let subject = crate::Subject::new("kettle", uuid::Uuid::nil());
        let data = serde_json::value::RawValue::from_string("{}".to_owned()).unwrap();
        let event = crate::NewEvent::new(uuid::Uuid::nil(), "A", "s", subject, at(0), data);
        Item { event: Some(Arc::new(event.into_envelope(position, position))), ..item(position) }
    };
    let mut lanes = Lanes::default();
    for position in 1..=CACHE as Position + 500 {
        lanes.park(format!("{}", position % 7), event(position), Due::Now);
        lanes.park(format!("only {position}"), event(position), Due::Now);
    }
    assert_eq!(lanes.cached, CACHE);
    while let Some(started) = lanes.start() {
        if lanes.pass(&started.key) == Passed::Ask {
            lanes.refill(&started.key, None);
        }
    }
    assert_eq!((lanes.cached, lanes.len()), (0, 0), "the count drifted");
}
