//! The load generator: one thread, one epoll, answers read no further than needed.
//!
//! It shares the machine with the server, so what it uses is taken from the server. It is therefore
//! not wrk: rendering a request in Lua and parsing every header costs more than copying prepared
//! bytes and looking for the length (docs/performance.md has the figures). Its processor time is
//! reported beside the server's.
//!
//! [`closed`] keeps every connection busy: each sends its next request when its answer is there.
//! [`paced`] sends at a constant rate, whatever the answers do, and counts time from when a request
//! was due. Anything but 2xx ends the run as a failure.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token};

use crate::figures::{Latencies, rate};
use crate::{Result, failed, machine};

mod paced;
mod wire;

pub(crate) use paced::paced;
use wire::Wire;

/// How long the generator waits for any answer at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes the next request into the buffer; false when there is none left.
pub(crate) type Source<'a> = dyn FnMut(&mut Vec<u8>) -> bool + Send + 'a;

/// What a run did.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) answered: u64,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    pub(crate) latencies: Latencies,
    /// Nanoseconds of processor time that the generator used.
    pub(crate) generator: u64,
}

impl Outcome {
    pub(crate) fn rate(&self) -> f64 {
        rate(self.answered, self.elapsed)
    }
}

/// Keeps `connections` busy for `time` or until `source` has no more, then waits for what is under
/// way.
pub(crate) fn closed(
    address: SocketAddr,
    connections: usize,
    time: Duration,
    source: &mut Source<'_>,
) -> Result<Outcome> {
    on_a_thread(move || {
        let mut poll = Poll::new()?;
        let mut wires = connect(&poll, address, connections)?;
        let mut outcome = Outcome::default();
        let begun = Instant::now();
        let mut under_way = 0;
        for wire in &mut wires {
            if wire.send(begun, source)? {
                under_way += 1;
            }
        }
        let mut events = Events::with_capacity(connections.max(1));
        while under_way > 0 {
            poll.poll(&mut events, Some(PATIENCE))?;
            if events.is_empty() {
                return Err(failed(format!("no answer for {PATIENCE:?}; {under_way} are awaited")));
            }
            for event in &events {
                let wire = &mut wires[event.token().0];
                if !wire.receive()? {
                    continue;
                }
                let now = Instant::now();
                outcome.answered += 1;
                outcome.latencies.push(now - wire.since);
                if now - begun >= time || !wire.send(now, source)? {
                    under_way -= 1;
                }
            }
        }
        outcome.elapsed = begun.elapsed();
        Ok(outcome)
    })
}

fn connect(poll: &Poll, address: SocketAddr, connections: usize) -> Result<Vec<Wire>> {
    (0..connections).map(|index| Wire::connect(poll, address, Token(index))).collect()
}

/// Runs the generator on a thread of its own, so that its processor time can be told.
fn on_a_thread(work: impl FnOnce() -> Result<Outcome> + Send) -> Result<Outcome> {
    let work = || {
        let mut outcome = work()?;
        outcome.generator = machine::own_thread();
        Ok(outcome)
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("load".into()).spawn_scoped(scope, work)?;
        thread.join().map_err(|_| failed("the load generator panicked"))?
    })
}
