//! `rishi import`: bookings from a CSV file of any length.
//!
//! The file is read twice, a batch of rows at a time. First every row is looked at, and if anything is
//! wrong with any, all of it is told and nothing is imported. Then each row becomes a booking in a commit of its own,
//! under a receipt that is named by what the row says: so a run that was broken off, or that somebody else's
//! booking got in the way of, is resumed by running it again, also after rows were corrected, and makes no
//! booking twice. Receipts last 24 h.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressStyle};
use rishi_app::App;
use rishi_app::auth::{Authenticator, Caller, Idempotency, Visitor};
use rishi_app::error::Error as Refusal;
use rishi_app::exchange::{Candidate, Import, RowDone, RowError, Table};
use rishi_domain::id::OrganizationId;
use serde_json::json;
use tokio::task::JoinSet;

use crate::cli::ImportFile;
use crate::compose::Base;
use crate::config::Config;
use crate::failure::Failure;
use crate::output;

/// How many rows are in memory, and on their way to the disk, at once.
const BATCH: usize = 64;
/// How many errors are told; of more, only how many.
const TOLD: usize = 1_000;

/// What became of the file.
#[derive(Debug, Default)]
struct Report {
    rows: u64,
    imported: u64,
    already: u64,
    errors: Vec<RowError>,
    /// Errors beyond those that are told.
    more: u64,
}

impl Report {
    fn refuse(&mut self, errors: impl IntoIterator<Item = RowError>) {
        for error in errors {
            if self.errors.len() < TOLD {
                self.errors.push(error);
            } else {
                self.more += 1;
            }
        }
    }

    fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }
}

/// A row that was read, with the receipt that it is to have.
type Read = (Candidate, Idempotency);

/// Exit code 1 when a row cannot be imported.
pub(super) async fn run(config: &Config, asked: ImportFile) -> Result<ExitCode, Failure> {
    let base = Base::open_existing(config).await?;
    let done = import(&base.app, &asked).await;
    base.close().await;
    let report = done?;
    tell(&asked, &report)?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn import(app: &App, asked: &ImportFile) -> Result<Report, Failure> {
    let principal = Authenticator::new(app).operator(&asked.user).await;
    let principal = principal.map_err(|error| match error {
        Refusal::NotFound("user") => Failure::Refused(format!(
            "there is no user with the e-mail address {}; add one with `rishi user create`",
            asked.user
        )),
        other => Failure::refusal(other),
    })?;
    let caller = Arc::new(Caller::new(principal, Visitor::here(app.ids.next())));
    let mut report = Report::default();
    check(app, asked, &caller, &mut report).await?;
    if report.is_clean() && !asked.dry_run {
        let checked = report.rows;
        report = Report::default();
        take(app, asked, &caller, &mut report).await?;
        if report.rows != checked {
            output::remark("the file was changed while it was read");
        }
    }
    Ok(report)
}

/// Looks at every row that is not imported yet, and changes nothing.
async fn check(
    app: &App,
    asked: &ImportFile,
    caller: &Caller,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut rows = Rows::open(app, asked, caller, "checking").await?;
    while let Some(batch) = rows.batch(report) {
        let mut candidates = Vec::with_capacity(batch.len());
        for (candidate, receipt) in batch {
            if app.was_imported(&receipt).await.map_err(Failure::refusal)? {
                report.already += 1;
            } else {
                candidates.push(candidate);
            }
        }
        let wrong = rows.import.check(&candidates).await.map_err(Failure::refusal)?;
        report.refuse(wrong);
    }
    if report.rows == 0 && report.is_clean() {
        return Err(Failure::Refused(format!("{} has no rows", asked.file.display())));
    }
    Ok(())
}

/// Makes a booking of every row, a batch at a time, so that they share flushes.
async fn take(
    app: &App,
    asked: &ImportFile,
    caller: &Arc<Caller>,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut rows = Rows::open(app, asked, caller, "importing").await?;
    while let Some(batch) = rows.batch(report) {
        let mut running = JoinSet::new();
        for (candidate, receipt) in batch {
            let (app, caller) = (app.clone(), Arc::clone(caller));
            running.spawn(async move { app.import_row(&caller, candidate, receipt).await });
        }
        while let Some(done) = running.join_next().await {
            let done =
                done.map_err(|error| Failure::broken("a row could not be imported", error))?;
            match done.map_err(Failure::refusal)? {
                RowDone::Imported => report.imported += 1,
                RowDone::Already => report.already += 1,
                RowDone::Refused(errors) => report.refuse(errors),
            }
        }
    }
    report.errors.sort_by_key(|error| error.row);
    Ok(())
}

/// The file, from its first row on.
struct Rows<'c> {
    /// Nothing when its header cannot be understood; that is told with the first batch.
    table: Result<Table<BufReader<File>>, Vec<RowError>>,
    import: Import,
    caller: &'c Caller,
    /// How often a row was there that says the same.
    said: HashMap<[u8; 32], u32>,
    bar: ProgressBar,
    over: bool,
}

impl<'c> Rows<'c> {
    async fn open(
        app: &App,
        asked: &ImportFile,
        caller: &'c Caller,
        what: &'static str,
    ) -> Result<Self, Failure> {
        let organization = asked.organization;
        let import = begin(app, caller, organization).await?;
        let (file, size) = open(&asked.file)?;
        // Drawn on standard error, and nowhere when that is no terminal.
        let bar = ProgressBar::new(size).with_message(what);
        let style = "{msg} {wide_bar} {binary_bytes}/{binary_total_bytes} {eta}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        let table = Table::open(BufReader::new(file));
        Ok(Self { table, import, caller, said: HashMap::new(), bar, over: false })
    }

    /// The next rows that can be read; what is wrong with others is reported. Nothing at the end.
    fn batch(&mut self, report: &mut Report) -> Option<Vec<Read>> {
        if self.over {
            return None;
        }
        let table = match &mut self.table {
            Ok(table) => table,
            Err(errors) => {
                report.refuse(std::mem::take(errors));
                self.over = true;
                return None;
            }
        };
        let mut batch = Vec::with_capacity(BATCH);
        while batch.len() < BATCH {
            let Some(next) = table.next_row() else {
                self.over = true;
                break;
            };
            report.rows += 1;
            match next {
                Err(error) => {
                    self.over = error.code == "unreadable";
                    report.refuse([error]);
                    if self.over {
                        break;
                    }
                }
                Ok(cells) => match self.import.read(&cells) {
                    Err(errors) => report.refuse(errors),
                    Ok(candidate) => {
                        let n = self.said.entry(cells.digest()).or_default();
                        *n += 1;
                        let receipt = self.import.receipt(self.caller, &cells, *n);
                        batch.push((candidate, receipt));
                    }
                },
            }
        }
        self.bar.set_position(table.position());
        if self.over {
            self.bar.finish_and_clear();
        }
        (!batch.is_empty() || !self.over).then_some(batch)
    }
}

async fn begin(
    app: &App,
    caller: &Caller,
    organization: OrganizationId,
) -> Result<Import, Failure> {
    let begun = Import::begin(app, Arc::clone(&caller.principal), organization).await;
    begun.map_err(|error| match error {
        Refusal::NotFound("organization") => Failure::Refused(
            "there is no organization with this id that this person may see; look the id up with \
             GET /api/organizations"
                .to_owned(),
        ),
        Refusal::Forbidden(_) => Failure::Refused(
            "this person may not create bookings for this organization; name somebody who may"
                .to_owned(),
        ),
        other => Failure::refusal(other),
    })
}

fn open(path: &Path) -> Result<(File, u64), Failure> {
    let failed = |error| Failure::broken(format!("cannot read {}", path.display()), error);
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    Ok((file, size))
}

fn tell(asked: &ImportFile, report: &Report) -> Result<(), Failure> {
    let Report { rows, imported, already, errors, more } = report;
    if asked.output.json {
        return output::json(&json!({
            "dryRun": asked.dry_run,
            "rows": rows,
            "imported": imported,
            "alreadyImported": already,
            "errors": errors,
            "moreErrors": more,
        }));
    }
    for error in errors {
        let column =
            if error.column.is_empty() { String::new() } else { format!(", {}", error.column) };
        output::remark(format_args!(
            "row {}{column}: {} ({})",
            error.row, error.message, error.code
        ));
    }
    if *more > 0 {
        output::remark(format_args!("and {more} errors more"));
    }
    if !errors.is_empty() && *imported == 0 {
        return output::line(format_args!(
            "nothing was imported: {} errors in {rows} rows",
            errors.len() as u64 + more
        ));
    }
    if asked.dry_run {
        return output::line(format_args!(
            "{rows} rows can be imported; {already} of them were already"
        ));
    }
    output::line(format_args!("imported {imported} of {rows} rows; {already} were already"))?;
    if !errors.is_empty() {
        output::remark("correct the rows named above and run this again: no row is imported twice");
    }
    Ok(())
}
