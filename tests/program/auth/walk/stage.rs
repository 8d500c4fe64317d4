//! Who walks, and through what: four organizations with the same things in each, every one marked.

use reqwest::Method;
use rishi_domain::booking::Booking;
use rishi_domain::id::UserId;
use rishi_domain::organization::Organization;
use rishi_domain::permission::{BookingFacts, Capability, Grant, Role};
use serde_json::{Value, json};
use uuid::Uuid;

use super::entries::{About, Entry};
use super::rules::covers;
use crate::support::cli::text;
use crate::support::client::demand;
use crate::support::world::way_to;
use crate::support::{Answer, Client, World, booking, drafts};

/// The kinds of things that are marked, with what lets somebody see them.
const MARKED: [(&str, Capability); 5] = [
    ("booking", Capability::ReadBookings),
    ("location", Capability::ReadLocations),
    ("organization", Capability::ReadOrganizations),
    ("user", Capability::ReadUsers),
    ("webhook", Capability::ManageIntegrations),
];

/// The mark on a kind of thing of an organization.
pub(super) fn canary(kind: &str, place: &str) -> String {
    format!("canary-{kind}-{place}")
}

/// An organization with one of everything.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) organization: Organization,
    location: String,
    booking: Value,
    /// A booking with an assignment of the agent's.
    assignment: (Value, String),
    /// A leave that the agent asks for.
    leave: String,
    /// A person there, and as what.
    person: (UserId, Role),
    /// Somebody who works there, with a profile.
    pub(super) agent: UserId,
    event: String,
    webhook: String,
}

/// Somebody, or nobody.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) name: &'static str,
    pub(super) user_id: Option<UserId>,
    pub(super) grants: Vec<Grant>,
    pub(super) client: Client,
}

/// What an operation is asked about.
#[derive(Default)]
pub(super) struct Thing {
    /// What stands for `{id}`, `{name}` and the like in the path.
    pub(super) id: String,
    /// What stands for a second parameter.
    pub(super) second: String,
    pub(super) booking: Option<BookingFacts>,
    pub(super) roles: Vec<Role>,
    pub(super) person: Option<UserId>,
}

pub(super) struct Stage {
    world: World,
    pub(super) places: Vec<Place>,
    pub(super) callers: Vec<Caller>,
}

impl Stage {
    pub(super) async fn set() -> Self {
        let world = World::new().await;
        let admin = world.admin.clone();
        let internal = admin.get("/api/organizations").await.is(200);
        let internal = internal.list("organizations").iter().find(|row| row["kind"] == "internal");
        let internal = internal.cloned().expect("the operator's own organization is there");
        let house = text(&internal, "id");
        let mut places = vec![furnish(&world, &house, "internal", internal).await];
        for name in ["own", "served", "foreign"] {
            let body = drafts::organization(&canary("organization", name), 2);
            let made = admin.post("/api/organizations", &body).await.is(201);
            places.push(furnish(&world, &house, name, made.body).await);
        }
        let mut callers = vec![Caller {
            name: "nobody",
            user_id: None,
            grants: Vec::new(),
            client: Client::new(&world.server.base),
        }];
        for role in Role::ALL {
            callers.push(caller(&world, &places, role).await);
        }
        world.settle().await;
        Self { world, places, callers }
    }

    /// What the operation is asked about: made anew where asking changes it.
    pub(super) async fn thing(&self, about: About, place: &Place) -> Thing {
        let organization = place.organization.id.to_string();
        let mut thing = Thing { id: organization.clone(), ..Thing::default() };
        match about {
            About::Nothing | About::Organization => {}
            About::Named(name) => {
                name.clone_into(&mut thing.id);
                // The version of a type of event.
                "1".clone_into(&mut thing.second);
            }
            About::Wording => "booking_created".clone_into(&mut thing.second),
            About::Location => thing.id.clone_from(&place.location),
            About::Event => thing.id.clone_from(&place.event),
            About::Webhook => {
                thing.id.clone_from(&place.webhook);
                thing.second.clone_from(&place.event);
            }
            About::NewWebhook => {
                thing.id = new_webhook(&self.world.admin, place).await;
            }
            About::Leave => thing.id.clone_from(&place.leave),
            About::NewPerson => thing.roles = vec![place.person.1],
            About::Staff => {
                thing.id = place.agent.to_string();
                thing.person = Some(place.agent);
            }
            About::Member => {
                thing.second = place.person.0.to_string();
                thing.roles = vec![place.person.1];
            }
            About::NewMember => {
                thing.second = new_person(&self.world.admin, place, "member").await.to_string();
                thing.roles = vec![place.person.1];
            }
            About::Assignment => {
                thing.second.clone_from(&place.assignment.1);
                thing.person = Some(place.agent);
                Self::booked(&mut thing, place, &place.assignment.0);
            }
            About::Person => {
                thing.id = place.person.0.to_string();
                thing.roles = vec![place.person.1];
                thing.person = Some(place.person.0);
            }
            About::Series => {
                let mut body = marked_booking(place);
                body["recurrence"] = json!("FREQ=WEEKLY;COUNT=2");
                let made = self.world.admin.post("/api/booking-series", &body).await.is(201);
                let first = made.list("bookingIds")[0].as_str().expect("an id").to_owned();
                let first = self.world.admin.get(&format!("/api/bookings/{first}")).await.is(200);
                Self::booked(&mut thing, place, &first.body);
                thing.id = made.id();
            }
            About::Booking(None) => Self::booked(&mut thing, place, &place.booking),
            About::Booking(Some(status)) => {
                let made = self.new_booking(place, status).await;
                Self::booked(&mut thing, place, &made);
            }
        }
        thing
    }

    fn booked(thing: &mut Thing, place: &Place, row: &Value) {
        thing.id = text(row, "id");
        let booking: Booking =
            serde_json::from_value(row.clone()).expect("a booking is shown whole");
        thing.booking = Some(BookingFacts::of(&booking, &place.organization, false));
    }

    async fn new_booking(&self, place: &Place, status: &str) -> Value {
        let mut made = self.world.admin.post("/api/bookings", &marked_booking(place)).await.is(201);
        let second = self.callers.iter().find(|caller| caller.name == Role::SuperAdmin.as_str());
        let second = &second.expect("walks").client;
        for step in way_to(status) {
            // An approval takes two.
            let actor = if *step == "approved" { second } else { &self.world.admin };
            made = actor.transition(&made.id(), step).await.is(200);
        }
        made.body
    }

    /// Asks.
    pub(super) async fn ask(
        &self,
        entry: &Entry,
        place: &Place,
        caller: &Caller,
        thing: &Thing,
    ) -> Answer {
        let (method, template) = entry.operation.split_once(' ').expect("METHOD path");
        let method: Method = method.parse().expect("a method");
        // The third is the language of words.
        let path = fill(template, &[&thing.id, &thing.second, "en"]);
        let query = (entry.query)(place);
        let mut request = caller.client.request(method.clone(), &format!("{path}{query}"));
        if method == Method::PATCH || method == Method::PUT {
            request = request.header("If-Match", "*");
        }
        if let Some(table) = entry.table {
            request = request.header("Content-Type", "text/csv").body(table);
        } else if let Some(body) = (entry.body)(place) {
            request = request.json(&body);
        } else if method == Method::POST {
            request = request.header("Content-Type", "application/json");
        }
        if template.ends_with("/stream") {
            // It has no end; what matters is whether it begins.
            let response = request.send().await.expect("the server answers");
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            return Answer { status, headers, text: String::new(), body: Value::Null };
        }
        demand(request).await
    }

    /// The marks that a caller must never see.
    pub(super) fn forbidden(&self, caller: &Caller) -> Vec<String> {
        let hidden = |place: &Place| {
            // Who reads an organization's log reads there of everything.
            let log = covers(caller, Capability::ReadEvents, place);
            MARKED
                .into_iter()
                .filter(move |(_, capability)| !log && !covers(caller, *capability, place))
                .map(|(kind, _)| canary(kind, place.name))
                .collect::<Vec<_>>()
        };
        self.places.iter().flat_map(hidden).collect()
    }
}

/// The path with what stands for its parameters.
fn fill(template: &str, ids: &[&str]) -> String {
    let mut ids = ids.iter();
    let part = |part| if str::starts_with(part, '{') { ids.next().copied() } else { Some(part) };
    let parts: Option<Vec<_>> = template.split('/').map(part).collect();
    parts.expect("a path has three parameters at most").join("/")
}

/// A booking in the place, with its mark.
pub(super) fn marked_booking(place: &Place) -> Value {
    let body = booking(&place.organization.id.to_string(), None, 1, 2);
    drafts::titled(body, &canary("booking", place.name))
}

/// One of everything in an organization.
async fn furnish(world: &World, house: &str, name: &'static str, row: Value) -> Place {
    let admin = &world.admin;
    let organization: Organization = serde_json::from_value(row).expect("shown whole");
    let id = organization.id.to_string();
    let location = drafts::location(Some(&id), &canary("location", name));
    let location = admin.post("/api/locations", &location).await.is(201).id();
    let role = if name == "internal" { Role::BrandAgent } else { Role::ClientUser };
    let nobody = UserId(Uuid::nil());
    let mut place = Place {
        name,
        organization,
        location,
        booking: Value::Null,
        assignment: (Value::Null, String::new()),
        leave: String::new(),
        person: (nobody, role),
        agent: nobody,
        event: String::new(),
        webhook: String::new(),
    };
    place.person.0 = new_person(admin, &place, &canary("user", name)).await;
    place.webhook = new_webhook(admin, &place).await;
    place.booking = admin.post("/api/bookings", &marked_booking(&place)).await.is(201).body;
    place.agent = new_agent(admin, house, &place).await;
    place.assignment = assigned(admin, &place).await;
    place.leave = asked_for(world, house, &place).await;
    let query = format!("/api/events?organizationId={id}&type=BOOKING_CREATED");
    let events = admin.get(&query).await.is(200);
    place.event = text(&events.list("events")[0], "id");
    place
}

/// A webhook endpoint of the place, with its mark.
async fn new_webhook(admin: &Client, place: &Place) -> String {
    let mut body = drafts::webhook(&place.id());
    body["description"] = json!(canary("webhook", place.name));
    admin.post("/api/webhooks", &body).await.is(201).id()
}

/// Another person of the place.
async fn new_person(admin: &Client, place: &Place, name: &str) -> UserId {
    let body = json!({
        "email": format!("{name}-{}@example.com", Uuid::now_v7().simple()),
        "displayName": name,
        "role": place.person.1,
        "organizationId": place.id(),
    });
    added(admin, &body).await
}

async fn added(admin: &Client, body: &Value) -> UserId {
    let id = admin.post("/api/users", body).await.is(201).id();
    UserId(id.parse().expect("an id"))
}

/// An agent of the operator's who works at the place, with a profile.
async fn new_agent(admin: &Client, house: &str, place: &Place) -> UserId {
    let client = place.name != "internal";
    let body = json!({
        "email": agent_address(place),
        "displayName": "Agent",
        "role": Role::BrandAgent,
        "organizationId": house,
        "serves": if client { vec![place.id()] } else { Vec::new() },
    });
    let agent = added(admin, &body).await;
    let profile = json!({ "organizationId": house });
    let put = admin.request(Method::PUT, &format!("/api/staff/{agent}")).json(&profile);
    demand(put).await.is(201);
    agent
}

/// A leave that the agent asks for.
async fn asked_for(world: &World, house: &str, place: &Place) -> String {
    let token = world.home.add_token(&agent_address(place), Some(house));
    let body = json!({
        "kind": "leave", "localStart": "2027-05-10T00:00", "localEnd": "2027-05-17T00:00",
    });
    let agent = world.admin.with_token(&token);
    agent.post("/api/availability", &body).await.is(201).id()
}

fn agent_address(place: &Place) -> String {
    format!("agent-{}@example.com", place.name)
}

/// A booking of the place with the agent on it, and the assignment.
async fn assigned(admin: &Client, place: &Place) -> (Value, String) {
    let made = admin.post("/api/bookings", &marked_booking(place)).await.is(201);
    let body = json!({
        "assignments": [{ "staffId": place.agent, "role": "host" }],
        "override": { "reason": "the walk" },
    });
    let path = format!("/api/bookings/{}/staff", made.id());
    let booking = admin.post(&path, &body).await.is(201).body;
    let assignment = text(&booking["staffAssignments"][0], "id");
    (booking, assignment)
}

/// Somebody with this role: of clients in the own organization; of the field at the operator's,
/// serving one.
async fn caller(world: &World, places: &[Place], role: Role) -> Caller {
    let id = |name: &str| {
        places.iter().find(|place| place.name == name).expect("is there").organization.id
    };
    let organization_id = if role.is_client() { id("own") } else { id("internal") };
    let serves = if role.is_field() { vec![id("served")] } else { Vec::new() };
    let email = format!("walker-{role}@example.com");
    let body = json!({
        "email": email,
        "displayName": format!("Walker {role}"),
        "role": role,
        "organizationId": organization_id,
        "serves": serves,
    });
    let user = world.admin.post("/api/users", &body).await.is(201).id();
    let token = world.home.add_token(&email, Some(&organization_id.to_string()));
    Caller {
        name: role.as_str(),
        user_id: Some(UserId(user.parse::<Uuid>().expect("an id"))),
        grants: vec![Grant { organization_id, role, serves, only: None }],
        client: world.admin.with_token(&token),
    }
}

impl Place {
    pub(super) fn id(&self) -> String {
        self.organization.id.to_string()
    }

    /// What its person is.
    pub(super) fn role(&self) -> Role {
        self.person.1
    }
}
