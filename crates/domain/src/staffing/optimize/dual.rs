//! How good any plan could be at most: Lagrangian relaxation (Fisher 1981).
//!
//! Each place gets a price that is paid to who takes it, each day and week of a person a price for its hours, and
//! each person's hours a slope in place of the curve of fairness (its conjugate makes up for that). At
//! fixed prices nothing ties people together any more: each takes the work that pays most and fits with
//! the rest needed between two shifts, which is weighted interval scheduling and solved exactly. What all
//! of them earn at most, taken from what the places pay, is a lower bound for every plan, whatever the
//! prices; a subgradient method finds prices that make it high. Limits of a day, and skills of teams that
//! somebody could bring, are left out, which only lowers the bound.
//!
//! Two bounds are worked on. One counts open places alone. The other counts everything else, for plans
//! that leave no more open than the best one known: that condition has a price, too, by which prices of
//! places are limited.

use std::collections::HashMap;

use super::roster::Roster;
use super::table::{POINT, SKILL_POINTS, Stretch, Table, hours};

/// Steps in all, for each bound.
const STEPS: u32 = 1_500;
/// After so many steps without a better bound the steps become shorter.
const PATIENCE: u32 = 12;
/// What a price of an hour is worth beside a price of a place: hours come eight at a time.
const PER_HOUR: f64 = 1.0 / 64.0;
/// What the price of an open point is worth beside a price of a place: open points come in hundreds.
const PER_OPEN_POINT: f64 = 1e-4;
/// Sums of thousands of figures are this exact.
const EXACT: f64 = 1e-7;

/// What a plan comes to.
#[derive(Debug, Clone, Copy)]
pub(super) struct What {
    pub(super) open_points: i64,
    pub(super) objective: f64,
}

/// Both bounds.
pub(super) struct Bounds<'t> {
    table: &'t Table,
    people: Vec<Person>,
    /// Points for skills that nobody who fits brings: every plan has them.
    skills: i64,
    open: Dual,
    rest: Dual,
}

/// What one person could work on.
struct Person {
    /// By the end.
    items: Vec<Item>,
    /// Of each day and week with a limit, the hours that are left of it.
    limits: Vec<f64>,
    /// How many kinds of rest there are.
    classes: usize,
}

struct Item {
    /// Each kind of place with its cost in points.
    kinds: Vec<(usize, f64)>,
    hours: f64,
    /// Its hours in days and weeks with a limit.
    limits: Vec<(usize, f64)>,
    /// How much rest its organization wants for the person, by number.
    class: usize,
    /// Of each class, how many items end early enough to be followed by this one.
    before: Vec<usize>,
}

impl<'t> Bounds<'t> {
    pub(super) fn new(table: &'t Table) -> Self {
        let people: Vec<Person> = (0..table.people.len()).map(|at| person(table, at)).collect();
        let skills = table.slots.iter().map(|slot| {
            let kinds = &table.kinds[slot.kinds.clone()];
            let pairs = kinds.iter().flat_map(|kind| &kind.pairs);
            let brought = pairs.fold(0, |all, pair| all | pair.brings);
            i64::from((slot.lacking & !brought).count_ones()) * SKILL_POINTS
        });
        let skills = skills.sum();
        let (open, rest) = (Dual::new(table, &people, false), Dual::new(table, &people, true));
        Self { table, people, skills, open, rest }
    }

    /// A step for each bound that can still rise.
    pub(super) fn improve(&mut self, best: &Roster) {
        let (open_points, objective) = best.points();
        let spare = open_points - self.skills;
        if self.open(open_points) < open_points {
            self.open.step(self.table, &self.people, None, real(spare));
        }
        if self.rest.steps == 0 {
            self.rest.slopes = self.slopes(best);
        }
        if self.rest.value(real(spare)) < objective {
            self.rest.step(self.table, &self.people, Some(real(spare)), objective);
        }
    }

    /// The slopes of fairness at the hours of a plan.
    fn slopes(&self, best: &Roster) -> Vec<f64> {
        let slope = |(person, load): (usize, &i64)| {
            let one = &self.table.people[person];
            2.0 * self.table.fairness * (one.worked + hours(*load) - one.share)
        };
        best.load.iter().enumerate().map(slope).collect()
    }

    /// The fewest points for what stays open, knowing a plan with so many.
    #[expect(clippy::cast_possible_truncation, reason = "at most what is known")]
    pub(super) fn open(&self, known: i64) -> i64 {
        let places = self.open.best.max(0.0);
        let exact = EXACT * (1.0 + places);
        (self.skills + (places - exact).ceil() as i64).min(known)
    }

    /// The fewest points for everything else, among plans that leave no more open than `plan`.
    pub(super) fn objective(&self, plan: What) -> f64 {
        let found = self.rest.value(real(plan.open_points - self.skills));
        (found - EXACT * (1.0 + plan.objective.abs())).clamp(0.0, plan.objective.max(0.0))
    }
}

fn person(table: &Table, at: usize) -> Person {
    let one = &table.people[at];
    let mut slots: Vec<usize> = Vec::new();
    if one.is_in_question {
        let fits = |slot: &usize| {
            let mut kinds = table.slots[*slot].kinds.clone();
            kinds.any(|kind| table.pair(kind, at).is_some())
        };
        slots = (0..table.slots.len()).filter(fits).collect();
    }
    slots.sort_by_key(|slot| table.slots[*slot].when.end);
    let ends: Vec<i64> = slots.iter().map(|slot| table.slots[*slot].when.end).collect();
    let mut classes: Vec<i64> = one.rest.clone();
    classes.sort_unstable();
    classes.dedup();
    let mut known: HashMap<(bool, Stretch), usize> = HashMap::new();
    let mut person = Person { items: Vec::new(), limits: Vec::new(), classes: classes.len() };
    for slot in slots.iter().map(|slot| &table.slots[*slot]) {
        let kinds = slot.kinds.clone();
        let kinds = kinds.filter_map(|kind| Some((kind, micro(table.pair(kind, at)?.cost))));
        let weeks = slot.weeks.iter().map(|(_, week)| (true, *week));
        let mut limits = Vec::new();
        for (is_week, whole) in slot.days.iter().map(|day| (false, *day)).chain(weeks) {
            let Some(most) = mildest(if is_week { &one.week } else { &one.day }) else { continue };
            let number = *known.entry((is_week, whole)).or_insert_with(|| {
                let taken: i64 = one.shifts.iter().map(|shift| whole.shared(*shift)).sum();
                person.limits.push(hours((most - taken).max(0)));
                person.limits.len() - 1
            });
            limits.push((number, hours(whole.shared(slot.when))));
        }
        let rest = one.rest[slot.organization];
        let early = |class: &i64| {
            let rest = rest.max(*class);
            ends.partition_point(|end| *end + rest <= slot.when.start)
        };
        person.items.push(Item {
            kinds: kinds.collect(),
            hours: hours(slot.when.length()),
            limits,
            class: classes.iter().position(|class| *class == rest).unwrap_or_default(),
            before: classes.iter().map(early).collect(),
        });
    }
    person
}

/// Of several organizations' limits the mildest, for the bound must hold; none when one has none.
fn mildest(limits: &[Option<i64>]) -> Option<i64> {
    let all = limits.iter().copied().collect::<Option<Vec<i64>>>()?;
    all.into_iter().max()
}

/// Thousandths of a point as points.
fn micro(thousandths: i64) -> f64 {
    real(thousandths) / POINT
}

#[expect(clippy::cast_precision_loss, reason = "lies far below 2^53")]
fn real(number: i64) -> f64 {
    number as f64
}

/// Prices, and the best bound that any had.
struct Dual {
    /// Whether anything but open places counts.
    costs: bool,
    /// Of each kind.
    prices: Vec<f64>,
    /// Of an hour in each person's days and weeks.
    limits: Vec<Vec<f64>>,
    /// Of each person, in place of the curve of fairness.
    slopes: Vec<f64>,
    /// The price of leaving more open, of one point.
    openness: f64,
    /// The best bound, with nothing said about what stays open and at which price of it.
    best: f64,
    best_openness: f64,
    steps: u32,
    length: f64,
    waited: u32,
}

impl Dual {
    fn new(table: &Table, people: &[Person], costs: bool) -> Self {
        let points = |kind: usize| real(table.slots[table.kinds[kind].slot].points);
        let price = |(at, kind): (usize, &super::table::RoleKind)| {
            if !costs {
                return points(at) / 2.0;
            }
            // What the first costs who need not be taken.
            let last = kind.pairs.get(kind.places.len()).or(kind.pairs.last());
            last.map_or(0.0, |pair| micro(pair.cost))
        };
        let prices: Vec<f64> = table.kinds.iter().enumerate().map(price).collect();
        let usual = prices.iter().sum::<f64>()
            / real(i64::try_from(prices.len().max(1)).unwrap_or(i64::MAX));
        let openness = if costs { (usual / 10.0).max(0.0) } else { 1.0 };
        // A place that pays more than leaving it open costs would make a bound that does not hold.
        let within = |(at, price): (usize, f64)| price.min(openness * points(at));
        let prices = prices.into_iter().enumerate().map(within).collect();
        Self {
            costs,
            prices,
            limits: people.iter().map(|one| vec![0.0; one.limits.len()]).collect(),
            slopes: vec![0.0; people.len()],
            openness,
            best: f64::NEG_INFINITY,
            best_openness: 0.0,
            steps: 0,
            length: 1.0,
            waited: 0,
        }
    }

    /// The best bound among plans that leave at most so many points open.
    fn value(&self, spare: f64) -> f64 {
        self.best - self.best_openness * spare
    }

    /// Computes the bound at the present prices and moves them; `known` is the value of a plan.
    fn step(&mut self, table: &Table, people: &[Person], spare: Option<f64>, known: f64) {
        if self.steps >= STEPS {
            return;
        }
        self.steps += 1;
        let points = |kind: usize| real(table.slots[table.kinds[kind].slot].points);
        let mut taken = vec![0.0; self.prices.len()];
        let mut bound: f64 =
            self.prices.iter().zip(&table.kinds).map(|(price, kind)| price * count(kind)).sum();
        let mut square = 0.0;
        let mut limit_moves: Vec<Vec<f64>> = Vec::with_capacity(people.len());
        let mut slope_moves = Vec::with_capacity(people.len());
        for (at, one) in people.iter().enumerate() {
            let (earned, used, worked) = self.earn(at, one, &mut taken);
            bound -= earned;
            let left = |(most, used): (&f64, &f64)| used - most;
            let moves: Vec<f64> = one.limits.iter().zip(&used).map(left).collect();
            bound -= one
                .limits
                .iter()
                .zip(&self.limits[at])
                .map(|(most, price)| most * price)
                .sum::<f64>();
            for (step, price) in moves.iter().zip(&self.limits[at]) {
                if *price > 0.0 || *step > 0.0 {
                    square += PER_HOUR * step * step;
                }
            }
            limit_moves.push(moves);
            let mut wanted = worked;
            if self.costs && table.fairness > 0.0 {
                let (fair, at_best) = conjugate(table, at, self.slopes[at]);
                bound += fair;
                wanted = at_best;
            }
            square += PER_HOUR * (worked - wanted).powi(2);
            slope_moves.push(worked - wanted);
        }
        self.keep(bound, spare);
        let mut open_move = -spare.unwrap_or_default();
        let mut moves = Vec::with_capacity(self.prices.len());
        for (at, kind) in table.kinds.iter().enumerate() {
            let mut step = count(kind) - taken[at];
            if self.prices[at] >= self.openness * points(at) - EXACT && step > 0.0 {
                // The price is at its limit, which must rise with it.
                open_move += step * points(at);
                step = 0.0;
            }
            square += step * step;
            moves.push(step);
        }
        if self.costs {
            square += PER_OPEN_POINT * open_move * open_move;
        }
        let distance = known - (bound - self.openness * spare.unwrap_or_default());
        if square <= 0.0 || distance <= 0.0 {
            return;
        }
        let length = self.length * distance / square;
        if self.costs {
            self.openness = (self.openness + length * PER_OPEN_POINT * open_move).max(0.0);
        }
        for (at, step) in moves.iter().enumerate() {
            let most = self.openness * points(at);
            let least = if self.costs { f64::NEG_INFINITY } else { 0.0 };
            // A price at its limit goes with it.
            let at_limit = *step == 0.0 && count(&table.kinds[at]) > taken[at];
            let next = if at_limit { most } else { self.prices[at] + length * step };
            self.prices[at] = next.min(most).max(least.min(most));
        }
        for (at, moves) in limit_moves.iter().enumerate() {
            for (price, step) in self.limits[at].iter_mut().zip(moves) {
                *price = (*price + length * PER_HOUR * step).max(0.0);
            }
            self.slopes[at] += length * PER_HOUR * slope_moves[at];
        }
    }

    /// Keeps a bound that is better than the best, else becomes more careful.
    fn keep(&mut self, bound: f64, spare: Option<f64>) {
        let spare = spare.unwrap_or_default();
        if bound - self.openness * spare > self.value(spare) {
            (self.best, self.best_openness) = (bound, if self.costs { self.openness } else { 0.0 });
            self.waited = 0;
        } else {
            self.waited += 1;
            if self.waited >= PATIENCE {
                self.waited = 0;
                self.length *= 0.7;
            }
        }
    }

    /// What a person earns at most, the hours in each day and week, and all hours; tells `taken` of it.
    fn earn(&self, at: usize, one: &Person, taken: &mut [f64]) -> (f64, Vec<f64>, f64) {
        // By class and number of items: the best chain that ends in an item of the class, and in which.
        let mut chains: Vec<Vec<(f64, Option<usize>)>> = vec![vec![(0.0, None)]; one.classes];
        // Of each item its kind, and the item before it in the best chain that it ends.
        let mut links = Vec::with_capacity(one.items.len());
        for (number, item) in one.items.iter().enumerate() {
            let (gain, kind) = self.gain(at, item);
            let earlier = chains.iter().zip(&item.before).map(|(chain, before)| chain[*before]);
            let earlier = earlier.max_by(|one, other| one.0.total_cmp(&other.0));
            let (sum, last) = earlier.unwrap_or((0.0, None));
            links.push((kind, last));
            for (class, chain) in chains.iter_mut().enumerate() {
                let best = chain[number];
                let ends = class == item.class && gain + sum > best.0;
                chain.push(if ends { (gain + sum, Some(number)) } else { best });
            }
        }
        let ends = chains.iter().filter_map(|chain| chain.last().copied());
        let best = ends.max_by(|one, other| one.0.total_cmp(&other.0));
        let (earned, mut next) = best.unwrap_or((0.0, None));
        let (mut used, mut worked) = (vec![0.0; one.limits.len()], 0.0);
        while let Some(number) = next {
            let item = &one.items[number];
            taken[links[number].0] += 1.0;
            worked += item.hours;
            for (limit, hours) in &item.limits {
                used[*limit] += hours;
            }
            next = links[number].1;
        }
        (earned, used, worked)
    }

    /// What a person earns with an item, and in which kind of place most.
    fn gain(&self, at: usize, item: &Item) -> (f64, usize) {
        let pay = |(kind, cost): &(usize, f64)| {
            (self.prices[*kind] - if self.costs { *cost } else { 0.0 }, *kind)
        };
        let best = item.kinds.iter().map(pay).max_by(|one, other| one.0.total_cmp(&other.0));
        let dues = item.limits.iter().map(|(limit, hours)| self.limits[at][*limit] * hours);
        let dues = dues.sum::<f64>() + self.slopes[at] * item.hours;
        best.map_or((f64::NEG_INFINITY, 0), |(pay, kind)| (pay - dues, kind))
    }
}

/// The least that fairness costs less what hours earn at a slope, over all hours that could be planned,
/// and at how many hours that is.
fn conjugate(table: &Table, person: usize, slope: f64) -> (f64, f64) {
    let one = &table.people[person];
    let missing = one.share - one.worked;
    let hours = (missing + slope / (2.0 * table.fairness)).max(0.0);
    (table.fairness * (hours - missing).powi(2) - slope * hours, hours)
}

#[expect(clippy::cast_precision_loss, reason = "a handful of places")]
fn count(kind: &super::table::RoleKind) -> f64 {
    kind.places.len() as f64
}
