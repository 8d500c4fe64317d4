//! Waiting a little for company, so that more commits share a flush.
//!
//! Clients that wait for an answer before they go on arrive in a burst after each flush. A writer that
//! starts with the first of them leaves the rest for the next flush, and every flush is half empty. So
//! on a disk that is slow to flush, when commits have lately come in company, the writer waits for about
//! as many again, at most half as long as a flush takes and only while they keep coming. A lone client
//! never waits. On a fast disk nobody does: there the time of the processors counts, and whoever waits
//! gives everybody else's requests the time to gather behind one flush while a processor stands still.
//!
//! This is `PostgreSQL`'s `commit_delay` with `commit_siblings`, set by itself.

use std::time::{Duration, Instant};

use flume::Receiver;
use rishi_app::operations::storage::Histogram;

/// The longest that is waited for company, however slow a flush is.
const LONGEST: Duration = Duration::from_millis(5);

/// How long flushes take on a disk on which waiting is worth it.
const SLOW: Duration = Duration::from_millis(1);

/// What was seen lately of company and flushes.
#[derive(Debug)]
pub(super) struct Gather {
    /// How many came together lately, in sixteenths.
    company: usize,
    /// How long a flush takes, smoothed.
    flush: Duration,
    /// The longest that is waited.
    longest: Duration,
}

impl Default for Gather {
    fn default() -> Self {
        Self { company: 0, flush: Duration::ZERO, longest: LONGEST }
    }
}

impl Gather {
    /// Collects the jobs of a batch, `most` at most, around the first.
    pub(super) fn batch<T>(&mut self, first: T, jobs: &Receiver<T>, most: usize) -> Vec<T> {
        let mut batch = Vec::with_capacity(most);
        batch.push(first);
        batch.extend(jobs.try_iter().take(most - batch.len()));
        let wanted = (self.company / 16 * 9 / 10).min(most);
        if self.waits(batch.len(), wanted) {
            self.wait(&mut batch, jobs, wanted);
            batch.extend(jobs.try_iter().take(most - batch.len()));
        }
        // Company comes at once and goes slowly: one small batch does not mean that all have gone.
        self.company = (batch.len() * 16).max(self.company - self.company / 8);
        batch
    }

    /// Whether company is worth waiting for.
    fn waits(&self, there: usize, wanted: usize) -> bool {
        self.flush >= SLOW && there < wanted
    }

    fn wait<T>(&self, batch: &mut Vec<T>, jobs: &Receiver<T>, wanted: usize) {
        let longest = (self.flush / 2).min(self.longest);
        let pause = longest / 4;
        let end = now() + longest;
        while batch.len() < wanted {
            match jobs.recv_deadline(end.min(now() + pause)) {
                Ok(job) => batch.push(job),
                Err(_) => return,
            }
        }
    }

    /// Runs a flush and remembers how long it took.
    pub(super) fn flushing<T, const N: usize>(
        &mut self,
        times: &Histogram<N>,
        flush: impl FnOnce() -> T,
    ) -> T {
        let start = now();
        let outcome = flush();
        let took = start.elapsed();
        times.took(took);
        self.flush = (self.flush * 7 + took) / 8;
        outcome
    }
}

/// How long something takes on this machine decides only how long to wait for company.
#[expect(clippy::disallowed_methods, reason = "measures its own flush; no decision rests on it")]
fn now() -> Instant {
    Instant::now() // tidy: because it measures a flush, and no decision rests on it
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(company: usize, flush: Duration) -> Gather {
        Gather { company: company * 16, flush, ..Gather::default() }
    }

    #[test]
    fn a_lone_client_never_waits() {
        let (_sender, jobs) = flume::unbounded::<u32>();
        let mut gather = seen(1, Duration::from_mins(1));
        assert_eq!(gather.batch(1, &jobs, 256), [1]);
    }

    #[test]
    fn where_flushes_are_fast_nobody_waits() {
        assert!(!seen(64, SLOW / 2).waits(1, 57));
        assert!(seen(64, SLOW).waits(1, 57));
        assert!(!seen(64, SLOW).waits(57, 57));
    }

    #[test]
    fn what_waits_already_is_taken_at_once_up_to_the_most() {
        let (sender, jobs) = flume::unbounded();
        (2..10).for_each(|job| sender.send(job).unwrap());
        let mut gather = Gather::default();
        assert_eq!(gather.batch(1, &jobs, 4), [1, 2, 3, 4]);
        assert_eq!(gather.company, 4 * 16);
    }

    #[test]
    fn company_that_keeps_coming_is_waited_for() {
        let (sender, jobs) = flume::bounded(0);
        let sending =
            std::thread::spawn(move || (2..=20).for_each(|job| sender.send(job).unwrap()));
        // Patient enough for a machine that has other things to do.
        let (flush, longest) = (Duration::from_hours(1), Duration::from_hours(1));
        let mut gather = Gather { longest, ..seen(22, flush) };
        let batch = gather.batch(1, &jobs, 256);
        assert!(batch.len() >= 19, "most of the company is there: {batch:?}");
        drop(jobs);
        sending.join().ok();
    }

    #[test]
    fn company_that_stays_away_is_forgotten() {
        let (_sender, jobs) = flume::unbounded::<u32>();
        let mut gather = Gather { longest: Duration::from_micros(4), ..seen(64, SLOW) };
        for _ in 0..64 {
            gather.batch(1, &jobs, 256);
        }
        assert!(gather.company < 2 * 16, "{gather:?}");
    }
}
