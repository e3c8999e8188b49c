//! `cargo xtask deb`: the package for Debian and its like, and what it holds.

use anyhow::{Context as _, Result, bail};

use crate::shell;
use crate::workspace::Workspace;

/// What makes it, and in which version.
const CARGO_DEB: [&str; 2] = ["cargo-deb", "3.8.0"];
/// What must be in it.
const HOLDS: [&str; 8] = [
    "./usr/bin/shixian",
    "./etc/shixian/shixian.toml",
    "./usr/lib/systemd/system/shixian.service",
    "./usr/lib/systemd/system/shixian-backup.service",
    "./usr/lib/systemd/system/shixian-backup.timer",
    "./usr/share/doc/shixian/copyright",
    "./usr/share/doc/shixian/OPERATIONS.md",
    "./usr/share/doc/shixian/examples/shixian.toml",
];

pub(crate) fn run() -> Result<()> {
    let workspace = Workspace::load()?;
    let root = &workspace.root;
    let there = shell::capture(shell::cargo(root).args(["deb", "--version"]));
    if there.is_err() {
        let [name, version] = CARGO_DEB;
        shell::run(shell::cargo(root).args(["install", "--locked", name, "--version", version]))?;
    }
    let folder = workspace.target.join("debian");
    shell::run(
        shell::cargo(root)
            .args(["deb", "--package", "server", "--output"])
            .arg(&folder),
    )?;
    let made = std::fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "deb"))
        .max_by_key(|path| path.metadata().and_then(|data| data.modified()).ok())
        .context("cargo-deb made no package")?;
    shell::run(shell::command("dpkg-deb", root).arg("--info").arg(&made))?;
    let contents = shell::capture(
        shell::command("dpkg-deb", root)
            .arg("--contents")
            .arg(&made),
    )?;
    println!("{contents}");
    let missing: Vec<&str> = HOLDS
        .into_iter()
        .filter(|path| !contents.lines().any(|line| line.ends_with(path)))
        .collect();
    if !missing.is_empty() {
        bail!("it doesn't hold {}", missing.join(" "));
    }
    let conffiles = shell::capture(
        shell::command("dpkg-deb", root)
            .arg("--info")
            .arg(&made)
            .arg("conffiles"),
    )?;
    if conffiles.trim() != "/etc/shixian/shixian.toml" {
        bail!("the configuration isn't a conffile: {conffiles}");
    }
    if shell::capture(shell::command("lintian", root).arg("--version")).is_ok() {
        shell::run(
            shell::command("lintian", root)
                .args(["--fail-on", "error"])
                .arg(&made),
        )?;
    } else {
        println!("lintian isn't installed: the package was looked at without it");
    }
    println!("{}", made.display());
    Ok(())
}
