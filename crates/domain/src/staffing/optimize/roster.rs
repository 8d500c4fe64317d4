//! A plan in the making: who has which place, and what that is worth, kept up to date by each change.

use super::codes::Codes;
use super::table::{OPEN, POINT, Pair, SKILL_POINTS, Stretch, Table};
use crate::staffing::check::Code;

/// Who has which place.
#[derive(Clone)]
pub(super) struct Roster<'t> {
    pub(super) table: &'t Table,
    /// Of each place, who has it.
    pub(super) who: Vec<Option<usize>>,
    /// Of each person, the slots of the plan.
    pub(super) slots: Vec<Vec<usize>>,
    /// Of each person, the planned time in microseconds.
    pub(super) load: Vec<i64>,
    /// What is left open and what it costs, in thousandths of a point; the less the better.
    pub(super) value: i64,
}

impl<'t> Roster<'t> {
    /// Nobody has any place.
    pub(super) fn empty(table: &'t Table) -> Self {
        let people = table.people.len();
        let open = table.slots.iter().map(|slot| {
            let places = i64::try_from(slot.places.len()).unwrap_or(i64::MAX);
            (slot.points * places + SKILL_POINTS * i64::from(slot.lacking.count_ones())) * OPEN
        });
        let value =
            open.sum::<i64>() + (0..people).map(|one| table.unfairness(one, 0)).sum::<i64>();
        Self {
            table,
            who: vec![None; table.places.len()],
            slots: vec![Vec::new(); people],
            load: vec![0; people],
            value,
        }
    }

    /// The pair of a place and a person, if the person fits without the plan.
    pub(super) fn pair(&self, place: usize, person: usize) -> Option<&'t Pair> {
        self.table.pair(self.table.places[place], person)
    }

    /// The skills that a slot's team lacks.
    pub(super) fn lacking(&self, slot: usize) -> u64 {
        let slot = &self.table.slots[slot];
        if slot.lacking == 0 {
            return 0;
        }
        let team = slot.places.clone().filter_map(|place| self.pair(place, self.who[place]?));
        slot.lacking & !team.fold(0, |all, pair| all | pair.brings)
    }

    /// By how much the value changes if somebody takes an open place.
    pub(super) fn change(&self, place: usize, pair: &Pair) -> i64 {
        let slot = self.table.slot_of(place);
        let length = self.table.slots[slot].when.length();
        let load = self.load[pair.person];
        let unfair = |load| self.table.unfairness(pair.person, load);
        let gained = match pair.brings {
            0 => 0,
            brings => i64::from((self.lacking(slot) & brings).count_ones()),
        };
        pair.cost + unfair(load + length)
            - unfair(load)
            - (self.table.slots[slot].points + SKILL_POINTS * gained) * OPEN
    }

    /// Gives an open place to somebody.
    pub(super) fn put(&mut self, place: usize, pair: &Pair) {
        let slot = self.table.slot_of(place);
        self.value += self.change(place, pair);
        self.who[place] = Some(pair.person);
        self.slots[pair.person].push(slot);
        self.load[pair.person] += self.table.slots[slot].when.length();
    }

    /// Opens a place; who had it.
    pub(super) fn take(&mut self, place: usize) -> Option<usize> {
        let person = self.who[place].take()?;
        let slot = self.table.slot_of(place);
        self.slots[person].retain(|one| *one != slot);
        self.load[person] -= self.table.slots[slot].when.length();
        if let Some(pair) = self.pair(place, person) {
            self.value -= self.change(place, pair);
        }
        Some(person)
    }

    /// Whether nothing of the plan keeps a person, who fits without it, from a slot.
    pub(super) fn is_free(&self, person: usize, slot: usize) -> bool {
        self.hindered(person, slot, true).is_empty()
    }

    /// What of the plan keeps a person from a slot.
    pub(super) fn hindrances(&self, person: usize, slot: usize) -> Codes {
        self.hindered(person, slot, false)
    }

    /// The same; only the first of it when that is enough.
    fn hindered(&self, person: usize, slot: usize, first: bool) -> Codes {
        let mut codes = Codes::default();
        for other in &self.slots[person] {
            if let Some(code) = self.clash(person, slot, *other) {
                codes.insert(code);
                if first {
                    return codes;
                }
            }
        }
        let near = |other: &&usize| self.reaches(**other, slot);
        let too_much = self.too_much(person, slot, None)
            || self.slots[person]
                .iter()
                .filter(near)
                .any(|other| *other != slot && self.too_much(person, *other, Some(slot)));
        if too_much {
            codes.insert(Code::HoursExceeded);
        }
        codes
    }

    /// Why a person cannot work on both.
    pub(super) fn clash(&self, person: usize, slot: usize, other: usize) -> Option<Code> {
        if slot == other {
            return Some(Code::AlreadyAssigned);
        }
        let (one, two) = (&self.table.slots[slot], &self.table.slots[other]);
        if one.when.overlaps(two.when) {
            return Some(Code::DoubleBooked);
        }
        let rest = &self.table.people[person].rest;
        let needed = rest[one.organization].max(rest[two.organization]);
        (one.when.gap(two.when) < needed).then_some(Code::RestTooShort)
    }

    /// Whether the hours of a slot are among those that are counted for another.
    fn reaches(&self, counted: usize, slot: usize) -> bool {
        let when = self.table.slots[slot].when;
        let counted = &self.table.slots[counted];
        let weeks = counted.weeks.iter().map(|(_, week)| week);
        counted.days.iter().chain(weeks).any(|whole| whole.overlaps(when))
    }

    /// Whether a person who works on `slot`, and on `more`, works too much in one of its days or weeks.
    fn too_much(&self, person: usize, slot: usize, more: Option<usize>) -> bool {
        let one = &self.table.people[person];
        let own = &self.table.slots[slot];
        let exceeds = |whole: &Stretch, most: i64| {
            let planned = self.slots[person].iter().filter(|other| **other != slot);
            let all = planned.copied().chain(more).map(|other| self.table.slots[other].when);
            let others = all.chain(one.shifts.iter().copied());
            own.when.shared(*whole) > 0
                && own.when.shared(*whole) + others.map(|other| whole.shared(other)).sum::<i64>()
                    > most
        };
        one.day[own.organization].is_some_and(|most| own.days.iter().any(|day| exceeds(day, most)))
            || one.week[own.organization]
                .is_some_and(|most| own.weeks.iter().any(|(_, week)| exceeds(week, most)))
    }

    /// The place that a person has on a slot.
    pub(super) fn place_of(&self, person: usize, slot: usize) -> Option<usize> {
        let mut places = self.table.slots[slot].places.clone();
        places.find(|place| self.who[*place] == Some(person))
    }

    /// The places that a person has.
    pub(super) fn places_of(&self, person: usize) -> Vec<usize> {
        self.slots[person].iter().filter_map(|slot| self.place_of(person, *slot)).collect()
    }

    /// How many places nobody has.
    pub(super) fn open(&self) -> usize {
        self.who.iter().filter(|one| one.is_none()).count()
    }

    /// How many skills of teams nobody brings.
    pub(super) fn uncovered(&self) -> usize {
        let slots = 0..self.table.slots.len();
        slots.map(|slot| self.lacking(slot).count_ones() as usize).sum()
    }

    /// Points for what stays open, and for everything else.
    #[expect(clippy::cast_precision_loss, reason = "lies far below 2^53")]
    pub(super) fn points(&self) -> (i64, f64) {
        (self.value.div_euclid(OPEN), self.value.rem_euclid(OPEN) as f64 / POINT)
    }
}
