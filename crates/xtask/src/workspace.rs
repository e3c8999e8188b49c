//! What cargo knows about this workspace, and git about its files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::shell;

/// The workspace that the chores work on.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

/// A package of the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

/// What a package says in its Cargo.toml that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The name by which the sources know it, with hyphens.
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// For what a dependency is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Build,
    Development,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn load() -> Result<Self> {
        // cargo sets it for what it runs; the compiled-in one is for a binary that is started by hand.
        let own = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = own
            .ancestors()
            .nth(2)
            .context("xtask isn't two folders below the root")?;
        let text = shell::capture(shell::cargo(root).args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
        ]))?;
        Self::from_metadata(&text)
    }

    fn from_metadata(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text).context("cargo metadata gave no JSON")?;
        let packages = value["packages"]
            .as_array()
            .context("cargo metadata without packages")?;
        Ok(Self {
            root: PathBuf::from(string(&value["workspace_root"])?),
            target: PathBuf::from(string(&value["target_directory"])?),
            packages: packages.iter().map(package).collect::<Result<_>>()?,
        })
    }

    /// The program's debug build, made by the build step.
    pub(crate) fn debug_binary(&self) -> PathBuf {
        self.target.join("debug").join("shixian")
    }

    /// The texts of all files that git tracks, by their path from the root; files that aren't UTF-8 are left out.
    pub(crate) fn texts(&self) -> Result<BTreeMap<String, String>> {
        let mut texts = BTreeMap::new();
        for path in self.tracked()? {
            // A file that was removed and not yet committed so is nobody's concern.
            if let Ok(bytes) = std::fs::read(self.root.join(&path))
                && !bytes.contains(&0)
                && let Ok(text) = String::from_utf8(bytes)
            {
                texts.insert(path, text);
            }
        }
        Ok(texts)
    }

    /// The paths that git tracks, from the root.
    pub(crate) fn tracked(&self) -> Result<Vec<String>> {
        // A clone that belongs to somebody else, as in a container, is no reason to stop.
        let mut git = shell::command("git", &self.root);
        let list = shell::capture(git.args(["-c", "safe.directory=*", "ls-files", "-z"]))?;
        Ok(list
            .split('\0')
            .filter(|path| !path.is_empty())
            .map(str::to_owned)
            .collect())
    }
}

impl Package {
    /// A package for tests.
    #[cfg(test)]
    pub(crate) fn of(name: &str, dependencies: &[(&str, Kind)]) -> Self {
        let dependencies = dependencies.iter().map(|(name, kind)| Dependency {
            name: (*name).to_owned(),
            kind: *kind,
        });
        Self {
            name: name.to_owned(),
            folder: Path::new("crates").join(name),
            dependencies: dependencies.collect(),
        }
    }
}

fn package(value: &Value) -> Result<Package> {
    let manifest = Path::new(string(&value["manifest_path"])?);
    let dependencies = value["dependencies"]
        .as_array()
        .context("cargo metadata: a package without dependencies")?;
    Ok(Package {
        name: string(&value["name"])?.to_owned(),
        folder: manifest
            .parent()
            .context("a manifest without a folder")?
            .to_owned(),
        dependencies: dependencies.iter().map(dependency).collect::<Result<_>>()?,
    })
}

fn dependency(value: &Value) -> Result<Dependency> {
    let name = value["rename"]
        .as_str()
        .map_or_else(|| string(&value["name"]), Ok)?;
    let kind = match value["kind"].as_str() {
        Some("dev") => Kind::Development,
        Some("build") => Kind::Build,
        _ => Kind::Normal,
    };
    Ok(Dependency {
        name: name.to_owned(),
        kind,
    })
}

fn string(value: &Value) -> Result<&str> {
    value
        .as_str()
        .with_context(|| format!("cargo metadata: {value} instead of a string"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read() {
        let text = r#"{"workspace_root": "/x", "target_directory": "/x/target", "packages": [{"name": "web",
            "manifest_path": "/x/crates/web/Cargo.toml", "dependencies": [
                {"name": "engine", "rename": null, "kind": null}, {"name": "testkit", "rename": "kit", "kind": "dev"},
                {"name": "cc", "rename": null, "kind": "build"}]}]}"#;
        let workspace = Workspace::from_metadata(text).unwrap();
        assert_eq!(
            workspace.debug_binary(),
            Path::new("/x/target/debug/shixian")
        );
        let web = &workspace.packages[0];
        assert_eq!(
            (web.name.as_str(), web.folder.as_path()),
            ("web", Path::new("/x/crates/web"))
        );
        let expected = [
            ("engine", Kind::Normal),
            ("kit", Kind::Development),
            ("cc", Kind::Build),
        ];
        assert_eq!(web.dependencies, Package::of("web", &expected).dependencies);
    }
}
