//! Dead letters: events that a subscription could not handle, until an operator decides.

use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use jiff::Timestamp;
use rishi_app::Position;
use rishi_app::operations::{DeadLetter, LetterFilter, LetterId, ParkedState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::problem::Problem;
use crate::shared::Shared;

mod discard;
mod discard_all;
mod groups;
mod list;
mod read;
mod redrive;
mod redrive_all;

const TAG: &str = super::TAG;
/// The longest text to look for in an error, in characters.
const ERROR_MAX: usize = 1_000;

pub(super) fn routes() -> ApiRouter<Shared> {
    let at = |rest: &str| format!("/api/system/dead-letters{rest}");
    ApiRouter::new()
        .api_route(&at(""), get_with(list::handle, list::describe))
        .api_route(&at("/groups"), get_with(groups::handle, groups::describe))
        .api_route(&at("/redrive"), post_with(redrive_all::handle, redrive_all::describe))
        .api_route(&at("/discard"), post_with(discard_all::handle, discard_all::describe))
        .api_route(&at("/{id}"), get_with(read::handle, read::describe))
        .api_route(&at("/{id}/redrive"), post_with(redrive::handle, redrive::describe))
        .api_route(&at("/{id}/discard"), post_with(discard::handle, discard::describe))
}

/// How many dead letters an order was about.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DeadLettersReached")]
struct Reached {
    /// How many there were when it was given.
    matched: u64,
}

/// Which dead letters: those that meet all that is given.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Which {
    /// Of this subscription.
    subscription: Option<String>,
    /// With this text in the error.
    #[schemars(length(min = 1, max = 1000))]
    error: Option<String>,
}

/// The same for the store.
fn filter(subscription: Option<String>, error: Option<String>) -> Result<LetterFilter, Problem> {
    let fits = |text: &String| (1..=ERROR_MAX).contains(&text.chars().count());
    if !error.as_ref().is_none_or(fits) {
        let message = format!("error takes 1 to {ERROR_MAX} characters");
        return Err(Problem::field("error", "length", message));
    }
    Ok(LetterFilter { subscription, position: None, error })
}

/// An event that a subscription could not handle.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DeadLetter")]
struct LetterView {
    /// What it is called: `<subscription>:<position>`.
    id: String,
    /// Which subscription.
    subscription: String,
    /// Where the event stands in the log.
    position: Position,
    /// Whether it is dead; `retrying` or `waiting` after it was redriven.
    state: State,
    /// How often it was tried.
    attempts: u32,
    /// What went wrong last, with all its causes.
    error: String,
    /// When it was first set aside.
    since: Timestamp,
    /// When it was last tried.
    last: Timestamp,
    /// What is ordered by.
    key: String,
    /// Events of the same key that wait behind it.
    followers: u64,
    /// The event's id.
    event_id: Uuid,
    /// The event's type.
    event_type: String,
    /// What the event is about.
    subject: String,
    /// Whose the event is.
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<Uuid>,
}

/// What becomes of an event that was set aside.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "DeadLetterState")]
enum State {
    /// It waits for its turn.
    Waiting,
    /// It will be tried again.
    Retrying,
    /// It waits for an operator.
    Dead,
}

impl From<&DeadLetter> for LetterView {
    fn from(letter: &DeadLetter) -> Self {
        Self {
            id: LetterId::from(letter).to_string(),
            subscription: letter.subscription.clone(),
            position: letter.position,
            state: match letter.state {
                ParkedState::Waiting => State::Waiting,
                ParkedState::Retrying => State::Retrying,
                ParkedState::Dead => State::Dead,
            },
            attempts: letter.attempts,
            error: letter.error.clone(),
            since: letter.since,
            last: letter.last,
            key: letter.key.clone(),
            followers: letter.followers,
            event_id: letter.event.id,
            event_type: letter.event.event_type.to_string(),
            subject: letter.event.subject.to_string(),
            organization_id: letter.event.organization_id,
        }
    }
}
