//! Rules that every endpoint keeps.

use super::WebhookEndpoint;
use crate::error::Checks;
use crate::event::CATALOGUE;

/// The longest address, in characters.
pub const URL_MAX: usize = 2_000;
/// The longest description, in characters.
pub const DESCRIPTION_MAX: usize = 500;
/// The most patterns of one endpoint.
pub const PATTERNS_MAX: usize = 50;

/// Checks an endpoint as it is to be; whether its address may be called was judged by who would call
/// it, and a refusal is in words for people.
pub(super) fn check(
    mut checks: Checks,
    state: &WebhookEndpoint,
    address: Result<&str, &str>,
) -> Checks {
    checks.text("url", &state.url, URL_MAX);
    if let Err(why) = address {
        checks.refuse("url", "forbidden_address", why);
    }
    if let Some(description) = &state.description {
        checks.heading("description", description, DESCRIPTION_MAX);
    }
    let patterns = &state.event_types;
    checks.require(
        !patterns.is_empty(),
        "eventTypes",
        "required",
        "name at least one type of event, or * for all",
    );
    checks.require(
        patterns.len() <= PATTERNS_MAX,
        "eventTypes",
        "too_many",
        format_args!("eventTypes may have at most {PATTERNS_MAX} entries"),
    );
    for (index, pattern) in patterns.iter().enumerate().take(PATTERNS_MAX) {
        checks.require(
            names_something(pattern),
            &format!("eventTypes[{index}]"),
            "unknown_event_type",
            "write a type of event (BOOKING_CREATED), a prefix of some (BOOKING_*) or *; \
             GET /api/event-types lists the types",
        );
    }
    checks
}

/// Whether there is a type that the pattern means.
fn names_something(pattern: &str) -> bool {
    let Some(prefix) = pattern.strip_suffix('*') else {
        return CATALOGUE.iter().any(|event| event.event_type == pattern);
    };
    CATALOGUE.iter().any(|event| event.event_type.starts_with(prefix))
}

/// The host of an address that was checked, with its port if it names one. It is all that events tell
/// of where an endpoint is: the rest of an address may be a secret.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}
