use std::sync::Mutex as Plain;

use rishi_resilience::testing::{Called, Calling, Protocol, outages};
use rishi_resilience::{BreakerSettings, Circuits};

use super::*;

/// An exporter that sends nothing by itself, to an address where nobody is.
fn exporter() -> Exporter {
    let circuits = Circuits::new(Arc::new(|| Duration::ZERO));
    let circuit = circuits.of("otlp", BreakerSettings::default());
    let count = Plain::new(0_u128);
    let next_id = move || {
        let mut count = count.lock().unwrap();
        *count += 1;
        Uuid::from_u128(*count)
    };
    let now = Arc::new(|| Timestamp::UNIX_EPOCH);
    Exporter::new("http://127.0.0.1:1", circuit, now, Arc::new(next_id)).unwrap()
}

#[tokio::test]
async fn what_finds_no_room_is_left_out_and_counted() {
    let exporter = exporter();
    for _ in 0..WAITING + 7 {
        drop(exporter.begin(StepKind::Internal, "step".to_owned(), None));
    }
    let expected = TraceFigures { exported: 0, dropped: 7, waiting: WAITING as u64 };
    assert_eq!(exporter.figures(), expected);
}

#[tokio::test]
async fn what_nobody_takes_is_counted_and_the_end_is_not_held_back() {
    let exporter = exporter();
    for _ in 0..10 {
        drop(exporter.begin(StepKind::Internal, "step".to_owned(), None));
    }
    let stop = CancellationToken::new();
    stop.cancel();
    exporter.run(stop).await;
    assert_eq!(exporter.figures(), TraceFigures { exported: 0, dropped: 10, waiting: 0 });
}

#[tokio::test]
async fn a_step_continues_its_caller_and_a_trace_that_is_not_kept_is_not() {
    let exporter = exporter();
    let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let step = exporter.begin(StepKind::Server, "GET".to_owned(), Some(caller));
    let own = Context::parse(&step.traceparent()).unwrap();
    assert_eq!(own.trace, Context::parse(caller).unwrap().trace);
    drop(step);
    let span = exporter.waiting.lock().await.try_recv().unwrap();
    assert_eq!(span.parent, Some(Context::parse(caller).unwrap().span));
    let unkept = caller.replace("-01", "-00");
    let step = exporter.begin(StepKind::Server, "GET".to_owned(), Some(&unkept));
    assert!(step.traceparent().ends_with("-00"), "whoever is called is told so, too");
    drop(step);
    assert_eq!(exporter.figures(), TraceFigures::default());
}

/// Sends one span after the other to a collector.
async fn collector() -> Called {
    let called = Called::by(Protocol::Http("{}"), |address, circuit| {
        let now: Now = Arc::new(|| Timestamp::UNIX_EPOCH);
        let endpoint = format!("http://{address}");
        let exporter = Exporter::new(&endpoint, circuit, now, Arc::new(Uuid::nil)).unwrap();
        let exporter = Arc::new(exporter);
        move || -> Calling {
            let exporter = Arc::clone(&exporter);
            drop(exporter.begin(StepKind::Internal, "step".to_owned(), None));
            Box::pin(async move {
                let span = exporter.waiting.lock().await.try_recv().unwrap();
                exporter.send(vec![span]).await;
            })
        }
    });
    called.await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_collector_that_is_slow_fails_or_flaps_costs_few_calls_and_is_found_again() {
    println!("{:?}", outages(collector).await);
}
