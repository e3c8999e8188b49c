//! `cargo xtask simulate`: years of cities, by a build that checks its arithmetic.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::shell;
use crate::workspace::Workspace;

/// Hands the arguments on.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let workspace = Workspace::load()?;
    let built = shell::cargo(&workspace.root)
        .args(["build", "--quiet", "--package", "simulate"])
        .status()
        .context("can't start cargo")?;
    if !built.success() {
        bail!("the simulation can't be built: {built}");
    }
    let status = Command::new(workspace.target.join("debug/simulate"))
        .args(arguments)
        .current_dir(&workspace.root)
        .status()
        .context("can't start the simulation")?;
    if !status.success() {
        bail!("the simulation found a difference, or couldn't go on: {status}");
    }
    Ok(())
}
