//! What letting the platform choose booking by booking comes to: the baseline.

use crate::staffing::check::check;
use crate::staffing::cost::{price, rate};
use crate::staffing::person::Person;
use crate::staffing::person::Shift;
use crate::staffing::team::open_places;

use super::super::roster::Roster;
use super::super::table::{Table, work};
use super::super::{Planned, Problem};
use super::Rounds;

/// Booking after booking in order of time, each place by the cheapest person whom the checks let.
pub(super) fn plan(problem: &Problem) -> Vec<Planned> {
    let mut people: Vec<Person> = problem.workers.iter().map(|one| one.person.clone()).collect();
    let whole: Vec<_> = people.iter().map(|one| one.availability.clone()).collect();
    let mut order: Vec<usize> = (0..problem.tasks.len()).collect();
    order.sort_by_key(|at| problem.tasks[*at].booking.scheduled_start);
    let mut plan = Vec::new();
    for task in order.into_iter().map(|at| &problem.tasks[at]) {
        let booking = &task.booking;
        for role in open_places(booking, &task.present) {
            let mut cheapest: Option<(i64, usize)> = None;
            for (at, person) in people.iter_mut().enumerate() {
                person.serves = problem.workers[at].serves.contains(&booking.organization_id);
                person.availability = whole[at].within(&booking.range());
                if !check(&work(task), person, &role).is_empty() {
                    continue;
                }
                let hourly = rate(None, person.profile.as_ref(), &task.settings);
                let costs = price(hourly.unwrap_or_default(), booking.range().microseconds());
                if cheapest.is_none_or(|(least, _)| costs.minor() < least) {
                    cheapest = Some((costs.minor(), at));
                }
            }
            let Some((_, at)) = cheapest else { continue };
            people[at].shifts.push(Shift {
                booking_id: booking.id,
                organization_id: booking.organization_id,
                range: booking.range(),
                live: true,
            });
            plan.push(Planned {
                booking_id: booking.id,
                staff_id: people[at].id,
                role,
                passed_over: Vec::new(),
            });
        }
    }
    plan
}

/// Points for what that plan leaves open.
pub(super) fn left_open(problem: &Problem) -> i64 {
    let table = Table::new(problem, &mut Rounds::new(u64::MAX));
    let mut roster = Roster::empty(&table);
    for one in plan(problem) {
        let id = |place: &usize| problem.tasks[table.slots[table.slot_of(*place)].task].booking.id;
        let fits = |place: &usize| {
            roster.who[*place].is_none()
                && id(place) == one.booking_id
                && table.kinds[table.places[*place]].role == one.role
        };
        let place = (0..table.places.len()).find(fits).unwrap();
        let person = problem.workers.iter().position(|it| it.person.id == one.staff_id).unwrap();
        let pair = roster.pair(place, person).unwrap();
        roster.put(place, pair);
    }
    roster.points().0
}
