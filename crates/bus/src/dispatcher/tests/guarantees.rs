//! The bus's guarantees by their numbers, each with a failure at every call of the ledger.

use std::{collections::HashMap, time::Duration};

use super::{
    operators::{pause, resume},
    story::{Story, handled, is_poison},
    support::*,
};
use crate::{
    ParkedState, Timer, TimerChange,
    testing::{MemoryCommit, RowState},
    verify,
};

fn nothing(_: &Story) {}

#[tokio::test(start_paused = true)]
async fn guarantee_1_an_event_exists_if_and_only_if_its_change_was_committed() {
    let look = async |story: &Story| {
        let (log, applied) = (story.world.ledger.log(), story.world.ledger.applied());
        let brewed: Vec<_> = applied.iter().filter(|a| a.subscription == "brew").collect();
        let caused: Vec<_> = log.iter().filter_map(|event| event.causation_id).collect();
        let ids: Vec<_> = brewed.iter().map(|a| a.event_id).collect();
        assert_eq!(caused, ids, "{}", story.case);
    };
    Story::tell(look, |story| assert_eq!(story.world.ledger.log().len(), 16, "{}", story.case))
        .await;
}

#[tokio::test(start_paused = true)]
async fn guarantee_2_positions_and_versions_have_no_gap_and_no_cursor_passes_the_log() {
    let look = async |story: &Story| {
        verify(&*story.world.ledger, None, &mut |_| {})
            .await
            .unwrap_or_else(|fault| panic!("{}: {fault}", story.case));
    };
    Story::tell(look, nothing).await;
}

#[tokio::test(start_paused = true)]
async fn guarantee_3_every_event_is_handled_or_visible_and_none_is_dropped() {
    let look = async |story: &Story| {
        let ledger = &story.world.ledger;
        for name in ["tea", "brew", "mail"] {
            let wants = |event: &str| name == "tea" || event == "KETTLE_BOILED";
            let rows = ledger.rows(name);
            for event in ledger.log().iter().filter(|event| wants(&event.event_type)) {
                let to_come = ledger.cursor(name).is_none_or(|cursor| event.position > cursor);
                let visible = rows.iter().any(|row| row.position == event.position);
                assert!(
                    to_come || visible || handled(ledger, &story.begun, name, event),
                    "{}: {name} dropped {}",
                    story.case,
                    event.position
                );
            }
        }
    };
    let end = |story: &Story| {
        let ledger = &story.world.ledger;
        let dead: Vec<_> = ledger.log().into_iter().filter(|event| is_poison(event)).collect();
        let letters = story.world.rows_in("tea", RowState::Dead);
        assert_eq!(
            letters.iter().map(|row| row.position).collect::<Vec<_>>(),
            dead.iter().map(|event| event.position).collect::<Vec<_>>(),
            "{}",
            story.case
        );
        assert_eq!(letters[0].attempts, 6, "{}", story.case);
        for name in ["tea", "brew", "mail"] {
            assert_eq!(ledger.cursor(name), Some(16), "{}", story.case);
            let owed = ledger.rows(name).into_iter().filter(|row| row.state != RowState::Done);
            let behind = |key: &str| key == dead[0].subject.to_string();
            let stray: Vec<_> = owed.filter(|row| name != "tea" || !behind(&row.key)).collect();
            assert!(stray.is_empty(), "{}: {name} still owes {stray:?}", story.case);
        }
    };
    Story::tell(look, end).await;
}

#[tokio::test(start_paused = true)]
async fn guarantee_4_a_policy_commits_once_and_an_effect_is_repeated_under_its_key_only() {
    let look = async |story: &Story| {
        let mut commits = HashMap::new();
        for applied in story.world.ledger.applied() {
            *commits.entry((applied.subscription, applied.event_id)).or_insert(0) += 1;
        }
        assert!(commits.values().all(|count| *count == 1), "{}: {commits:?}", story.case);
        for (event, key) in &*story.keys.lock().unwrap() {
            assert_eq!(*key, format!("mail:{event}"), "{}", story.case);
        }
    };
    let end = |story: &Story| {
        let log = story.world.ledger.log();
        let boiled = log.iter().filter(|event| &*event.event_type == "KETTLE_BOILED");
        for event in boiled {
            let runs = story.begun.of(&format!("mail {}", event.position));
            // One that fails by itself, one that is repeated because nobody knows how it ended.
            let most = 2 + u32::from(event.position.is_multiple_of(2));
            assert!((1..=most).contains(&runs), "{}: {runs} mails", story.case);
        }
    };
    Story::tell(look, end).await;
}

#[tokio::test(start_paused = true)]
async fn guarantee_5_within_a_key_no_event_is_begun_before_the_one_before_it_is_done() {
    let look = async |story: &Story| {
        let early = story.early.lock().unwrap();
        assert!(early.is_empty(), "{}: {early:?}", story.case);
        for name in ["tea", "brew"] {
            for subject in [1, 2, 3] {
                let prefix = format!("{subject}.");
                let labels = story.world.ledger.applied().into_iter();
                let versions: Vec<u64> = labels
                    .filter(|a| a.subscription == name)
                    .filter_map(|a| a.label.strip_prefix(&prefix)?.parse().ok())
                    .collect();
                assert!(versions.is_sorted(), "{}: {name} {subject} {versions:?}", story.case);
            }
        }
    };
    Story::tell(look, nothing).await;
}

#[tokio::test(start_paused = true)]
async fn guarantee_7_when_nobody_is_woken_only_latency_suffers() {
    let world = World::default();
    let _dispatcher = world.start([policy(any("tea"), commit)]).await;
    let unseen = |commit| world.ledger.commit_unseen(commit).unwrap();
    let second = || tokio::time::sleep(Duration::from_millis(1001));
    let none = MemoryCommit::default;
    second().await;
    unseen(MemoryCommit { events: vec![event(1), event(2)], ..none() });
    second().await;
    assert_eq!(world.labels(), ["1.1", "2.1"]);
    let timer = Timer { key: "one".into(), due: jiff::Timestamp::UNIX_EPOCH, event: event(3) };
    unseen(MemoryCommit { timers: vec![TimerChange::Set(Box::new(timer))], ..none() });
    second().await;
    assert_eq!(world.labels(), ["1.1", "2.1", "3.1"]);
    unseen(MemoryCommit { orders: vec![pause("tea")], ..none() });
    second().await;
    unseen(MemoryCommit { events: vec![event(1)], ..none() });
    second().await;
    assert_eq!(world.labels().len(), 3);
    unseen(MemoryCommit { orders: vec![resume("tea")], ..none() });
    second().await;
    assert_eq!(world.labels(), ["1.1", "2.1", "3.1", "1.2"]);
}

#[tokio::test(start_paused = true)]
async fn guarantee_7_what_nobody_was_woken_for_is_handled_whatever_fails_while_it_is_found() {
    let look = async |story: &Story| {
        let early = story.early.lock().unwrap();
        assert!(early.is_empty(), "{}: {early:?}", story.case);
    };
    let end = |story: &Story| {
        let ledger = &story.world.ledger;
        assert_eq!(ledger.log().len(), 16, "{}", story.case);
        for event in ledger.log().iter().filter(|event| &*event.event_type == "KETTLE_BOILED") {
            for name in ["brew", "mail"] {
                let done = handled(ledger, &story.begun, name, event);
                assert!(done, "{}: {name} lost {}", story.case, event.position);
            }
        }
        let letters = story.world.rows_in("tea", RowState::Dead);
        assert_eq!((letters.len(), letters[0].attempts), (1, 6), "{}", story.case);
    };
    Story::tell_unseen(look, end).await;
}

#[tokio::test(start_paused = true)]
async fn guarantee_8_a_stop_at_any_moment_ends_in_time_and_loses_doubles_and_counts_nothing() {
    let end = |story: &Story| {
        let ledger = &story.world.ledger;
        let mut ids: Vec<_> =
            ledger.applied().into_iter().map(|a| (a.subscription, a.event_id)).collect();
        let commits = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), commits, "{}: a commit was doubled", story.case);
        assert_eq!(ledger.log().len(), 16, "{}", story.case);
        for event in ledger.log().iter().filter(|e| &*e.event_type == "KETTLE_BOILED") {
            for name in ["brew", "mail"] {
                assert!(
                    handled(ledger, &story.begun, name, event),
                    "{}: {name} lost {}",
                    story.case,
                    event.position
                );
            }
        }
        let letters = story.world.rows_in("tea", RowState::Dead);
        assert_eq!((letters.len(), letters[0].attempts), (1, 6), "{}", story.case);
    };
    Story::tell_stopped(end).await;
}

#[tokio::test(start_paused = true)]
async fn guarantee_3_a_dead_letter_is_on_the_desk_with_what_waits_behind_it() {
    use crate::{Desk as _, LetterFilter};
    let world = World::default();
    let tea = policy(any("tea"), |event| if event.version == 2 { fail() } else { commit(event) });
    let dispatcher = world.start([tea]).await;
    world.publish([1, 1, 1, 1, 2]);
    for _ in 0..10 {
        dispatcher.idle().await;
        world.clock.advance(Duration::from_mins(2));
    }
    let (letters, count) = world.ledger.letters(&LetterFilter::default(), 9, 0).await.unwrap();
    assert_eq!((letters.len(), count), (1, 1));
    let letter = &letters[0];
    assert_eq!((letter.position, letter.state, letter.followers), (2, ParkedState::Dead, 2));
    assert_eq!((letter.error.as_str(), letter.attempts), ("out of tea", 6));
    assert!(letter.since < letter.last);
    let groups = world.ledger.letter_groups(&LetterFilter::default()).await.unwrap();
    assert_eq!((groups.len(), groups[0].count, groups[0].first), (1, 1, 2));
    let standing = &world.ledger.standings().await.unwrap()[0];
    assert_eq!((standing.waiting, standing.dead, standing.generation), (2, 1, 0));
}
