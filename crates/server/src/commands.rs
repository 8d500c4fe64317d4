//! What the commands do, one file each.

use std::process::ExitCode;

use clap::CommandFactory;

use crate::cli::{Cli, Command, ConfigCommand, EventsCommand, TokenCommand, UserCommand};
use crate::config::{Config, Settings, Sources};
use crate::failure::Failure;
use crate::{output, telemetry};

mod backup;
mod bench;
mod cluster;
mod config_check;
mod dead_letters;
mod events_export;
mod events_replay;
mod events_retain;
mod events_show;
mod events_tail;
mod events_verify;
mod files;
mod health;
mod import;
mod migrate;
mod moving;
mod progress;
mod restore;
mod serve;
mod signals;
mod subscriptions;
mod subscriptions_compare;
mod tables;
mod token_create;
mod user_create;
mod user_link;

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
        Command::Migrate(asked) => return migrate::run(&config()?, asked).await,
        Command::User(UserCommand::Create(create)) => user_create::run(&config()?, create).await,
        Command::User(UserCommand::Link(wanted)) => user_link::run(&config()?, wanted).await,
        Command::Token(TokenCommand::Create(create)) => token_create::run(&config()?, create).await,
        Command::Events(command) => return events(&config()?, command).await,
        Command::Subscriptions(command) => subscriptions::run(&config()?, command).await,
        Command::DeadLetters(command) => dead_letters::run(&config()?, command).await,
        Command::Cluster(command) => cluster::run(&config()?, command).await,
        Command::Import(asked) => return import::run(&config()?, asked).await,
        Command::Backup(backup) => backup::run(&config()?, backup).await,
        Command::Bench(asked) => bench::run(&config()?, asked).await,
        Command::Health(asked) => health::run(&config()?, asked).await,
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

async fn events(config: &Config, command: EventsCommand) -> Result<ExitCode, Failure> {
    match command {
        EventsCommand::Tail(tail) => events_tail::run(config, tail).await,
        EventsCommand::Show(show) => events_show::run(config, show).await,
        EventsCommand::Replay(replay) => events_replay::run(config, replay).await,
        EventsCommand::Verify(verify) => return events_verify::run(config, verify).await,
        EventsCommand::Checkpoint(asked) => events_verify::checkpoint(config, asked).await,
        EventsCommand::Export(export) => events_export::run(config, export).await,
        EventsCommand::Retain(retain) => events_retain::run(config, retain).await,
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
