//! What every circuit is put through before the thing that it stands before: it fails, is slow, comes and goes, refuses
//! what it is asked, and callers leave while it is tried. By a clock that the test holds, so the figures are
//! exact.
//!
//! Whoever writes a client gives a [`Dependency`]; a [`StandIn`] is one to be called over a socket.

mod called;
mod clock;
mod stand_in;

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

pub use called::{Called, Calling};
pub use clock::tokio_elapsed;
pub use stand_in::{Protocol, StandIn};

use crate::{Circuit, CircuitState};

/// How long an attempt is after another.
const STEP: Duration = Duration::from_millis(100);
/// How long what fails or flaps is watched.
const WATCHED: Duration = Duration::from_mins(10);
/// Of this, so much it is there, and then not.
const FLAP: (u128, u128) = (4_000, 3_000);
/// Callers who come at once when it is tried again.
const CROWD: usize = 100;

/// How something outside the process behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It does what it is asked.
    Works,
    /// It fails.
    Fails,
    /// It takes the call and never answers.
    Hangs,
    /// It answers that it was asked wrongly.
    Refuses,
}

/// Something outside the process, called as the platform calls it.
pub trait Dependency {
    /// How it behaves from now on.
    fn becomes(&self, manner: Manner);
    /// How many calls have reached it.
    fn reached(&self) -> u64;
    /// What stands before it.
    fn circuit(&self) -> &Arc<Circuit>;
    /// One call, of whose outcome only the circuit is of interest.
    fn call(&self) -> impl Future<Output = ()>;
    /// The circuit's time.
    fn now(&self) -> Duration;
    /// Lets time pass.
    fn pass(&self, time: Duration) -> impl Future<Output = ()>;
}

/// What was let through to something that comes and goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flapping {
    /// How often a call was wanted.
    pub wanted: u64,
    /// How often one was made.
    pub made: u64,
    /// How many of those failed.
    pub failed: u64,
}

/// All of it, each before a circuit of its own.
///
/// # Panics
///
/// When a figure is not as it must be.
pub async fn outages<D: Dependency>(new: impl AsyncFn() -> D) -> Flapping {
    failing(&new().await).await;
    slow(&new().await).await;
    probes(&new().await).await;
    refusing(&new().await).await;
    flapping(&new().await).await
}

/// One that fails costs five calls, and then one a minute, however often it is wanted.
///
/// # Panics
///
/// When it costs more or fewer.
pub async fn failing(dependency: &impl Dependency) {
    dependency.becomes(Manner::Fails);
    let begun = dependency.now();
    let mut made = Vec::new();
    while dependency.now().saturating_sub(begun) < WATCHED {
        let before = dependency.reached();
        dependency.call().await;
        if dependency.reached() > before {
            made.push(dependency.now().saturating_sub(begun).as_millis());
        }
        dependency.pass(STEP).await;
    }
    let opening = [0, 100, 200, 300, 400].into_iter();
    let expected: Vec<u128> = opening.chain((1..10).map(|minute| 400 + minute * 60_000)).collect();
    assert_eq!(made, expected, "calls that reached it, in milliseconds");
    assert_eq!(dependency.circuit().snapshot().state, CircuitState::Open);
}

/// One that never answers is given up after the circuit's time, opens it with the fifth call, and is then
/// refused at once.
///
/// # Panics
///
/// When it holds anybody up for longer.
pub async fn slow(dependency: &impl Dependency) {
    dependency.becomes(Manner::Hangs);
    let (begun, limit) = (dependency.now(), dependency.circuit().timeout());
    for number in 1..=5 {
        assert_eq!(dependency.circuit().snapshot().state, CircuitState::Closed, "call {number}");
        dependency.call().await;
    }
    let open = dependency.circuit().snapshot();
    assert_eq!((open.state, open.totals.failed), (CircuitState::Open, 5));
    assert_eq!(dependency.now().saturating_sub(begun), limit * 5, "the time to open");
    let at = dependency.now();
    for _ in 0..CROWD {
        dependency.call().await;
    }
    assert_eq!(dependency.now(), at, "an open circuit answers at once");
    assert_eq!(dependency.reached(), 5, "and calls nobody");
}

/// Of a crowd that comes when it is tried again three get through; when these leave they give their places back,
/// and three that succeed close it.
///
/// # Panics
///
/// When more get through, or a place is lost.
pub async fn probes(dependency: &impl Dependency) {
    dependency.becomes(Manner::Fails);
    for _ in 0..5 {
        dependency.call().await;
    }
    let circuit = dependency.circuit();
    dependency.pass(circuit.snapshot().settings.open).await;
    dependency.becomes(Manner::Hangs);
    let before = circuit.snapshot().totals;
    let mut crowd: Vec<Pin<Box<_>>> = (0..CROWD).map(|_| Box::pin(dependency.call())).collect();
    let mut ended = 0;
    std::future::poll_fn(|context| {
        ended = crowd
            .iter_mut()
            .filter_map(|one| one.as_mut().poll(context).is_ready().then_some(()))
            .count();
        Poll::Ready(())
    })
    .await;
    let now = circuit.snapshot();
    assert_eq!((now.state, now.running, ended), (CircuitState::HalfOpen, 3, CROWD - 3));
    assert_eq!(now.totals.refused - before.refused, 97);
    drop(crowd);
    let left = circuit.snapshot();
    assert_eq!(
        (left.running, left.totals.uncounted - before.uncounted),
        (0, 3),
        "places given back"
    );
    dependency.becomes(Manner::Works);
    for _ in 0..3 {
        let now = circuit.snapshot();
        assert_eq!(now.state, CircuitState::HalfOpen, "{:?}", now.last_failure);
        dependency.call().await;
    }
    let end = circuit.snapshot();
    assert_eq!(end.state, CircuitState::Closed, "{:?}", end.last_failure);
}

/// What the caller did wrong says nothing against whoever tells it so.
///
/// # Panics
///
/// When it counts.
pub async fn refusing(dependency: &impl Dependency) {
    dependency.becomes(Manner::Refuses);
    for _ in 0..CROWD {
        dependency.call().await;
    }
    let now = dependency.circuit().snapshot();
    assert_eq!((now.state, now.totals.failed, now.failures_in_a_row), (CircuitState::Closed, 0, 0));
    assert_eq!(dependency.reached(), CROWD as u64);
}

/// One that comes and goes is left alone for most of the time, and found again.
///
/// # Panics
///
/// When more or fewer calls are let through than the settings make, or it is never found again.
pub async fn flapping(dependency: &impl Dependency) -> Flapping {
    let begun = dependency.now();
    let (mut wanted, mut closed) = (0, 0);
    let mut was = CircuitState::Closed;
    while dependency.now().saturating_sub(begun) < WATCHED {
        let phase = dependency.now().saturating_sub(begun).as_millis() % (FLAP.0 + FLAP.1);
        dependency.becomes(if phase < FLAP.0 { Manner::Works } else { Manner::Fails });
        dependency.call().await;
        wanted += 1;
        let state = dependency.circuit().snapshot().state;
        closed += u32::from(was != CircuitState::Closed && state == CircuitState::Closed);
        was = state;
        dependency.pass(STEP).await;
    }
    let totals = dependency.circuit().snapshot().totals;
    let figures = Flapping { wanted, made: dependency.reached(), failed: totals.failed };
    assert_eq!(figures, Flapping { wanted: 6_000, made: 324, failed: 50 });
    assert!(closed > 0, "it is found again");
    figures
}
