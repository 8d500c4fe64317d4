//! p8: how soon a commit is noticed when nothing else goes on.
//!
//! In this process: from the return of a commit to the start of a policy, on the real engine and the
//! real dispatcher. Over HTTP: from the answer to a create to its event on an open stream. Either may
//! come first, as the answer and the news leave together; then the figure is negative.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rishi_app::{Commit, Store};
use rishi_bus::{
    Dispatcher, Envelope, HandlerError, NewEvent, Policy, Start, Subject, Subscription,
    SubscriptionSpec, SystemClock,
};
use rishi_store::sqlite::{Sqlite, SqliteOptions};
use serde_json::{json, value::RawValue};
use uuid::Uuid;

use super::writing::Writing;
use crate::figures::{Latencies, Rounds};
use crate::http::{Client, request, text};
use crate::report::{Line, Target};
use crate::{Bench, Result, failed};

/// Between two commits.
const SPACING: Duration = Duration::from_millis(20);

/// Says when it was started.
struct Note(mpsc::Sender<Instant>);

#[async_trait]
impl Policy<Commit> for Note {
    async fn decide(&self, _: &Envelope) -> Result<Option<Commit>, HandlerError> {
        let now = Instant::now();
        self.0.send(now).map_err(|error| HandlerError::failed(error.to_string()))?;
        Ok(None)
    }
}

pub(super) fn in_process(bench: &mut Bench) -> Result<()> {
    bench.quiet("p8 commit to handler, in process");
    let runtime = tokio::runtime::Runtime::new()?;
    let mut times = runtime.block_on(noticed(bench))?;
    for (what, share, most) in [("p50", 0.5, 2.0), ("p99", 0.99, 10.0)] {
        bench.report.add(Line {
            row: "p8",
            what: format!("commit to handler start, idle, {what} of {}", times.len()),
            unit: "ms",
            figure: Rounds(vec![times.percentile(share)]),
            target: Some(Target::FigureAtMost(most)),
            more: [("latency".to_owned(), times.json())].into_iter().collect(),
            ..Line::default()
        });
    }
    Ok(())
}

async fn noticed(bench: &Bench) -> Result<Latencies> {
    let options = SqliteOptions::new(bench.dir.join("notice").join("rishi.db"));
    let store = Sqlite::open(options).await?;
    let (sender, started) = mpsc::channel();
    let spec = SubscriptionSpec::new("note").on_any().starting(Start::Now);
    let dispatcher = Dispatcher::start(
        Arc::clone(&store),
        vec![Subscription::policy(spec, Note(sender))],
        Arc::new(SystemClock),
        Arc::new(|| 0.5),
    )
    .await?;
    let mut times = Latencies::default();
    let mut ticks = tokio::time::interval(SPACING);
    for _ in 0..bench.plan.pings {
        ticks.tick().await;
        let data = RawValue::from_string(r#"{"bench":true}"#.to_owned())?;
        let subject = Subject::new("booking", Uuid::now_v7());
        let now = jiff::Timestamp::now();
        let event = NewEvent::new(Uuid::now_v7(), "BENCH_PING", "bench", subject, now, data);
        store.commit(Commit { events: vec![event], ..Commit::default() }).await?;
        let returned = Instant::now();
        let begun = tokio::task::block_in_place(|| started.recv_timeout(Duration::from_secs(10)))?;
        add(&mut times, returned, begun);
    }
    dispatcher.shutdown(Duration::from_secs(5)).await;
    store.close().await;
    Ok(times)
}

fn add(times: &mut Latencies, base: Instant, then: Instant) {
    match then.checked_duration_since(base) {
        Some(later) => times.push_signed(later, true),
        None => times.push_signed(base - then, false),
    }
}

pub(super) fn over_http(bench: &mut Bench, writing: &mut Writing) -> Result<()> {
    bench.quiet("p8 answer to event on a stream");
    let address = writing.server.address;
    let mut times = heard(bench, writing, address)?;
    let (middle, slow) = (times.percentile(0.5), times.percentile(0.99));
    bench.report.add(Line {
        row: "p8",
        what: format!("answer to event on an open stream, p50; p99 {slow:.2} ms"),
        unit: "ms",
        figure: Rounds(vec![middle]),
        more: [("latency".to_owned(), json!(times.json()))].into_iter().collect(),
        ..Line::default()
    });
    Ok(())
}

/// From the answer to a create to its event on a stream of the server at `address`.
pub(crate) fn heard(
    bench: &Bench,
    writing: &mut Writing,
    address: SocketAddr,
) -> Result<Latencies> {
    let heard = listen(writing, address)?;
    let mut client = Client::connect(writing.server.address, "")?;
    let mut times = Latencies::default();
    let mut request = Vec::new();
    for _ in 0..bench.plan.pings {
        std::thread::sleep(SPACING);
        request.clear();
        writing.world.slots.write(&mut request);
        let made = client.ask(&request)?;
        let answered = Instant::now();
        let subject = format!("booking/{}", text(&made, "id")?);
        let (event, arrived) = heard.recv_timeout(Duration::from_secs(10))?;
        if !event.contains(&subject) {
            return Err(failed(format!("{subject} was made, but the stream told of {event}")));
        }
        add(&mut times, answered, arrived);
    }
    Ok(times)
}

/// Opens a stream; every event with the instant of its arrival.
fn listen(writing: &Writing, address: SocketAddr) -> Result<mpsc::Receiver<(String, Instant)>> {
    let mut stream = TcpStream::connect(address)?;
    let path = "/api/events/stream?type=BOOKING_CREATED";
    stream.write_all(&request("GET", path, &writing.world.manager, &[], None))?;
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    lines.read_line(&mut line)?;
    if !line.contains(" 200 ") {
        return Err(failed(format!("the stream does not open: {line}")));
    }
    let (sender, heard) = mpsc::channel();
    // It ends with the server's answer.
    std::thread::spawn(move || {
        loop {
            line.clear();
            match lines.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            if line.starts_with("data:") && sender.send((line.clone(), Instant::now())).is_err() {
                return;
            }
        }
    });
    Ok(heard)
}
