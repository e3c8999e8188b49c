//! What must be on the machine besides Rust, and how it gets there.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::ci::Outcome;
use crate::workspace::Workspace;
use crate::{postgres, shell};

/// A program or file that the check needs.
struct Need {
    /// How it is called in messages.
    name: &'static str,
    package: &'static str,
    /// Where it was found, or its version.
    found: Option<String>,
}

/// Tells postgresql-common not to make and start a cluster of its own when it is installed: ours is enough.
const CLUSTER_SETTINGS: &str = "/etc/postgresql-common/createcluster.conf";

/// The zone of our calendars; minimal images have no zone data, which Python's `zoneinfo` reads.
const ZONE: &str = "/usr/share/zoneinfo/Asia/Shanghai";

/// Without a Chinese font the pictures of the pages show boxes, and lines break where they don't for readers.
const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

/// The generator and the second implementation of the clock read TOML with the standard library, which is new in 3.11.
const PYTHON_CHECK: &str = "import tomllib, sqlite3, sys; print(sys.version.split()[0])";

/// What the tests of the pages take from npm, with the digest of each package: it isn't copied into the repository, since
/// its licence is another one.
const NPM_FILES: [&str; 2] = ["package.json", "package-lock.json"];

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let missing = missing_packages(&needs(&workspace.root));
    let remark = if missing.is_empty() {
        "all there".to_owned()
    } else {
        install(&missing, &workspace.root)?;
        let still = missing_packages(&needs(&workspace.root));
        if !still.is_empty() {
            bail!("installed, but still not usable: {}", still.join(" "));
        }
        format!("installed {}", missing.join(" "))
    };
    fetch_from_npm(workspace)?;
    Ok(Outcome::Done(remark))
}

/// Installs a package by its name if the command that it brings isn't there.
pub(crate) fn need(command: &str, package: &'static str, root: &Path) -> Result<()> {
    match shell::capture(shell::command(command, root).arg("--version")) {
        Ok(_) => Ok(()),
        Err(_) => install(&[package], root),
    }
}

/// Installs a tool of cargo's in a version, if there is none.
pub(crate) fn need_cargo(command: &str, [name, version]: [&str; 2], root: &Path) -> Result<()> {
    match shell::capture(shell::cargo(root).args([command, "--version"])) {
        Ok(_) => Ok(()),
        Err(_) => {
            shell::run(shell::cargo(root).args(["install", "--locked", name, "--version", version]))
        }
    }
}

/// Fetches the packages of `tests/npm` into the build folder, unless these very ones are there.
fn fetch_from_npm(workspace: &Workspace) -> Result<()> {
    let from = workspace.root.join("tests/npm");
    let to = workspace.target.join("tmp/npm");
    let is_there = to.join("node_modules").is_dir();
    let same = |file: &&str| {
        let kept = std::fs::read(to.join(file)).ok();
        kept.is_some() && kept == std::fs::read(from.join(file)).ok()
    };
    if is_there && NPM_FILES.iter().all(same) {
        println!("{:28} {}", "packages of tests/npm", to.display());
        return Ok(());
    }
    std::fs::create_dir_all(&to)?;
    for file in NPM_FILES {
        std::fs::copy(from.join(file), to.join(file))
            .with_context(|| format!("can't copy tests/npm/{file}"))?;
    }
    // Nothing of what is fetched is run here.
    let mut npm = shell::command("npm", &to);
    shell::run(npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
}

fn needs(root: &Path) -> Vec<Need> {
    let version = |program: &str, arguments: &[&str]| {
        let said = shell::capture(shell::command(program, root).args(arguments)).ok()?;
        Some(said.lines().next().unwrap_or_default().trim().to_owned())
    };
    let needs = vec![
        Need {
            name: "PostgreSQL (initdb, pg_ctl)",
            package: "postgresql-15",
            found: postgres::binaries()
                .ok()
                .map(|folder| folder.display().to_string()),
        },
        Need {
            name: "Python 3.11",
            package: "python3",
            found: version("python3", &["-c", PYTHON_CHECK]),
        },
        // schemathesis is installed into a place of its own; Debian leaves out what makes such places.
        Need {
            name: "Python's venv",
            package: "python3-venv",
            found: version("python3", &["-c", "import ensurepip, venv; print('there')"]),
        },
        Need {
            name: "zone data",
            package: "tzdata",
            found: Path::new(ZONE).exists().then(|| ZONE.to_owned()),
        },
        Need {
            name: "OpenSSL",
            package: "openssl",
            found: version("openssl", &["version"]),
        },
        Need {
            name: "Chromium",
            package: "chromium",
            found: version("chromium", &["--version"]),
        },
        Need {
            name: "ChromeDriver",
            package: "chromium-driver",
            found: version("chromedriver", &["--version"]),
        },
        Need {
            name: "npm",
            package: "npm",
            found: version("npm", &["--version"]),
        },
        Need {
            name: "a Chinese font",
            package: "fonts-noto-cjk",
            found: Path::new(FONT).exists().then(|| FONT.to_owned()),
        },
        // The papers are read back by another program than the one that wrote them.
        Need {
            name: "pdftotext",
            package: "poppler-utils",
            found: version("pdftotext", &["-v"]).map(|_| "there".to_owned()),
        },
        Need {
            name: "a C compiler",
            package: "gcc",
            found: version("cc", &["--version"]),
        },
    ];
    for need in &needs {
        println!(
            "{:28} {}",
            need.name,
            need.found.as_deref().unwrap_or("MISSING")
        );
    }
    needs
}

fn missing_packages(needs: &[Need]) -> Vec<&'static str> {
    needs
        .iter()
        .filter(|need| need.found.is_none())
        .map(|need| need.package)
        .collect()
}

fn install(packages: &[&str], root: &Path) -> Result<()> {
    let has_apt = shell::capture(shell::command("apt-get", root).arg("--version")).is_ok();
    if !has_apt {
        bail!(
            "please install, under the names that your system gives them: {}",
            packages.join(" ")
        );
    }
    if !shell::is_root() {
        bail!(
            "please run as root: apt-get install --no-install-recommends {}",
            packages.join(" ")
        );
    }
    let apt_get = |arguments: &[&str]| {
        let mut command = shell::command("apt-get", root);
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .env("UCF_FORCE_CONFFOLD", "1");
        shell::run(command.args(arguments))
    };
    apt_get(&["update", "-q"])?;
    let mut packages = packages.to_vec();
    if packages.contains(&"postgresql-15") {
        refuse_a_default_cluster()?;
        let known =
            shell::capture(shell::command("apt-cache", root).args(["show", "postgresql-15"]));
        if known.is_err() {
            // Another release of the system has another version of it; the tests need none in particular.
            packages
                .iter_mut()
                .filter(|package| **package == "postgresql-15")
                .for_each(|package| *package = "postgresql");
        }
    }
    apt_get(
        &[
            &["install", "-q", "-y", "--no-install-recommends"],
            packages.as_slice(),
        ]
        .concat(),
    )
}

fn refuse_a_default_cluster() -> Result<()> {
    let path = Path::new(CLUSTER_SETTINGS);
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().context("a path without a folder")?;
    std::fs::create_dir_all(folder)?;
    std::fs::write(path, "create_main_cluster = false\n")
        .with_context(|| format!("can't write {CLUSTER_SETTINGS}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_installed() {
        let needs = [
            Need {
                name: "a",
                package: "python3",
                found: Some("3.11.2".to_owned()),
            },
            Need {
                name: "b",
                package: "openssl",
                found: None,
            },
        ];
        assert_eq!(missing_packages(&needs), ["openssl"]);
    }
}
