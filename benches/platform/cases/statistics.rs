//! p5: an organization's figures, at a thousand bookings and at a million.

use std::time::Instant;

use super::lists::repeat;
use crate::figures::Rounds;
use crate::http::{Client, request};
use crate::report::{Line, Target};
use crate::seed::Seeded;
use crate::server::Server;
use crate::{Bench, Result};

pub(super) fn run(bench: &mut Bench, seeded: &Seeded, server: &Server) -> Result<()> {
    let mut rates = vec![Rounds::default(); seeded.organizations.len()];
    for round in 1..=bench.plan.rounds {
        bench.quiet(&format!("p5 statistics, round {round}"));
        for ((_, organization), rates) in seeded.organizations.iter().zip(&mut rates) {
            let path = format!("/api/bookings/statistics?organizationId={organization}");
            let request = request("GET", &path, &seeded.admin, &[], None);
            rates.push(repeat(seeded, server, &request, bench)?.answered_rate);
        }
    }
    let (last, first) = (rates.len() - 1, rates[0].clone());
    for (index, ((size, _), rates)) in seeded.organizations.iter().zip(rates).enumerate() {
        bench.report.add(Line {
            row: "p5",
            what: format!("statistics of {size}; ratio: cost over that of 1000"),
            unit: "/s",
            ratio: Some(first.over(&rates)),
            figure: rates,
            limit: Some(first.clone()),
            target: (index == last).then_some(Target::RatioAtMost(2.0)),
            ..Line::default()
        });
    }
    ranged(bench, seeded, server)
}

/// The same for one month, which is an aggregate over its bookings; one client.
fn ranged(bench: &mut Bench, seeded: &Seeded, server: &Server) -> Result<()> {
    let now = jiff::Timestamp::now();
    let from = now.checked_sub(jiff::SignedDuration::from_hours(30 * 24))?;
    let mut client = Client::connect(server.address, &seeded.admin)?;
    for (size, organization) in seeded.organizations.iter().skip(1) {
        let of = format!("/api/bookings/statistics?organizationId={organization}");
        let path = format!("{of}&from={from:.0}&to={now:.0}");
        let mut figure = Rounds::default();
        for _ in 0..bench.plan.rounds {
            let begun = Instant::now();
            client.get(&path)?;
            figure.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        bench.report.add(Line {
            row: "p5",
            what: format!("statistics of one month in {size}, one client"),
            unit: "ms",
            figure,
            ..Line::default()
        });
    }
    Ok(())
}
