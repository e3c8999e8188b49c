//! `cargo xtask mutants`: changes the pure crates line by line and looks whether their own tests notice.

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{edges, prerequisites, shell, steps};

/// What makes the changes, and in which version: another one makes others, and the figures of docs/TESTING.md with them.
const CARGO_MUTANTS: [&str; 2] = ["cargo-mutants", "27.1.0"];
/// What a package's tests may take in seconds. They take three; a change that makes one go on for ever, and there are many,
/// costs as much as this.
const TIMEOUT_SECONDS: &str = "30";

/// How the changed packages are compiled.
const PROFILE: [(&str, &str); 3] = [
    ("CARGO_PROFILE_DEV_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_TEST_OPT_LEVEL", "1"),
    ("CARGO_PROFILE_DEV_DEBUG", "false"),
];

/// Runs it on packages, or on all that are pure; further arguments are handed on.
pub(crate) fn run(packages: &[String], arguments: &[String]) -> Result<()> {
    let workspace = Workspace::load()?;
    let root = &workspace.root;
    prerequisites::need_cargo("mutants", CARGO_MUTANTS, root)?;
    // It stops at the first test that fails.
    let has_nextest = steps::has_nextest(root);
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
                // calendar's tests take 3 s with it and 10 without.
                .envs(PROFILE)
                .args(["mutants", "--package", package])
                .args(["--test-tool", if has_nextest { "nextest" } else { "cargo" }])
                // A change waits for a compiler that runs alone and then for tests that don't fill the processors.
                .args(["--jobs", "2"])
                .args(["--timeout", TIMEOUT_SECONDS, "--output"])
                .arg(output)
                .args(arguments)
                .args(["--", "--lib", "--tests"]),
        )?;
    }
    Ok(())
}
