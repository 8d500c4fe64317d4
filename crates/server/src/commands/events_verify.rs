//! `rishi events verify` and `rishi events checkpoint`: the proof that nothing was changed behind the
//! platform's back, and what to keep elsewhere so that the proof covers whoever can rewrite the file.

use std::process::ExitCode;

use rishi_app::operations::audit::{AuditError, Audited};
use rishi_bus::verify::{Report, VerifyError};
use rishi_bus::{Checkpoint, Ledger, LedgerError, verify};
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
struct Misfit {
    /// What was looked at.
    part: &'static str,
    /// Where in the log, as far as it is a place there.
    position: Option<u64>,
    /// What is wrong.
    what: String,
}

/// Chain, versions and coverage first, then the bookings against their events. Exit code 1 when
/// something does not fit: only the first such thing is named, since what comes after rests on it.
pub(super) async fn run(config: &Config, asked: EventsVerify) -> Result<ExitCode, Failure> {
    let base = Base::open_existing(config).await?;
    let verified = look(&base, asked.against).await;
    base.close().await;
    match verified? {
        Ok((report, audited)) => {
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
                    "unchecked": audited.unchecked,
                }))?;
            } else {
                tell(&report, audited, asked.against)?;
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
    output::line(format_args!("{bookings} as their events tell"))?;
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

async fn look(
    base: &Base,
    against: Option<Checkpoint>,
) -> Result<Result<(Report, Audited), Misfit>, Failure> {
    let head = base.store.refresh_head().await.map_err(unreadable)?;
    let mut progress = Progress::new("verifying the log");
    let report =
        verify(&*base.app.desk, against, &mut |position| progress.at(position, head)).await;
    drop(progress);
    let report = match report {
        Ok(report) => report,
        Err(VerifyError::Fault(fault)) => {
            let (position, what) = (Some(fault.position()), fault.to_string());
            return Ok(Err(Misfit { part: "the log", position, what }));
        }
        // A row that cannot be read is named by table, column and position.
        Err(VerifyError::Ledger(error)) => return Err(unreadable(error)),
    };
    let mut progress = Progress::new("comparing the bookings");
    let audited = base.app.audit(&mut |done, total| progress.at(done, total)).await;
    drop(progress);
    match audited {
        Ok(audited) => Ok(Ok((report, audited))),
        Err(AuditError::Misfit(misfit)) => {
            let (position, what) = (misfit.position, misfit.to_string());
            Ok(Err(Misfit { part: "the bookings", position, what }))
        }
        Err(AuditError::Unread(error)) => Err(Failure::refusal(error)),
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
