//! Plans are sound, better than greedy ones, and as good as can be where that is known.

use proptest::prelude::*;

use super::sample::{Month, month};
use super::*;
use crate::staffing::check::Kind;

mod checker;
mod greedy;
mod small;

/// A search that ends after so many questions.
struct Rounds {
    asked: u64,
    most: u64,
    heard: Vec<Progress>,
}

impl Rounds {
    fn new(most: u64) -> Self {
        Self { asked: 0, most, heard: Vec::new() }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand rounds")]
impl Watch for Rounds {
    fn spent(&mut self, news: &Progress) -> f64 {
        assert!(self.asked < self.most, "the time is spent: nobody asks again");
        self.asked += 1;
        self.heard.push(*news);
        self.asked as f64 / self.most as f64
    }
}

fn planned(problem: &Problem, rounds: u64) -> Outcome {
    // Beside the rounds it is asked once for each person and place.
    let places: usize = problem
        .tasks
        .iter()
        .map(|task| crate::staffing::team::open_places(&task.booking, &task.present).len())
        .sum();
    let questions = (problem.workers.len() + places) as u64;
    optimize(problem, &mut Rounds::new(questions + rounds))
}

#[test]
fn a_month_is_planned_without_breaking_a_rule_and_better_than_greedily() {
    let month = month(500, 100, 7);
    let outcome = planned(&month.problem, 600);
    assert_eq!(checker::faults(&month, &outcome.plan), Vec::<String>::new());
    let standing = outcome.progress.standing.unwrap();
    let open = greedy::left_open(&month.problem);
    assert!(standing.open_points < open, "greedy leaves {open}: {standing:?}");
    assert!(standing.open_bound <= standing.open_points && standing.bound <= standing.objective);
    assert!(standing.gap < 0.2, "{standing:?}");
}

#[test]
fn the_checker_is_no_rubber_stamp() {
    let month = month(60, 25, 3);
    let mut plan = planned(&month.problem, 50).plan;
    assert_eq!(checker::faults(&month, &plan), Vec::<String>::new());
    // Everybody on everything breaks every kind of rule.
    for task in &month.problem.tasks {
        plan.extend(month.problem.workers.iter().map(|worker| Planned {
            booking_id: task.booking.id,
            staff_id: worker.person.id,
            role: "guard".to_owned(),
            passed_over: Vec::new(),
        }));
    }
    let faults = checker::faults(&month, &plan).join("\n");
    for word in [
        "headcount",
        "twice",
        "overlap",
        "eligible",
        "leave",
        "declared",
        "skill",
        "paper",
        "level",
        "rest",
        "day",
        "week",
        "far",
        "avoids",
    ] {
        assert!(faults.contains(word), "nothing about {word}");
    }
}

#[test]
fn the_same_seed_and_rounds_make_the_same_plan() {
    let month = month(60, 25, 5);
    let (one, two) = (planned(&month.problem, 300), planned(&month.problem, 300));
    assert_eq!(one, two);
}

#[test]
fn more_time_never_makes_it_worse_and_a_bound_never_falls() {
    let month = month(80, 30, 11);
    let mut watch = Rounds::new(1_500);
    let outcome = optimize(&month.problem, &mut watch);
    let heard: Vec<Standing> = watch.heard.iter().filter_map(|one| one.standing).collect();
    assert!(heard.len() > 500);
    for pair in heard.windows(2) {
        let value = |one: &Standing| (one.open_points, one.objective);
        assert!(value(&pair[1]) <= value(&pair[0]), "{pair:?}");
        assert!(pair[1].open_bound >= pair[0].open_bound, "{pair:?}");
        assert!(pair[1].open_points < pair[0].open_points || pair[1].bound >= pair[0].bound - 1e-3);
    }
    assert_eq!(checker::faults(&month, &outcome.plan), Vec::<String>::new());
}

#[test]
fn whoever_has_no_time_gets_a_sound_part_of_a_plan() {
    let month = month(60, 25, 5);
    for questions in [1, 10, 26, 40, 90] {
        let outcome = optimize(&month.problem, &mut Rounds::new(questions));
        assert_eq!(checker::faults(&month, &outcome.plan), Vec::<String>::new());
        let open: usize = outcome.shortfalls.iter().map(|one| one.places).sum();
        let standing = outcome.progress.standing;
        assert!(standing.is_none_or(|standing| standing.open_places == open));
        // Before everybody was looked at there is no plan, and nothing is said against anybody.
        assert_eq!(standing.is_none(), questions < 26);
        if standing.is_none() {
            assert!(outcome.plan.is_empty());
            assert!(outcome.shortfalls.iter().all(|one| one.people.is_empty()));
        }
    }
}

#[test]
fn what_stays_open_is_explained_by_the_checks_and_the_plan() {
    let month = month(120, 20, 2);
    let outcome = planned(&month.problem, 200);
    assert!(!outcome.shortfalls.is_empty());
    for shortfall in outcome.shortfalls.iter().filter(|one| one.places > 0) {
        assert!(!shortfall.reasons.is_empty());
        for hindered in &shortfall.people {
            assert!(!hindered.codes.is_empty(), "{hindered:?} could take it");
            let by_plan = table::BY_PLAN.iter().any(|code| hindered.codes.contains(code));
            assert!(by_plan || hindered.planned.is_empty(), "{hindered:?}");
            let on = |id: &BookingId| {
                let mut plan = outcome.plan.iter();
                plan.any(|one| one.booking_id == *id && one.staff_id == hindered.staff_id)
            };
            assert!(hindered.planned.iter().all(on));
        }
    }
}

#[test]
fn soft_reasons_are_passed_over_only_where_that_is_allowed() {
    let Month { mut problem, .. } = month(120, 20, 2);
    let open = |outcome: &Outcome| outcome.progress.standing.unwrap().open_places;
    let strict = planned(&problem, 200);
    assert!(strict.plan.iter().all(|one| one.passed_over.is_empty()));
    problem.allowed = [Code::TooFar, Code::AvailabilityUnknown].into();
    let lenient = planned(&problem, 200);
    assert!(open(&lenient) < open(&strict));
    let passed: Vec<&Finding> = lenient.plan.iter().flat_map(|one| &one.passed_over).collect();
    assert!(!passed.is_empty());
    assert!(passed.iter().all(|one| one.kind == Kind::Soft && problem.allowed.contains(&one.code)));
    assert_eq!(lenient.sums.passed_over, passed.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_search_counts_as_the_checks_do(seed in any::<u64>()) {
        let month = month(25, 8, seed);
        let table = table::Table::new(&month.problem, &mut Rounds::new(u64::MAX));
        let mut search = search::Search::new(&table, seed);
        search.run(&mut Rounds::new(150));
        // Nobody is taken off by the checks in the end, and the value is what is left when counted anew.
        let before = search.best_plan();
        let mut after = before.clone();
        explain::certify(&month.problem, &mut after);
        prop_assert_eq!(&before.who, &after.who);
        let mut anew = roster::Roster::empty(&table);
        for (place, person) in before.who.iter().enumerate() {
            if let Some(pair) = person.and_then(|person| anew.pair(place, person)) {
                anew.put(place, pair);
            }
        }
        prop_assert_eq!(anew.value, before.value);
    }
}
