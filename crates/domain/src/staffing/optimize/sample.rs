//! A made-up month, the same for the same seed: what tests and the bench try the search on.
//!
//! Two organizations around Denver in March, in which clocks go forward; weekends are busy. People work
//! on some weekdays at some hours, have limits, leave, certificates that run out, places they avoid and
//! shifts that are there already.

use jiff::civil::{Date, Time, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use super::{Problem, Task, Weights, Worker};
use crate::availability::{Approval, AvailabilityBlock, BlockKind, BlockStatus, Declarations};
use crate::booking::{Booking, BookingStatus, OperationType, Priority};
use crate::booking::{RoleRequirement, SkillLevel, StaffRequirements};
use crate::id::{BookingId, LocationId, OrganizationId, UserId};
use crate::local_time::LocalTime;
use crate::location::{Address, Location, LocationStatus, LocationType};
use crate::money::Money;
use crate::organization::{OrganizationSettings, UnknownAvailability};
use crate::staffing::person::{Person, Reliability, Shift};
use crate::staffing::{Certification, Position, Skill, StaffProfile, StaffStatus};
use crate::time::{TimeRange, zone};

/// The clocks of everybody.
pub const ZONE: &str = "America/Denver";
/// The first day of the month.
pub const FIRST: Date = date(2027, 3, 1);
/// How many days it has.
pub const DAYS: i32 = 31;
const SKILLS: [&str; 4] = ["budtender", "forklift", "security", "sales"];

/// When somebody works as a rule: at these hours of these weekdays, but not from the first to the last
/// day of a leave.
#[derive(Debug, Clone)]
pub struct Habit {
    /// Which weekdays.
    pub weekdays: Vec<Weekday>,
    /// From this hour.
    pub from: i8,
    /// Until this hour.
    pub to: i8,
    /// First and last day of a leave.
    pub leave: Option<(Date, Date)>,
}

/// A month to be staffed.
#[derive(Debug, Clone)]
pub struct Month {
    /// Bookings and people.
    pub problem: Problem,
    /// Of each of the people, when they work as a rule.
    pub habits: Vec<Habit>,
}

/// A month with so many bookings and people.
pub fn month(bookings: usize, people: usize, seed: u64) -> Month {
    let mut chance = Chance(StdRng::seed_from_u64(seed));
    let locations: Vec<Location> = (0..20).map(|at| chance.location(at)).collect();
    let tasks: Vec<Task> = (0..bookings).map(|at| chance.task(at, &locations)).collect();
    let ends = tasks.iter().map(|task| task.booking.scheduled_end);
    let starts = tasks.iter().map(|task| task.booking.scheduled_start);
    let whole = starts.min().zip(ends.max()).map(|(start, end)| TimeRange { start, end });
    let whole = whole.unwrap_or(TimeRange { start: instant(FIRST, 0), end: instant(FIRST, 1) });
    let habits: Vec<Habit> = (0..people).map(|_| chance.habit()).collect();
    let workers = habits.iter().enumerate();
    let workers = workers.map(|(at, habit)| chance.worker(at, habit, whole, &locations)).collect();
    let (weights, allowed) = (Weights::default(), std::collections::BTreeSet::new());
    Month { problem: Problem { tasks, workers, weights, allowed, seed }, habits }
}

fn id<T: From<Uuid>>(kind: u128, number: usize) -> T {
    Uuid::from_u128(kind << 64 | number as u128).into()
}

fn clocks() -> TimeZone {
    zone(ZONE).unwrap_or(TimeZone::UTC)
}

/// An hour of a day in Denver.
fn instant(day: Date, hour: i8) -> Timestamp {
    let time = Time::new(hour, 0, 0, 0).unwrap_or(Time::midnight());
    day.to_datetime(time).to_zoned(clocks()).map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

fn day(number: i32) -> Date {
    FIRST.checked_add(number.days()).unwrap_or(FIRST)
}

/// What an organization wants.
fn settings(organization: usize) -> OrganizationSettings {
    let unknown = [UnknownAvailability::Warn, UnknownAvailability::Allow];
    OrganizationSettings {
        default_hourly_rate: Some(Money::from_minor(2_400)),
        unknown_availability: unknown[organization % 2],
        min_rest_hours: [Some(10), None][organization % 2],
        max_hours_per_week: Some(45),
        ..OrganizationSettings::default()
    }
}

struct Chance(StdRng);

impl Chance {
    fn of<T: Copy>(&mut self, choice: &[T], usual: T) -> T {
        choice.choose(&mut self.0).copied().unwrap_or(usual)
    }

    fn yes(&mut self, percent: u32) -> bool {
        self.0.random_ratio(percent, 100)
    }

    /// Somewhere around the middle of Denver.
    fn position(&mut self, degrees: f64) -> Position {
        let mut off = || self.0.random_range(-degrees..degrees);
        Position { latitude: 39.74 + off(), longitude: -104.99 + off() }
    }

    fn location(&mut self, at: usize) -> Location {
        let position = self.position(0.25);
        Location {
            id: id::<LocationId>(2, at),
            organization_id: None,
            name: format!("Place {at}"),
            location_type: LocationType::EventVenue,
            address: Address {
                line1: format!("{at} Main Street"),
                line2: None,
                city: "Denver".to_owned(),
                region: "CO".to_owned(),
                postal_code: "80202".to_owned(),
                country: "US".to_owned(),
            },
            latitude: Some(position.latitude),
            longitude: Some(position.longitude),
            timezone: ZONE.to_owned(),
            capacity: None,
            amenities: Vec::new(),
            accessibility_features: Vec::new(),
            geofence_radius_meters: 200,
            status: LocationStatus::Active,
            created_at: instant(FIRST, 0),
            updated_at: instant(FIRST, 0),
            version: 1,
        }
    }

    fn needs(&mut self) -> StaffRequirements {
        let mut roles = vec![("host", Vec::new())];
        for (role, skill) in [("budtender", 0), ("driver", 1), ("guard", 2)] {
            if self.yes(30) {
                roles.push((role, vec![SKILLS[skill].to_owned()]));
            }
        }
        let roles = roles.into_iter().map(|(role, skills)| RoleRequirement {
            role: role.to_owned(),
            count: self.of(&[1, 1, 2, 3], 1),
            skills,
        });
        StaffRequirements {
            roles: Some(roles.collect()),
            skills: self.yes(20).then(|| vec![SKILLS[3].to_owned()]),
            minimum_level: self.yes(20).then_some(SkillLevel::Intermediate),
            ..StaffRequirements::default()
        }
    }

    fn task(&mut self, at: usize, locations: &[Location]) -> Task {
        let mut day = day(self.0.random_range(0..DAYS));
        let is_busy = |day: Date| matches!(day.weekday(), Weekday::Friday | Weekday::Saturday);
        if !is_busy(day) && self.yes(20) {
            // A third of all happens at the end of the week.
            let ahead = i64::from(Weekday::Saturday.since(day.weekday()));
            day = day.checked_add(ahead.days()).unwrap_or(day);
        }
        let start = instant(day, self.of(&[8, 9, 10, 12, 14, 16, 17, 18], 9));
        let length = SignedDuration::from_hours(self.0.random_range(3..=8));
        let organization = usize::from(self.yes(30));
        let location = locations.choose(&mut self.0).cloned();
        let priorities = [Priority::Low, Priority::Medium, Priority::High, Priority::Urgent];
        let booking = Booking {
            id: id::<BookingId>(3, at),
            organization_id: id::<OrganizationId>(1, organization),
            title: format!("Booking {at}"),
            description: None,
            operation_type: OperationType::General,
            activity_type: None,
            priority: self.of(&priorities, Priority::Medium),
            location_id: location.as_ref().map(|one| one.id),
            scheduled_start: start,
            scheduled_end: start + length,
            timezone: ZONE.to_owned(),
            budget: Some(Money::from_minor(100_000)),
            actual_cost: None,
            requirements: None,
            staff_requirements: Some(self.needs()),
            equipment_requirements: None,
            status: BookingStatus::Approved,
            notes: None,
            series: None,
            created_by: id::<UserId>(9, 0),
            submitted_by: None,
            created_at: instant(FIRST, 0),
            updated_at: instant(FIRST, 0),
            version: 1,
        };
        Task { booking, location, settings: settings(organization), present: Vec::new() }
    }

    fn habit(&mut self) -> Habit {
        let all = [1_i8, 2, 3, 4, 5, 6, 7].map(Weekday::from_monday_one_offset);
        let weekdays = all.into_iter().flatten().filter(|_| self.yes(72)).collect();
        let (from, to) = self.of(&[(7, 22), (6, 18), (11, 24), (0, 24)], (0, 24));
        let first = self.0.random_range(0..DAYS - 6);
        let leave = self.yes(25).then(|| (day(first), day(first + self.0.random_range(0..6))));
        Habit { weekdays, from, to, leave }
    }

    fn worker(
        &mut self,
        at: usize,
        habit: &Habit,
        whole: TimeRange,
        locations: &[Location],
    ) -> Worker {
        let user: UserId = id(4, at);
        let declared = blocks(user, habit);
        let declarations = Declarations::new(&declared).unwrap_or_default();
        let busy = if self.yes(30) { self.0.random_range(0..DAYS) } else { DAYS + 9 };
        let start = instant(day(busy), 9);
        let shift = Shift {
            booking_id: id::<BookingId>(5, at),
            organization_id: id::<OrganizationId>(1, 0),
            range: TimeRange { start, end: start + SignedDuration::from_hours(6) },
            live: true,
        };
        let person = Person {
            id: user,
            display_name: format!("Person {at}"),
            profile: Some(self.profile(user, locations)),
            serves: false,
            shifts: vec![shift],
            availability: declarations.during(&whole),
            reliability: Reliability {
                completed: self.0.random_range(0..40),
                no_shows: self.of(&[0, 0, 0, 1, 2], 0),
            },
        };
        let both = [0, 1].map(|one| id::<OrganizationId>(1, one));
        let serves = if self.yes(70) { both.to_vec() } else { both[..1].to_vec() };
        Worker { person, serves }
    }

    fn profile(&mut self, user: UserId, locations: &[Location]) -> StaffProfile {
        let levels = [SkillLevel::Beginner, SkillLevel::Experienced, SkillLevel::Expert];
        let mut skills = Vec::new();
        for name in SKILLS {
            if self.yes(45) {
                let expires_on = day(self.0.random_range(-5..90));
                let paper = Certification {
                    issuer: "State".to_owned(),
                    issued_on: date(2026, 1, 1),
                    expires_on,
                    verified_by: self.yes(85).then(|| id(9, 0)),
                };
                let certification = self.yes(35).then_some(paper);
                let level = self.of(&levels, SkillLevel::Beginner);
                skills.push(Skill { name: name.to_owned(), level, certification });
            }
        }
        let status = if self.yes(95) { StaffStatus::Active } else { StaffStatus::Inactive };
        StaffProfile {
            user_id: user,
            organization_id: id::<OrganizationId>(1, 9),
            status,
            skills,
            default_hourly_rate: self
                .yes(90)
                .then(|| Money::from_minor(self.0.random_range(18..45) * 100)),
            home: self.yes(95).then(|| self.position(0.35)),
            max_travel_km: self.of(&[Some(15), Some(25), Some(40), None], None),
            max_hours_per_day: self.of(&[Some(8), Some(10), None], None),
            max_hours_per_week: self.of(&[Some(20), Some(32), Some(40)], Some(40)),
            min_rest_hours: self.of(&[Some(11), Some(8), None], None),
            blocked_locations: locations
                .choose(&mut self.0)
                .map(|one| one.id)
                .into_iter()
                .collect(),
            phone: None,
            created_at: instant(FIRST, 0),
            updated_at: instant(FIRST, 0),
            version: 1,
        }
    }
}

/// The declarations of a habit: a weekly rule, and the leave.
fn blocks(user: UserId, habit: &Habit) -> Vec<AvailabilityBlock> {
    let block = |kind, status, from: (Date, i8), to: (Date, i8)| AvailabilityBlock {
        id: id(6, 0),
        user_id: user,
        organization_id: id::<OrganizationId>(1, 0),
        kind,
        status,
        title: None,
        local_start: local(from),
        local_end: local(to),
        timezone: ZONE.to_owned(),
        recurrence: None,
        exdates: Vec::new(),
        approval: (kind == BlockKind::Leave).then_some(Approval::Approved),
        decided_by: None,
        deleted_at: None,
        created_at: instant(FIRST, 0),
        updated_at: instant(FIRST, 0),
        version: 1,
    };
    // A rule for each weekday, from the week before the month on.
    let before = day(-7);
    let weekly = habit.weekdays.iter().map(|weekday| {
        let ahead = i64::from(weekday.since(before.weekday()));
        let first = before.checked_add(ahead.days()).unwrap_or(before);
        let available = BlockStatus::Available;
        let once = block(BlockKind::Preference, available, (first, habit.from), (first, habit.to));
        AvailabilityBlock { recurrence: Some("FREQ=WEEKLY".to_owned()), ..once }
    });
    let leave = habit.leave.map(|(first, last)| {
        block(BlockKind::Leave, BlockStatus::Unavailable, (first, 0), (last, 24))
    });
    weekly.chain(leave).collect()
}

/// An hour of a day; 24 is midnight of the next.
fn local((day, hour): (Date, i8)) -> LocalTime {
    let (day, hour) = if hour == 24 { (day.tomorrow().unwrap_or(day), 0) } else { (day, hour) };
    let time = Time::new(hour, 0, 0, 0).unwrap_or(Time::midnight());
    LocalTime::new(day.to_datetime(time))
}
