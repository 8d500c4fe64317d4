//! p3 and p4: listing fifty bookings of ten thousand and of a million.

use uuid::Uuid;

use super::writing::{Stretch, stretch};
use crate::bare::lists;
use crate::figures::Rounds;
use crate::http::request;
use crate::report::{Line, Target};
use crate::seed::Seeded;
use crate::server::Server;
use crate::{Bench, Result, machine};

/// Enough to keep every core busy, few enough not to queue for long.
pub(crate) const CONNECTIONS: usize = 16;

pub(super) fn run(bench: &mut Bench, seeded: &Seeded, server: &Server) -> Result<()> {
    let [small, large] = [seeded.organizations.get(1), seeded.organizations.last()]
        .map(|found| found.copied().unwrap_or_default());
    let (mut of_small, mut of_large) = (Rounds::default(), Rounds::default());
    let (mut bare, mut lone) = (Rounds::default(), Rounds::default());
    let (time, cores, database) = (bench.plan.time, machine::cores(), seeded.home.file()?);
    for round in 1..=bench.plan.rounds {
        bench.quiet(&format!("p3, p4 list, round {round}"));
        let list = |organization| request("GET", &path(organization), &seeded.admin, &[], None);
        let done = repeat(seeded, server, &list(small.1), bench)?;
        let pace = lists(database, small.1, cores, time)?;
        bench.report.bill(&format!("p3 round {round}"), &done.bill(Some(pace.cost)), done.others);
        of_small.push(done.answered_rate);
        bare.push(pace.rate);
        of_large.push(repeat(seeded, server, &list(large.1), bench)?.answered_rate);
        lone.push(lists(database, small.1, 1, time / 2)?.rate);
    }
    bench.report.add(Line {
        row: "p3",
        what: format!("list 50 of {}; limit: bare query on {cores} threads", small.0),
        unit: "/s",
        ratio: Some(of_small.over(&bare)),
        figure: of_small.clone(),
        limit: Some(bare),
        target: Some(Target::RatioAtLeast(0.85)),
        ..Line::default()
    });
    bench.report.add(Line {
        row: "p3",
        what: "limit: bare query on one thread".to_owned(),
        unit: "/s",
        ratio: Some(of_small.over(&lone)),
        figure: of_small.clone(),
        limit: Some(lone),
        ..Line::default()
    });
    bench.report.add(Line {
        row: "p4",
        what: format!("list 50 of {}; ratio: cost over that of {}", large.0, small.0),
        unit: "/s",
        ratio: Some(of_small.over(&of_large)),
        figure: of_large,
        limit: Some(of_small),
        target: Some(Target::RatioAtMost(1.5)),
        ..Line::default()
    });
    Ok(())
}

fn path(organization: Uuid) -> String {
    format!("/api/bookings?organizationId={organization}&limit=50")
}

/// Asks the same over and over.
pub(super) fn repeat(
    seeded: &Seeded,
    server: &Server,
    request: &[u8],
    bench: &Bench,
) -> Result<Stretch> {
    let mut source = |into: &mut Vec<u8>| {
        into.extend_from_slice(request);
        true
    };
    stretch(&seeded.home, server, CONNECTIONS, bench.plan.time, &mut source)
}
