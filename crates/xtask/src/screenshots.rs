//! `cargo xtask screenshots`: the pictures of the README, from the pages that the tests look at.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::workspace::Workspace;
use crate::{prerequisites, shell};

/// The test that keeps pictures of every page.
const TEST: &str = "browser::every_page";
/// What stands where: the picture that the test keeps, its name in docs/images.
const PICTURES: [(&str, &str); 4] = [
    ("page-todo-handler", "todo"),
    ("page-case-N-inspector", "case"),
    ("page-board", "board"),
    ("page-leader", "leader"),
];
/// Where they go.
const FOLDER: &str = "docs/images";
/// A reader's line is slow, and a repository keeps every version for ever.
const BYTES_MAX: u64 = 120 * 1024;
/// Colours are few on these pages; so many keep the edges of letters smooth.
const COLOURS: &str = "64";

pub(crate) fn run() -> Result<()> {
    let workspace = Workspace::load()?;
    prerequisites::run(&workspace)?;
    prerequisites::need("pngquant", "pngquant", &workspace.root)?;
    shell::run(shell::cargo(&workspace.root).args(["build", "--package", "server"]))?;
    shell::run(shell::cargo(&workspace.root).args([
        "test",
        "--package",
        "tests",
        "--test",
        "all",
        TEST,
    ]))?;
    let folder = workspace.root.join(FOLDER);
    fs::create_dir_all(&folder)?;
    for (kept, name) in PICTURES {
        let from = workspace.target.join(format!("tmp/pages/{kept}.png"));
        small(&workspace.root, &from, &folder.join(format!("{name}.png")))?;
    }
    Ok(())
}

/// Writes a picture with few colours.
fn small(root: &Path, from: &Path, to: &Path) -> Result<()> {
    let mut pngquant = shell::command("pngquant", root);
    pngquant.args(["--force", "--strip", "--speed", "1", "--nofs", "--output"]);
    shell::run(pngquant.arg(to).arg(COLOURS).arg("--").arg(from))?;
    let bytes = fs::metadata(to)
        .with_context(|| format!("{} wasn't written", to.display()))?
        .len();
    if bytes > BYTES_MAX {
        bail!(
            "{}: {bytes} bytes, at most {BYTES_MAX}: show less of the page",
            to.display()
        );
    }
    println!("{}: {bytes} bytes", to.display());
    Ok(())
}
