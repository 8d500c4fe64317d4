//! Orderly stops, and wake-ups that never come.

use std::time::Duration;

use futures::StreamExt as _;
use rishi_bus::testing::Fault;

use super::faulty::Plan;
use super::oracle;
use super::story::{Beginning, Life, Seen};

/// Calls at which a telling is cut off that nobody is woken for: who looks every second makes calls without end.
const UNSEEN: u32 = 60;
/// Tellings at the same time: each mostly waits for the next look.
const TOGETHER: usize = 12;

#[tokio::test]
async fn guarantee_8_a_stop_at_any_call_ends_in_time_and_loses_doubles_and_counts_nothing() {
    let beginning = Beginning::new().await;
    for step in 1.. {
        let case = format!("a stop at call {step}");
        let story = beginning.story();
        let engine = story.open(&story.file).await;
        let stopped = tokio::time::timeout(Duration::from_mins(1), story.stop_at(&engine, step));
        let reached = stopped.await.unwrap_or_else(|_| panic!("{case}: no end"));
        engine.close().await;
        let engine = story.open(&story.file).await;
        oracle::look(&story, &engine, &case).await;
        story.to_its_end(&engine).await;
        oracle::look(&story, &engine, &case).await;
        oracle::end(&story, &case);
        engine.close().await;
        if !reached {
            assert!(step > 60, "only {step} calls were stopped at");
            return;
        }
    }
}

#[tokio::test]
async fn guarantee_7_what_nobody_is_woken_for_is_handled_wherever_the_process_dies_or_fails() {
    let beginning = &Beginning::new().await;
    let faults = [Fault::CrashBefore, Fault::CrashAfter, Fault::Error];
    let cases = faults.into_iter().flat_map(|fault| (1..=UNSEEN).map(move |step| (fault, step)));
    let told = futures::stream::iter(cases).map(|(fault, step)| async move {
        let (plan, case) = (Plan { step, fault }, format!("unseen, {fault:?} at call {step}"));
        let story = beginning.story();
        let engine = story.open(&story.file).await;
        let telling = story.live_as(&engine, plan, Seen::No);
        let telling = tokio::time::timeout(Duration::from_mins(1), telling);
        let Life { died, .. } = telling.await.unwrap_or_else(|_| panic!("{case}: no end"));
        engine.close().await;
        let file = if died { &story.grave } else { &story.file };
        let engine = story.open(file).await;
        oracle::look(&story, &engine, &case).await;
        let telling = story.live_as(&engine, Plan::NONE, Seen::No);
        let telling = tokio::time::timeout(Duration::from_mins(1), telling);
        telling.await.unwrap_or_else(|_| panic!("{case}: no end after it"));
        oracle::look(&story, &engine, &case).await;
        oracle::end(&story, &case);
        engine.close().await;
    });
    let count = told.buffer_unordered(TOGETHER).count().await;
    assert_eq!(count, faults.len() * UNSEEN as usize);
}
