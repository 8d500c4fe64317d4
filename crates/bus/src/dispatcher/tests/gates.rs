//! A handler whose circuit is open is paused and spends no attempts.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::FutureExt as _;
use jiff::Timestamp;
use rishi_resilience::{BreakerSettings, CircuitState, Circuits, Mode};

use super::support::*;
use crate::{
    CircuitGate, Clock, EffectOutcome, Envelope, Gate, HandlerError, Subscription,
    testing::{RowState, TestClock},
};

/// Lets so many runs through, and then none until told otherwise.
#[derive(Debug)]
struct Turnstile {
    lets: Mutex<u32>,
    clock: Arc<TestClock>,
}

impl Turnstile {
    fn of(world: &World, lets: u32) -> Arc<Self> {
        Arc::new(Self { lets: Mutex::new(lets), clock: Arc::clone(&world.clock) })
    }

    fn let_through(&self, lets: u32) {
        *self.lets.lock().unwrap() = lets;
    }
}

impl Gate for Turnstile {
    fn closed(&self) -> Option<Timestamp> {
        let mut lets = self.lets.lock().unwrap();
        if *lets == 0 {
            return Some(self.clock.now() + Duration::from_secs(30));
        }
        *lets -= 1;
        None
    }
}

#[tokio::test(start_paused = true)]
async fn behind_a_shut_gate_nothing_starts_and_no_attempt_is_spent() {
    let world = World::default();
    let gate = Turnstile::of(&world, 0);
    let calls = Counts::default();
    let (mails, teas) = (calls.clone(), calls.clone());
    let mail = effect(any("mail"), move |event, _| {
        mails.add(format!("mail {}", event.position));
        EffectOutcome::Done
    });
    let tea = policy(any("tea"), move |event| {
        teas.add(format!("tea {}", event.position));
        commit(event)
    });
    let gates = [Arc::clone(&gate), Turnstile::of(&world, 0)];
    let [mail, tea] = [mail.behind(Arc::clone(&gates[0])), tea.behind(Arc::clone(&gates[1]))];
    let dispatcher = world.start([mail, tea]).await;
    world.publish([1, 2, 1]);
    for _ in 0..5 {
        dispatcher.idle().await;
        world.clock.advance(Duration::from_hours(1));
    }
    assert_eq!(calls.all().len(), 0);
    assert!(dispatcher.status().iter().all(|one| one.gated && one.failed == 0));
    for gate in &gates {
        gate.let_through(u32::MAX);
    }
    dispatcher.idle().await;
    assert_eq!(calls.all().len(), 6);
    assert!(calls.all().values().all(|count| *count == 1));
    assert!(dispatcher.status().iter().all(|one| !one.gated));
    assert_eq!(world.labels_of(1), ["1.1", "1.2"]);
}

#[tokio::test(start_paused = true)]
async fn probes_go_through_one_by_one_as_the_gate_says() {
    let world = World::default();
    let gate = Turnstile::of(&world, 1);
    let calls = Counts::default();
    let counted = calls.clone();
    let mail = effect(any("mail"), move |event, _| {
        counted.add(label(event));
        EffectOutcome::Done
    });
    let dispatcher = world.start([mail.behind(Arc::clone(&gate))]).await;
    world.publish(1..=9);
    dispatcher.idle().await;
    assert_eq!(calls.all().len(), 1);
    gate.let_through(2);
    dispatcher.idle().await;
    assert_eq!(calls.all().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_opens_is_noticed_without_anyone_asking() {
    let world = World::default();
    let gate = Turnstile::of(&world, 0);
    let dispatcher = world
        .start([effect(any("mail"), |_, _| EffectOutcome::Done).behind(Arc::clone(&gate))])
        .await;
    world.publish([1]);
    dispatcher.idle().await;
    gate.let_through(1);
    tokio::time::sleep(Duration::from_millis(1001)).await;
    assert_eq!(world.ledger.rows("mail")[0].state, RowState::Done);
}

#[tokio::test(start_paused = true)]
async fn a_long_outage_leaves_the_backlog_in_the_log() {
    let world = World::default();
    let gate = Turnstile::of(&world, 0);
    let mail = effect(any("mail"), |_, _| EffectOutcome::Done).behind(Arc::clone(&gate));
    let dispatcher = world.start([mail]).await;
    world.publish((0..5000).map(|n| n % 7));
    dispatcher.idle().await;
    assert!(world.ledger.rows("mail").len() < 1500, "{} rows", world.ledger.rows("mail").len());
    gate.let_through(u32::MAX);
    dispatcher.idle().await;
    assert_eq!(world.rows_in("mail", RowState::Done).len(), 5000);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_meets_an_open_circuit_is_no_attempt() {
    let world = World::default();
    let calls = Counts::default();
    let (mails, teas) = (calls.clone(), calls.clone());
    let mail = effect(any("mail"), move |_, _| match mails.add("mail") {
        ..20 => EffectOutcome::NotTried { after: Some(Duration::from_secs(5)) },
        _ => EffectOutcome::Done,
    });
    let tea = policy(any("tea"), move |event| match teas.add("tea") {
        ..20 => Err(HandlerError::NotTried),
        _ => commit(event),
    });
    let dispatcher = world.start([mail, tea]).await;
    world.publish([1]);
    for _ in 0..18 {
        dispatcher.idle().await;
        world.clock.advance(Duration::from_secs(5));
    }
    for name in ["mail", "tea"] {
        let row = &world.ledger.rows(name)[0];
        assert_eq!((row.state, row.attempts), (RowState::Retrying, 0), "{name}");
        assert_eq!(row.error.as_deref(), Some("not tried: what it needs is down"));
    }
    assert_eq!(dispatcher.status()[0].errors_last_hour, 0);
    for _ in 0..3 {
        world.clock.advance(Duration::from_secs(5));
        dispatcher.idle().await;
    }
    assert_eq!(world.ledger.rows("mail")[0].state, RowState::Done);
    assert_eq!(world.labels(), ["1.1"]);
}

#[tokio::test(start_paused = true)]
async fn a_gate_whose_time_has_passed_does_not_make_the_worker_spin() {
    #[derive(Debug)]
    struct Stuck(Counts);
    impl Gate for Stuck {
        fn closed(&self) -> Option<Timestamp> {
            self.0.add("asked");
            Some(Timestamp::UNIX_EPOCH)
        }
    }
    let (world, asked) = (World::default(), Counts::default());
    let run = |_: Envelope, _: String| async { EffectOutcome::Done }.boxed();
    let mail = Subscription::effect(any("mail"), Run(run)).behind(Stuck(asked.clone()));
    let _dispatcher = world.start([mail]).await;
    world.publish([1]);
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!((10..=250).contains(&asked.of("asked")), "asked {} times", asked.of("asked"));
}

#[tokio::test(start_paused = true)]
async fn an_open_circuit_holds_its_events_back_and_costs_them_no_attempt() {
    let world = World::default();
    let clock = Arc::clone(&world.clock);
    let start = clock.now();
    let elapsed = move || Duration::try_from(clock.now().duration_since(start)).unwrap();
    let circuit = Circuits::new(Arc::new(elapsed)).of("smtp", BreakerSettings::default());
    let (up, calls) = (Arc::new(Mutex::new(false)), Counts::default());
    let (is_up, counted, smtp) = (Arc::clone(&up), calls.clone(), Arc::clone(&circuit));
    let mail = effect(any("mail"), move |event, _| {
        let Ok(permit) = smtp.admit() else {
            return EffectOutcome::NotTried { after: Some(Duration::from_secs(1)) };
        };
        counted.add(label(event));
        if *is_up.lock().unwrap() {
            permit.succeeded();
            return EffectOutcome::Done;
        }
        permit.failed("connection refused");
        EffectOutcome::Retry { after: None, error: "connection refused".into() }
    });
    let gate = CircuitGate::new(Arc::clone(&circuit), Arc::clone(&world.clock) as _);
    let dispatcher = world.start([mail.behind(gate)]).await;
    world.publish(1..=40);
    dispatcher.idle().await;
    assert_eq!(calls.all().values().sum::<u32>(), 5, "then the circuit is open");
    for _ in 0..60 {
        // One probe a minute, which fails.
        world.clock.advance(Duration::from_mins(1));
        dispatcher.idle().await;
    }
    assert!(dispatcher.status()[0].gated);
    assert_eq!(calls.all().values().sum::<u32>(), 65);
    let attempts: u32 = world.ledger.rows("mail").iter().map(|row| row.attempts).sum();
    assert_eq!(attempts, 65, "an attempt for each call and none for a wait");
    *up.lock().unwrap() = true;
    circuit.hold(Mode::HeldClosed);
    circuit.hold(Mode::Auto);
    for _ in 0..30 {
        world.clock.advance(Duration::from_hours(24));
        dispatcher.idle().await;
    }
    assert_eq!(world.rows_in("mail", RowState::Done).len(), 40);
    assert_eq!(circuit.snapshot().state, CircuitState::Closed);
}
