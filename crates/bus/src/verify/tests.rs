use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::*;
use crate::{
    Ledger as _, NewEvent, Order, RowState, Start, Tally, chain::GENESIS, testing::MemoryLedger,
};

type Log = Vec<(Arc<Envelope>, [u8; 32])>;

fn event(id: usize, subject: u8) -> NewEvent {
    let subject = Subject::new("kettle", Uuid::from_u128(subject.into()));
    let data = RawValue::from_string(format!(r#"{{"litres":{id}}}"#)).unwrap();
    let time = Timestamp::from_second(i64::try_from(id).unwrap()).unwrap();
    NewEvent::new(Uuid::from_u128(id as u128), "KETTLE_BOILED", "kitchen", subject, time, data)
        .with_user(Uuid::from_u128(9))
}

/// A ledger with an event for each of these subjects.
fn ledger(subjects: &[u8]) -> MemoryLedger {
    let ledger = MemoryLedger::default();
    ledger.publish(subjects.iter().enumerate().map(|(id, subject)| event(id, *subject))).unwrap();
    ledger
}

fn log(subjects: &[u8]) -> Log {
    let mut log = Vec::new();
    ledger(subjects).tamper(|events, _| log.clone_from(events));
    log
}

fn read(mut verifier: Verifier, log: &Log, head: Position) -> Result<Summary, Fault> {
    for (event, stored) in log {
        verifier.feed(event, *stored)?;
    }
    verifier.finish(head)
}

fn plain(log: &Log, head: usize) -> Result<Summary, Fault> {
    read(Verifier::new(Checkpoint::GENESIS), log, head as Position)
}

/// Changes one member of an event; the member is chosen by a number.
fn flip(event: &mut Arc<Envelope>, member: usize) {
    let event = Arc::make_mut(event);
    let later = |id: Uuid| Uuid::from_u128(id.as_u128() ^ 1);
    match member {
        0 => event.id = later(event.id),
        1 => event.event_type = "KETTLE_BOILEE".into(),
        2 => event.source = "kitchem".to_owned(),
        3 => event.subject = Subject::new("kettle", later(event.subject.id())),
        4 => event.version += 1,
        5 => event.schema_version += 1,
        6 => event.organization_id = Some(Uuid::nil()),
        7 => event.user_id = None,
        8 => event.correlation_id = Some(Uuid::nil()),
        9 => event.causation_id = Some(Uuid::nil()),
        10 => event.timestamp += jiff::SignedDuration::from_micros(1),
        11 => {
            let changed = event.data.get().replace("litres", "litret");
            event.data = RawValue::from_string(changed).unwrap();
        }
        12 => event.metadata = Some(RawValue::from_string("{}".to_owned()).unwrap()),
        _ => event.traceparent = Some(String::new()),
    }
}

/// Makes the chain right again from an index on.
fn recompute(log: &mut Log, from: usize) {
    for index in from..log.len() {
        let before = index.checked_sub(1).map_or(GENESIS, |before| log[before].1);
        log[index].1 = link(&before, &log[index].0);
    }
}

fn some_log() -> impl Strategy<Value = (Vec<u8>, usize, usize)> {
    prop::collection::vec(0..4_u8, 2..40)
        .prop_flat_map(|subjects| (Just(subjects.clone()), 0..subjects.len(), 0..subjects.len()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_untouched_log_fits_with_every_checkpoint_of_it((subjects, at, _) in some_log()) {
        let log = log(&subjects);
        let checkpoint = Checkpoint { position: at as Position + 1, hash: log[at].1 };
        let verifier = Verifier::new(Checkpoint::GENESIS).against(checkpoint).unwrap();
        let summary = read(verifier, &log, log.len() as Position).unwrap();
        prop_assert_eq!(summary.last.hash, log.last().unwrap().1);
        prop_assert!(summary.compared);
    }

    #[test]
    fn a_changed_member_is_found_where_it_is((subjects, at, _) in some_log(), member in 0..14_usize) {
        let mut log = log(&subjects);
        flip(&mut log[at].0, member);
        prop_assert_eq!(plain(&log, subjects.len()), Err(Fault::Hash { position: at as Position + 1 }));
    }

    #[test]
    fn a_flipped_bit_of_a_hash_is_found_where_it_is((subjects, at, _) in some_log(), bit in 0..256_usize) {
        let mut log = log(&subjects);
        log[at].1[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(plain(&log, subjects.len()), Err(Fault::Hash { position: at as Position + 1 }));
    }

    #[test]
    fn a_deleted_event_is_found_where_it_was((subjects, at, _) in some_log()) {
        let mut log = log(&subjects);
        log.remove(at);
        let fault = plain(&log, subjects.len()).unwrap_err();
        prop_assert_eq!(fault.position(), at as Position + 1);
    }

    #[test]
    fn two_exchanged_events_are_found_at_the_first((subjects, one, other) in some_log(), moved: bool) {
        prop_assume!(one != other);
        let mut log = log(&subjects);
        log.swap(one, other);
        if moved {
            // As rows whose positions were exchanged too.
            for at in [one, other] {
                Arc::make_mut(&mut log[at].0).position = at as Position + 1;
            }
        }
        let fault = plain(&log, subjects.len()).unwrap_err();
        prop_assert_eq!(fault.position(), one.min(other) as Position + 1);
    }

    #[test]
    fn a_log_that_was_cut_off_is_found_by_its_head_or_a_checkpoint((subjects, at, _) in some_log()) {
        let mut log = log(&subjects);
        let last = log.len();
        let checkpoint = Checkpoint { position: last as Position, hash: log[last - 1].1 };
        log.truncate(at);
        let missing = Fault::Truncated { position: at as Position + 1, expected: last as Position };
        prop_assert_eq!(plain(&log, last).unwrap_err(), missing.clone());
        prop_assert!(plain(&log, at).is_ok(), "from the inside it looks right");
        let verifier = Verifier::new(Checkpoint::GENESIS).against(checkpoint).unwrap();
        prop_assert_eq!(read(verifier, &log, at as Position).unwrap_err(), missing);
    }

    #[test]
    fn a_recomputed_tail_is_found_by_a_checkpoint_only((subjects, at, _) in some_log(), member in prop::sample::select(vec![0, 1, 2, 10, 11])) {
        let mut log = log(&subjects);
        let last = log.len();
        let checkpoint = Checkpoint { position: last as Position, hash: log[last - 1].1 };
        flip(&mut log[at].0, member);
        recompute(&mut log, at);
        prop_assert!(plain(&log, last).is_ok(), "from the inside it looks right");
        let verifier = Verifier::new(Checkpoint::GENESIS).against(checkpoint).unwrap();
        prop_assert_eq!(read(verifier, &log, last as Position), Err(Fault::Rewritten { position: last as Position }));
    }

    #[test]
    fn a_version_out_of_line_is_found_though_the_chain_fits((subjects, at, _) in some_log()) {
        let mut log = log(&subjects);
        Arc::make_mut(&mut log[at].0).version += 1;
        recompute(&mut log, at);
        let fault = plain(&log, subjects.len()).unwrap_err();
        let is_gap = matches!(fault, Fault::VersionGap { .. });
        prop_assert!(is_gap, "{:?}", fault);
        prop_assert_eq!(fault.position(), at as Position + 1);
    }
}

#[test]
fn the_coverage_names_what_cannot_be() {
    let rows = [(1, RowState::Skipped), (4, RowState::Dead), (5, RowState::Retrying)];
    let look = |cursor, head| coverage("tea", 2, cursor, head, &rows);
    let subscription = || "tea".to_owned();
    assert_eq!(look(5, 5), Ok(()));
    let beyond = Fault::CursorBeyondHead { subscription: subscription(), position: 6, head: 5 };
    assert_eq!(look(6, 5), Err(beyond));
    let early = Fault::CursorBeforeAnchor { subscription: subscription(), position: 1, anchor: 2 };
    assert_eq!(look(1, 5), Err(early));
    let none = Fault::NoSuchEvent { subscription: subscription(), position: 5 };
    assert_eq!(look(4, 4), Err(none));
    let early = Fault::RowBeyondCursor { subscription: subscription(), position: 5, cursor: 4 };
    assert_eq!(look(4, 5), Err(early));
    let gone = Fault::NoSuchEvent { subscription: subscription(), position: 2 };
    assert_eq!(coverage("tea", 2, 5, 5, &[(2, RowState::Dead)]), Err(gone));
}

#[test]
fn a_row_that_was_taken_away_or_put_there_is_missed() {
    let look = |found, recorded| tallied("tea", 5, Tally { found, recorded });
    assert_eq!(look(2, 2), Ok(()));
    for (found, recorded) in [(1, 2), (3, 2)] {
        let subscription = "tea".to_owned();
        assert_eq!(
            look(found, recorded),
            Err(Fault::Rows { subscription, position: 5, found, recorded })
        );
    }
}

#[tokio::test]
async fn a_database_is_verified_in_pages_and_its_subscriptions_with_it() {
    let ledger = ledger(&[3; 2500]);
    ledger.register("tea", Start::Now).await.unwrap();
    let mut seen = Vec::new();
    let report = verify(&ledger, None, &mut |position| seen.push(position)).await.unwrap();
    assert_eq!((report.events, report.subjects, report.subscriptions), (2500, 1, 1));
    assert_eq!(seen, [1024, 2048, 2500]);
    assert!(!report.compared);
    ledger.publish([event(2501, 3)]).unwrap();
    let later = verify(&ledger, Some(report.head), &mut |_| {}).await.unwrap();
    assert!(later.compared);
    ledger.tamper(|_, set_cursor| set_cursor("tea", 2502));
    let fault = verify(&ledger, None, &mut |_| {}).await.unwrap_err();
    assert!(matches!(fault, VerifyError::Fault(Fault::CursorBeyondHead { position: 2502, .. })));
}

#[tokio::test]
async fn what_retention_left_is_verified_from_its_anchor() {
    let ledger = ledger(&[1, 2, 1, 1, 2]);
    let before = verify(&ledger, None, &mut |_| {}).await.unwrap();
    let early: Checkpoint = {
        let mut hash = GENESIS;
        ledger.tamper(|log, _| hash = log[0].1);
        Checkpoint { position: 1, hash }
    };
    ledger.order([Order::Retain { through: 3 }]).unwrap();
    let report = verify(&ledger, Some(before.head), &mut |_| {}).await.unwrap();
    assert_eq!((report.anchor.position, report.events, report.compared), (3, 2, true));
    assert_eq!(report.head, before.head);
    let report = verify(&ledger, Some(early), &mut |_| {}).await.unwrap();
    assert!(!report.compared, "what was removed cannot be compared");
    let forged = Checkpoint { hash: GENESIS, ..report.anchor };
    let fault = verify(&ledger, Some(forged), &mut |_| {}).await.unwrap_err();
    assert!(matches!(fault, VerifyError::Fault(Fault::Rewritten { position: 3 })));
}

#[test]
fn a_checkpoint_reads_back_what_it_writes() {
    let checkpoint = Checkpoint { position: 7, hash: [0xab; 32] };
    assert_eq!(checkpoint.to_string().parse(), Ok(checkpoint));
    for text in ["", "7", "7:", "x:00", &format!("7:{}", "zz".repeat(32)), &"é".repeat(34)] {
        assert!(text.parse::<Checkpoint>().is_err(), "{text:?}");
    }
}

#[test]
fn verifying_can_be_left_to_another_thread() {
    fn is_send(_: impl Send) {}
    let (ledger, mut progress) = (MemoryLedger::default(), |_| {});
    is_send(verify(&ledger, None, &mut progress));
}
