//! The counters under random histories.

use std::collections::BTreeMap;

use futures::future::join_all;
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rishi_app::Store as _;
use rishi_app::bookings::Statistics;
use rishi_app::commit::Change;
use rishi_domain::booking::{Booking, BookingStatus, OperationType};
use rishi_domain::money::Money;
use rishi_domain::organization::Organization;
use rishi_domain::time::{month_in, zone};

use crate::statistics::figures;
use crate::things::{hour, next, put};
use crate::world::{Fixture, World};

const ZONES: [&str; 4] = ["America/Denver", "UTC", "Pacific/Kiritimati", "Australia/Lord_Howe"];

/// What a booking is put as; numbers choose among the words.
#[derive(Debug, Clone)]
struct Look {
    start: i64,
    status: usize,
    operation: usize,
    there: bool,
    budget: Option<i64>,
    cost: Option<i64>,
}

/// Something that happens to the figures.
#[derive(Debug, Clone)]
enum Step {
    Create(Look),
    Edit(usize, Look),
    Zone(usize),
}

#[derive(Debug, Clone)]
enum Round {
    /// One commit of its own.
    Alone(Step),
    /// Several in one commit.
    Together(Vec<Step>),
    /// Several bookings made, and perhaps the clocks changed, by commits at the same time.
    AtOnce(Vec<Look>, Option<usize>),
    /// A commit that is refused after having counted something.
    Refused(Look),
}

fn look() -> impl Strategy<Value = Look> {
    let amount = || proptest::option::of(0_i64..1_000_000);
    // Often close to where May begins, somewhere on earth.
    let start = prop_oneof![-9_000_i64..9_000, -30_i64..20];
    (start, 0..8_usize, 0..7_usize, any::<bool>(), amount(), amount()).prop_map(
        |(start, status, operation, there, budget, cost)| Look {
            start,
            status,
            operation,
            there,
            budget,
            cost,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => look().prop_map(Step::Create),
        4 => (any::<usize>(), look()).prop_map(|(which, look)| Step::Edit(which, look)),
        1 => (0..ZONES.len()).prop_map(Step::Zone),
    ]
}

fn rounds() -> impl Strategy<Value = Vec<Round>> {
    let several = proptest::collection::vec(look(), 1..5);
    let round = prop_oneof![
        6 => step().prop_map(Round::Alone),
        2 => proptest::collection::vec(step(), 2..6).prop_map(Round::Together),
        2 => (several, proptest::option::of(0..ZONES.len()))
            .prop_map(|(looks, zone)| Round::AtOnce(looks, zone)),
        1 => look().prop_map(Round::Refused),
    ];
    proptest::collection::vec(round, 1..12)
}

/// What the store should hold.
struct Model {
    client: Organization,
    bookings: Vec<Booking>,
}

impl Model {
    fn change<F: Fixture>(&mut self, world: &World<F>, step: Step) -> Option<Change> {
        match step {
            Step::Create(look) => {
                let booking = dress(world, world.booking(0, 1), self.bookings.len(), &look);
                self.bookings.push(booking);
                self.bookings.last().map(put)
            }
            Step::Edit(which, look) => {
                let index = which.checked_rem(self.bookings.len())?;
                let booking = dress(world, next(&self.bookings[index]), index, &look);
                self.bookings[index] = booking;
                Some(put(&self.bookings[index]))
            }
            Step::Zone(index) => {
                ZONES[index].clone_into(&mut self.client.timezone);
                self.client.version += 1;
                Some(Change::Organization(Box::new(self.client.clone())))
            }
        }
    }

    async fn play<F: Fixture>(&mut self, world: &World<F>, round: Round) {
        let changes: Vec<Vec<Change>> = match round {
            Round::Alone(step) => {
                self.change(world, step).into_iter().map(|one| vec![one]).collect()
            }
            Round::Together(steps) => {
                vec![steps.into_iter().filter_map(|step| self.change(world, step)).collect()]
            }
            Round::AtOnce(looks, zone) => {
                let steps = looks.into_iter().map(Step::Create).chain(zone.map(Step::Zone));
                steps.filter_map(|step| self.change(world, step)).map(|one| vec![one]).collect()
            }
            Round::Refused(look) => {
                let good = dress(world, world.booking(0, 1), self.bookings.len(), &look);
                let bad = Booking { created_by: world.id(), ..world.booking(0, 1) };
                world.commit(world.told(vec![put(&good), put(&bad)])).await.unwrap_err();
                return;
            }
        };
        let commits = changes.into_iter().map(|changes| world.store.commit(world.told(changes)));
        for outcome in join_all(commits).await {
            outcome.unwrap();
        }
    }

    /// The figures, counted one booking after the other.
    fn figures<F: Fixture>(&self, world: &World<F>) -> Statistics {
        let zone = zone(&self.client.timezone).unwrap();
        let minor = |amount: Option<Money>| amount.unwrap_or_default();
        let mut figures = Statistics {
            total_revenue: Some(Money::ZERO),
            total_budget: Some(Money::ZERO),
            total_actual_cost: Some(Money::ZERO),
            ..Statistics::default()
        };
        let mut months: BTreeMap<String, (u64, u64, u64, Money)> = BTreeMap::new();
        for booking in &self.bookings {
            let completed = booking.status == BookingStatus::Completed;
            let revenue =
                if completed { minor(booking.actual_cost.or(booking.budget)) } else { Money::ZERO };
            let add = |sum: &mut Option<Money>, amount| *sum = sum.map(|sum| sum + amount);
            add(&mut figures.total_revenue, revenue);
            add(&mut figures.total_budget, minor(booking.budget));
            add(&mut figures.total_actual_cost, minor(booking.actual_cost));
            *figures.by_status.entry(booking.status.to_string()).or_default() += 1;
            *figures.by_operation_type.entry(booking.operation_type.to_string()).or_default() += 1;
            let place = booking.location_id.map_or("No Location", |_| &world.place.name);
            *figures.by_location.entry(place.to_owned()).or_default() += 1;
            let month = months.entry(month_in(booking.scheduled_start, &zone)).or_default();
            month.0 += 1;
            month.1 += u64::from(completed);
            month.2 += u64::from(booking.status == BookingStatus::Cancelled);
            month.3 = month.3 + revenue;
        }
        figures.monthly_trends = months
            .into_iter()
            .map(|(month, (total, completed, cancelled, revenue))| {
                let revenue = Some(revenue);
                rishi_app::bookings::MonthlyTrend { month, total, completed, cancelled, revenue }
            })
            .collect();
        figures.derive();
        figures
    }
}

/// Gives a booking a look. Each has its own second of the hour, so that no two are in each other's way.
fn dress<F: Fixture>(world: &World<F>, booking: Booking, index: usize, look: &Look) -> Booking {
    let second = SignedDuration::from_secs(i64::try_from(index).unwrap());
    let scheduled_start = hour(look.start) + second;
    Booking {
        scheduled_start,
        scheduled_end: scheduled_start + SignedDuration::from_secs(1),
        status: BookingStatus::ALL[look.status],
        operation_type: OperationType::ALL[look.operation],
        location_id: look.there.then_some(world.place.id),
        budget: look.budget.map(Money::from_minor),
        actual_cost: look.cost.map(Money::from_minor),
        ..booking
    }
}

pub(crate) async fn counters_are_what_counting_says_after_any_history<F: Fixture>() {
    let runtime = tokio::runtime::Handle::current();
    let history = |rounds: Vec<Round>| async move {
        let world = World::<F>::new().await;
        let mut model = Model { client: world.client.clone(), bookings: Vec::new() };
        for round in rounds {
            model.play(&world, round).await;
            assert_eq!(figures(&world).await, model.figures(&world));
        }
    };
    tokio::task::block_in_place(|| {
        let config = Config { cases: 32, failure_persistence: None, ..Config::default() };
        TestRunner::new(config)
            .run(&rounds(), |rounds| {
                runtime.block_on(history(rounds));
                Ok(())
            })
            .unwrap();
    });
}
