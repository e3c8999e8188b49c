//! Running other programs.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

/// What `cargo run` sets for the program that it starts. Handed on to a second cargo, it would make build scripts
/// that watch these variables run again, and their crates be built twice.
const FROM_OUTER_CARGO: [&str; 4] = [
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_BIN_NAME",
    "CARGO_PRIMARY_PACKAGE",
];

/// A command in a folder, without a standard input.
pub(crate) fn command(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| {
            FROM_OUTER_CARGO
                .iter()
                .any(|prefix| name.starts_with(prefix))
        }) {
            command.env_remove(&name);
        }
    }
    command
}

/// The cargo that started us.
pub(crate) fn cargo(folder: &Path) -> Command {
    command(
        std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        folder,
    )
}

/// Shows the command, runs it with its output passed through, and fails if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command
        .status()
        .with_context(|| format!("can't start {}", shown(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs the command in silence and gives its standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .output()
        .with_context(|| format!("can't start {}", shown(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "`{}` ended with {}: {}",
            shown(command),
            output.status,
            said.trim()
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("the output of `{}` isn't UTF-8", shown(command)))
}

/// The present moment, to say how long a step took.
#[expect(
    clippy::disallowed_methods,
    reason = "measures the steps; no business time is read here"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Whether we are the superuser, for whom `initdb` refuses to work and `apt-get` doesn't.
pub(crate) fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
