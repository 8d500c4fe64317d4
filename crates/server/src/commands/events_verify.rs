//! `rishi events verify` and `rishi events checkpoint`: the proof that nothing was changed behind the
//! platform's back, and what to keep elsewhere so that the proof covers whoever can rewrite the file.

use std::process::ExitCode;
use std::sync::Arc;

use rishi_app::App;
use rishi_app::operations::audit::Audited;
use rishi_app::operations::verification::{
    Unproven, VerificationMisfit, VerificationProgress, VerifiedPart,
};
use rishi_bus::verify::Report;
use rishi_bus::{Checkpoint, LedgerError};
use rishi_store::Engine;
use serde_json::json;

use super::events_tail::unreadable;
use super::progress::Progress;
use super::tables::counted;
use crate::cli::{EventsCheckpoint, EventsVerify};
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// The first thing that does not fit.
pub(super) struct Misfit {
    /// What was looked at.
    pub(super) part: &'static str,
    /// Where in the log, as far as it is a place there.
    position: Option<u64>,
    /// What is wrong.
    pub(super) what: String,
}

/// Chain, versions and coverage first, then the bookings against their events. Exit code 1 when
/// something does not fit: only the first such thing is named, since what comes after rests on it.
pub(super) async fn run(config: &Config, asked: EventsVerify) -> Result<ExitCode, Failure> {
    let base = Base::open_existing(config).await?;
    let verified = look(&base.store, &base.app, asked.against).await;
    let unregistered = base.app.unregistered().await.map_err(Failure::refusal);
    base.close().await;
    match verified? {
        Ok((report, audited)) => {
            let unregistered = unregistered?;
            if asked.output.json {
                output::json(&json!({
                    "valid": true,
                    "anchor": report.anchor.to_string(),
                    "head": report.head.to_string(),
                    "events": report.events,
                    "subjects": report.subjects,
                    "subscriptions": report.subscriptions,
                    "compared": report.compared,
                    "bookings": audited.bookings,
                    "assignments": audited.assignments,
                    "unchecked": audited.unchecked,
                    "unregistered": unregistered,
                }))?;
            } else {
                tell(&report, audited, asked.against)?;
                tell_of_new(&unregistered)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(misfit) => {
            if asked.output.json {
                output::json(&json!({
                    "valid": false,
                    "part": misfit.part,
                    "position": misfit.position,
                    "fault": misfit.what,
                }))?;
            } else {
                output::remark(format_args!("error: {}: {}", misfit.part, misfit.what));
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

fn tell(report: &Report, audited: Audited, against: Option<Checkpoint>) -> Result<(), Failure> {
    let (events, subjects) = (counted(report.events, "event"), report.subjects);
    output::line(format_args!(
        "one chain of {events} about {}, with every version in its place",
        counted(subjects as u64, "subject")
    ))?;
    let subscriptions = counted(report.subscriptions as u64, "subscription");
    output::line(format_args!("{subscriptions} true to it"))?;
    let bookings = counted(audited.bookings, "booking");
    let assignments = counted(audited.assignments, "assignment");
    output::line(format_args!("{bookings} as their events tell, with {assignments}"))?;
    if audited.unchecked > 0 {
        output::line(format_args!(
            "{} not compared: events were removed, or are of a newer version",
            counted(audited.unchecked, "booking")
        ))?;
    }
    match against {
        Some(kept) if report.compared => {
            output::line(format_args!("position {} is what it was", kept.position))?;
        }
        Some(kept) => output::line(format_args!(
            "position {} was removed by retention, so there is nothing to compare with",
            kept.position
        ))?,
        None => {}
    }
    output::line(format_args!("checkpoint {}", report.head))
}

/// A subscription that is not there is one that this release was not started with yet, or one whose row was taken
/// away: the operator knows which.
fn tell_of_new(unregistered: &[String]) -> Result<(), Failure> {
    if unregistered.is_empty() {
        return Ok(());
    }
    output::line(format_args!(
        "of this program, but not in the database: {}; if it has been started on it before, they were lost",
        unregistered.join(", ")
    ))
}

/// The log, its subscriptions and the bookings.
pub(super) async fn look(
    store: &Arc<dyn Engine>,
    app: &App,
    against: Option<Checkpoint>,
) -> Result<Result<(Report, Audited), Misfit>, Failure> {
    let head = store.refresh_head().await.map_err(unreadable)?;
    let mut shown: Option<(VerifiedPart, Progress)> = None;
    let mut show = |VerificationProgress { part, done, total }| {
        let line = shown.take().filter(|(of, _)| *of == part).map(|(_, line)| line);
        let mut line = line.unwrap_or_else(|| Progress::new(doing(part)));
        line.at(done, total);
        shown = Some((part, line));
    };
    let proven = app.prove(against, head, &mut show).await;
    drop(shown);
    match proven {
        Ok(proven) => Ok(Ok(proven)),
        Err(Unproven::Misfit(VerificationMisfit { part, position, what })) => {
            let part = match part {
                VerifiedPart::Log => "the log",
                VerifiedPart::Bookings => "the bookings",
            };
            Ok(Err(Misfit { part, position, what }))
        }
        // A row that cannot be read is named by table, column and position.
        Err(Unproven::Log(error)) => Err(unreadable(error)),
        Err(Unproven::Bookings(error)) => Err(Failure::refusal(error)),
    }
}

fn doing(part: VerifiedPart) -> &'static str {
    match part {
        VerifiedPart::Log => "verifying the log",
        VerifiedPart::Bookings => "comparing the bookings",
    }
}

/// Prints where the log ends, with its hash.
pub(super) async fn checkpoint(config: &Config, asked: EventsCheckpoint) -> Result<(), Failure> {
    let base = Base::open_existing(config).await?;
    let found = newest(&base).await;
    base.close().await;
    let checkpoint = found.map_err(unreadable)?;
    if asked.output.json {
        let (position, text) = (checkpoint.position, checkpoint.to_string());
        return output::json(&json!({ "position": position, "checkpoint": text }));
    }
    output::line(checkpoint)
}

async fn newest(base: &Base) -> Result<Checkpoint, LedgerError> {
    let head = base.store.refresh_head().await?;
    let last = base.app.desk.chain(head.saturating_sub(1), 1).await?.pop();
    match last {
        Some((event, hash)) => Ok(Checkpoint { position: event.position, hash }),
        None => base.app.desk.anchor().await,
    }
}
