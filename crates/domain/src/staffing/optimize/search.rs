//! Large-neighbourhood search: a greedy plan, then round after round some of it is taken back and made
//! anew, and kept when it is better, or a little worse while there is time (simulated annealing).
//!
//! What is taken back is chosen to be related: bookings at the same time, the work of two people, what
//! lies in the same days, or whatever keeps people from an open place.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::dual::{Bounds, What};
use super::roster::Roster;
use super::table::{OPEN, POINT, Pair, Table};
use super::{Outcome, Problem, Progress, Standing, Watch, explain, window};

/// Most places that are made anew in one round.
const MOST: usize = 14;
/// The same for bookings at the same time.
const AT_ONCE: usize = 24;
/// After so many rounds the bound is worked on once.
const PER_BOUND: u64 = 2;
/// How far apart bookings are that are called near, in microseconds: two days.
const NEAR: i64 = 2 * 24 * super::table::HOUR;

pub(super) struct Search<'t> {
    table: &'t Table,
    random: StdRng,
    now: Roster<'t>,
    best: Roster<'t>,
    bounds: Bounds<'t>,
    /// How the best plan stands; absent until there is one.
    standing: Option<Standing>,
    rounds: u64,
    /// What a place of the greedy plan costs on average, in thousandths of a point.
    usual: f64,
    /// Slots by their beginning.
    by_start: Vec<usize>,
}

impl<'t> Search<'t> {
    pub(super) fn new(table: &'t Table, seed: u64) -> Self {
        let mut by_start: Vec<usize> = (0..table.slots.len()).collect();
        by_start.sort_by_key(|slot| table.slots[*slot].when.start);
        let empty = Roster::empty(table);
        Self {
            table,
            random: StdRng::seed_from_u64(seed),
            best: empty.clone(),
            now: empty,
            bounds: Bounds::new(table),
            standing: None,
            rounds: 0,
            usual: 0.0,
            by_start,
        }
    }

    /// Searches until the time is spent or nothing better can be.
    pub(super) fn run(&mut self, watch: &mut dyn Watch) {
        if !self.table.is_complete || self.table.places.is_empty() {
            return;
        }
        if !self.begin(watch) {
            return;
        }
        self.usual = self.usual_cost();
        // At first a plan may be worse by about half of what a place costs.
        let heat = self.usual / 2.0;
        loop {
            let spent = watch.spent(&self.progress());
            if spent >= 1.0 {
                return;
            }
            if self.rounds.is_multiple_of(PER_BOUND) {
                self.bounds.improve(&self.best);
                self.look();
                if self.standing.is_some_and(|one| one.is_proven()) {
                    return;
                }
            }
            self.round(heat * (1.0 - spent).powi(2));
            self.rounds += 1;
        }
    }

    /// The greedy plan: what few can do first. Whether there was time for it.
    fn begin(&mut self, watch: &mut dyn Watch) -> bool {
        let mut places: Vec<usize> = (0..self.table.places.len()).collect();
        let choice = |place: &usize| {
            let kind = &self.table.kinds[self.table.places[*place]];
            (kind.pairs.len() / kind.places.len().max(1), *place)
        };
        places.sort_by_key(choice);
        for place in places {
            if watch.spent(&self.progress()) >= 1.0 {
                self.best = self.now.clone();
                return false;
            }
            if let Some((pair, _)) = self.choices(place).0 {
                self.now.put(place, &pair);
            }
        }
        self.best = self.now.clone();
        true
    }

    /// What a place costs on average, in thousandths of a point.
    #[expect(clippy::cast_precision_loss, reason = "an average is enough")]
    fn usual_cost(&self) -> f64 {
        let filled = self.table.places.len() - self.best.open();
        self.best.points().1 * POINT / filled.max(1) as f64
    }

    fn round(&mut self, heat: f64) {
        let (places, at_once) = self.choose();
        if places.is_empty() {
            return;
        }
        let before = self.now.value;
        let mut had: Vec<(usize, Option<usize>)> =
            places.iter().map(|place| (*place, self.now.take(*place))).collect();
        if at_once {
            window::fill(&mut self.now, &places);
        } else {
            self.refill(&places, heat);
        }
        let released: Vec<usize> = had.iter().filter_map(|(_, person)| *person).collect();
        had.extend(self.place_released(&released).into_iter().map(|place| (place, None)));
        let draw: f64 = self.random.random_range(f64::MIN_POSITIVE..1.0);
        #[expect(clippy::cast_possible_truncation, reason = "less than what a place costs")]
        let bearable = (-draw.ln() * heat) as i64;
        if self.now.value > before + bearable.min(OPEN / 2) {
            for (place, _) in &had {
                self.now.take(*place);
            }
            for (place, person) in had {
                if let Some(pair) = person.and_then(|one| self.now.pair(place, one)) {
                    self.now.put(place, pair);
                }
            }
        } else if self.now.value < self.best.value {
            self.best.clone_from(&self.now);
        }
    }

    /// Whoever was taken off may now be free for a place that is open elsewhere; which places were
    /// filled so.
    fn place_released(&mut self, released: &[usize]) -> Vec<usize> {
        let mut filled = Vec::new();
        for place in 0..self.now.who.len() {
            if self.now.who[place].is_some() {
                continue;
            }
            let slot = self.table.slot_of(place);
            let pairs = released.iter().filter_map(|person| self.now.pair(place, *person));
            let free = pairs.filter(|pair| self.now.is_free(pair.person, slot));
            if let Some(pair) = free.min_by_key(|pair| self.now.change(place, pair)) {
                self.now.put(place, pair);
                filled.push(place);
            }
        }
        filled
    }

    /// Which places are made anew, and whether they are all at the same time.
    fn choose(&mut self) -> (Vec<usize>, bool) {
        let open: Vec<usize> =
            (0..self.now.who.len()).filter(|place| self.now.who[*place].is_none()).collect();
        let draw = self.random.random_range(0..100);
        if !open.is_empty() && draw < 30 {
            let place = open[self.random.random_range(0..open.len())];
            return (self.around_open(place), false);
        }
        if draw < 55 {
            return (self.at_once(), true);
        }
        if draw < 80 {
            return (self.nearby(), false);
        }
        (self.of_two(), false)
    }

    /// All places of bookings that share an instant.
    fn at_once(&mut self) -> Vec<usize> {
        let first = self.random.random_range(0..self.table.slots.len());
        let when = self.table.slots[first].when;
        let instant = self.random.random_range(when.start..when.end);
        let mut places: Vec<usize> = self.table.slots[first].places.clone().collect();
        let begin = self.random.random_range(0..self.by_start.len());
        for at in 0..self.by_start.len() {
            let other = self.by_start[(begin + at) % self.by_start.len()];
            let slot = &self.table.slots[other];
            let shares = slot.when.start <= instant && instant < slot.when.end;
            if other != first && shares && places.len() + slot.places.len() <= AT_ONCE {
                places.extend(slot.places.clone());
            }
        }
        places
    }

    /// Some places of bookings in the same days.
    fn nearby(&mut self) -> Vec<usize> {
        let middle = self.random.random_range(0..self.by_start.len());
        let start = self.table.slots[self.by_start[middle]].when.start;
        let near = |slot: &&usize| (self.table.slots[**slot].when.start - start).abs() < NEAR;
        let near: Vec<usize> = self.by_start.iter().filter(near).copied().collect();
        let mut places = Vec::new();
        for _ in 0..near.len().min(MOST) {
            let slot = &self.table.slots[near[self.random.random_range(0..near.len())]];
            let place = self.random.random_range(slot.places.clone());
            if !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }

    /// Places of two people.
    fn of_two(&mut self) -> Vec<usize> {
        let people = self.table.people.len();
        let (one, two) = (self.random.random_range(0..people), self.random.random_range(0..people));
        let mut places = self.now.places_of(one);
        if two != one {
            places.extend(self.now.places_of(two));
        }
        while places.len() > MOST {
            let at = self.random.random_range(0..places.len());
            places.swap_remove(at);
        }
        places
    }

    /// An open place and the places that keep somebody from it.
    fn around_open(&mut self, open: usize) -> Vec<usize> {
        let slot = self.table.slot_of(open);
        let pairs = &self.table.kinds[self.table.places[open]].pairs;
        let mut places = vec![open];
        for _ in 0..3 {
            if pairs.is_empty() {
                break;
            }
            let person = pairs[self.random.random_range(0..pairs.len())].person;
            for other in &self.now.slots[person] {
                let week = |one: usize| self.table.slots[one].weeks[0].0;
                let in_the_way =
                    self.now.clash(person, slot, *other).is_some() || week(*other) == week(slot);
                let place = self.now.place_of(person, *other);
                if let Some(place) = place.filter(|one| in_the_way && !places.contains(one))
                    && places.len() < MOST
                {
                    places.push(place);
                }
            }
        }
        places
    }

    /// Fills open places: in turn each the one that loses most by waiting, with or without some noise,
    /// and now and then in any order and with much noise, which finds what is never the nearest choice.
    fn refill(&mut self, places: &[usize], heat: f64) {
        let (at_random, noise) = match self.random.random_range(0..3) {
            0 => (false, 0.0),
            1 => (false, heat),
            _ => (true, 4.0 * self.usual),
        };
        let mut left: Vec<(usize, Choices)> =
            places.iter().map(|place| (*place, self.noisy(*place, noise))).collect();
        loop {
            left.retain(|(_, choices)| choices.0.is_some());
            let at = if at_random && !left.is_empty() {
                Some(self.random.random_range(0..left.len()))
            } else {
                let all = left.iter().enumerate();
                all.max_by_key(|(_, (_, choices))| choices.regret()).map(|(at, _)| at)
            };
            let Some(at) = at else { return };
            let (place, choices) = left.swap_remove(at);
            let Some((pair, _)) = choices.0 else { return };
            self.now.put(place, &pair);
            let slot = self.table.slot_of(place);
            for other in &mut left {
                let same = self.table.slot_of(other.0) == slot;
                if same || other.1.names(pair.person) {
                    other.1 = self.noisy(other.0, noise);
                }
            }
        }
    }

    fn noisy(&mut self, place: usize, noise: f64) -> Choices {
        if noise <= 0.0 {
            return self.choices(place);
        }
        let seed = self.random.random();
        let mut random = StdRng::seed_from_u64(seed);
        #[expect(clippy::cast_possible_truncation, reason = "less than what a place costs")]
        self.choices_with(place, &mut || (random.random_range(0.0..noise)) as i64)
    }

    fn choices(&self, place: usize) -> Choices {
        self.choices_with(place, &mut || 0)
    }

    /// The best two for an open place.
    fn choices_with(&self, place: usize, noise: &mut dyn FnMut() -> i64) -> Choices {
        let slot = self.table.slot_of(place);
        let mut choices = Choices(None, None);
        for pair in &self.table.kinds[self.table.places[place]].pairs {
            let change = self.now.change(place, pair) + noise();
            let is_better = |than: &Option<(Pair, i64)>| than.is_none_or(|(_, one)| change < one);
            if is_better(&choices.1) && self.now.is_free(pair.person, slot) {
                if is_better(&choices.0) {
                    choices = Choices(Some((*pair, change)), choices.0);
                } else {
                    choices.1 = Some((*pair, change));
                }
            }
        }
        choices
    }

    /// Looks how the best plan stands.
    fn look(&mut self) {
        let (open_points, objective) = self.best.points();
        let open_bound = self.bounds.open(open_points);
        let bound = self.bounds.objective(What { open_points, objective });
        let gap = if objective > 0.0 { (objective - bound) / objective } else { 0.0 };
        self.standing = Some(Standing {
            open_places: self.best.open(),
            uncovered_skills: self.best.uncovered(),
            open_points,
            open_bound,
            objective: rounded(objective),
            bound: rounded(bound),
            gap: rounded(gap),
        });
    }

    fn progress(&self) -> Progress {
        Progress { rounds: self.rounds, standing: self.standing }
    }

    /// The best plan as it was found.
    #[cfg(test)]
    pub(super) fn best_plan(&self) -> Roster<'t> {
        self.best.clone()
    }

    /// The best plan that was found, as the checks have it.
    pub(super) fn conclude(mut self, problem: &Problem) -> Outcome {
        let passed_over = explain::certify(problem, &mut self.best);
        if self.table.is_complete {
            self.look();
        }
        let progress = self.progress();
        explain::outcome(problem, &self.best, passed_over, progress)
    }
}

/// To a thousandth of a point.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// The best and the second best for a place, with how the value changes.
struct Choices(Option<(Pair, i64)>, Option<(Pair, i64)>);

impl Choices {
    /// What is lost when the best cannot be had; to have no second choice is the worst.
    fn regret(&self) -> i64 {
        match (self.0, self.1) {
            (Some((_, best)), Some((_, second))) => second - best,
            (Some((_, best)), None) => -best,
            (None, _) => 0,
        }
    }

    fn names(&self, person: usize) -> bool {
        [self.0, self.1].into_iter().flatten().any(|(pair, _)| pair.person == person)
    }
}
