//! The one binary, `shixian`.

mod app;
mod cli;
mod commands;
mod config;
mod failure;
mod listen;
mod logs;
mod output;
mod part;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// A page is made of thousands of small pieces, on several threads at once.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    commands::run(cli::Cli::parse())
}
