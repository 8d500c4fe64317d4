//! What the commands do, one file each.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::{Cli, Command, ConfigCommand, EventsCommand, TokenCommand, UserCommand};
use crate::config::{Config, Settings, Sources};
use crate::failure::Failure;
use crate::{output, telemetry};

mod backup;
mod config_check;
mod events_show;
mod events_tail;
mod files;
mod migrate;
mod restore;
mod serve;
mod signals;
mod token_create;
mod user_create;

/// Does what was asked for and says how the process is to end.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let settings = Settings::gather(&sources(&cli));
    let config = || ready(&settings, telemetry::COMMAND);
    match cli.command {
        Command::Serve(serve) => {
            let config = ready(&settings, telemetry::SERVER)?;
            for (key, source) in &settings.unknown {
                tracing::warn!(key, source, "unknown configuration key; see `rishi config check`");
            }
            serve::run(&config, &serve).await
        }
        Command::Migrate(output) => migrate::run(&config()?, output).await,
        Command::User(UserCommand::Create(create)) => user_create::run(&config()?, create).await,
        Command::Token(TokenCommand::Create(create)) => token_create::run(&config()?, create).await,
        Command::Events(EventsCommand::Tail(tail)) => events_tail::run(&config()?, tail).await,
        Command::Events(EventsCommand::Show(show)) => events_show::run(&config()?, show).await,
        Command::Backup(backup) => backup::run(&config()?, backup).await,
        Command::Restore(restore) => restore::run(&config()?, restore).await,
        // These work under any configuration.
        Command::Config(ConfigCommand::Check(output)) => {
            return config_check::run(&settings, output);
        }
        Command::Openapi => output::pretty(&rishi_api::openapi()),
        Command::Completions { shell } => completions(shell),
    }
    .map(|()| ExitCode::SUCCESS)
}

/// The configuration, with logging started as it says.
fn ready(settings: &Settings, quiet: &str) -> Result<Config, Failure> {
    let config = Config::from_settings(settings)?;
    telemetry::start(&config, quiet);
    Ok(config)
}

fn sources(cli: &Cli) -> Sources {
    Sources {
        file: cli.settings.config.clone(),
        folder: std::env::current_dir().unwrap_or_default(),
        environment: std::env::vars_os().collect(),
        flags: cli.flags(),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "rishi", &mut script);
    output::write(&String::from_utf8_lossy(&script))
}
