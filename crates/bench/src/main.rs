//! `cargo xtask bench`: figures of speed, each beside a baseline that is measured in the same run.
//!
//! A figure alone says more about the machine than about the program. So each is printed with what a simpler way does
//! on the same machine in the same minutes, and with its goal; one that is missed is printed as it is.
#![expect(
    clippy::print_stdout,
    reason = "a command line tool whose output is the figures"
)]

mod bare;
mod due_date;
mod figure;
mod measure;
mod office;
mod sweep;
mod transitions;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Parser;

use crate::figure::Figure;

/// The figures, in the order in which they are measured.
const FIGURES: [&str; 5] = [
    due_date::NAME,
    transitions::NAME_SQLITE,
    transitions::NAME_POSTGRES,
    sweep::NAME_10K,
    sweep::NAME_1M,
];

/// Measures figures of speed, each beside a baseline of the same run.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// Prints a JSON array instead of a table
    #[arg(long)]
    json: bool,
    /// Lists the figures and measures nothing
    #[arg(long)]
    list: bool,
    /// Rounds of each transition figure; the median counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Seconds of each round
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Where the databases are made, on the disk that is to be measured; they are removed afterwards
    #[arg(long, default_value = ".", value_name = "DIR")]
    folder: PathBuf,
    /// Only figures whose name contains one of these
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

/// How long the figures of transitions are measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) rounds: u32,
    pub(crate) seconds: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        println!("{}", FIGURES.join("\n"));
        return ExitCode::SUCCESS;
    }
    match run(&arguments) {
        Ok(figures) => {
            let text = if arguments.json {
                figure::json(&figures)
            } else {
                figure::table(&figures)
            };
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<Vec<Figure>> {
    if let Some(unknown) = arguments
        .names
        .iter()
        .find(|name| !FIGURES.iter().any(|figure| figure.contains(name.as_str())))
    {
        bail!(
            "no figure is called {unknown}; there are {}",
            FIGURES.join(", ")
        );
    }
    let wanted = |figure: &str| {
        let names = &arguments.names;
        names.is_empty() || names.iter().any(|name| figure.contains(name.as_str()))
    };
    let folder = tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(&arguments.folder)
        .with_context(|| format!("can't make a folder in {}", arguments.folder.display()))?;
    let runtime = tokio::runtime::Runtime::new()?;
    let effort = Effort {
        rounds: arguments.rounds,
        seconds: arguments.seconds,
    };
    let mut figures = Vec::new();
    if wanted(due_date::NAME) {
        eprintln!("{} …", due_date::NAME);
        figures.push(due_date::measure(folder.path())?);
    }
    if wanted(transitions::NAME_SQLITE) {
        eprintln!("{} …", transitions::NAME_SQLITE);
        let path = folder.path().to_owned();
        figures.push(measure::on(&runtime, async move {
            transitions::sqlite(&path, effort).await
        })?);
    }
    if wanted(transitions::NAME_POSTGRES) {
        eprintln!("{} …", transitions::NAME_POSTGRES);
        figures.push(measure::on(&runtime, transitions::postgres(effort))?);
    }
    if wanted(sweep::NAME_10K) || wanted(sweep::NAME_1M) {
        eprintln!("sweep-idle …");
        let path = folder.path().to_owned();
        let both = measure::on(&runtime, async move { sweep::measure(&path).await })?;
        figures.extend(both.into_iter().filter(|figure| wanted(figure.name)));
    }
    Ok(figures)
}
