//! `rishi dead-letters …`: seen, understood, tried again or given up.

use rishi_app::error::Error as Refusal;
use rishi_app::operations::{DeadLetter, LetterFilter, LetterGroup, LetterId, Order, ParkedState};
use serde_json::{Value, json};

use super::events_tail::unreadable;
use super::{subscriptions, tables};
use crate::cli::{DeadLettersCommand, DeadLettersList, DeadLettersShow, Output};
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

pub(super) async fn run(config: &Config, command: DeadLettersCommand) -> Result<(), Failure> {
    let base = Base::open_existing(config).await?;
    let done = match command {
        DeadLettersCommand::List(list) if list.groups => groups(&base, list).await,
        DeadLettersCommand::List(list) => letters(&base, list).await,
        DeadLettersCommand::Show(show) => one(&base, show).await,
        DeadLettersCommand::Redrive(redrive) => {
            let filter = redrive.which.filter();
            let order = Order::Redrive(filter.clone());
            decide(&base, &filter, order, "redriven", redrive.output).await
        }
        DeadLettersCommand::Discard(discard) => {
            let letters = discard.which.filter();
            let order = Order::Discard { letters: letters.clone(), reason: discard.reason };
            decide(&base, &letters, order, "discarded", discard.output).await
        }
    };
    base.close().await;
    done
}

/// Gives an order about dead letters, unless there are none of them.
async fn decide(
    base: &Base,
    filter: &LetterFilter,
    order: Order,
    done: &str,
    output: Output,
) -> Result<(), Failure> {
    let refused = |error| refused(filter, error);
    let matched = base.app.reached(filter).await.map_err(refused)?;
    let reached =
        if matched == 0 { 0 } else { base.app.operate(vec![order]).await.map_err(refused)? };
    if output.json {
        return output::json(&json!({ done: reached }));
    }
    output::line(format_args!("{} {done}", tables::counted(reached, "dead letter")))
}

fn refused(filter: &LetterFilter, error: Refusal) -> Failure {
    let name = filter.subscription.as_deref().unwrap_or_default();
    match (error, filter.position) {
        (Refusal::NotFound("dead letter"), Some(position)) => {
            unknown(&LetterId { subscription: name.to_owned(), position })
        }
        (error, _) => subscriptions::refused(name, error),
    }
}

fn unknown(id: &LetterId) -> Failure {
    Failure::Refused(format!(
        "there is no dead letter {id}; `rishi dead-letters list` names them all"
    ))
}

async fn groups(base: &Base, list: DeadLettersList) -> Result<(), Failure> {
    let filter =
        LetterFilter { subscription: list.subscription, position: None, error: list.error };
    let found = base.app.desk.letter_groups(&filter).await.map_err(unreadable)?;
    if list.output.json {
        let group = |group: &LetterGroup| {
            json!({
                "subscription": group.subscription, "error": group.error, "count": group.count,
                "first": group.first, "last": group.last,
            })
        };
        let groups: Vec<Value> = found.iter().map(group).collect();
        return output::json(&json!({ "groups": groups }));
    }
    if found.is_empty() {
        return output::line("no dead letters");
    }
    let row = |group: &LetterGroup| {
        [
            group.subscription.clone(),
            group.count.to_string(),
            group.first.to_string(),
            format!("{:.0}", group.last),
            tables::brief(&group.error),
        ]
    };
    let heads = ["subscription", "letters", "first", "last died", "error"];
    output::line(tables::plain(heads, found.iter().map(row)))
}

async fn letters(base: &Base, list: DeadLettersList) -> Result<(), Failure> {
    let filter =
        LetterFilter { subscription: list.subscription, position: None, error: list.error };
    let found = base.app.desk.letters(&filter, list.limit, 0).await.map_err(unreadable)?;
    let (letters, total) = found;
    if list.output.json {
        let letters: Vec<Value> = letters.iter().map(document).collect();
        return output::json(&json!({ "deadLetters": letters, "total": total }));
    }
    if letters.is_empty() {
        return output::line("no dead letters");
    }
    let row = |letter: &DeadLetter| {
        [
            LetterId::from(letter).to_string(),
            letter.event.event_type.to_string(),
            letter.event.subject.to_string(),
            letter.attempts.to_string(),
            letter.followers.to_string(),
            tables::brief(&letter.error),
        ]
    };
    let heads = ["dead letter", "event", "about", "attempts", "behind it", "error"];
    output::line(tables::plain(heads, letters.iter().map(row)))?;
    let shown = letters.len() as u64;
    if shown < total {
        output::remark(format_args!("{shown} of {total}; --limit shows more"));
    }
    Ok(())
}

async fn one(base: &Base, show: DeadLettersShow) -> Result<(), Failure> {
    let letter = match base.app.letter(&show.id).await {
        Ok(letter) => letter,
        Err(Refusal::NotFound(_)) => return Err(unknown(&show.id)),
        Err(error) => return Err(Failure::refusal(error)),
    };
    let mut document = document(&letter);
    document["event"] = json!(letter.event);
    if show.output.json { output::json(&document) } else { output::pretty(&document) }
}

fn document(letter: &DeadLetter) -> Value {
    json!({
        "id": LetterId::from(letter).to_string(),
        "subscription": letter.subscription,
        "position": letter.position,
        "state": match letter.state {
            ParkedState::Waiting => "waiting",
            ParkedState::Retrying => "retrying",
            ParkedState::Dead => "dead",
        },
        "eventType": letter.event.event_type,
        "subject": letter.event.subject,
        "key": letter.key,
        "attempts": letter.attempts,
        "error": letter.error,
        "since": letter.since,
        "last": letter.last,
        "followers": letter.followers,
    })
}
