//! p12: a plan for a month of bookings, in this process: how good it is in the time it has.

use std::time::{Duration, Instant};

use rishi_domain::staffing::optimize::sample::month;
use rishi_domain::staffing::optimize::{Progress, Watch, optimize};

use crate::figures::Rounds;
use crate::report::{Line, Target};
use crate::{Bench, Result, failed};

const SEED: u64 = 7;

/// A search that ends when its time is spent.
struct Timer {
    begun: Instant,
    time: Duration,
}

impl Watch for Timer {
    fn spent(&mut self, _: &Progress) -> f64 {
        self.begun.elapsed().as_secs_f64() / self.time.as_secs_f64()
    }
}

pub(super) fn run(bench: &mut Bench) -> Result<()> {
    for (bookings, people) in [(500, 100), (1_000, 200)] {
        let time = Duration::from_secs(if bench.plan.quick { 5 } else { 30 });
        bench.quiet(&format!("p12 {bookings} bookings, {people} people"));
        let problem = month(bookings, people, SEED).problem;
        let mut timer = Timer { begun: Instant::now(), time };
        let outcome = optimize(&problem, &mut timer);
        let taken = timer.begun.elapsed().as_secs_f64();
        let standing = outcome.progress.standing;
        let standing = standing.ok_or_else(|| failed("there was no time for a plan"))?;
        let what = format!("plan for {bookings} bookings and {people} people");
        bench.report.add(Line {
            row: "p12",
            what: format!("{what}, time"),
            unit: "s",
            figure: Rounds(vec![taken]),
            target: Some(Target::FigureAtMost(time.as_secs_f64() * 1.1)),
            ..Line::default()
        });
        bench.report.add(Line {
            row: "p12",
            what: format!("{what}, gap"),
            unit: "%",
            figure: Rounds(vec![standing.gap * 100.0]),
            ..Line::default()
        });
        bench.report.note(format!(
            "{what}: objective {:.0}, bound {:.0}, {} of {} places open ({} points, at least {}), \
             {} skills uncovered, {} rounds, {taken:.1} s",
            standing.objective,
            standing.bound,
            standing.open_places,
            standing.open_places + outcome.plan.len(),
            standing.open_points,
            standing.open_bound,
            standing.uncovered_skills,
            outcome.progress.rounds,
        ));
    }
    Ok(())
}
