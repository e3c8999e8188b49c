//! `cargo xtask deaths`: the tests that kill real services and databases under load, with many deaths instead of a few.

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{prerequisites, shell};

/// The tests.
const TESTS: &str = "program::deaths";
/// How many deaths they die.
const VARIABLE: &str = "SHIXIAN_DEATHS";

pub(crate) fn run(kills: u32) -> Result<()> {
    let workspace = Workspace::load()?;
    prerequisites::run(&workspace)?;
    shell::run(shell::cargo(&workspace.root).args(["build", "--package", "server"]))?;
    // One after the other: each of them wants the machine.
    shell::run(
        shell::cargo(&workspace.root)
            .args(["test", "--package", "tests", "--test", "all", TESTS, "--"])
            .args(["--test-threads", "1", "--nocapture"])
            .env(VARIABLE, kills.to_string()),
    )
}
