//! The steps that only call cargo or Python.

use std::path::Path;

use anyhow::Result;

use crate::ci::Outcome;
use crate::postgres::Cluster;
use crate::shell;
use crate::workspace::Workspace;

const GENERATE: &str = "tests/conformance/generate.py";
const API: &str = "tests/api/schemathesis.sh";
const COMPARE: &str = "tests/conformance/compare.py";

pub(crate) fn fmt(workspace: &Workspace) -> Result<Outcome> {
    cargo(workspace, &["fmt", "--all", "--check"])
}

pub(crate) fn clippy(workspace: &Workspace) -> Result<Outcome> {
    cargo(
        workspace,
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    )
}

/// All targets at once: the program and its tests are then compiled with the same features, that is once.
pub(crate) fn build(workspace: &Workspace) -> Result<Outcome> {
    cargo(workspace, &["build", "--workspace", "--all-targets"])
}

/// Whether cargo-nextest is there: it runs each test in a process of its own, and reports better.
pub(crate) fn has_nextest(root: &Path) -> bool {
    shell::capture(shell::cargo(root).args(["nextest", "--version"])).is_ok()
}

/// The cluster ends with this function, whatever the tests say.
pub(crate) fn test(workspace: &Workspace) -> Result<Outcome> {
    let cluster = Cluster::start()?;
    println!(
        "{} listens on 127.0.0.1:{}, its folder is {}",
        cluster.version(),
        cluster.port(),
        cluster.folder().display()
    );
    let (runner, arguments): (_, &[&str]) = if has_nextest(&workspace.root) {
        (
            "cargo nextest",
            &["nextest", "run", "--workspace", "--no-fail-fast"],
        )
    } else {
        (
            "cargo test (cargo-nextest isn't installed)",
            &[
                "test",
                "--workspace",
                "--lib",
                "--bins",
                "--tests",
                "--no-fail-fast",
            ],
        )
    };
    println!("the tests are run by {runner}");
    shell::run(
        shell::cargo(&workspace.root)
            .args(arguments)
            .env("SHIXIAN_TEST_POSTGRES", cluster.url()),
    )?;
    Ok(Outcome::Done(format!("{runner}, {}", cluster.version())))
}

pub(crate) fn doctest(workspace: &Workspace) -> Result<Outcome> {
    cargo(workspace, &["test", "--doc", "--workspace"])
}

pub(crate) fn conformance(workspace: &Workspace) -> Result<Outcome> {
    if let Some(missing) = [GENERATE, COMPARE]
        .iter()
        .find(|path| !workspace.root.join(path).is_file())
    {
        return Ok(Outcome::Skipped(format!("there is no {missing}")));
    }
    build(workspace)?;
    shell::run(shell::command("python3", &workspace.root).args([GENERATE, "--check"]))?;
    let mut compare = shell::command("python3", &workspace.root);
    shell::run(
        compare
            .args([COMPARE, "--binary"])
            .arg(workspace.debug_binary()),
    )?;
    Ok(Outcome::Done(String::new()))
}

/// The same requests each time, so that it doesn't fail by chance; by hand the script goes on with others.
pub(crate) fn api(workspace: &Workspace) -> Result<Outcome> {
    build(workspace)?;
    let mut ask = shell::command("sh", &workspace.root);
    shell::run(
        ask.args([API, "0", "--phases", "examples,coverage,fuzzing"])
            .args(["--generation-deterministic", "--max-examples", "30"])
            .env("CARGO_TARGET_DIR", &workspace.target),
    )?;
    Ok(Outcome::Done(String::new()))
}

pub(crate) fn doc(workspace: &Workspace) -> Result<Outcome> {
    let mut cargo = shell::cargo(&workspace.root);
    shell::run(
        cargo
            .args(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    Ok(Outcome::Done(String::new()))
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<Outcome> {
    shell::run(shell::cargo(&workspace.root).args(arguments))?;
    Ok(Outcome::Done(String::new()))
}
