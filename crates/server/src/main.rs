//! `rishi`: the platform in one program.
//!
//! Cast: [`cli`] says what can be asked for, [`config`] what it runs on, [`commands`] does it;
//! [`compose`] builds the running server out of its services and [`http`] serves it; [`demo`] fills
//! an empty database; [`pages`] is the web application. Standard output carries answers, standard error logs and errors.

use std::process::ExitCode;

use clap::Parser;

mod cli;
mod clock;
mod commands;
mod compose;
mod config;
mod demo;
mod doorstep;
mod failure;
mod host;
mod http;
mod output;
mod pages;
mod secret_key;
mod services;
mod telemetry;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::remark(format_args!("error: cannot start the threads: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(commands::run(cli));
    // What still runs (a read of standard input, a lookup) must not hold the exit back.
    runtime.shutdown_background();
    match done {
        Ok(code) => code,
        Err(failure::Failure::NobodyListens) => ExitCode::SUCCESS,
        Err(failure) => {
            for line in failure.message().lines() {
                output::remark(format_args!("error: {line}"));
            }
            ExitCode::FAILURE
        }
    }
}
