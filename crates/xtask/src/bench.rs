//! `cargo xtask bench`: figures of speed, measured by a release build of their own package.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::shell;
use crate::workspace::Workspace;

/// Hands the arguments on. Nothing but the figures goes to standard output, so that it can be read as JSON.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let workspace = Workspace::load()?;
    // The program itself is served for the figures of its pages. Built together, both share what they stand on.
    let built = shell::cargo(&workspace.root)
        .args(["build", "--quiet", "--release"])
        .args(["--package", "server", "--package", "bench"])
        .status()
        .context("can't start cargo")?;
    if !built.success() {
        bail!("the program can't be built: {built}");
    }
    let status = Command::new(workspace.target.join("release/bench"))
        .args(arguments)
        .current_dir(&workspace.root)
        .status()
        .context("can't start what measures")?;
    if !status.success() {
        bail!("the figures couldn't be measured: {status}");
    }
    Ok(())
}
