//! One circuit's decisions, by the time that is passed in. Nobody else changes its state.

use std::sync::Arc;
use std::time::Duration;

use super::window::{Counts, Window};
use super::{BreakerSettings, Cause, CircuitState, Mode, Refused};

/// How soon to ask again where only a probe that is on its way can tell when.
const SOON: Duration = Duration::from_secs(1);

/// What became of all calls since the beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// That the dependency did.
    pub succeeded: u64,
    /// That it did not.
    pub failed: u64,
    /// That nothing was learnt from: cancelled, or wrong before they reached it.
    pub uncounted: u64,
    /// That were not made, since the circuit was open.
    pub refused: u64,
    /// How often it opened by itself.
    pub opened: u64,
}

/// The newest failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastFailure {
    /// When, by the clock of the circuits.
    pub at: Duration,
    /// What the caller said of it.
    pub reason: Arc<str>,
}

/// What a permit is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket {
    /// Changes of state before it.
    generation: u64,
}

/// What a call came to.
#[derive(Debug)]
pub(super) enum Ended {
    Succeeded,
    Failed(Arc<str>),
    Uncounted,
}

/// A change of state.
#[derive(Debug)]
pub(super) struct Changed {
    pub(super) from: CircuitState,
    pub(super) to: CircuitState,
    pub(super) cause: Cause,
}

#[derive(Debug)]
enum Phase {
    Closed,
    Open { until: Duration },
    HalfOpen { running: u32, succeeded: u32 },
}

#[derive(Debug)]
pub(super) struct Machine {
    pub(super) settings: BreakerSettings,
    pub(super) mode: Mode,
    pub(super) totals: Totals,
    pub(super) last_failure: Option<LastFailure>,
    /// Failures since the last success.
    pub(super) streak: u32,
    /// Calls on their way.
    pub(super) running: u32,
    /// When the state changed last.
    pub(super) since: Duration,
    /// When it was last asked for a permit.
    pub(super) asked: Duration,
    phase: Phase,
    generation: u64,
    window: Window,
}

impl Machine {
    pub(super) fn new(settings: BreakerSettings, now: Duration) -> Self {
        Self {
            settings,
            mode: Mode::Auto,
            totals: Totals::default(),
            last_failure: None,
            streak: 0,
            running: 0,
            since: now,
            asked: now,
            phase: Phase::Closed,
            generation: 0,
            window: Window::new(settings.window),
        }
    }

    /// What it does with calls.
    pub(super) fn state(&self) -> CircuitState {
        match (self.mode, &self.phase) {
            (Mode::HeldClosed, _) | (Mode::Auto, Phase::Closed) => CircuitState::Closed,
            (Mode::HeldOpen, _) | (Mode::Auto, Phase::Open { .. }) => CircuitState::Open,
            (Mode::Auto, Phase::HalfOpen { .. }) => CircuitState::HalfOpen,
        }
    }

    pub(super) fn counts(&mut self, now: Duration) -> Counts {
        self.window.counts(now)
    }

    /// How long until a call would be let through; nothing when one would be now. Changes nothing.
    pub(super) fn wait(&self, now: Duration) -> Option<Duration> {
        match (self.mode, &self.phase) {
            (Mode::HeldOpen, _) => Some(self.settings.open),
            (Mode::HeldClosed, _) | (Mode::Auto, Phase::Closed) => None,
            (Mode::Auto, Phase::Open { until }) => {
                until.checked_sub(now).filter(|left| !left.is_zero())
            }
            (Mode::Auto, Phase::HalfOpen { running, succeeded }) => {
                (running + succeeded >= self.settings.probes.max(1)).then_some(SOON)
            }
        }
    }

    /// Lets a call through, or not.
    pub(super) fn admit(&mut self, now: Duration) -> (Result<Ticket, Refused>, Option<Changed>) {
        self.asked = now;
        if let Some(retry_after) = self.wait(now) {
            self.totals.refused += 1;
            return (Err(Refused { retry_after }), None);
        }
        let mut changed = None;
        if self.mode == Mode::Auto {
            if let Phase::Open { .. } = self.phase {
                let half_open = Phase::HalfOpen { running: 0, succeeded: 0 };
                changed = self.turn(half_open, Cause::Waited, now);
            }
            if let Phase::HalfOpen { running, .. } = &mut self.phase {
                *running += 1;
            }
        }
        self.running += 1;
        (Ok(Ticket { generation: self.generation }), changed)
    }

    /// A call that was let through has ended.
    pub(super) fn end(&mut self, ticket: Ticket, ended: Ended, now: Duration) -> Option<Changed> {
        self.running = self.running.saturating_sub(1);
        let failed = match ended {
            Ended::Succeeded => {
                self.totals.succeeded += 1;
                false
            }
            Ended::Failed(reason) => {
                self.totals.failed += 1;
                self.last_failure = Some(LastFailure { at: now, reason });
                true
            }
            Ended::Uncounted => {
                self.totals.uncounted += 1;
                if ticket.generation == self.generation
                    && let Phase::HalfOpen { running, .. } = &mut self.phase
                {
                    *running = running.saturating_sub(1);
                }
                return None;
            }
        };
        // What began before the state changed is no news of how it is since.
        if ticket.generation != self.generation {
            return None;
        }
        self.window.count(failed, now);
        self.streak = if failed { self.streak.saturating_add(1) } else { 0 };
        if self.mode != Mode::Auto {
            return None;
        }
        match &mut self.phase {
            Phase::Closed => {
                let cause = self.reason_to_open(now)?;
                self.open(cause, now)
            }
            Phase::HalfOpen { .. } if failed => self.open(Cause::ProbeFailed, now),
            Phase::HalfOpen { running, succeeded } => {
                *running = running.saturating_sub(1);
                *succeeded += 1;
                if *succeeded < self.settings.probes.max(1) {
                    return None;
                }
                self.turn(Phase::Closed, Cause::ProbesSucceeded, now)
            }
            Phase::Open { .. } => None,
        }
    }

    /// An operator's word. Whoever lets the circuit decide again has it begin closed and without a past.
    pub(super) fn hold(&mut self, mode: Mode, now: Duration) -> Option<Changed> {
        if mode == self.mode {
            return None;
        }
        let from = self.state();
        self.mode = mode;
        self.begin(Phase::Closed, now);
        let to = self.state();
        (from != to).then_some(Changed { from, to, cause: Cause::Operator })
    }

    fn reason_to_open(&mut self, now: Duration) -> Option<Cause> {
        let counts = self.window.counts(now);
        let share = u64::from(counts.failures) * 100;
        let too_many = share >= u64::from(self.settings.percent) * u64::from(counts.calls);
        if self.streak >= self.settings.failures.max(1) {
            Some(Cause::FailuresInARow(self.streak))
        } else if counts.calls >= self.settings.calls.max(1) && too_many {
            Some(Cause::ShareOfFailures(counts))
        } else {
            None
        }
    }

    fn open(&mut self, cause: Cause, now: Duration) -> Option<Changed> {
        let until = now.saturating_add(self.settings.open);
        self.totals.opened += 1;
        self.turn(Phase::Open { until }, cause, now)
    }

    /// Enters a phase.
    fn turn(&mut self, phase: Phase, cause: Cause, now: Duration) -> Option<Changed> {
        let from = self.state();
        self.begin(phase, now);
        let to = self.state();
        (from != to).then_some(Changed { from, to, cause })
    }

    /// The past counts no more: it was what led here. The failures in a row are told of until it closes.
    fn begin(&mut self, phase: Phase, now: Duration) {
        self.phase = phase;
        self.generation += 1;
        self.since = now;
        self.window.clear();
        if matches!(self.phase, Phase::Closed) {
            self.streak = 0;
        }
    }
}
