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
mod copies;
mod crowd;
mod due_date;
mod due_date_numpy;
mod facts;
mod figure;
mod growth;
mod measure;
mod office;
mod pages;
mod papers;
mod plans;
mod processes;
mod red_line;
mod revision;
mod rows;
mod served;
mod service;
mod sweep;
mod transitions;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Parser;
use tokio::runtime::Runtime;

use crate::figure::Figure;

/// The figures, in the order in which they are measured.
const FIGURES: [&str; 29] = [
    due_date::NAME,
    due_date_numpy::NAME,
    transitions::NAME_SQLITE,
    transitions::NAME_POSTGRES,
    sweep::NAME_10K,
    sweep::NAME_1M,
    plans::NAME,
    red_line::NAME_SQLITE,
    red_line::NAME_POSTGRES,
    revision::NAME_SQLITE,
    revision::NAME_POSTGRES,
    processes::NAME_ACTS,
    processes::NAME_SWEEP,
    pages::NAME_SQLITE,
    pages::NAME_POSTGRES,
    acts::NAME_FORM,
    acts::NAME_EVENTS,
    board::NAME,
    facts::NAME_MONTH,
    facts::NAME_HISTORY,
    facts::NAME_REBUILD,
    facts::NAME_KEPT,
    papers::NAME_XLSX,
    papers::NAME_XLSX_MEMORY,
    papers::NAME_PDF,
    papers::NAME_PDF_MEMORY,
    service::NAME_MEMORY,
    service::NAME_START,
    growth::NAME,
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
    /// Where tables and pictures are written that a figure has besides
    #[arg(long, default_value = "target/bench", value_name = "DIR")]
    out: PathBuf,
    /// Divides the numbers of cases (red line, revision, processes, papers, service, growth, plans) by so many, to see quickly
    /// that everything runs: what comes out then is no figure
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    divide: u32,
    /// Works as one of the processes of a figure
    #[arg(long, hide = true)]
    worker: bool,
    /// Only figures whose name contains one of these
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

/// How long the figures are measured, and with how much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) rounds: u32,
    pub(crate) seconds: u64,
    divide: u32,
}

impl Effort {
    /// So many cases, or the part of them that is to be tried.
    pub(crate) fn cases(self, count: usize) -> usize {
        usize::try_from(self.divide).map_or(count, |by| count.div_ceil(by))
    }

    /// So long, or a part of it: a second at least.
    pub(crate) fn time(self, time: Duration) -> Duration {
        (time / self.divide).max(Duration::from_secs(1))
    }
}

/// A count as a number to divide.
pub(crate) fn count_f64(count: usize) -> Result<f64> {
    Ok(f64::from(u32::try_from(count)?))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list {
        println!("{}", FIGURES.join("\n"));
        return ExitCode::SUCCESS;
    }
    let text = if arguments.worker {
        processes::work()
    } else {
        run(&arguments).map(|figures| {
            if arguments.json {
                figure::json(&figures)
            } else {
                figure::table(&figures)
            }
        })
    };
    match text {
        Ok(text) => {
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
        divide: arguments.divide,
    };
    let bench = Bench {
        runtime,
        folder: folder.path(),
        out: &arguments.out,
        effort,
        wanted: &wanted,
    };
    let mut figures = Vec::new();
    bench.of_acts(&mut figures)?;
    bench.of_alarms(&mut figures)?;
    bench.of_processes(&mut figures)?;
    over_http(&bench.runtime, folder.path(), effort, &wanted, &mut figures)?;
    of_statistics(&bench.runtime, folder.path(), effort, &wanted, &mut figures)?;
    bench.of_papers(&mut figures)?;
    bench.of_size(&mut figures)?;
    Ok(figures)
}

/// What all figures are measured with.
struct Bench<'a> {
    runtime: Runtime,
    folder: &'a Path,
    out: &'a Path,
    effort: Effort,
    wanted: &'a dyn Fn(&str) -> bool,
}

impl Bench<'_> {
    /// Measures a figure if it is wanted.
    fn one<F: Future<Output = Result<Figure>> + Send + 'static>(
        &self,
        name: &str,
        figures: &mut Vec<Figure>,
        work: impl FnOnce() -> F,
    ) -> Result<()> {
        if (self.wanted)(name) {
            eprintln!("{name} …");
            figures.push(measure::on(&self.runtime, work())?);
        }
        Ok(())
    }

    /// Measures two figures that come together if one of them is wanted.
    fn two<F: Future<Output = Result<[Figure; 2]>> + Send + 'static>(
        &self,
        names: [&str; 2],
        figures: &mut Vec<Figure>,
        work: impl FnOnce() -> F,
    ) -> Result<()> {
        if names.into_iter().any(self.wanted) {
            eprintln!("{} …", names.join(", "));
            let both = measure::on(&self.runtime, work())?;
            let wanted = both.into_iter().filter(|figure| (self.wanted)(figure.name));
            figures.extend(wanted);
        }
        Ok(())
    }

    /// Due dates and transitions.
    fn of_acts(&self, figures: &mut Vec<Figure>) -> Result<()> {
        let effort = self.effort;
        if (self.wanted)(due_date::NAME) {
            eprintln!("{} …", due_date::NAME);
            figures.push(due_date::measure()?);
        }
        if (self.wanted)(due_date_numpy::NAME) {
            eprintln!("{} …", due_date_numpy::NAME);
            figures.push(due_date_numpy::measure(self.folder)?);
        }
        let path = self.folder.to_owned();
        self.one(transitions::NAME_SQLITE, figures, || async move {
            transitions::sqlite(&path, effort).await
        })?;
        self.one(transitions::NAME_POSTGRES, figures, || {
            transitions::postgres(effort)
        })
    }

    /// Sweeps and revisions.
    fn of_alarms(&self, figures: &mut Vec<Figure>) -> Result<()> {
        let effort = self.effort;
        let (path, out) = (self.folder.to_owned(), self.out.to_owned());
        let folder = path.clone();
        let names = [sweep::NAME_10K, sweep::NAME_1M];
        self.two(
            names,
            figures,
            || async move { sweep::measure(&folder).await },
        )?;
        let folder = path.clone();
        self.one(plans::NAME, figures, || async move {
            plans::measure(&folder, &out, effort).await
        })?;
        let folder = path.clone();
        self.one(red_line::NAME_SQLITE, figures, || async move {
            red_line::sqlite(&folder, effort).await
        })?;
        let folder = path.clone();
        self.one(red_line::NAME_POSTGRES, figures, || async move {
            red_line::postgres(&folder, effort).await
        })?;
        self.one(revision::NAME_SQLITE, figures, || async move {
            revision::sqlite(&path, effort).await
        })?;
        self.one(revision::NAME_POSTGRES, figures, || {
            revision::postgres(effort)
        })
    }

    /// Several processes on one database.
    fn of_processes(&self, figures: &mut Vec<Figure>) -> Result<()> {
        let (path, effort) = (self.folder.to_owned(), self.effort);
        let names = [processes::NAME_ACTS, processes::NAME_SWEEP];
        self.two(names, figures, || async move {
            processes::measure(&path, effort).await
        })
    }

    /// Workbooks and papers of reports.
    fn of_papers(&self, figures: &mut Vec<Figure>) -> Result<()> {
        let effort = self.effort;
        let path = self.folder.to_owned();
        self.two(
            [papers::NAME_XLSX, papers::NAME_XLSX_MEMORY],
            figures,
            || papers::workbook(path.clone(), effort),
        )?;
        self.two([papers::NAME_PDF, papers::NAME_PDF_MEMORY], figures, || {
            papers::paper(path, effort)
        })
    }

    /// What things cost with a great many cases.
    fn of_size(&self, figures: &mut Vec<Figure>) -> Result<()> {
        let effort = self.effort;
        let (path, out) = (self.folder.to_owned(), self.out.to_owned());
        let folder = path.clone();
        let names = [service::NAME_MEMORY, service::NAME_START];
        self.two(names, figures, || async move {
            service::measure(&folder, effort).await
        })?;
        self.one(growth::NAME, figures, || async move {
            growth::measure(&path, &out, effort).await
        })
    }
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
