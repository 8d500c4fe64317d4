//! The command line: what can be asked for, and by which words. Comments on arguments are the help
//! that `--help` prints.
#![expect(clippy::doc_markdown, reason = "help is printed as it stands, without Markdown")]

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use rishi_domain::id::OrganizationId;
use rishi_domain::permission::Role;

use crate::config::Key;

mod bench;
mod cluster;
mod dead_letters;
mod events;
mod subscriptions;
#[cfg(test)]
mod tests;

pub(crate) use bench::Bench;
pub(crate) use cluster::ClusterCommand;
pub(crate) use dead_letters::{DeadLettersCommand, DeadLettersList, DeadLettersShow};
pub(crate) use events::{
    EventName, EventsCheckpoint, EventsCommand, EventsExport, EventsReplay, EventsRetain,
    EventsShow, EventsTail, EventsVerify, ExportFormat,
};
pub(crate) use subscriptions::{SubscriptionsCommand, SubscriptionsCompare, SubscriptionsList};

/// Booking and staffing for event-driven teams, in one program and one file.
#[derive(Debug, Parser)]
#[command(name = "rishi", version, max_term_width = 100, propagate_version = true)]
#[command(after_help = "Exit codes: 0 success, 1 failure, 2 wrong usage.\n\
    Configuration: defaults, then rishi.toml, then RISHI_* environment, then flags; see `rishi config check`.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) settings: SettingFlags,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that stand above every other source of configuration.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct SettingFlags {
    /// Configuration file [default: rishi.toml in the working directory, if there is one]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) config: Option<PathBuf>,
    /// Database, as sqlite:PATH [default: sqlite:./data/rishi.db]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// What is logged to standard error, e.g. info or warn,rishi_store=debug
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// How log lines look: text or json
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server until it is told to stop
    Serve(Serve),
    /// Bring the database's schema up to date (serve does it by itself for a file), or move a file to a server
    Migrate(Migrate),
    /// People
    #[command(subcommand)]
    User(UserCommand),
    /// API tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// The event log
    #[command(subcommand)]
    Events(EventsCommand),
    /// Who handles events, how far each has come, and what it is told
    #[command(subcommand)]
    Subscriptions(SubscriptionsCommand),
    /// Events that a subscription could not handle
    #[command(subcommand)]
    DeadLetters(DeadLettersCommand),
    /// The processes that serve one database together
    #[command(subcommand)]
    Cluster(ClusterCommand),
    /// Make bookings of the rows of a CSV file
    Import(ImportFile),
    /// Copy the database to a new file, also while a server runs
    Backup(Backup),
    /// Put a backup in the database's place; stop the server first
    Restore(Restore),
    /// Ask a running server whether it wants requests; for container probes
    Health(HealthCheck),
    /// Measure what this machine carries, on a database of its own beside the configured one
    Bench(Bench),
    /// The configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the OpenAPI document of the HTTP API
    Openapi,
    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// How a command answers.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct Output {
    /// Print one JSON document and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

/// `rishi health`
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct HealthCheck {
    /// Ask only whether it runs, not whether it wants requests
    #[arg(long)]
    pub(crate) live: bool,
    /// How many seconds to wait for the answer
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=60))]
    pub(crate) timeout: u64,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi serve`
#[derive(Debug, Default, Args)]
pub(crate) struct Serve {
    /// Fill an empty database with sample data and print credentials for it
    #[arg(long)]
    pub(crate) demo: bool,
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "IP:PORT")]
    http_addr: Option<String>,
    /// What this process does on PostgreSQL: api, worker or both [default: api,worker]
    #[arg(long, value_name = "ROLES")]
    roles: Option<String>,
    /// Address that others reach the server at
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

/// `rishi migrate`
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Copy everything from this file, as sqlite:PATH, into an empty PostgreSQL database; nobody may use the file
    /// meanwhile. What was interrupted goes on when it is asked for again
    #[arg(long, value_name = "URL")]
    pub(crate) from: Option<String>,
    /// Database to copy into, as postgres://USER@HOST/NAME [default: the configured one]
    #[arg(long, value_name = "URL", requires = "from", conflicts_with = "database_url")]
    to: Option<String>,
    /// Let this role of the PostgreSQL server, which is there already, serve from the database without owning it
    #[arg(long, value_name = "ROLE", conflicts_with = "from")]
    pub(crate) grant_to: Option<String>,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi user …`
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a person with a role
    Create(UserCreate),
    /// Print a one-time link by which a person chooses a password
    Link(UserLink),
}

/// `rishi user create`
#[derive(Debug, Args)]
pub(crate) struct UserCreate {
    /// E-mail address, unique without regard to case
    #[arg(long)]
    pub(crate) email: String,
    /// The name that others see
    #[arg(long)]
    pub(crate) name: String,
    /// What the person is there
    #[arg(long, value_parser = roles())]
    pub(crate) role: Role,
    /// Organization's id [default: the internal organization]
    #[arg(long, value_name = "ID")]
    pub(crate) organization: Option<OrganizationId>,
    /// Read a password, one line, from standard input; without it a one-time link is printed
    #[arg(long)]
    pub(crate) password_stdin: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi user link`
#[derive(Debug, Args)]
pub(crate) struct UserLink {
    /// For whom, by e-mail address
    #[arg(long, value_name = "EMAIL")]
    pub(crate) user: String,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi token …`
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token; it is shown this once
    Create(TokenCreate),
}

/// `rishi token create`
#[derive(Debug, Args)]
pub(crate) struct TokenCreate {
    /// Whose token, by e-mail address
    #[arg(long, value_name = "EMAIL")]
    pub(crate) user: String,
    /// Organization's id; needed when the person belongs to several
    #[arg(long, value_name = "ID")]
    pub(crate) organization: Option<OrganizationId>,
    /// What the token is for
    #[arg(long, default_value = "command line")]
    pub(crate) name: String,
    /// Days until it expires, 1 to 3650
    #[arg(long, value_name = "DAYS", default_value_t = rishi_app::tokens::DEFAULT_DAYS,
        value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub(crate) expires_in_days: u16,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi import`
#[derive(Debug, Args)]
pub(crate) struct ImportFile {
    /// The file: its first row names the columns, as an export of bookings does
    pub(crate) file: PathBuf,
    /// Whose bookings they are to be, unless a row names another organization
    #[arg(long, value_name = "ID")]
    pub(crate) organization: OrganizationId,
    /// Who makes them, by e-mail address: nothing is imported that this person may not create
    #[arg(long, value_name = "EMAIL")]
    pub(crate) user: String,
    /// Only say what is wrong with the rows
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi backup`
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The new file; an existing one is never overwritten
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi restore`
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup
    pub(crate) path: PathBuf,
    /// Replace the present database
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// `rishi config …`
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print every value with its source, and names that mean nothing
    Check(Output),
}

impl Cli {
    /// The configuration that was given by flags.
    pub(crate) fn flags(&self) -> Vec<(Key, &'static str, String)> {
        let SettingFlags { database_url, log, log_format, .. } = &self.settings;
        let none = Serve::default();
        let serve = if let Command::Serve(serve) = &self.command { serve } else { &none };
        let to = if let Command::Migrate(Migrate { to, .. }) = &self.command { to } else { &None };
        let given = [
            (Key::DatabaseUrl, "--database-url", database_url),
            (Key::DatabaseUrl, "--to", to),
            (Key::HttpAddr, "--http-addr", &serve.http_addr),
            (Key::Roles, "--roles", &serve.roles),
            (Key::PublicUrl, "--public-url", &serve.public_url),
            (Key::Log, "--log", log),
            (Key::LogFormat, "--log-format", log_format),
        ];
        let present =
            given.into_iter().filter_map(|(key, flag, value)| Some((key, flag, value.clone()?)));
        present.collect()
    }
}

/// Reads a role by its name on the wire, and lists them all.
fn roles() -> impl TypedValueParser<Value = Role> {
    let names = PossibleValuesParser::new(Role::ALL.map(Role::as_str));
    names.try_map(|name| Role::parse(&name).ok_or("there is no such role"))
}
