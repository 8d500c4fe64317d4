//! Where the data is.

use std::fmt;
use std::path::{Path, PathBuf};

use rishi_store::postgres;

use super::parse::masked;

/// A database, by its address.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// A file, for one process: SQLite.
    File(PathBuf),
    /// A server's, for any number of processes: PostgreSQL. Its address may hold a password.
    Server(String),
}

impl Database {
    /// The file, if it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Server(_) => None,
        }
    }
}

/// Without its password.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(url) => f.write_str(&masked(url)),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Default for Database {
    fn default() -> Self {
        Self::File(PathBuf::new())
    }
}

/// The database that a URL names.
pub(crate) fn database(text: &str) -> Result<Database, String> {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        postgres::check_address(text).map_err(|error| {
            format!("{} cannot be used: {}", masked(text), crate::failure::with_causes(&error))
        })?;
        return Ok(Database::Server(text.to_owned()));
    }
    let Some(path) = text.strip_prefix("sqlite:") else {
        return Err(format!(
            "{} is not a database URL; write sqlite:PATH, e.g. sqlite:./data/rishi.db, or \
             postgres://USER@HOST/NAME",
            masked(text)
        ));
    };
    // `sqlite:///var/lib/rishi.db` is understood as well.
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path == ":memory:" {
        return Err(
            "the database needs a file; write sqlite:PATH, e.g. sqlite:./data/rishi.db".to_owned()
        );
    }
    Ok(Database::File(PathBuf::from(path)))
}
