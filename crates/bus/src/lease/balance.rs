//! Who is to have what: evenly, by what every node sees of the others.
//!
//! Each node decides for itself, so two may decide at once; that costs a change of hands and nothing else. A free unit is
//! for whoever has least among those who would do it, and after a while for anyone. Whoever has at least two more than
//! another hands some over.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use uuid::Uuid;

use super::{Cluster, LeaseStanding, NodeStanding};

/// How long a unit may lie free before anyone takes it.
const GRACE: Duration = Duration::from_secs(3);

/// A unit as its node sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mine {
    /// Held, to be kept.
    Held,
    /// Held, and being handed over.
    Leaving,
    /// Not held; seen free for so long, if it is free.
    Not(Duration),
}

/// What to do about it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// To be claimed.
    pub(super) claim: Vec<String>,
    /// To be handed over.
    pub(super) hand_over: Vec<String>,
}

/// Decides for a node.
pub(super) fn plan(me: Uuid, cluster: &Cluster, mine: &BTreeMap<String, Mine>) -> Plan {
    let others: Vec<&NodeStanding> =
        cluster.nodes.iter().filter(|one| one.node.id != me && one.is_live()).collect();
    let taken: HashMap<&str, Uuid> = cluster
        .leases
        .iter()
        .filter_map(|lease| Some((lease.unit.as_str(), lease.live_holder()?)))
        .collect();
    let mut counts: HashMap<Uuid, usize> =
        others.iter().map(|one| (one.node.id, held_by(&cluster.leases, one.node.id))).collect();
    let mut held = mine.values().filter(|state| **state == Mine::Held).count();
    let candidates = |unit: &str| -> Vec<Uuid> {
        let would = |one: &&&NodeStanding| one.units.iter().any(|other| other == unit);
        others.iter().filter(would).map(|one| one.node.id).collect()
    };
    let mut plan = Plan::default();
    // Where they begin differs, so that nodes that take from the same heap seldom reach for the same piece.
    let start = if mine.is_empty() { 0 } else { usize::from(me.as_bytes()[15]) % mine.len() };
    for (unit, state) in mine.iter().cycle().skip(start).take(mine.len()) {
        let Mine::Not(free) = state else { continue };
        if taken.contains_key(unit.as_str()) {
            continue;
        }
        let least = candidates(unit).iter().filter_map(|id| counts.get(id)).min().copied();
        if least.is_none_or(|least| held <= least) || *free >= GRACE {
            plan.claim.push(unit.clone());
            held += 1;
        } else if let Some(id) = least_of(&candidates(unit), &counts) {
            // That one is going to take it.
            *counts.entry(id).or_default() += 1;
        }
    }
    for (unit, _) in mine.iter().filter(|(_, state)| **state == Mine::Leaving) {
        if let Some(id) = least_of(&candidates(unit), &counts) {
            *counts.entry(id).or_default() += 1;
        }
    }
    // Others who have too much hand over as well: at once only what is beyond one's own share.
    let share: f64 = mine
        .keys()
        .map(|unit| 1.0 / f64::from(u16::try_from(candidates(unit).len() + 1).unwrap_or(u16::MAX)))
        .sum();
    let mut most = held;
    let surplus = mine.len().min(held).saturating_sub(ceil(share)).max(1);
    for (unit, _) in mine.iter().rev().filter(|(_, state)| **state == Mine::Held) {
        if plan.hand_over.len() == surplus {
            break;
        }
        let Some(id) = least_of(&candidates(unit), &counts) else { continue };
        let count = counts.entry(id).or_default();
        if *count + 2 <= most {
            *count += 1;
            most -= 1;
            plan.hand_over.push(unit.clone());
        }
    }
    plan
}

fn held_by(leases: &[LeaseStanding], node: Uuid) -> usize {
    leases.iter().filter(|lease| lease.live_holder() == Some(node)).count()
}

fn least_of(ids: &[Uuid], counts: &HashMap<Uuid, usize>) -> Option<Uuid> {
    ids.iter().min_by_key(|id| (counts.get(id).copied().unwrap_or_default(), **id)).copied()
}

/// The next whole number; sums of thirds may be a little off.
fn ceil(share: f64) -> usize {
    let mut whole = 0;
    while f64::from(u32::try_from(whole).unwrap_or(u32::MAX)) + 1e-6 < share {
        whole += 1;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lease::Node;
    use jiff::Timestamp;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// A cluster of nodes that would each do these units.
    struct Town {
        units: Vec<Vec<String>>,
        holders: BTreeMap<String, usize>,
    }

    impl Town {
        fn of(nodes: usize, units: usize) -> Self {
            let units: Vec<_> = (0..units).map(|unit| format!("u{unit:02}")).collect();
            Self { units: vec![units; nodes], holders: BTreeMap::new() }
        }

        fn seen(&self) -> Cluster {
            let (at, age) = (Timestamp::UNIX_EPOCH, Duration::ZERO);
            let nodes = self.units.iter().zip(1..).map(|(units, number)| NodeStanding {
                node: Node {
                    id: id(number),
                    host: "h".to_owned(),
                    address: "a".to_owned(),
                    version: "1".to_owned(),
                    roles: Vec::new(),
                },
                units: units.clone(),
                started: at,
                seen: at,
                age,
            });
            let leases = self.holders.iter().map(|(unit, holder)| LeaseStanding {
                unit: unit.clone(),
                holder: Some(id(*holder as u128 + 1)),
                token: 1,
                since: at,
                until: at,
                left: Duration::from_secs(1),
            });
            Cluster { nodes: nodes.collect(), leases: leases.collect(), ..Cluster::default() }
        }

        /// Every node decides on the same view, and all of it happens.
        fn round(&mut self, free: Duration) -> usize {
            let seen = self.seen();
            let mut moved = 0;
            let mut released = Vec::new();
            for (index, units) in self.units.iter().enumerate() {
                let mine = units.iter().map(|unit| {
                    let held = self.holders.get(unit) == Some(&index);
                    let was = seen.leases.iter().any(|lease| lease.unit == *unit);
                    let state = if held && was { Mine::Held } else { Mine::Not(free) };
                    (unit.clone(), state)
                });
                let plan = plan(id(index as u128 + 1), &seen, &mine.collect());
                for unit in plan.claim {
                    self.holders.entry(unit).or_insert(index);
                    moved += 1;
                }
                released.extend(plan.hand_over);
            }
            moved += released.len();
            for unit in released {
                self.holders.remove(&unit);
            }
            moved
        }

        fn counts(&self) -> Vec<usize> {
            let count = |index| self.holders.values().filter(|holder| **holder == index).count();
            (0..self.units.len()).map(count).collect()
        }

        fn settle(&mut self) -> usize {
            for rounds in 0..50 {
                if self.round(Duration::ZERO) == 0 {
                    return rounds;
                }
            }
            panic!("no rest after 50 rounds: {:?}", self.counts());
        }
    }

    #[test]
    fn whatever_the_start_everything_is_held_and_no_node_has_two_more_than_another() {
        for nodes in 1..=6 {
            for units in [1, 2, 7, 21, 40] {
                let mut town = Town::of(nodes, units);
                // All of it is with the first, as when the others join.
                for unit in town.units[0].clone() {
                    town.holders.insert(unit, 0);
                }
                let rounds = town.settle();
                let counts = town.counts();
                assert_eq!(counts.iter().sum::<usize>(), units, "{nodes} nodes: {counts:?}");
                let spread = counts.iter().max().unwrap() - counts.iter().min().unwrap();
                assert!(spread <= 1, "{units} units: {counts:?}");
                assert!(rounds <= 12, "{nodes} nodes, {units} units: {rounds} rounds");
            }
        }
    }

    #[test]
    fn what_a_node_leaves_behind_is_shared_by_the_others() {
        let mut town = Town::of(3, 21);
        town.settle();
        town.units[1].clear();
        town.holders.retain(|_, holder| *holder != 1);
        // It is gone: it would do nothing any more.
        town.settle();
        let counts = town.counts();
        assert_eq!((counts[0] + counts[2], counts[1]), (21, 0), "{counts:?}");
        assert!(counts[0].abs_diff(counts[2]) <= 1, "{counts:?}");
    }

    #[test]
    fn what_one_node_alone_would_do_is_its_own_whatever_else_it_has() {
        let mut town = Town::of(2, 10);
        town.units[0].push("only".to_owned());
        town.settle();
        assert_eq!(town.holders.get("only"), Some(&0));
        assert_eq!(town.counts().iter().sum::<usize>(), 11);
    }

    #[test]
    fn what_nobody_takes_for_a_while_is_taken_by_whoever_sees_it() {
        let mut town = Town::of(2, 2);
        town.holders.insert("u00".to_owned(), 0);
        let seen = town.seen();
        let mine = |free| {
            BTreeMap::from([("u00".to_owned(), Mine::Held), ("u01".to_owned(), Mine::Not(free))])
        };
        assert_eq!(plan(id(1), &seen, &mine(Duration::ZERO)), Plan::default());
        assert_eq!(plan(id(1), &seen, &mine(GRACE)).claim, ["u01"]);
    }

    #[test]
    fn what_is_being_handed_over_counts_as_given() {
        let mut town = Town::of(2, 4);
        for unit in town.units[0].clone() {
            town.holders.insert(unit, 0);
        }
        let states = [Mine::Held, Mine::Held, Mine::Leaving, Mine::Leaving];
        let mine = town.units[0].iter().cloned().zip(states).collect();
        assert_eq!(plan(id(1), &town.seen(), &mine), Plan::default());
    }
}
