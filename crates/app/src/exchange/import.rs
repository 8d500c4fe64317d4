//! Taking rows in: all of a request's in one commit, or each of a long file's in one of its own.

use rishi_domain::id::{BookingId, OrganizationId};
use rishi_domain::permission::Capability;
use schemars::JsonSchema;
use serde::Serialize;

use super::check::{Decided, Import, refused};
use super::row::{Candidate, RowError};
use super::table::Table;
use super::{Cells, ROWS_MAX};
use crate::auth::{Caller, Idempotency};
use crate::bookings::BookingView;
use crate::commit::{Answer, Change, Guard, ReceiptKey};
use crate::events::{Cause, Place, subject};
use crate::{App, Commit, Error};

/// A row that became a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ImportedRow {
    /// Which row.
    pub row: u64,
    /// The booking.
    pub id: BookingId,
}

/// What became of a table, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingsImported {
    /// Whether it was only tried.
    pub dry_run: bool,
    /// How many rows there are, the header apart.
    pub rows: u64,
    /// How many of them can be taken.
    pub valid: u64,
    /// The bookings that were made; none when it was only tried.
    pub bookings: Vec<ImportedRow>,
    /// What is wrong with the others.
    pub errors: Vec<RowError>,
}

/// What became of a row of a long file.
#[derive(Debug)]
pub enum RowDone {
    /// It is a booking now.
    Imported,
    /// It was one already: the same row was imported within the last 24 h.
    Already,
    /// It cannot be one.
    Refused(Vec<RowError>),
}

/// The rows of a table and what is wrong with it as such.
struct Rows {
    count: u64,
    candidates: Vec<Candidate>,
    errors: Vec<RowError>,
}

impl App {
    /// Makes a booking of every row, or of none; only says what would become of them when `dry_run`.
    pub async fn import_bookings(
        &self,
        caller: &Caller,
        organization: OrganizationId,
        table: &[u8],
        dry_run: bool,
        reply: fn(&BookingsImported) -> Result<Answer, Error>,
    ) -> Result<Answer, Error> {
        let mut import = Import::begin(self, caller.principal.clone(), organization).await?;
        let Rows { count, candidates, mut errors } = rows(&import, table);
        let (decided, wrong) = import.decide(&candidates).await?;
        errors.extend(wrong);
        errors.sort_by_key(|error| error.row);
        if dry_run {
            let mut bad: Vec<u64> = errors.iter().map(|error| error.row).collect();
            bad.dedup();
            let valid = count.saturating_sub(bad.iter().filter(|row| **row > 1).count() as u64);
            return reply(&BookingsImported {
                dry_run,
                rows: count,
                valid: if bad.first() == Some(&1) { 0 } else { valid },
                bookings: Vec::new(),
                errors,
            });
        }
        if !errors.is_empty() {
            return Err(Error::ImportRefused(errors));
        }
        let bookings =
            decided.iter().map(|one| ImportedRow { row: one.row, id: one.decision.state.id });
        let answer = reply(&BookingsImported {
            dry_run,
            rows: count,
            valid: count,
            bookings: bookings.collect(),
            errors,
        })?;
        let commit = self.import_commit(caller, decided);
        self.finish(caller, Capability::ReadBookings, commit, answer, false).await
    }

    fn import_commit(&self, caller: &Caller, decided: Vec<Decided>) -> Commit {
        let (cause, now) = (Cause::from(caller), self.now());
        let mut commit = Commit::default();
        commit.guards.push(Guard::TogetherFree(decided.iter().map(Decided::slot).collect()));
        for one in decided {
            let place = Place {
                source: crate::bookings::SOURCE,
                subject: subject::booking(one.decision.state.id),
                organization: Some(one.place.0.id),
            };
            commit.events.extend(self.tell(&place, &cause, now, one.decision.facts));
            commit.changes.push(Change::Booking(Box::new(one.decision.state)));
        }
        commit
    }

    /// Whether the row that this receipt stands for was imported within the last 24 h.
    pub async fn was_imported(&self, receipt: &Idempotency) -> Result<bool, Error> {
        let kept = self.store.receipt(&receipt.key).await?;
        Ok(kept.is_some_and(|kept| kept.expires_at > self.now()))
    }

    /// Makes a booking of a row of a long file, once: a repetition within 24 h finds the receipt.
    pub async fn import_row(
        &self,
        caller: &Caller,
        candidate: Candidate,
        receipt: Idempotency,
    ) -> Result<RowDone, Error> {
        if self.was_imported(&receipt).await? {
            return Ok(RowDone::Already);
        }
        let caller = Caller { idempotency: Some(receipt), ..caller.clone() };
        match self.create_booking(&caller, candidate.command, named).await {
            Ok(_) => Ok(RowDone::Imported),
            Err(error) => refused(candidate.row, error).map(RowDone::Refused),
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a use case wants of a reply")]
fn named(view: &BookingView) -> Result<Answer, Error> {
    let body = view.booking.id.to_string();
    Ok(Answer { status: 201, location: None, version: Some(view.booking.version), body })
}

/// How the `n`th row of a file that says the same is recognised when the file is read again.
pub(super) fn receipt(
    caller: &Caller,
    organization: OrganizationId,
    cells: &Cells,
    n: u32,
) -> Idempotency {
    use std::fmt::Write as _;
    let digest = cells.digest();
    let mut key = String::with_capacity(76);
    for byte in digest {
        // Nothing that is written to a text fails.
        let _ = write!(key, "{byte:02x}");
    }
    let _ = write!(key, ":{n}");
    let user = caller.principal.user_id();
    Idempotency {
        key: ReceiptKey { scope: format!("{organization} {user} import"), key },
        request: digest,
    }
}

impl Import {
    /// See [`App::import_row`].
    pub fn receipt(&self, caller: &Caller, cells: &Cells, n: u32) -> Idempotency {
        receipt(caller, self.organization(), cells, n)
    }
}

fn rows(import: &Import, file: &[u8]) -> Rows {
    let mut rows = Rows { count: 0, candidates: Vec::new(), errors: Vec::new() };
    let mut table = match Table::open(file) {
        Ok(table) => table,
        Err(errors) => return Rows { errors, ..rows },
    };
    while let Some(next) = table.next_row() {
        rows.count += 1;
        if rows.count > ROWS_MAX as u64 {
            let message = format!(
                "a request takes {ROWS_MAX} rows; send more of them in several, or use `rishi import`"
            );
            let row = next.map_or_else(|error| error.row, |cells| cells.row);
            rows.errors.push(RowError::new(row, "", "too_many_rows", message));
            break;
        }
        let unreadable = matches!(&next, Err(error) if error.code == "unreadable");
        match next.map_err(|error| vec![error]).and_then(|cells| import.read(&cells)) {
            Ok(candidate) => rows.candidates.push(candidate),
            Err(errors) => rows.errors.extend(errors),
        }
        if unreadable {
            break;
        }
    }
    if rows.count == 0 {
        let message = "the file has a header and no rows";
        rows.errors.push(RowError::new(1, "", "no_rows", message));
    }
    rows
}
