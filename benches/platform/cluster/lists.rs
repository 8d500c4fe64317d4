//! p3: listing fifty bookings.

use super::{Cluster, pgbench};
use crate::cases::lists::CONNECTIONS;
use crate::cases::writing::stretch;
use crate::figures::Rounds;
use crate::http::request;
use crate::report::{Line, Target};
use crate::{Bench, Result};

pub(super) fn run(bench: &mut Bench, cluster: &mut Cluster) -> Result<()> {
    let world = &cluster.ours.world;
    let path = format!("/api/bookings?organizationId={}&limit=50", world.organization);
    let list = request("GET", &path, &world.manager, &[], None);
    let statements =
        statements(&cluster.limit()?.row("SELECT organization_id FROM bookings LIMIT 1")?[0]);
    cluster.analyze()?;
    let (mut figure, mut limit) = (Rounds::default(), Rounds::default());
    for round in 1..=bench.plan.rounds {
        bench.quiet(&format!("p3 list, round {round}"));
        let mut source = |into: &mut Vec<u8>| {
            into.extend_from_slice(&list);
            true
        };
        let ours = &cluster.ours;
        let done = stretch(&ours.home, &ours.server, CONNECTIONS, bench.plan.time, &mut source)?;
        bench.report.bill(&format!("p3 round {round}"), &done.bill(None), done.others);
        figure.push(done.answered_rate);
        limit.push(pgbench::rate(
            bench,
            &cluster.limit,
            &statements,
            CONNECTIONS,
            bench.plan.time,
        )?);
    }
    let made = cluster.ours.world.slots.count();
    bench.report.add(Line {
        row: "p3",
        what: format!(
            "list 50 of {made}, the same over and over; limit: pgbench, its three queries"
        ),
        unit: "/s",
        ratio: Some(figure.over(&limit)),
        figure,
        limit: Some(limit),
        target: Some(Target::RatioAtLeast(0.85)),
        ..Line::default()
    });
    Ok(())
}

/// The page with what stands beside, the true total, and the staff of the page.
fn statements(organization: &str) -> String {
    let page = format!(
        "SELECT * FROM bookings WHERE organization_id = '{organization}' ORDER BY scheduled_start, id LIMIT 50"
    );
    format!(
        "SELECT b.*, l.name, l.location_type, l.city, l.timezone, u.display_name FROM ({page}) b
             LEFT JOIN locations l ON l.id = b.location_id JOIN users u ON u.id = b.created_by
             ORDER BY b.scheduled_start, b.id;
         SELECT coalesce(sum(total), 0) FROM booking_counters
             WHERE organization_id = '{organization}' AND dimension = 'status';
         SELECT a.id, a.booking_id, a.staff_id, s.display_name, a.role, a.status, a.hourly_rate
             FROM assignments a JOIN users s ON s.id = a.staff_id
             WHERE a.booking_id IN (SELECT id FROM ({page}) b) ORDER BY a.id"
    )
}
