//! `cargo xtask bench`: figures of speed, each beside a baseline that is measured in the same run.
//!
//! A figure alone says more about the machine than about the program. So each is printed with what a simpler way does
//! on the same machine in the same minutes, and with its goal; one that is missed is printed as it is.
#![expect(
    clippy::print_stdout,
    reason = "a command line tool whose output is the figures"
)]

mod acts;
mod bare;
mod board;
mod city;
mod due_date;
mod facts;
mod figure;
mod measure;
mod office;
mod pages;
mod served;
mod sweep;
mod transitions;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use tokio::runtime::Runtime;

use crate::figure::Figure;

/// The figures, in the order in which they are measured.
const FIGURES: [&str; 14] = [
    due_date::NAME,
    transitions::NAME_SQLITE,
    transitions::NAME_POSTGRES,
    sweep::NAME_10K,
    sweep::NAME_1M,
    pages::NAME_SQLITE,
    pages::NAME_POSTGRES,
    acts::NAME_FORM,
    acts::NAME_EVENTS,
    board::NAME,
    facts::NAME_MONTH,
    facts::NAME_HISTORY,
    facts::NAME_REBUILD,
    facts::NAME_KEPT,
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
    /// Rounds of each figure of acts; the median counts
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
    let runtime = Runtime::new()?;
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
    over_http(&runtime, folder.path(), effort, &wanted, &mut figures)?;
    of_statistics(&runtime, folder.path(), effort, &wanted, &mut figures)?;
    Ok(figures)
}

/// The figures that the program itself is served for.
fn over_http(
    runtime: &Runtime,
    folder: &Path,
    effort: Effort,
    wanted: &dyn Fn(&str) -> bool,
    figures: &mut Vec<Figure>,
) -> Result<()> {
    let path = folder.to_owned();
    if wanted(pages::NAME_SQLITE) {
        eprintln!("{} …", pages::NAME_SQLITE);
        let path = path.clone();
        figures.push(measure::on(runtime, async move {
            pages::sqlite(&path, effort.seconds).await
        })?);
    }
    if wanted(pages::NAME_POSTGRES) {
        eprintln!("{} …", pages::NAME_POSTGRES);
        figures.push(measure::on(runtime, pages::postgres(effort.seconds))?);
    }
    if wanted(acts::NAME_FORM) || wanted(acts::NAME_EVENTS) {
        eprintln!("the engine on one processor …");
        let alone = acts::EngineAlone::measure(folder, effort)?;
        if wanted(acts::NAME_FORM) {
            eprintln!("{} …", acts::NAME_FORM);
            let path = path.clone();
            figures.push(measure::on(runtime, async move {
                acts::form(&path, alone, effort).await
            })?);
        }
        if wanted(acts::NAME_EVENTS) {
            eprintln!("{} …", acts::NAME_EVENTS);
            let path = path.clone();
            figures.push(measure::on(runtime, async move {
                acts::events(&path, alone, effort).await
            })?);
        }
    }
    if wanted(board::NAME) {
        eprintln!("{} …", board::NAME);
        figures.push(measure::on(
            runtime,
            async move { board::measure(&path).await },
        )?);
    }
    Ok(())
}

/// The figures of the statistics.
fn of_statistics(
    runtime: &Runtime,
    folder: &Path,
    effort: Effort,
    wanted: &dyn Fn(&str) -> bool,
    figures: &mut Vec<Figure>,
) -> Result<()> {
    let path = folder.to_owned();
    if wanted(facts::NAME_MONTH) || wanted(facts::NAME_HISTORY) {
        eprintln!("{} …", facts::NAME_MONTH);
        let path = path.clone();
        let (month, history) = measure::on(runtime, async move { facts::month(&path).await })?;
        figures.extend([month, history].into_iter().filter(|f| wanted(f.name)));
    }
    if wanted(facts::NAME_REBUILD) {
        eprintln!("{} …", facts::NAME_REBUILD);
        let path = path.clone();
        figures.push(measure::on(
            runtime,
            async move { facts::rebuild(&path).await },
        )?);
    }
    if wanted(facts::NAME_KEPT) {
        eprintln!("{} …", facts::NAME_KEPT);
        figures.push(measure::on(runtime, async move {
            facts::kept(&path, effort).await
        })?);
    }
    Ok(())
}
