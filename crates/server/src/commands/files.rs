//! Putting a file in its place so that it is there whole or not at all, also after a power loss.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::failure::Failure;

/// The file that is the configured database; elsewhere another tool is `meant`.
pub(super) fn database<'c>(config: &'c Config, meant: &str) -> Result<&'c Path, Failure> {
    config.database.file().ok_or_else(|| {
        Failure::Refused(format!("{} is a PostgreSQL database: use {meant}", config.database))
    })
}

/// A name beside `path` that no other process uses.
pub(super) fn beside(path: &Path, what: &str) -> PathBuf {
    with_suffix(path, &format!(".{what}-{}", std::process::id()))
}

/// The path with more at its end.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A new, empty file that only its owner may read.
pub(super) fn create_private(path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map(|_| ())
}

/// Moves a finished file to its place: its content is on the disk before its name is.
pub(super) fn put_in_place(finished: &Path, place: &Path) -> io::Result<()> {
    File::open(finished)?.sync_all()?;
    fs::rename(finished, place)?;
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Removes a file and the logs that a database has beside it, as far as they are there.
pub(super) fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        // What cannot be removed is left; its name says what it was.
        let _ = fs::remove_file(with_suffix(path, suffix));
    }
}
