//! p11: from the start of the process to `/readyz`, on a long log that is not in the page cache.

use crate::figures::Rounds;
use crate::report::{Line, Target};
use crate::seed::Seeded;
use crate::{Bench, Result, machine};

const STARTS: usize = 3;

pub(super) fn run(bench: &mut Bench, seeded: &Seeded) -> Result<()> {
    let mut figure = Rounds::default();
    for start in 1..=STARTS {
        bench.quiet(&format!("p11 cold start {start}"));
        machine::forget(seeded.home.file()?)?;
        let server = seeded.home.serve()?;
        figure.push(server.ready()?.as_secs_f64());
        server.stop()?;
    }
    bench.report.add(Line {
        row: "p11",
        what: format!("cold start to ready, {} events", seeded.events),
        unit: "s",
        figure,
        target: Some(Target::FigureAtMost(5.0)),
        ..Line::default()
    });
    Ok(())
}
