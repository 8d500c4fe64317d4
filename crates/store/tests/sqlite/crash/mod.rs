//! A crash, or a failure, at every call that the bus makes of this engine, before it and after it.
//!
//! Each telling of the [`story`] is cut off at one call; another process tells it to its end on what the
//! first has left on the disk. The [`oracle`] looks at the file right after the cut and at the end. The
//! commits of others and the orders of operators are calls as well. What dies inside a call, in the middle
//! of its flush, is for [`torn`]; what moves much in one commit, for [`orders`]. [`stops`] has stops that are asked for,
//! and wake-ups that never come.

mod cast;
mod faulty;
mod oracle;
mod orders;
mod stops;
mod story;
mod torn;

use std::time::Duration;

use rishi_bus::testing::Fault;

use faulty::Plan;
use story::{Beginning, Life};

/// Tells the story once for each call, with this fault at it.
async fn tell_with(fault: Fault) {
    let beginning = Beginning::new().await;
    for step in 1.. {
        let (plan, case) = (Plan { step, fault }, format!("{fault:?} at call {step}"));
        let story = beginning.story();
        let engine = story.open(&story.file).await;
        let telling = tokio::time::timeout(Duration::from_mins(1), story.live(&engine, plan));
        let Life { died, calls, .. } = telling.await.unwrap_or_else(|_| panic!("{case}: no end"));
        engine.close().await;
        let file = if died { &story.grave } else { &story.file };
        let engine = story.open(file).await;
        oracle::look(&story, &engine, &case).await;
        let telling = tokio::time::timeout(Duration::from_mins(1), story.live(&engine, Plan::NONE));
        telling.await.unwrap_or_else(|_| panic!("{case}: no end after it"));
        oracle::look(&story, &engine, &case).await;
        oracle::end(&story, &case);
        engine.close().await;
        if !died && calls < step {
            assert!(step > 60, "only {step} calls were cut off");
            return;
        }
    }
}

#[tokio::test]
async fn guarantees_1_to_5_hold_when_the_process_dies_before_any_call() {
    tell_with(Fault::CrashBefore).await;
}

#[tokio::test]
async fn guarantees_1_to_5_hold_when_the_process_dies_after_any_call() {
    tell_with(Fault::CrashAfter).await;
}

#[tokio::test]
async fn guarantees_1_to_5_hold_when_any_call_fails() {
    tell_with(Fault::Error).await;
}

#[tokio::test]
async fn guarantees_1_to_5_hold_when_any_call_happens_and_says_that_it_failed() {
    tell_with(Fault::ErrorAfter).await;
}
