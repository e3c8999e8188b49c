//! `cargo xtask mutants`: changes the pure crates line by line and looks whether their own tests notice.

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{edges, prerequisites, shell};

/// What makes the changes, and in which version: another one makes others, and the figures of docs/TESTING.md with them.
const CARGO_MUTANTS: [&str; 2] = ["cargo-mutants", "27.1.0"];
/// What a package's tests may take in seconds; they take some, and a change that makes one go on for ever is noticed too.
const TIMEOUT_SECONDS: &str = "120";

/// Runs it on packages, or on all that are pure; further arguments are handed on.
pub(crate) fn run(packages: &[String], arguments: &[String]) -> Result<()> {
    let workspace = Workspace::load()?;
    let root = &workspace.root;
    prerequisites::need_cargo("mutants", CARGO_MUTANTS, root)?;
    let packages: Vec<&str> = if packages.is_empty() {
        edges::PURE.to_vec()
    } else {
        packages.iter().map(String::as_str).collect()
    };
    for package in packages {
        let output = workspace.target.join("mutants").join(package);
        std::fs::create_dir_all(&output)?;
        // A package is judged by its own tests. Doctests and those of the packages above come too late for who works on it.
        shell::run(
            shell::cargo(root)
                .args(["mutants", "--package", package, "--jobs", "1"])
                .args(["--timeout", TIMEOUT_SECONDS, "--output"])
                .arg(output)
                .args(arguments)
                .args(["--", "--lib", "--tests"]),
        )?;
    }
    Ok(())
}
