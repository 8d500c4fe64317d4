//! Problems so small that every plan can be tried: the best of them is found, and the bounds hold.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::super::roster::Roster;
use super::super::sample::{FIRST, ZONE, month};
use super::super::table::Table;
use super::super::{Watch, optimize};
use super::Rounds;
use crate::organization::UnknownAvailability;
use crate::time::zone;

/// Tries everybody and nobody on place after place; the least value of all.
fn least(roster: &mut Roster, place: usize) -> i64 {
    if place == roster.who.len() {
        return roster.value;
    }
    let mut best = least(roster, place + 1);
    let table = roster.table;
    let slot = table.slot_of(place);
    for pair in &table.kinds[table.places[place]].pairs {
        if roster.is_free(pair.person, slot) {
            roster.put(place, pair);
            best = best.min(least(roster, place + 1));
            roster.take(place);
        }
    }
    best
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_plan_as_good_as_the_best_of_all_is_found_and_no_bound_lies_above_it(seed in any::<u64>()) {
        let mut problem = month(4, 4, seed).problem;
        // All in three days, so that they are in each other's way.
        let mut start = FIRST.at(9, 0, 0, 0).to_zoned(zone(ZONE).unwrap()).unwrap().timestamp();
        for task in &mut problem.tasks {
            start += SignedDuration::from_hours(9);
            let length = task.booking.scheduled_end - task.booking.scheduled_start;
            (task.booking.scheduled_start, task.booking.scheduled_end) = (start, start + length);
            task.settings.unknown_availability = UnknownAvailability::Allow;
            let needs = task.booking.staff_requirements.as_mut().unwrap();
            for role in needs.roles.iter_mut().flatten() {
                role.count = 1;
                role.skills.clear();
            }
            needs.roles.as_mut().unwrap().truncate(2);
        }
        let watch: &mut dyn Watch = &mut Rounds::new(u64::MAX);
        let table = Table::new(&problem, watch);
        let mut roster = Roster::empty(&table);
        let least = least(&mut roster, 0);
        roster.value = least;
        let best = roster.points();
        let outcome = optimize(&problem, &mut Rounds::new(500));
        let standing = outcome.progress.standing.unwrap();
        prop_assert_eq!(standing.open_points, best.0);
        // A search promises a plan near the best and a bound that says how near: on tiny problems within two percent.
        prop_assert!(standing.objective >= best.1 - 0.01, "{:?} {:?}", standing, best);
        prop_assert!(standing.objective <= best.1 * 1.02 + 0.01, "{:?} {:?}", standing, best);
        prop_assert!(standing.open_bound <= best.0);
        prop_assert!(standing.bound <= best.1 + 0.01, "{:?} {:?}", standing, best);
    }
}
