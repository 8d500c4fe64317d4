//! Bookings at the same time, staffed exactly: a person can take at most one of them, so who takes which
//! is an assignment problem, solved by the Hungarian method.

use std::collections::BTreeMap;

use pathfinding::kuhn_munkres::kuhn_munkres_min;
use pathfinding::matrix::Matrix;

use super::roster::Roster;
use super::table::{OPEN, Pair};

/// How many more people than places are looked at for each place.
const CHOICE: usize = 6;
/// Worse than any pair: a person who does not fit there.
const NEVER: i64 = OPEN * 1_000;

/// Fills open places of slots of which nobody can work on two, as cheaply as together is possible.
pub(super) fn fill(roster: &mut Roster, places: &[usize]) {
    if places.is_empty() {
        return;
    }
    // Whoever is among the best for any of the places: so many are enough for each.
    let mut columns: BTreeMap<usize, usize> = BTreeMap::new();
    let mut rows: Vec<Vec<(Pair, i64)>> = Vec::with_capacity(places.len());
    for place in places {
        let best = best(roster, *place, places.len() + CHOICE);
        for (pair, _) in &best {
            let next = columns.len();
            columns.entry(pair.person).or_insert(next);
        }
        rows.push(best);
    }
    // Beside everybody an empty column for each place: to stay open changes nothing.
    let width = columns.len() + places.len();
    let mut changes = Matrix::new(places.len(), width, NEVER);
    for (row, best) in rows.iter().enumerate() {
        for (pair, change) in best {
            changes[(row, columns[&pair.person])] = *change;
        }
        for column in columns.len()..width {
            changes[(row, column)] = 0;
        }
    }
    let (_, chosen) = kuhn_munkres_min(&changes);
    for ((place, best), column) in places.iter().zip(&rows).zip(chosen) {
        let taken = best.iter().find(|(pair, _)| columns[&pair.person] == column);
        if let Some((pair, change)) = taken
            && *change < 0
        {
            roster.put(*place, pair);
        }
    }
}

/// The best people for an open place.
fn best(roster: &Roster, place: usize, most: usize) -> Vec<(Pair, i64)> {
    let slot = roster.table.slot_of(place);
    let pairs = roster.table.kinds[roster.table.places[place]].pairs.iter();
    let free = pairs.filter(|pair| roster.is_free(pair.person, slot));
    let mut all: Vec<(Pair, i64)> = free.map(|pair| (*pair, roster.change(place, pair))).collect();
    all.sort_by_key(|(_, change)| *change);
    all.truncate(most);
    all
}
