//! `cargo xtask deb`: the package for Debian and its like, and what it holds.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::workspace::Workspace;
use crate::{prerequisites, shell};

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

/// Makes it of a release build, or of a binary that was built already.
pub(crate) fn run(binary: Option<&Path>) -> Result<()> {
    let workspace = Workspace::load()?;
    let root = &workspace.root;
    prerequisites::need_cargo("deb", CARGO_DEB, root)?;
    let folder = workspace.target.join("debian");
    let mut deb = shell::cargo(root);
    deb.args(["deb", "--package", "server", "--output"])
        .arg(&folder);
    if let Some(binary) = binary {
        take(binary, &workspace.target.join("release"))?;
        deb.arg("--no-build");
    }
    shell::run(&mut deb)?;
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

/// Puts a binary where a release build would put it.
fn take(binary: &Path, release: &Path) -> Result<()> {
    let place = release.join("shixian");
    let same = place.canonicalize().ok() == binary.canonicalize().ok();
    if same && place.exists() {
        return Ok(());
    }
    fs::create_dir_all(release)?;
    fs::copy(binary, &place)
        .map(drop)
        .with_context(|| format!("can't take {}", binary.display()))
}
