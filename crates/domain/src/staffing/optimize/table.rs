//! The problem as numbers: what the checks say of every pair of a place and a person as things stand
//! without any plan, and what the pair costs.
//!
//! A check of the table depends on the plan only through a person's other shifts, and more shifts never
//! make anybody fit better. So who does not fit here fits in no plan, and of who fits only overlaps, rest
//! and hours are left to be watched.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use jiff::civil::Date;

use super::codes::Codes;
use super::{Problem, Progress, Task, Watch, Worker};
use crate::availability::Standing;
use crate::booking::Priority;
use crate::id::OrganizationId;
use crate::staffing::check::{Code, Finding, Kind, Limits, Period, Work, check, covered, periods};
use crate::staffing::check::{matched, required};
use crate::staffing::cost::{price, rate};
use crate::staffing::person::Person;
use crate::staffing::score::{Part, score};
use crate::staffing::team::open_places;
use crate::time::TimeRange;

pub(super) const HOUR: i64 = 3_600_000_000;
/// Thousandths of a point.
pub(super) const POINT: f64 = 1_000.0;
/// More thousandths than everything else of any plan comes to: a point for what stays open.
pub(super) const OPEN: i64 = 10_000_000_000_000;
/// What an uncovered skill of a team counts.
pub(super) const SKILL_POINTS: i64 = 5;
/// How far somebody travels who states no limit, as in the score.
const USUAL_KM: f64 = 100.0;
/// A full week where nobody states a limit, in hours.
pub(super) const USUAL_WEEK: u16 = 40;
/// Nobody.
const NONE: u32 = u32::MAX;
/// Most skills of a team that are watched; a booking has at most 50.
const SKILLS: usize = 64;

/// A stretch of time in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stretch {
    pub(super) start: i64,
    pub(super) end: i64,
}

impl From<TimeRange> for Stretch {
    fn from(range: TimeRange) -> Self {
        Self { start: range.start.as_microsecond(), end: range.end.as_microsecond() }
    }
}

impl Stretch {
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// How long both go together.
    pub(super) fn shared(self, other: Self) -> i64 {
        (self.end.min(other.end) - self.start.max(other.start)).max(0)
    }

    /// The time between two that do not overlap.
    pub(super) fn gap(self, other: Self) -> i64 {
        (other.start - self.end).max(self.start - other.end)
    }

    pub(super) fn length(self) -> i64 {
        self.end - self.start
    }
}

/// A booking with open places.
#[derive(Debug)]
pub(super) struct Slot {
    /// Which of the problem's.
    pub(super) task: usize,
    pub(super) when: Stretch,
    pub(super) organization: usize,
    /// The days that it touches, by its clocks.
    pub(super) days: Vec<Stretch>,
    /// The weeks, with the number under which that week is known everywhere.
    pub(super) weeks: Vec<(usize, Stretch)>,
    /// Its skills that nobody on it brings yet, a bit each.
    pub(super) lacking: u64,
    pub(super) kinds: Range<usize>,
    pub(super) places: Range<usize>,
    /// What an open place counts.
    pub(super) points: i64,
}

/// Open places of one role on one booking.
#[derive(Debug)]
pub(super) struct RoleKind {
    pub(super) slot: usize,
    pub(super) role: String,
    pub(super) places: Range<usize>,
    /// Who fits as things stand, the cheapest first.
    pub(super) pairs: Vec<Pair>,
}

/// Somebody who fits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) person: usize,
    /// In thousandths of a point, fairness not counted.
    pub(super) cost: i64,
    /// The lacking skills that the person brings.
    pub(super) brings: u64,
    pub(super) undeclared: bool,
    pub(super) meters: Option<f64>,
}

/// A person's limits and what is taken of them.
#[derive(Debug)]
pub(super) struct Capacity {
    /// Shifts that are there already.
    pub(super) shifts: Vec<Stretch>,
    /// By organization, in microseconds.
    pub(super) rest: Vec<i64>,
    pub(super) day: Vec<Option<i64>>,
    pub(super) week: Vec<Option<i64>>,
    /// Hours in the time of the problem that are there already.
    pub(super) worked: f64,
    /// A fair share of hours.
    pub(super) share: f64,
    /// Whether the person fits anywhere.
    pub(super) is_in_question: bool,
}

pub(super) struct Table {
    pub(super) slots: Vec<Slot>,
    pub(super) kinds: Vec<RoleKind>,
    /// Of each place, its kind.
    pub(super) places: Vec<usize>,
    pub(super) people: Vec<Capacity>,
    /// How many weeks are known.
    pub(super) weeks: usize,
    pub(super) fairness: f64,
    /// Whether everything was looked at before the time was spent.
    pub(super) is_complete: bool,
    /// Of each kind and person, where the pair is in the kind's.
    pair_at: Vec<u32>,
    /// Of each kind and person, what the checks say.
    against: Vec<Codes>,
}

impl Table {
    pub(super) fn new(problem: &Problem, watch: &mut dyn Watch) -> Self {
        let mut table = Self {
            slots: Vec::new(),
            kinds: Vec::new(),
            places: Vec::new(),
            people: Vec::new(),
            weeks: 0,
            fairness: problem.weights.fairness,
            is_complete: true,
            pair_at: Vec::new(),
            against: Vec::new(),
        };
        let organizations = table.lay_out(problem);
        let horizon = horizon(problem);
        for worker in &problem.workers {
            table.people.push(capacity(problem, worker, &organizations, horizon));
        }
        let cells = table.kinds.len() * problem.workers.len();
        table.pair_at = vec![NONE; cells];
        table.against = vec![Codes::default(); cells];
        let usual = usual_rate(problem);
        for (person, worker) in problem.workers.iter().enumerate() {
            if watch.spent(&Progress::default()) >= 1.0 {
                table.is_complete = false;
                break;
            }
            table.ask(problem, person, worker, usual);
        }
        table.order();
        table.share_out(problem);
        table
    }

    /// Slots, kinds and places; the organizations in order of number.
    fn lay_out(&mut self, problem: &Problem) -> Vec<OrganizationId> {
        let mut organizations: Vec<OrganizationId> = Vec::new();
        let mut weeks: HashMap<(String, Date), usize> = HashMap::new();
        for (at, task) in problem.tasks.iter().enumerate() {
            let open = open_places(&task.booking, &task.present);
            if open.is_empty() || task.booking.status.is_final() {
                continue;
            }
            let id = task.booking.organization_id;
            let known = organizations.iter().position(|one| *one == id);
            let organization = known.unwrap_or_else(|| {
                organizations.push(id);
                organizations.len() - 1
            });
            let mut roles: BTreeMap<String, usize> = BTreeMap::new();
            for role in open {
                *roles.entry(role).or_default() += 1;
            }
            let (first_kind, first_place) = (self.kinds.len(), self.places.len());
            for (role, count) in roles {
                let from = self.places.len();
                self.places.extend(std::iter::repeat_n(self.kinds.len(), count));
                let (slot, places) = (self.slots.len(), from..from + count);
                self.kinds.push(RoleKind { slot, role, places, pairs: Vec::new() });
            }
            let range = task.booking.range();
            let zone = work(task).zone();
            let mut number = |(first, whole): (Date, TimeRange)| {
                let next = weeks.len();
                let key = (task.booking.timezone.clone(), first);
                (*weeks.entry(key).or_insert(next), Stretch::from(whole))
            };
            let touched = periods(range, &zone, Period::Week).map(&mut number).collect();
            self.slots.push(Slot {
                task: at,
                when: range.into(),
                organization,
                days: periods(range, &zone, Period::Day).map(|(_, day)| day.into()).collect(),
                weeks: touched,
                lacking: lacking(problem, task),
                kinds: first_kind..self.kinds.len(),
                places: first_place..self.places.len(),
                points: 10 + rank(task.booking.priority),
            });
        }
        self.weeks = weeks.len();
        organizations
    }

    /// Asks the checks about a person and every kind of place.
    fn ask(&mut self, problem: &Problem, at: usize, worker: &Worker, usual: f64) {
        let mut person = worker.person.clone();
        for kind in 0..self.kinds.len() {
            let slot = &self.slots[self.kinds[kind].slot];
            let task = &problem.tasks[slot.task];
            let work = work(task);
            person.serves = worker.serves.contains(&task.booking.organization_id);
            person.availability = worker.person.availability.within(&task.booking.range());
            let role = &self.kinds[kind].role;
            let findings = check(&work, &person, role);
            let cell = kind * problem.workers.len() + at;
            self.against[cell] = findings.iter().map(|one| one.code).collect();
            if !passes(problem, &findings) {
                continue;
            }
            let pair = Pair {
                person: at,
                cost: cost(problem, &work, &person, role, usual, findings.len()),
                brings: slot.lacking & brings(task, &person),
                undeclared: is_undeclared(&person),
                meters: work.meters_from_home(&person),
            };
            self.kinds[kind].pairs.push(pair);
            self.people[at].is_in_question = true;
        }
    }

    /// The cheapest first, and where each is.
    fn order(&mut self) {
        let people = self.people.len();
        for (at, kind) in self.kinds.iter_mut().enumerate() {
            kind.pairs.sort_by_key(|pair| (pair.cost, pair.person));
            for (place, pair) in kind.pairs.iter().enumerate() {
                self.pair_at[at * people + pair.person] = u32::try_from(place).unwrap_or(NONE);
            }
        }
    }

    /// A fair share of all hours, by how much people work in a full week.
    fn share_out(&mut self, problem: &Problem) {
        let open = self.slots.iter().map(|slot| hours(slot.when.length()) * count(&slot.places));
        let in_question = || self.people.iter().filter(|one| one.is_in_question);
        let all: f64 = open.sum::<f64>() + in_question().map(|one| one.worked).sum::<f64>();
        let full = |worker: &Worker| {
            let profile = worker.person.profile.as_ref();
            let most = profile.and_then(|profile| profile.max_hours_per_week);
            f64::from(most.unwrap_or(USUAL_WEEK))
        };
        let pairs = || self.people.iter().zip(&problem.workers);
        let whole: f64 =
            pairs().filter(|(one, _)| one.is_in_question).map(|(_, worker)| full(worker)).sum();
        let shares: Vec<f64> = pairs().map(|(_, worker)| full(worker) / whole.max(1.0)).collect();
        for (one, share) in self.people.iter_mut().zip(shares) {
            // Who cannot be planned at all has what is there already.
            one.share = if one.is_in_question { all * share } else { one.worked };
        }
    }

    /// The pair of a kind and a person, if the person fits.
    pub(super) fn pair(&self, kind: usize, person: usize) -> Option<&Pair> {
        let at = self.pair_at[kind * self.people.len() + person];
        self.kinds[kind].pairs.get(at as usize)
    }

    /// What the checks say of a kind and a person.
    pub(super) fn against(&self, kind: usize, person: usize) -> Codes {
        self.against[kind * self.people.len() + person]
    }

    pub(super) fn slot_of(&self, place: usize) -> usize {
        self.kinds[self.places[place]].slot
    }

    /// What it costs in thousandths that a person's hours differ from a fair share.
    #[expect(clippy::cast_possible_truncation, reason = "hours and weights are small")]
    pub(super) fn unfairness(&self, person: usize, planned: i64) -> i64 {
        let one = &self.people[person];
        let off = one.worked + hours(planned) - one.share;
        (self.fairness * off * off * POINT).round() as i64
    }
}

/// What a task is to the checks.
pub(super) fn work(task: &Task) -> Work<'_> {
    Work { booking: &task.booking, location: task.location.as_ref(), settings: &task.settings }
}

/// Whether nothing speaks against it but what may be passed over.
pub(super) fn passes(problem: &Problem, findings: &[Finding]) -> bool {
    let mut findings = findings.iter();
    findings.all(|one| one.kind == Kind::Soft && problem.allowed.contains(&one.code))
}

/// Microseconds as hours.
#[expect(clippy::cast_precision_loss, reason = "centuries have less than 2^53 microseconds")]
pub(super) fn hours(micros: i64) -> f64 {
    micros as f64 / HOUR as f64
}

#[expect(clippy::cast_precision_loss, reason = "a few thousand places")]
fn count(places: &Range<usize>) -> f64 {
    places.len() as f64
}

fn rank(priority: Priority) -> i64 {
    match priority {
        Priority::Low => 0,
        Priority::Medium => 1,
        Priority::High => 2,
        Priority::Urgent => 3,
    }
}

/// From the first booking's beginning to the last one's end.
fn horizon(problem: &Problem) -> Option<Stretch> {
    let ranges = || problem.tasks.iter().map(|task| Stretch::from(task.booking.range()));
    Some(Stretch {
        start: ranges().map(|range| range.start).min()?,
        end: ranges().map(|range| range.end).max()?,
    })
}

fn capacity(
    problem: &Problem,
    worker: &Worker,
    organizations: &[OrganizationId],
    horizon: Option<Stretch>,
) -> Capacity {
    let shifts: Vec<Stretch> =
        worker.person.shifts.iter().map(|shift| shift.range.into()).collect();
    let there: i64 =
        horizon.map_or(0, |whole| shifts.iter().map(|shift| whole.shared(*shift)).sum());
    let limits = organizations.iter().map(|id| {
        let mut tasks = problem.tasks.iter();
        let task = tasks.find(|task| task.booking.organization_id == *id);
        let profile = worker.person.profile.as_ref();
        let known = task.zip(profile).map(|(task, profile)| Limits::of(profile, &task.settings));
        known.unwrap_or(Limits { rest: None, day: None, week: None })
    });
    let limits: Vec<Limits> = limits.collect();
    let micros = |hours: u16| i64::from(hours) * HOUR;
    Capacity {
        shifts,
        rest: limits.iter().map(|one| micros(one.rest.unwrap_or_default())).collect(),
        day: limits.iter().map(|one| one.day.map(micros)).collect(),
        week: limits.iter().map(|one| one.week.map(micros)).collect(),
        worked: hours(there),
        share: 0.0,
        is_in_question: false,
    }
}

/// The team's skills that nobody on the booking brings, a bit each.
fn lacking(problem: &Problem, task: &Task) -> u64 {
    let live = |id| task.present.iter().any(|one| one.status.is_live() && one.staff_id == id);
    let here = problem.workers.iter().filter(|worker| live(worker.person.id));
    let profiles: Vec<_> = here.filter_map(|worker| worker.person.profile.as_ref()).collect();
    let brought = matched(&task.booking, &profiles);
    bits(task, |name| !brought.iter().any(|one| one == name))
}

/// The team's skills that a person brings.
fn brings(task: &Task, person: &Person) -> u64 {
    let profile = person.profile.as_ref();
    bits(task, |name| profile.is_some_and(|one| covered(&task.booking, one, name)))
}

fn bits(task: &Task, holds: impl Fn(&str) -> bool) -> u64 {
    let names = required(&task.booking).into_iter().take(SKILLS).enumerate();
    names.filter(|(_, name)| holds(name)).fold(0, |all, (at, _)| all | 1 << at)
}

fn is_undeclared(person: &Person) -> bool {
    person.availability.worst() != Standing::Available
}

/// What an hour costs on average of those of whom it is known, in minor units.
#[expect(clippy::cast_precision_loss, reason = "rates lie far below 2^53")]
fn usual_rate(problem: &Problem) -> f64 {
    let rates = problem.workers.iter().filter_map(|worker| {
        let profile = worker.person.profile.as_ref()?;
        profile.default_hourly_rate.map(|rate| rate.minor() as f64)
    });
    let all: Vec<f64> = rates.collect();
    all.iter().sum::<f64>() / (all.len().max(1)) as f64
}

/// What a pair costs in thousandths of a point, fairness not counted.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "amounts and distances lie far below 2^53"
)]
fn cost(
    problem: &Problem,
    work: &Work,
    person: &Person,
    role: &str,
    usual: f64,
    passed_over: usize,
) -> i64 {
    let weights = &problem.weights;
    let profile = person.profile.as_ref();
    let length = work.booking.range().microseconds();
    let money = match rate(None, profile, work.settings) {
        Some(rate) => price(rate, length).minor() as f64,
        None => usual * hours(length),
    };
    let most = profile.and_then(|one| one.max_travel_km).map_or(USUAL_KM, f64::from);
    let km = work.meters_from_home(person).map_or(most / 2.0, |meters| meters / 1_000.0);
    let undeclared = if is_undeclared(person) { 1.0 } else { 0.0 };
    let points = weights.cost * money / 100.0
        + weights.travel * km
        + weights.preference * undeclared
        + weights.suitability * unsuitable(work, person, role)
        + weights.soft * passed_over as f64;
    (points * POINT).round() as i64
}

/// How far somebody falls short of suiting fully, by the parts of the score that are about the person
/// and nothing else.
fn unsuitable(work: &Work, person: &Person, role: &str) -> f64 {
    let counted = [Part::Skills, Part::Certification, Part::Reliability];
    let parts = score(work, person, role, false).parts;
    let parts: Vec<_> = parts.iter().filter(|one| counted.contains(&one.part)).collect();
    let all: f64 = parts.iter().map(|one| f64::from(one.weight)).sum();
    let reached: f64 = parts.iter().map(|one| one.value * f64::from(one.weight)).sum();
    1.0 - reached / all.max(1.0)
}

/// The codes that only a plan brings.
pub(super) const BY_PLAN: [Code; 4] =
    [Code::AlreadyAssigned, Code::DoubleBooked, Code::RestTooShort, Code::HoursExceeded];
