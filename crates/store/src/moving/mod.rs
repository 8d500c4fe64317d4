//! From a file to a server: everything that a SQLite database holds, copied into an empty PostgreSQL database.
//!
//! Flow: the file is taken for this process alone and its log's chain is recomputed → the database gets its schema and a
//! mark that it is not whole → table by table, what is referred to first, rows go over in transactions of some
//! thousand, each of which also writes down how far it has come → every table is read back and compared with what was
//! sent → the end of the log is set. Whoever asked judges the rest and calls [`Copied::finish`], which takes
//! the mark away.
//!
//! Guarantee: whatever interrupts it, the database is not served before it is whole, and the next run goes on where the last
//! transaction ended. It does not rely on the file having been left alone meanwhile: what went over before is read
//! again there, and compared.

mod cell;
mod error;

use std::path::Path;
use std::sync::Arc;

use rishi_bus::Checkpoint;
use tokio::sync::mpsc;

pub(crate) use cell::{Cell, Kind, Row, Sum, Table};
pub use error::CopyError;

use crate::postgres::{Place, Target, is_copied};
use crate::sqlite::Source;

/// Rows that go over in one transaction: what an interruption costs at most.
const TRANSACTION: u64 = 1_000;
/// Rows that are read at a time.
const PAGE: usize = 500;
/// Pages that are read ahead.
const AHEAD: usize = 4;

/// What is being done, and how far it has come.
#[derive(Debug, Clone, Copy)]
pub enum Stage<'s> {
    /// The source's log is verified, up to this position.
    Verifying,
    /// Rows of a table go over.
    Copying(&'s str),
    /// Rows of a table are compared.
    Comparing(&'s str),
}

/// Told of each stage: how much of it is done, of how much.
pub type Tell<'t> = dyn FnMut(Stage<'_>, u64, u64) + Send + 't;

/// A copy that is whole, and still marked as one that is not.
pub struct Copied {
    target: Target,
    /// Nobody changes it before the copy is finished.
    _source: Arc<Source>,
    /// Each table with its rows, in the order of their names.
    pub tables: Vec<(String, u64)>,
    /// Where the log ends.
    pub head: Checkpoint,
    /// How many rows an earlier run had brought over.
    pub before: u64,
}

impl Copied {
    /// The database may be used from now on.
    pub async fn finish(&self) -> Result<(), CopyError> {
        self.target.finish().await
    }
}

/// A webhook endpoint's id and its secrets, sealed as they are.
pub type Sealed = (uuid::Uuid, Vec<Vec<u8>>);

/// A file that is about to be copied.
pub struct Original(Arc<Source>);

impl Original {
    /// Takes the file; it is held until this, and the copy, are dropped.
    pub async fn hold(path: &Path) -> Result<Self, CopyError> {
        let path = path.to_owned();
        let source = blocking(move || Source::hold(&path)).await?;
        Ok(Self(Arc::new(source)))
    }

    /// The secrets of every webhook endpoint, sealed as they are.
    pub async fn sealed(&self) -> Result<Vec<Sealed>, CopyError> {
        let source = Arc::clone(&self.0);
        blocking(move || source.sealed()).await
    }

    /// Copies it into the database at `to`, or goes on with that.
    pub async fn copy(self, to: &str, tell: &mut Tell<'_>) -> Result<Copied, CopyError> {
        let source = self.0;
        let (anchor, head) = verified(&source, tell).await?;
        let listed = Arc::clone(&source);
        let tables = blocking(move || listed.tables()).await?;
        let target = Target::open(to).await?;
        let (copied, given): (Vec<_>, Vec<_>) =
            tables.into_iter().partition(|(table, _)| is_copied(table));
        let sizes: std::collections::BTreeMap<String, u64> =
            copied.iter().chain(&given).map(|(table, rows)| (table.name.clone(), *rows)).collect();
        let places = target.places(copied.into_iter().map(|(table, _)| table).collect()).await?;
        target.begin(source.path(), &places, anchor, head).await?;
        let (mut before, mut sent) = (0, Vec::new());
        for place in &places {
            let size = sizes.get(&place.table.name).copied().unwrap_or_default();
            before += target.copied(place).await?.rows;
            sent.push(over(&source, &target, place, size, tell).await?);
        }
        for (place, sent) in places.iter().zip(&sent) {
            let name = place.table.name.as_str();
            let mut progress = |rows| tell(Stage::Comparing(name), rows, sent.rows);
            let arrived = target.sum(place, &mut progress).await?;
            if arrived != *sent {
                let (arrived, sent) = (arrived.rows, sent.rows);
                return Err(CopyError::Unlike { table: name.to_owned(), arrived, sent });
            }
            tell(Stage::Comparing(name), sent.rows, sent.rows);
        }
        target.settle(&places, head).await?;
        Ok(Copied { target, _source: source, tables: sizes.into_iter().collect(), head, before })
    }
}

/// Recomputes the source's chain; where the log begins and ends.
async fn verified(
    source: &Arc<Source>,
    tell: &mut Tell<'_>,
) -> Result<(Checkpoint, Checkpoint), CopyError> {
    let (told, mut heard) = mpsc::channel(AHEAD);
    let reading = Arc::clone(source);
    let verifying = tokio::task::spawn_blocking(move || {
        // Whoever shows it may be gone; the log is verified all the same.
        reading.verified(&mut |done, head| {
            told.blocking_send((done, head)).ok();
        })
    });
    while let Some((done, head)) = heard.recv().await {
        tell(Stage::Verifying, done, head);
    }
    joined(verifying.await)
}

/// Brings the rows of a table over, from where an earlier run has ended; the sum of all of them.
async fn over(
    source: &Arc<Source>,
    target: &Target,
    place: &Place,
    size: u64,
    tell: &mut Tell<'_>,
) -> Result<Sum, CopyError> {
    let before = target.copied(place).await?;
    let changed = || CopyError::Changed(place.table.name.clone());
    let (pages, mut read) = mpsc::channel(AHEAD);
    let (reading, table, kinds) = (Arc::clone(source), place.table.clone(), place.kinds.clone());
    let reader = tokio::task::spawn_blocking(move || read_pages(&reading, &table, &kinds, &pages));
    let (mut sum, mut taking) = (Sum::default(), None);
    while let Some(page) = read.recv().await {
        for row in page {
            if sum.rows == before.rows && sum != before {
                return Err(changed());
            }
            let is_new = sum.rows >= before.rows;
            sum.add(&row);
            if !is_new {
                continue;
            }
            let mut open = match taking.take() {
                Some(open) => open,
                None => target.take(place).await?,
            };
            open.row(&row).await?;
            if sum.rows.is_multiple_of(TRANSACTION) && !place.refers_to_itself {
                open.commit(&sum).await?;
            } else {
                taking = Some(open);
            }
        }
        tell(Stage::Copying(&place.table.name), sum.rows, size);
    }
    joined(reader.await)?;
    if sum.rows < before.rows || (sum.rows == before.rows && sum != before) {
        return Err(changed());
    }
    if let Some(open) = taking {
        open.commit(&sum).await?;
    }
    tell(Stage::Copying(&place.table.name), sum.rows, size);
    Ok(sum)
}

fn read_pages(
    source: &Source,
    table: &Table,
    kinds: &[Kind],
    pages: &mpsc::Sender<Vec<Row>>,
) -> Result<(), CopyError> {
    let mut page = Vec::with_capacity(PAGE);
    source.rows(table, kinds, |row| {
        page.push(row);
        // Nobody takes more when the other end has failed, which it says itself.
        page.len() < PAGE || pages.blocking_send(std::mem::take(&mut page)).is_ok()
    })?;
    if !page.is_empty() {
        pages.blocking_send(page).ok();
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CopyError> + Send + 'static,
) -> Result<T, CopyError> {
    joined(tokio::task::spawn_blocking(work).await)
}

fn joined<T>(ended: Result<Result<T, CopyError>, tokio::task::JoinError>) -> Result<T, CopyError> {
    match ended {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(CopyError::Interrupted(error)),
        },
    }
}
