//! Online backup, and checking one before it is restored.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::error::OpenError;
use super::{Sqlite, connection, log};

/// Pages that are copied between two looks at the progress.
const PAGES: i32 = 1_024;
/// How long to wait when the source is busy.
const PAUSE: Duration = Duration::from_millis(5);

/// How far a backup has come, in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Copied.
    pub done: u64,
    /// To be copied in all.
    pub total: u64,
}

impl Sqlite {
    /// Copies the database to a new file while it is in use: the copy is the state at one moment.
    /// `progress` is called as pages are copied. Blocks: call it off the async threads.
    pub fn backup(&self, to: &Path, progress: &mut dyn FnMut(Progress)) -> Result<(), OpenError> {
        let source = connection::reader(self.path())?;
        let mut copy = Connection::open(to)?;
        // One read transaction, so that commits made meanwhile do not start the copy over.
        source.execute_batch("BEGIN; SELECT 1 FROM sqlite_schema;")?;
        {
            let backup = Backup::new(&source, &mut copy)?;
            loop {
                let step = backup.step(PAGES)?;
                let now = backup.progress();
                let [done, total] = [now.pagecount - now.remaining, now.pagecount]
                    .map(|pages| u64::try_from(pages).unwrap_or_default());
                progress(Progress { done, total });
                match step {
                    StepResult::Done => break,
                    StepResult::More => {}
                    _ => std::thread::park_timeout(PAUSE),
                }
            }
        }
        source.execute_batch("COMMIT")?;
        // A file of its own, without a write-ahead log beside it.
        copy.pragma_update(None, "journal_mode", "DELETE")?;
        Ok(())
    }
}

/// Refuses a file that is damaged or is not a database of this platform; the newest position in it.
pub fn verify(path: &Path) -> Result<u64, OpenError> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let foreign = || OpenError::Foreign(path.to_owned());
    let known = db.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE name IN ('events', 'bookings', 'refinery_schema_history')",
        [],
        |row| row.get::<_, u32>(0),
    );
    let damaged = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => foreign(),
        Some(ErrorCode::DatabaseCorrupt) => {
            OpenError::Damaged { path: path.to_owned(), what: error.to_string() }
        }
        _ => error.into(),
    };
    if known.map_err(damaged)? != 3 {
        return Err(foreign());
    }
    let check = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
    let found = check.map_err(damaged)?;
    if found != "ok" {
        return Err(OpenError::Damaged { path: path.to_owned(), what: found });
    }
    Ok(log::head(&db)?)
}
