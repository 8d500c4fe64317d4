//! Whether the database's files can still be written.
//!
//! A file that somebody makes read-only under a running process goes on taking writes in part: what is open
//! stays open, and the write-ahead log is another file than the database. So the platform looks by itself, and then
//! writes nothing at all, which is what whoever did it wants, rather than fill a log that nothing can empty.

use std::path::{Path, PathBuf};

use rusqlite::ffi::SQLITE_IOERR_WRITE;
use rustix::fs::{Access, access};
use rustix::io::Errno;

use super::error::StoreError;

/// What writing would go to.
#[derive(Debug, Clone)]
pub(super) struct Files([PathBuf; 2]);

impl Files {
    /// Those of the database at a path.
    pub(super) fn of(path: &Path) -> Self {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Self([path.to_owned(), PathBuf::from(log)])
    }

    /// Whether this process may not write one of them: its file system is read-only, or its mode or an attribute says
    /// so. Nothing is opened, because closing it would give up SQLite's locks.
    pub(super) fn are_read_only(&self) -> bool {
        self.0.iter().any(|file| {
            matches!(access(file, Access::WRITE_OK), Err(Errno::ROFS | Errno::ACCESS | Errno::PERM))
        })
    }

    /// Whether an error of a write says no more than that. The transaction was then not written to its end, so it is none.
    pub(super) fn explain(&self, error: &StoreError) -> bool {
        let StoreError::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) = error else {
            return false;
        };
        failure.extended_code == SQLITE_IOERR_WRITE && self.are_read_only()
    }
}
