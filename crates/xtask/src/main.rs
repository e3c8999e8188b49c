//! The chores of the project: `cargo xtask ci` checks everything, `cargo xtask wabo FILE` imports a real log,
//! `cargo xtask screenshots` makes the pictures of the README anew.
#![expect(
    clippy::print_stdout,
    reason = "a command line tool whose output is for people"
)]

mod bench;
mod ci;
mod deaths;
mod deb;
mod dependencies;
mod edges;
mod markdown;
mod mutants;
mod postgres;
mod prerequisites;
mod screenshots;
mod shell;
mod simulate;
mod source;
mod steps;
mod structure;
mod wabo;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// The chores of shixian.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Checks everything: format, structure, lints, all tests on both databases, conformance, documentation
    Ci(CiArguments),
    /// Measures figures of speed with a release build, each beside a baseline of the same run
    #[command(disable_help_flag = true)]
    Bench {
        /// Handed on to the package bench: --json, --list, names of figures …
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Imports the WABO receipt log with a release build and compares what comes out with the known figures
    Wabo(WaboArguments),
    /// Lets simulated cities live for years, and compares what became of them with what an auditor says beforehand
    #[command(disable_help_flag = true)]
    Simulate {
        /// Handed on to the package simulate: --years, --seed, --database, --processes, --deaths …
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Kills real services and databases under load, again and again, and looks whether anything is lost
    Deaths {
        /// How many deaths in each test
        #[arg(long, default_value_t = 200)]
        kills: u32,
    },
    /// Makes the package for Debian and looks at what is in it
    Deb {
        /// A release build of the program that is there already; by default one is made
        #[arg(long, value_name = "FILE")]
        binary: Option<PathBuf>,
    },
    /// Changes the pure crates line by line and looks whether their tests notice; takes hours
    Mutants {
        /// Only these packages
        #[arg(long = "package", value_name = "NAME")]
        packages: Vec<String>,
        /// Handed on to cargo-mutants: --file, --shard, --list …
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Makes the pictures in docs/images anew, from the pages that the tests look at
    Screenshots,
}

#[derive(Debug, Args)]
struct CiArguments {
    /// Only these steps, separated by commas
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    only: Vec<String>,
    /// All steps but these
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    skip: Vec<String>,
    /// Lists the steps and does nothing
    #[arg(long)]
    list: bool,
}

#[derive(Debug, Args)]
struct WaboArguments {
    /// The log as CSV (4TU.ResearchData, DOI 10.4121/uuid:a07386a5-7be3-4367-9535-70bc9e77dbe6)
    file: PathBuf,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().chore {
        Chore::Ci(arguments) if arguments.list => {
            ci::list();
            Ok(())
        }
        Chore::Ci(arguments) => ci::run(&arguments.only, &arguments.skip),
        Chore::Bench { arguments } => bench::run(&arguments),
        Chore::Simulate { arguments } => simulate::run(&arguments),
        Chore::Wabo(arguments) => wabo::run(&arguments.file),
        Chore::Deaths { kills } => deaths::run(kills),
        Chore::Deb { binary } => deb::run(binary.as_deref()),
        Chore::Mutants {
            packages,
            arguments,
        } => mutants::run(&packages, &arguments),
        Chore::Screenshots => screenshots::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
