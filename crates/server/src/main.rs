//! The one binary, `shixian`.

mod app;
mod cli;
mod commands;
mod config;
mod failure;
mod listen;
mod logs;
mod output;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    commands::run(cli::Cli::parse())
}
