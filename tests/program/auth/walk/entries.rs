//! How each operation is asked, and what decides.

use rishi_domain::permission::Capability::{
    ApproveLeave, AssignStaff, CancelBookings, CreateBookings, ManageIntegrations,
    OverridePresence, OwnAvailability, ReadBookings, ReadEvents, ReadLocations, ReadOrganizations,
    ReadStaffProfiles, ReadStatistics, ReadSystem, ReadUsers, WriteLocations,
    WriteOrganizationSettings, WriteOrganizations, WriteStaffProfiles, WriteSystem, WriteUsers,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::rules::Rule::{
    self, Anyone, Asks, Declarations, Declared, Directory, Does, Everywhere, Home, Lists, ListsOf,
    Makes, Named, Open, OwnTokens, Sees, SessionOnly,
};
use super::stage::Place;
use crate::support::drafts;

/// What stands for the parameter in the path, and what the permission depends on beside the
/// organization.
#[derive(Debug, Clone, Copy)]
pub(super) enum About {
    Nothing,
    Organization,
    Location,
    /// A person of the organization.
    Person,
    /// A person to be added there.
    NewPerson,
    /// The organization and a person of it.
    Member,
    /// The same, a new one for each question.
    NewMember,
    /// The organization, a kind of notification and a language.
    Wording,
    /// Somebody who works for the organization.
    Staff,
    /// A booking of the admin's and an assignment on it.
    Assignment,
    /// A leave that somebody who works for the organization asks for.
    Leave,
    Event,
    /// A webhook endpoint of the organization.
    Webhook,
    /// The same, a new one for each question.
    NewWebhook,
    /// A booking of the admin's; with a status, a new one for each question.
    Booking(Option<&'static str>),
    /// A series of bookings of the admin's; a new one for each question.
    Series,
    /// Something that belongs to no organization.
    Named(&'static str),
}

/// An operation.
pub(super) struct Entry {
    /// As in the OpenAPI document: `PATCH /api/bookings/{id}`.
    pub(super) operation: &'static str,
    pub(super) about: About,
    pub(super) rule: Rule,
    pub(super) query: fn(&Place) -> String,
    pub(super) body: fn(&Place) -> Option<Value>,
    /// A table in place of a body.
    pub(super) table: Option<&'static str>,
    /// What may be answered beside 2xx to who is permitted: refusals that come after permission.
    pub(super) also: &'static [u16],
}

impl Entry {
    fn of(operation: &'static str, about: About, rule: Rule) -> Self {
        Self {
            operation,
            about,
            rule,
            query: |_| String::new(),
            body: |_| None,
            table: None,
            also: &[],
        }
    }

    /// With the organization in the query.
    fn in_query(self) -> Self {
        Self { query: |place| format!("?organizationId={}", place.id()), ..self }
    }

    fn query(self, query: fn(&Place) -> String) -> Self {
        Self { query, ..self }
    }

    fn body(self, body: fn(&Place) -> Option<Value>) -> Self {
        Self { body, ..self }
    }

    fn table(self, table: &'static str) -> Self {
        Self { table: Some(table), ..self }
    }

    fn also(self, also: &'static [u16]) -> Self {
        Self { also, ..self }
    }
}

pub(super) fn entries() -> Vec<Entry> {
    [
        signing_in(),
        bookings(),
        staff(),
        plans(),
        availability(),
        members(),
        words(),
        webhooks(),
        calendars(),
        places_and_people(),
        log(),
        system(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn signing_in() -> Vec<Entry> {
    const SESSION: About = About::Named("018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f");
    let passwords = |_: &Place| {
        Some(json!({ "currentPassword": "x", "newPassword": "correct horse battery staple" }))
    };
    let nobodys = |_: &Place| Some(json!({ "email": "nobody@example.com", "password": "x" }));
    vec![
        Entry::of("POST /api/auth/login", About::Nothing, Open).body(nobodys).also(&[401]),
        Entry::of("POST /api/auth/logout", About::Nothing, SessionOnly),
        Entry::of("GET /api/auth/sessions", About::Nothing, SessionOnly),
        Entry::of("DELETE /api/auth/sessions/{id}", SESSION, SessionOnly),
        Entry::of("GET /api/auth/me", About::Nothing, Anyone),
        Entry::of("POST /api/auth/password", About::Nothing, SessionOnly).body(passwords),
        Entry::of("POST /api/auth/link", About::Nothing, Open)
            .body(|_| Some(json!({ "token": "none", "password": "correct horse battery staple" })))
            .also(&[400, 401, 404, 422]),
        Entry::of("GET /api/auth/methods", About::Nothing, Open),
        // Nobody is configured.
        Entry::of("GET /api/auth/oidc/start", About::Nothing, Open).also(&[404]),
        Entry::of("GET /api/auth/oidc/callback", About::Nothing, Open).also(&[404]),
        // No e-mail is configured here.
        Entry::of("POST /api/auth/forgot", About::Nothing, Open)
            .body(|_| Some(json!({ "email": "nobody@example.com" })))
            .also(&[409]),
        Entry::of("GET /api/tokens", About::Nothing, OwnTokens).in_query(),
        Entry::of("POST /api/tokens", About::Nothing, Home)
            .body(|place| Some(json!({ "name": "walk", "organizationId": place.id() }))),
        Entry::of("DELETE /api/tokens/{id}", SESSION, Anyone).also(&[404]),
    ]
}

fn bookings() -> Vec<Entry> {
    const BOOK: Rule = Makes { sees: ReadBookings, does: CreateBookings };
    const EDIT: Rule = Does { sees: ReadBookings, does: CreateBookings };
    const CANCEL: Rule = Does { sees: ReadBookings, does: CancelBookings };
    let statistics = Asks { sees: ReadBookings, does: ReadStatistics };
    vec![
        Entry::of("GET /api/bookings", About::Nothing, ListsOf(ReadBookings)).in_query(),
        Entry::of("POST /api/bookings", About::Nothing, BOOK)
            .body(|place| Some(drafts::booking(&place.id(), None, 1, 2))),
        Entry::of("GET /api/bookings/statistics", About::Nothing, statistics).in_query(),
        Entry::of("GET /api/bookings/export", About::Nothing, ListsOf(ReadBookings)).in_query(),
        Entry::of("POST /api/bookings/import", About::Nothing, BOOK)
            .in_query()
            .table("title,scheduledStart,scheduledEnd\nA,B,C\n"),
        Entry::of("GET /api/bookings/{id}", About::Booking(None), Sees(ReadBookings)),
        Entry::of("GET /api/bookings/{id}/events", About::Booking(None), Sees(ReadBookings)),
        Entry::of("PATCH /api/bookings/{id}", About::Booking(Some("draft")), EDIT)
            .body(|_| Some(json!({ "title": "Walked over" }))),
        Entry::of("POST /api/bookings/{id}/status", About::Booking(Some("approved")), CANCEL)
            .body(|_| Some(json!({ "status": "cancelled" }))),
        Entry::of("GET /api/schedule", About::Nothing, ListsOf(ReadBookings)).query(|place| {
            let (from, to) = (drafts::hour(0), drafts::hour(48));
            format!("?organizationId={}&from={from}&to={to}&by=staff", place.id())
        }),
        Entry::of("POST /api/booking-series", About::Nothing, BOOK).body(|place| {
            let mut body = drafts::booking(&place.id(), None, 1, 2);
            body["recurrence"] = json!("FREQ=WEEKLY;COUNT=2");
            Some(body)
        }),
        Entry::of("GET /api/booking-series/{id}", About::Series, Sees(ReadBookings)),
        Entry::of("PATCH /api/booking-series/{id}", About::Series, EDIT)
            .body(|_| Some(json!({ "priority": "high" }))),
        Entry::of("DELETE /api/booking-series/{id}", About::Series, CANCEL),
    ]
}

fn places_and_people() -> Vec<Entry> {
    const NOTIFICATION: About = About::Named("018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f");
    let edit_location = Does { sees: ReadLocations, does: WriteLocations };
    let new_location = Makes { sees: ReadOrganizations, does: WriteLocations };
    let new_person = Makes { sees: ReadOrganizations, does: WriteUsers };
    let settings = Does { sees: ReadOrganizations, does: WriteOrganizationSettings };
    let edit_person = Does { sees: ReadUsers, does: WriteUsers };
    vec![
        Entry::of("GET /api/organizations", About::Nothing, Lists(ReadOrganizations)),
        Entry::of("POST /api/organizations", About::Nothing, Everywhere(WriteOrganizations))
            .body(|_| Some(drafts::organization("Walked", 1))),
        Entry::of("GET /api/organizations/{id}", About::Organization, Sees(ReadOrganizations)),
        Entry::of("PATCH /api/organizations/{id}", About::Organization, settings)
            .body(|_| Some(json!({ "settings": { "minRestHours": 9 } }))),
        Entry::of("GET /api/locations", About::Nothing, ListsOf(ReadLocations)).in_query(),
        Entry::of("POST /api/locations", About::Nothing, new_location)
            .body(|place| Some(drafts::location(Some(&place.id()), "Walked"))),
        Entry::of("GET /api/map", About::Nothing, Anyone),
        Entry::of("GET /api/locations/{id}", About::Location, Sees(ReadLocations)),
        Entry::of("PATCH /api/locations/{id}", About::Location, edit_location)
            .body(|_| Some(json!({ "capacity": 12 }))),
        Entry::of("GET /api/users", About::Nothing, ListsOf(ReadUsers)).in_query(),
        Entry::of("POST /api/users", About::NewPerson, new_person).body(|place| {
            Some(json!({
                "email": format!("{}@example.com", Uuid::now_v7().simple()),
                "displayName": "Walked",
                "role": place.role(),
                "organizationId": place.id(),
            }))
        }),
        Entry::of("GET /api/users/{id}", About::Person, Sees(ReadUsers)),
        Entry::of("PATCH /api/users/{id}", About::Person, edit_person)
            .body(|_| Some(json!({ "locale": "en-GB" }))),
        Entry::of("GET /api/notifications", About::Nothing, Anyone),
        Entry::of("GET /api/notifications/stream", About::Nothing, Anyone),
        Entry::of("POST /api/notifications/read-all", About::Nothing, Anyone),
        Entry::of("POST /api/notifications/{id}/read", NOTIFICATION, Anyone).also(&[404]),
        Entry::of("GET /api/notification-preferences", About::Nothing, Anyone),
        Entry::of("PUT /api/notification-preferences", About::Nothing, Anyone)
            .body(|_| Some(json!({}))),
        Entry::of(
            "GET /api/notification-deliveries",
            About::Nothing,
            Lists(WriteOrganizationSettings),
        ),
        Entry::of("GET /api/unsubscribe/{name}", About::Named("nobodys"), Open),
        Entry::of("POST /api/unsubscribe/{name}", About::Named("nobodys"), Open).also(&[404]),
    ]
}

/// The last one releases what the others take steps with.
fn staff() -> Vec<Entry> {
    const STEP: Rule = Does { sees: ReadBookings, does: OverridePresence };
    const PLACE: Rule = Does { sees: ReadBookings, does: AssignStaff };
    const TAKEN: &[u16] = &[404, 409, 422];
    let write = Does { sees: ReadStaffProfiles, does: WriteStaffProfiles };
    let verify = Does { sees: ReadStaffProfiles, does: ApproveLeave };
    let here =
        |_: &Place| Some(json!({ "latitude": 39.7, "longitude": -104.9, "accuracyMeters": 9 }));
    vec![
        Entry::of("GET /api/staff", About::Nothing, Directory).in_query(),
        Entry::of("GET /api/staff/{id}", About::Staff, Sees(ReadStaffProfiles)),
        Entry::of("PUT /api/staff/{id}", About::Staff, write)
            .body(|place| Some(json!({ "organizationId": place.id() })))
            .also(&[400, 422]),
        Entry::of("POST /api/staff/{id}/certifications/verify", About::Staff, verify)
            .body(|_| Some(json!({ "skill": "budtender" })))
            .also(TAKEN),
        Entry::of("POST /api/bookings/{id}/staff", About::Booking(Some("draft")), PLACE)
            .body(|place| {
                Some(json!({ "assignments": [{ "staffId": place.agent, "role": "host" }] }))
            })
            .also(TAKEN),
        Entry::of("GET /api/bookings/{id}/candidates", About::Booking(None), PLACE).also(TAKEN),
        Entry::of("POST /api/bookings/{id}/auto-assign", About::Booking(Some("draft")), PLACE)
            .also(&[400, 404, 409, 422]),
        Entry::of("POST /api/bookings/{id}/staff/{assignmentId}/confirm", About::Assignment, STEP)
            .also(TAKEN),
        Entry::of("POST /api/bookings/{id}/staff/{assignmentId}/check-in", About::Assignment, STEP)
            .body(here)
            .also(TAKEN),
        Entry::of(
            "POST /api/bookings/{id}/staff/{assignmentId}/check-out",
            About::Assignment,
            STEP,
        )
        .body(here)
        .also(TAKEN),
        Entry::of("POST /api/bookings/{id}/staff/{assignmentId}/no-show", About::Assignment, STEP)
            .also(TAKEN),
        Entry::of("POST /api/bookings/{id}/staff/{assignmentId}/decline", About::Assignment, STEP)
            .also(TAKEN),
        Entry::of("DELETE /api/bookings/{id}/staff/{assignmentId}", About::Assignment, PLACE)
            .also(TAKEN),
    ]
}

/// A search is seen by who asked for it, so there is none of anybody else's. Another of the same
/// organization may be running.
fn plans() -> Vec<Entry> {
    const SEARCH: Rule = Makes { sees: ReadBookings, does: AssignStaff };
    const NONE: About = About::Named("018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f");
    let range = |place: &Place| {
        Some(json!({
            "organizationId": place.id(),
            "from": "2027-03-01T00:00:00Z",
            "to": "2027-03-08T00:00:00Z",
            "timeLimitSeconds": 1,
        }))
    };
    vec![
        Entry::of("POST /api/schedule/optimize", About::Nothing, SEARCH)
            .body(range)
            .also(&[409, 503]),
        Entry::of("GET /api/schedule/optimize/{id}", NONE, Anyone).also(&[404]),
        Entry::of("GET /api/schedule/optimize/{id}/progress", NONE, Anyone).also(&[404]),
        Entry::of("POST /api/schedule/optimize/{id}/cancel", NONE, Anyone).also(&[404]),
        Entry::of("POST /api/schedule/optimize/{id}/apply", NONE, Anyone).also(&[404]),
    ]
}

/// One's own alone may be changed; what is decided once is decided.
fn availability() -> Vec<Entry> {
    const THEIRS: Rule = Declared { does: false };
    const RULING: Rule = Declared { does: true };
    let declare = |_: &Place| {
        Some(json!({ "localStart": "2027-06-01T09:00", "localEnd": "2027-06-01T17:00" }))
    };
    let ruling = |_: &Place| Some(json!({}));
    vec![
        Entry::of("GET /api/availability", About::Nothing, Declarations),
        Entry::of("POST /api/availability", About::Nothing, Lists(OwnAvailability)).body(declare),
        Entry::of("GET /api/availability/{id}", About::Leave, RULING),
        Entry::of("PATCH /api/availability/{id}", About::Leave, THEIRS)
            .body(|_| Some(json!({ "title": "Walked over" }))),
        Entry::of("DELETE /api/availability/{id}", About::Leave, THEIRS),
        Entry::of("POST /api/availability/{id}/approve", About::Leave, RULING)
            .body(ruling)
            .also(&[409]),
        Entry::of("POST /api/availability/{id}/reject", About::Leave, RULING)
            .body(ruling)
            .also(&[409]),
    ]
}

fn members() -> Vec<Entry> {
    let read = Does { sees: ReadOrganizations, does: ReadUsers };
    let write = Does { sees: ReadOrganizations, does: WriteUsers };
    let settings = Does { sees: ReadOrganizations, does: WriteOrganizationSettings };
    let link = Does { sees: ReadUsers, does: WriteUsers };
    vec![
        Entry::of("GET /api/organizations/{id}/members", About::Organization, read),
        Entry::of("POST /api/organizations/{id}/members", About::NewPerson, write).body(|place| {
            Some(json!({
                "email": format!("{}@example.com", Uuid::now_v7().simple()),
                "displayName": "Walked",
                "role": place.role(),
            }))
        }),
        Entry::of("PATCH /api/organizations/{id}/members/{userId}", About::Member, write)
            .body(|place| Some(json!({ "role": place.role() }))),
        Entry::of("DELETE /api/organizations/{id}/members/{userId}", About::NewMember, write),
        Entry::of(
            "GET /api/organizations/{id}/settings",
            About::Organization,
            Sees(ReadOrganizations),
        ),
        Entry::of("PATCH /api/organizations/{id}/settings", About::Organization, settings)
            .body(|_| Some(json!({ "minRestHours": 9 }))),
        Entry::of("POST /api/users/{id}/sign-in-link", About::Person, link),
        Entry::of("GET /api/users/{id}/mail-address", About::Person, Sees(ReadUsers)),
        Entry::of("POST /api/users/{id}/mail-address/reset", About::Person, link),
    ]
}

/// What is asked for is the organization; kind and language are the same each time.
fn words() -> Vec<Entry> {
    const WORDS: Rule = Does { sees: ReadOrganizations, does: WriteOrganizationSettings };
    let texts = |_: &Place| Some(json!({ "title": "Walked", "text": "{{ booking.title }}" }));
    vec![
        Entry::of("GET /api/organizations/{id}/notification-templates", About::Organization, WORDS),
        Entry::of(
            "GET /api/organizations/{id}/notification-templates/{kind}/{language}",
            About::Wording,
            WORDS,
        ),
        Entry::of(
            "PUT /api/organizations/{id}/notification-templates/{kind}/{language}",
            About::Wording,
            WORDS,
        )
        .body(texts),
        Entry::of(
            "DELETE /api/organizations/{id}/notification-templates/{kind}/{language}",
            About::Wording,
            WORDS,
        ),
        Entry::of(
            "POST /api/organizations/{id}/notification-templates/{kind}/{language}/preview",
            About::Wording,
            WORDS,
        )
        .body(texts),
    ]
}

/// Whoever sees an endpoint may do everything with it.
fn webhooks() -> Vec<Entry> {
    const ONE: Rule = Sees(ManageIntegrations);
    let make = Makes { sees: ReadOrganizations, does: ManageIntegrations };
    vec![
        Entry::of("GET /api/webhooks", About::Nothing, ListsOf(ManageIntegrations)).in_query(),
        Entry::of("POST /api/webhooks", About::Nothing, make)
            .body(|place| Some(drafts::webhook(&place.id()))),
        Entry::of("GET /api/webhooks/{id}", About::Webhook, ONE),
        Entry::of("PATCH /api/webhooks/{id}", About::Webhook, ONE)
            .body(|_| Some(json!({ "ordered": true }))),
        Entry::of("DELETE /api/webhooks/{id}", About::NewWebhook, ONE),
        Entry::of("POST /api/webhooks/{id}/rotate-secret", About::Webhook, ONE),
        Entry::of("POST /api/webhooks/{id}/test", About::Webhook, ONE),
        Entry::of("POST /api/webhooks/{id}/replay", About::Webhook, ONE)
            .body(|_| Some(json!({ "position": 1 }))),
        Entry::of("GET /api/webhooks/{id}/deliveries", About::Webhook, ONE),
        // Nothing was delivered here.
        Entry::of("POST /api/webhooks/{id}/deliveries/{deliveryId}/resend", About::Webhook, ONE)
            .also(&[404]),
    ]
}

/// What one's own feed shows is decided when it is asked for; here nobody has one's address.
fn calendars() -> Vec<Entry> {
    const NONE: About = About::Named("018f3c2e-7b1a-7c3d-9e4f-5a6b7c8d9e0f");
    vec![
        Entry::of("GET /api/calendar-feeds", About::Nothing, Anyone),
        Entry::of("POST /api/calendar-feeds", About::Nothing, Named(ReadBookings))
            .body(|place| Some(json!({ "kind": "organization", "organizationId": place.id() }))),
        Entry::of("DELETE /api/calendar-feeds/{id}", NONE, Anyone).also(&[404]),
        Entry::of("GET /calendar/{secret}.ics", NONE, Open).also(&[404]),
    ]
}

fn log() -> Vec<Entry> {
    vec![
        Entry::of("GET /api/events", About::Nothing, ListsOf(ReadEvents)).in_query(),
        Entry::of("GET /api/events/{id}", About::Event, Sees(ReadEvents)),
        Entry::of("GET /api/events/stream", About::Nothing, ListsOf(ReadEvents)).in_query(),
        Entry::of("GET /api/event-types", About::Nothing, Anyone),
        Entry::of("GET /api/event-types/{type}", About::Named("BOOKING_CREATED"), Anyone),
        Entry::of("GET /api/event-types/{type}/{version}", About::Named("BOOKING_CREATED"), Anyone)
            .also(&[404]),
    ]
}

fn system() -> Vec<Entry> {
    const READS: Rule = Everywhere(ReadSystem);
    const STEERS: Rule = Everywhere(WriteSystem);
    /// Nothing is dead here.
    const LETTER: About = About::Named("booking-created:1");
    const BOOKED: About = About::Named("booking-created");
    let reason = |_: &Place| Some(json!({ "reason": "walked over" }));
    let all = |_: &Place| Some(json!({ "subscription": "booking-created" }));
    let given_up =
        |_: &Place| Some(json!({ "subscription": "booking-created", "reason": "walked over" }));
    vec![
        Entry::of("GET /api/system/health", About::Nothing, READS),
        Entry::of("GET /api/system/services", About::Nothing, READS),
        // Others may be verifying.
        Entry::of("GET /api/system/verification", About::Nothing, READS).also(&[409]),
        Entry::of("GET /api/system/cluster", About::Nothing, READS),
        Entry::of("GET /api/system/circuits", About::Nothing, READS),
        // Nobody else could be asked while the database is held open.
        Entry::of("POST /api/system/circuits/{name}/open", About::Named("nobody"), STEERS)
            .also(&[404]),
        Entry::of("POST /api/system/circuits/{name}/close", About::Named("database"), STEERS),
        Entry::of("POST /api/system/circuits/{name}/auto", About::Named("database"), STEERS),
        Entry::of("GET /api/system/subscriptions", About::Nothing, READS),
        Entry::of("POST /api/system/subscriptions/{name}/pause", BOOKED, STEERS),
        Entry::of("POST /api/system/subscriptions/{name}/resume", BOOKED, STEERS),
        Entry::of("POST /api/system/subscriptions/{name}/replay", BOOKED, STEERS)
            .body(|_| Some(json!({ "after": 1 }))),
        Entry::of("GET /api/system/subscriptions/{name}/rehearsal", BOOKED, READS)
            .query(|_| "?after=1".to_owned()),
        Entry::of("GET /api/system/subscriptions/{name}/comparison", BOOKED, READS)
            .query(|_| "?with=booking-created".to_owned())
            .also(&[404, 409]),
        Entry::of("POST /api/system/subscriptions/{name}/swap", BOOKED, STEERS)
            .body(|_| Some(json!({ "with": "nobody" })))
            .also(&[404, 409]),
        Entry::of("POST /api/system/subscriptions/{name}/forget", About::Named("nobody"), STEERS)
            .also(&[404, 409]),
        Entry::of("GET /api/system/dead-letters", About::Nothing, READS),
        Entry::of("GET /api/system/dead-letters/groups", About::Nothing, READS),
        Entry::of("POST /api/system/dead-letters/redrive", About::Nothing, STEERS).body(all),
        Entry::of("POST /api/system/dead-letters/discard", About::Nothing, STEERS).body(given_up),
        Entry::of("GET /api/system/dead-letters/{id}", LETTER, READS).also(&[404]),
        Entry::of("POST /api/system/dead-letters/{id}/redrive", LETTER, STEERS).also(&[404]),
        Entry::of("POST /api/system/dead-letters/{id}/discard", LETTER, STEERS)
            .body(reason)
            .also(&[404]),
    ]
}
