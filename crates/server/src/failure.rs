//! Why a command failed, in words that say what to do next.

use std::error::Error;
use std::io::ErrorKind;

use rishi_app::error::Error as Refusal;
use rishi_domain::error::Invalid;

use crate::config::{Config, ConfigError};

/// A failed command: exit code 1 and one message on standard error.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What was asked for cannot be done; the text says why and what to do.
    #[error("{0}")]
    Refused(String),
    /// Something that had to work did not.
    #[error("{what}")]
    Broken {
        /// What was being done.
        what: String,
        /// Why it failed.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Whoever read our output has gone; nobody is left to tell.
    #[error("standard output is closed")]
    NobodyListens,
}

impl Failure {
    /// Something that had to work did not.
    pub(crate) fn broken(
        what: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self::Broken { what: what.into(), source: source.into() }
    }

    /// A database that does not open.
    pub(crate) fn open(config: &Config, error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let file = config.database.file();
        let writable = file.map(|file| std::fs::OpenOptions::new().append(true).open(file));
        if let Some(Err(why)) = writable
            && matches!(why.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
        {
            return Self::Refused(format!(
                "the database {} cannot be written ({why}); let the server write the file and its \
                 folder, or name another with --database-url",
                config.database
            ));
        }
        Self::broken(format!("cannot use the database {}", config.database), error)
    }

    /// A use case's refusal, for the operator at the command line.
    pub(crate) fn refusal(error: Refusal) -> Self {
        match error {
            Refusal::Invalid(Invalid(fields)) => {
                let messages: Vec<String> =
                    fields.into_iter().map(|field| format!("{}: {}", field.field, field.message)).collect();
                Self::Refused(messages.join("\n"))
            }
            Refusal::NotFound("organization") => Self::Refused(
                "there is no organization with this id; leave --organization out for the internal one, \
                 or look the id up with GET /api/organizations"
                    .to_owned(),
            ),
            Refusal::Duplicate(what) => {
                Self::Refused(format!("this {what} is already in use; choose another"))
            }
            Refusal::Unavailable(why) => Self::Refused(format!("{why}; try again in a moment")),
            Refusal::Internal(source) => Self::broken("something went wrong on our side", source),
            other => Self::Refused(other.to_string()),
        }
    }

    /// The message with every cause, on one line each problem.
    pub(crate) fn message(&self) -> String {
        with_causes(self)
    }
}

/// An error's message with every cause.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        // Some errors repeat their source's words.
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
