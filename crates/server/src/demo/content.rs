//! What the demo holds, read from the two JSON files beside this one.

use jiff::civil::Time;
use rishi_domain::booking::{ActivityType, OperationType, Priority};
use rishi_domain::location::CreateLocation;
use rishi_domain::money::Money;
use rishi_domain::organization::CreateOrganization;
use rishi_domain::permission::Role;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::Failure;

/// Everything.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) organizations: Vec<Tenant>,
    pub(super) people: Vec<Person>,
    pub(super) locations: Vec<Place>,
    pub(super) bookings: Vec<Plan>,
}

/// `world.json`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct World {
    organizations: Vec<Tenant>,
    people: Vec<Person>,
    locations: Vec<Place>,
}

/// A client organization, and who does what for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tenant {
    pub(super) key: String,
    /// Books, submits and cancels.
    pub(super) requester: String,
    /// Approves, rejects and puts on hold.
    pub(super) approver: String,
    /// Confirms, starts and completes.
    pub(super) runner: String,
    pub(super) create: CreateOrganization,
}

/// Somebody.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) key: String,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) role: Role,
    /// The client organization; the internal one when absent.
    pub(super) organization: Option<String>,
    #[serde(default)]
    pub(super) serves: Vec<String>,
    pub(super) timezone: String,
    /// The staff profile but for the employer, if the person works on bookings.
    pub(super) staff: Option<Value>,
}

/// A location.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub(super) key: String,
    /// Whose it is; shared by all when absent.
    pub(super) owner: Option<String>,
    pub(super) create: CreateLocation,
}

/// A booking and what becomes of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// Began two hours ago, whatever the day.
    #[serde(default)]
    pub(super) underway: bool,
    /// Weeks from the present one.
    #[serde(default)]
    pub(super) week: i64,
    /// 1 is Monday.
    #[serde(default)]
    pub(super) day: i64,
    /// On the clocks of its organization.
    #[serde(default)]
    pub(super) at: Time,
    pub(super) minutes: i64,
    pub(super) organization: String,
    pub(super) location: Option<String>,
    pub(super) title: String,
    pub(super) description: Option<String>,
    #[serde(rename = "operationType")]
    pub(super) operation_type: Option<OperationType>,
    #[serde(rename = "activityType")]
    pub(super) activity_type: Option<ActivityType>,
    pub(super) priority: Option<Priority>,
    pub(super) budget: Option<Money>,
    /// Role, headcount, skills.
    #[serde(default)]
    pub(super) staff: Vec<(String, u16, Vec<String>)>,
    pub(super) equipment: Option<Value>,
    /// Who is assigned once it is approved, in the first role.
    #[serde(default)]
    pub(super) assign: Vec<String>,
    pub(super) fate: Fate,
    /// A remark on the last step.
    pub(super) notes: Option<String>,
}

/// How far a booking gets before its start. Past that, what was not called off takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fate {
    Draft,
    Submitted,
    Rejected,
    Approved,
    Confirmed,
    OnHold,
    Cancelled,
}

impl Content {
    /// What the program was built with.
    pub(super) fn read() -> Result<Self, Failure> {
        let World { organizations, people, locations } = parse(include_str!("world.json"))?;
        let bookings = parse(include_str!("calendar.json"))?;
        Ok(Self { organizations, people, locations, bookings })
    }

    /// The organization of this key.
    pub(super) fn organization(&self, key: &str) -> Result<&Tenant, Failure> {
        let found = self.organizations.iter().find(|organization| organization.key == key);
        found.ok_or_else(|| Failure::Refused(format!("the demo has no organization {key:?}")))
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::broken("cannot read the demo's content", error))
}
