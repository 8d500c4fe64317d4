//! The API's own description (`OpenAPI` 3.1), made from the routes themselves.

use aide::axum::ApiRouter;
use aide::openapi::{ApiKeyLocation, Info, OpenApi, ReferenceOr, SecurityScheme, Tag};
use axum::Router;

use crate::calendar;
use crate::cookies::SECURE_NAME;
use crate::document::{BEARER, SESSION};
use crate::shared::Shared;

const DESCRIPTION: &str = "\
Bookings, people and places, and the log of everything that happens to them.

Refusals are problem documents (RFC 9457) with a stable `code`. Times are RFC 3339 UTC, ranges half-open, money is in major units with at most two decimals. \
`ETag` is an entity's version; PATCH wants it as `If-Match`. Every POST takes an `Idempotency-Key`. \
`X-Request-Id` (at most 128 letters, digits and `-_.:/+=@`) is accepted and returned; `traceparent` is accepted.";

const TAGS: [(&str, &str); 14] = [
    ("Sign-in", "Who am I, and what may I do?"),
    ("Bookings", "What is to be done, where, when and by whom."),
    ("Series", "Bookings that recur."),
    ("Schedule", "The calendar."),
    ("Calendar feeds", "Bookings in calendar programs."),
    ("Organizations", "The tenants."),
    ("People", "Users and their memberships."),
    ("Locations", "Where work happens."),
    ("Staff", "Who does the work: skills, limits, pay."),
    ("Availability", "When people can work, and leave."),
    ("Notifications", "The inbox."),
    ("Webhooks", "Events sent to programs elsewhere."),
    ("Events", "The log of everything that happened."),
    ("System", "How the platform is, and what its operator tells it."),
];

/// The API's description; the same every time for one build.
pub fn openapi() -> OpenApi {
    describe(crate::open_routes, crate::signed_routes).2
}

/// The routes ready for requests, those for everybody apart from those for callers, and their
/// description.
pub(crate) fn describe(
    open: fn() -> ApiRouter<Shared>,
    signed: fn() -> ApiRouter<Shared>,
) -> (Router<Shared>, Router<Shared>, OpenApi) {
    aide::generate::reset_context();
    aide::generate::infer_responses(false);
    aide::generate::extract_schemas(true);
    let mut document = OpenApi {
        info: Info {
            title: "Rishi".to_owned(),
            summary: Some("Bookings and the people who do the work.".to_owned()),
            description: Some(DESCRIPTION.to_owned()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Info::default()
        },
        tags: TAGS.map(tag).into(),
        ..OpenApi::default()
    };
    let open = open().finish_api(&mut document);
    let signed = signed().finish_api(&mut document);
    if let Some(paths) = &mut document.paths
        && let Some(feed) = paths.paths.shift_remove(calendar::ROUTED)
    {
        paths.paths.insert(calendar::SHOWN.to_owned(), feed);
    }
    let bearer = SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: Some("rishi_pat_…".to_owned()),
        description: Some("An API token, made with `rishi token create`.".to_owned()),
        extensions: indexmap::IndexMap::default(),
    };
    let components = document.components.get_or_insert_default();
    components.security_schemes.insert(BEARER.to_owned(), ReferenceOr::Item(bearer));
    let session = SecurityScheme::ApiKey {
        location: ApiKeyLocation::Cookie,
        name: SECURE_NAME.to_owned(),
        description: Some("A session, begun by `POST /api/auth/login`.".to_owned()),
        extensions: indexmap::IndexMap::default(),
    };
    components.security_schemes.insert(SESSION.to_owned(), ReferenceOr::Item(session));
    components.schemas.sort_keys();
    (open, signed, document)
}

fn tag((name, description): (&str, &str)) -> Tag {
    Tag { name: name.to_owned(), description: Some(description.to_owned()), ..Tag::default() }
}

#[cfg(test)]
mod tests;
