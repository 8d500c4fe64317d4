//! How many calls of late there were, and how many of them failed.

use std::time::Duration;

/// Slices of the window. The oldest is dropped as a whole, so a call counts for between 29 and 30 thirtieths of it.
const SLICES: u32 = 30;

/// Calls that ended, and how many of them failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// That came to something.
    pub calls: u32,
    /// That failed.
    pub failures: u32,
}

/// A sliding window of counts.
#[derive(Debug)]
pub(super) struct Window {
    width: Duration,
    slices: [Counts; SLICES as usize],
    sum: Counts,
    /// The number of the newest slice since the beginning of time.
    newest: u128,
}

impl Window {
    pub(super) fn new(length: Duration) -> Self {
        let width = (length / SLICES).max(Duration::from_nanos(1));
        Self {
            width,
            slices: [Counts::default(); SLICES as usize],
            sum: Counts::default(),
            newest: 0,
        }
    }

    /// A call ended.
    pub(super) fn count(&mut self, failed: bool, now: Duration) {
        let slot = self.turn(now);
        let more = |count: &mut Counts| {
            count.calls = count.calls.saturating_add(1);
            count.failures = count.failures.saturating_add(u32::from(failed));
        };
        more(&mut self.slices[slot]);
        more(&mut self.sum);
    }

    /// What is in the window now.
    pub(super) fn counts(&mut self, now: Duration) -> Counts {
        self.turn(now);
        self.sum
    }

    pub(super) fn clear(&mut self) {
        self.slices = [Counts::default(); SLICES as usize];
        self.sum = Counts::default();
    }

    /// Drops the slices that are over and answers the present one's place.
    fn turn(&mut self, now: Duration) -> usize {
        let number = (now.as_nanos() / self.width.as_nanos()).max(self.newest);
        let place = |number: u128| usize::try_from(number % u128::from(SLICES)).unwrap_or(0);
        if number - self.newest >= u128::from(SLICES) {
            self.clear();
        } else {
            for passed in self.newest + 1..=number {
                let over = std::mem::take(&mut self.slices[place(passed)]);
                self.sum.calls = self.sum.calls.saturating_sub(over.calls);
                self.sum.failures = self.sum.failures.saturating_sub(over.failures);
            }
        }
        self.newest = number;
        place(number)
    }
}
