//! `cargo xtask simulate`: whole years of cities, one after the other, until one differs.
#![expect(
    clippy::print_stdout,
    reason = "a command line tool whose output is a table for people"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::{Parser, ValueEnum};
use simulate::{Bend, Database, Options, Outcome, Tally, fresh_seed, run, shrink};
use testkit::postgres::{Cluster, Flush};

/// Lets cities live for a year each, and audits what became of their cards, orders and mails.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask simulate", bin_name = "cargo xtask simulate")]
struct Arguments {
    /// Years, each of another city
    #[arg(long, default_value_t = 1)]
    years: u64,
    /// The number that the first city follows from; the next one has the next number. Without it: the date and time
    #[arg(long)]
    seed: Option<u64>,
    /// Where the record is kept
    #[arg(long, value_enum, default_value_t = Kind::Sqlite)]
    database: Kind,
    /// Processes on one database, 1 to 4
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=4))]
    processes: u8,
    /// Goes on beyond the years until so many processes have died
    #[arg(long, default_value_t = 0)]
    deaths: u64,
    /// Of a thousand points at which a process may die, so many are fatal
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(0..=500))]
    fatal: i64,
    /// Cases of a year
    #[arg(long, default_value_t = 120)]
    cases: usize,
    /// Days of a year
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(i64).range(1..=400))]
    days: i64,
    /// Where SQLite's files are made; they are removed afterwards
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The days of the year that a shortened one is the beginning of
    #[arg(long, hide = true)]
    made_for: Option<i64>,
    /// Only these cases
    #[arg(long, hide = true, value_delimiter = ',')]
    only: Option<Vec<usize>>,
    /// Bends what is found, to show that the auditor sees it
    #[arg(long, hide = true)]
    bend: Option<String>,
    /// Goes on after a difference, and looks for no shorter history
    #[arg(long)]
    go_on: bool,
    /// Tells what was refused
    #[arg(long)]
    verbose: bool,
}

/// Differences that are shown of one city.
const SHOWN_MAX: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Sqlite,
    Postgres,
}

fn main() -> ExitCode {
    let done = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(simulate(&Arguments::parse())));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn simulate(arguments: &Arguments) -> Result<()> {
    let first = arguments.seed.unwrap_or_else(fresh_seed);
    let options = options(arguments, first)?;
    let mut all = Tally::default();
    let (mut years, mut differences) = (0, 0);
    while years < arguments.years || all.deaths_in_all() < arguments.deaths {
        let options = Options {
            seed: first + years,
            ..options.clone()
        };
        let outcome = run(&options).await?;
        years += 1;
        differences += outcome.differences.len();
        all = all.and(&outcome.tally);
        println!(
            "seed {}: {} cases, {} acts, {} warnings, {} mails, {} deaths, {} differences",
            options.seed,
            outcome.tally.cases,
            outcome.tally.acknowledged,
            outcome.tally.warnings,
            outcome.tally.mails,
            outcome.tally.deaths_in_all(),
            outcome.differences.len()
        );
        if !outcome.differences.is_empty() {
            tell(&outcome);
            if arguments.go_on {
                continue;
            }
            println!(
                "looking for a shorter history than {} …",
                options.as_arguments()
            );
            let (shortest, outcome) = shrink(&options, outcome).await?;
            tell(&outcome);
            bail!("cargo xtask simulate {}", shortest.as_arguments());
        }
    }
    show(years, &all);
    println!("{:<34}{differences:>10}", "differences");
    if differences > 0 {
        bail!("something isn't as it must be");
    }
    Ok(())
}

fn tell(outcome: &Outcome) {
    let differences = outcome.differences.iter().take(SHOWN_MAX);
    for line in differences.chain(&outcome.history) {
        println!("  {line}");
    }
}

fn options(arguments: &Arguments, seed: u64) -> Result<Options> {
    let database = match arguments.database {
        Kind::Sqlite => {
            Database::Sqlite(arguments.folder.clone().unwrap_or_else(std::env::temp_dir))
        }
        Kind::Postgres => Database::Postgres(Arc::new(Cluster::start_with(Flush::Never)?)),
    };
    let bend = match &arguments.bend {
        Some(word) => match Bend::parse(word) {
            None => bail!("--bend {word}: nothing is bent so"),
            bend => bend,
        },
        None => None,
    };
    Ok(Options {
        seed,
        days: arguments.days,
        made_for_days: arguments.made_for,
        cases: arguments.cases,
        only: arguments.only.clone().map(BTreeSet::from_iter),
        processes: usize::from(arguments.processes),
        fatal_per_mille: arguments.fatal,
        database,
        bend,
        verbose: arguments.verbose,
    })
}

fn show(years: u64, all: &Tally) {
    let lines = [
        ("years", years),
        ("cases", all.cases),
        ("steps of time", all.steps),
        ("standstills of days", all.standstills),
        ("clocks set", all.clock_steps),
        ("processes started", all.starts),
        ("acts asked for", all.asked),
        ("acts acknowledged", all.acknowledged),
        ("acts refused", all.refused),
        ("acts unanswered", all.unanswered),
        ("  found done", all.found_done),
        ("  found undone", all.found_undone),
        ("requests sent twice, done once", all.repeated),
        ("sweeps, letters, deliveries", all.chores),
        ("  by all processes at once", all.storms),
        ("revisions", all.revisions),
        ("warnings", all.warnings),
        ("supervision orders", all.orders),
        ("deemed acceptances", all.deemed),
        ("message items", all.items),
        ("mails", all.mails),
        ("  second copies", all.copies),
        ("  tries refused or lost", all.mails_refused),
        ("deaths", all.deaths_in_all()),
    ];
    for (words, number) in lines {
        println!("{words:<34}{number:>10}");
    }
    for (place, number) in Tally::places().iter().zip(all.deaths) {
        println!("  {place:<32}{number:>10}");
    }
}
