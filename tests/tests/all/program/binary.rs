//! The program as it was built from the sources beside these tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

/// The path of the binary. It is built first if it isn't there or is older than a source.
pub(super) fn binary() -> &'static Path {
    static BINARY: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match BINARY.get_or_init(find) {
        Ok(binary) => binary,
        Err(error) => panic!("{error}"),
    }
}

fn find() -> Result<PathBuf, String> {
    let test = std::env::current_exe().map_err(|error| error.to_string())?;
    // target/PROFILE/deps/all-….
    let profile_folder = test.parent().and_then(Path::parent);
    let profile_folder = profile_folder.ok_or("the tests lie in no target folder")?;
    let binary = profile_folder.join("shixian");
    if modified(&binary).is_none_or(|built| built < newest_source()) {
        build(profile_folder)?;
    }
    if !binary.is_file() {
        return Err(format!("{} wasn't built", binary.display()));
    }
    Ok(binary)
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn build(profile_folder: &Path) -> Result<(), String> {
    let profile = match profile_folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "-p",
            "server",
            "--profile",
            profile,
            "--target-dir",
        ])
        .arg(profile_folder.parent().unwrap_or(profile_folder))
        .current_dir(root())
        .status();
    match built {
        Ok(status) if status.success() => Ok(()),
        other => Err(format!("the program doesn't build: {other:?}")),
    }
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|data| data.modified()).ok()
}

/// When a file that goes into the binary was changed last.
fn newest_source() -> SystemTime {
    let mut newest = SystemTime::UNIX_EPOCH;
    let mut open: Vec<PathBuf> = ["crates", "config", "migrations", "Cargo.lock"]
        .iter()
        .map(|name| root().join(name))
        .collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let name = path.file_name().unwrap_or_default();
            if name != "tests" && name != "bench" && name != "xtask" && name != "testkit" {
                open.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
            }
        } else {
            newest = newest.max(modified(&path).unwrap_or(newest));
        }
    }
    newest
}
