//! People and places in a fresh database, and the requests that bookings are made by.

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};

use crate::http::{Client, request, text};
use crate::server::{Home, Server};
use crate::{Result, failed};

/// One client organization with a manager, who books, and locations of its own.
pub(crate) struct World {
    pub(crate) admin: String,
    pub(crate) manager: String,
    pub(crate) organization: String,
    pub(crate) slots: Slots,
}

impl World {
    /// Made the way an operator would: people by the command line, the rest over HTTP.
    pub(crate) fn make(home: &Home, server: &Server, locations: usize) -> Result<Self> {
        let admin = "admin@example.com";
        home.cli(&["user", "create", "--email", admin, "--name", "Ada", "--role", "super_admin"])?;
        let admin = text(&home.cli(&["token", "create", "--user", admin])?, "token")?;
        let mut client = Client::connect(server.address, &admin)?;
        let made = client.post(
            "/api/organizations",
            // In UTC, so that bare SQL can tell a booking's month.
            &json!({ "name": "Green Leaf", "kind": "client", "tier": 1, "timezone": "UTC" }),
        )?;
        let organization = text(&made, "id")?;
        let of = ["--organization", &organization];
        let manager = "manager@example.com";
        let role = ["--name", "Max Manager", "--role", "client_manager"];
        home.cli(&[&["user", "create", "--email", manager][..], &role, &of].concat())?;
        let manager = home.cli(&[&["token", "create", "--user", manager][..], &of].concat())?;
        let manager = text(&manager, "token")?;
        let place = |index| place(&mut client, &organization, index);
        let locations = (0..locations).map(place).collect::<Result<Vec<_>>>()?;
        let slots = Slots::new(&manager, &organization, locations)?;
        Ok(Self { admin, manager, organization, slots })
    }
}

fn place(client: &mut Client, organization: &str, index: usize) -> Result<String> {
    let made = client.post(
        "/api/locations",
        &json!({
            "organizationId": organization,
            "name": format!("Dispensary {index:04}"),
            "locationType": "dispensary",
            "address": {
                "line1": format!("{index} Main Street"), "city": "Denver", "region": "CO",
                "postalCode": "80202", "country": "US",
            },
            "capacity": 40,
            "amenities": ["parking", "loading dock"],
            "accessibilityFeatures": ["ramp"],
        }),
    )?;
    text(&made, "id")
}

/// Requests for bookings that never meet: hour after hour, each hour at every location.
pub(crate) struct Slots {
    template: Vec<u8>,
    place: usize,
    start: usize,
    end: usize,
    /// Where a number is written that makes an idempotency key its own.
    key: Option<usize>,
    locations: Vec<String>,
    first: Timestamp,
    hours: (String, String),
    next: u64,
}

const PLACE: &str = "00000000-0000-7000-8000-000000000000";
const START: &str = "2000-01-01T00:00:00Z";
const END: &str = "2000-01-01T01:00:00Z";
const KEY: &str = "bench-0000000000000000";

impl Slots {
    fn new(token: &str, organization: &str, locations: Vec<String>) -> Result<Self> {
        let today = Timestamp::now().to_zoned(TimeZone::UTC).start_of_day()?;
        let first = today.checked_add(30.days())?.timestamp();
        let template = template(token, organization, None);
        let mut slots = Self {
            place: offset(&template, PLACE)?,
            start: offset(&template, START)?,
            end: offset(&template, END)?,
            key: None,
            template,
            locations,
            first,
            hours: (String::new(), String::new()),
            next: 0,
        };
        slots.turn()?;
        Ok(slots)
    }

    /// The same under idempotency keys, or without them.
    pub(crate) fn keyed(&mut self, world: (&str, &str), keyed: bool) -> Result<()> {
        self.template = template(world.0, world.1, keyed.then_some(KEY));
        self.key = if keyed { Some(offset(&self.template, KEY)? + KEY.len() - 16) } else { None };
        self.place = offset(&self.template, PLACE)?;
        self.start = offset(&self.template, START)?;
        self.end = offset(&self.template, END)?;
        Ok(())
    }

    /// How many bookings were asked for so far.
    pub(crate) fn count(&self) -> u64 {
        self.next
    }

    /// The instants of the hour that is being filled.
    fn turn(&mut self) -> Result<()> {
        let hour = i64::try_from(self.next / self.locations.len() as u64)?;
        let at = |hour| self.first.checked_add(SignedDuration::from_hours(hour));
        self.hours = (at(hour)?.to_string(), at(hour + 1)?.to_string());
        Ok(())
    }

    /// The next request.
    pub(crate) fn write(&mut self, into: &mut Vec<u8>) -> bool {
        let index = (self.next % self.locations.len() as u64) as usize;
        if index == 0 && self.turn().is_err() {
            return false;
        }
        into.extend_from_slice(&self.template);
        let mut patch = |at: usize, text: &str| {
            into[at..at + text.len()].copy_from_slice(text.as_bytes());
        };
        patch(self.place, &self.locations[index]);
        patch(self.start, &self.hours.0);
        patch(self.end, &self.hours.1);
        if let Some(key) = self.key {
            patch(key, &format!("{:016x}", self.next));
        }
        self.next += 1;
        true
    }
}

fn template(token: &str, organization: &str, key: Option<&str>) -> Vec<u8> {
    let headers: Vec<String> = key.iter().map(|key| format!("idempotency-key: {key}")).collect();
    request("POST", "/api/bookings", token, &headers, Some(&body(organization)))
}

/// A booking as people make them: a sentence, a budget, and whom it needs.
pub(crate) fn body(organization: &str) -> Value {
    json!({
        "organizationId": organization,
        "title": "Harvest week at the east greenhouse",
        "description": "Cut, hang and trim rows four to nine; the drying room is booked.",
        "priority": "high",
        "locationId": PLACE,
        "scheduledStart": START,
        "scheduledEnd": END,
        "timezone": "America/Denver",
        "budget": 1250.5,
        "staffRequirements": { "count": 2, "specialSkills": ["trimming"] },
    })
}

fn offset(template: &[u8], text: &str) -> Result<usize> {
    let found = template.windows(text.len()).position(|window| window == text.as_bytes());
    found.ok_or_else(|| failed(format!("the request has no {text}")))
}
