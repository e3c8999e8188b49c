//! `cargo xtask bench`: figures of speed, measured by a release build of their own package.

use anyhow::{Context as _, Result, bail};

use crate::shell;
use crate::workspace::Workspace;

/// Hands the arguments on. Nothing but the figures goes to standard output, so that it can be read as JSON.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let workspace = Workspace::load()?;
    // The program itself is served for the figures of its pages.
    let built = shell::cargo(&workspace.root)
        .args(["build", "--quiet", "--release", "--package", "server"])
        .status()
        .context("can't start cargo")?;
    if !built.success() {
        bail!("the program can't be built: {built}");
    }
    let status = shell::cargo(&workspace.root)
        .args(["run", "--quiet", "--release", "--package", "bench", "--"])
        .args(arguments)
        .status()
        .context("can't start cargo")?;
    if !status.success() {
        bail!("the figures couldn't be measured: {status}");
    }
    Ok(())
}
