//! Load at a constant rate.
//!
//! epoll waits in whole milliseconds, too coarse for thousands a second, so a second thread sleeps
//! until each request is due and wakes the first one.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token, Waker};

use super::{Outcome, PATIENCE, Source, connect, on_a_thread};
use crate::{Result, failed};

/// Sends `per_second` for `time` over `connections`. A request that finds none free waits for one,
/// and the wait counts.
pub(crate) fn paced(
    address: SocketAddr,
    connections: usize,
    per_second: f64,
    time: Duration,
    source: &mut Source<'_>,
) -> Result<Outcome> {
    let count = (per_second * time.as_secs_f64()) as u64;
    let after = move |index: u64| Duration::from_secs_f64(index as f64 / per_second);
    let due = AtomicU64::new(0);
    let due = &due;
    on_a_thread(move || {
        let mut poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), Token(connections))?;
        let mut wires = connect(&poll, address, connections)?;
        // In turn, so that none is idle for long.
        let mut free: VecDeque<usize> = (0..connections).collect();
        let mut late = VecDeque::new();
        let mut outcome = Outcome::default();
        let mut events = Events::with_capacity(connections + 1);
        let begun = Instant::now();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for index in 0..count {
                    std::thread::sleep(after(index).saturating_sub(begun.elapsed()));
                    due.fetch_add(1, Ordering::Release);
                    // The other side is gone only when it has failed, which it tells itself.
                    waker.wake().ok();
                }
            });
            let mut seen = 0;
            while outcome.answered < count {
                poll.poll(&mut events, Some(PATIENCE))?;
                if events.is_empty() {
                    return Err(failed(format!("no answer for {PATIENCE:?}")));
                }
                for event in &events {
                    let index = event.token().0;
                    if index == connections || !wires[index].receive()? {
                        continue;
                    }
                    outcome.answered += 1;
                    outcome.latencies.push(wires[index].since.elapsed());
                    free.push_back(index);
                }
                let now = due.load(Ordering::Acquire);
                late.extend((seen..now).map(|index| begun + after(index)));
                seen = now;
                while let (Some(since), Some(index)) = (late.front(), free.front()) {
                    if !wires[*index].send(*since, source)? {
                        return Err(failed("the source of requests ran dry"));
                    }
                    late.pop_front();
                    free.pop_front();
                }
            }
            Ok(())
        })?;
        outcome.elapsed = begun.elapsed();
        Ok(outcome)
    })
}
