//! Which crate may use which: the order of the layers, and what the pure crates must not know.

use anyhow::Result;

use crate::ci::{self, Outcome};
use crate::shell;
use crate::workspace::{Kind, Package, Workspace};

/// The layers from the top down. A crate may use those below it, never one beside or above it.
const LAYERS: [&[&str]; 6] = [
    &["server"],
    &["web"],
    &["engine"],
    &["store", "notify", "report"],
    &["approval"],
    &["calendar"],
];

/// Crates outside the layers: they may use all, and of the layers none may use them but testkit in tests.
const BESIDE: [&str; 5] = ["bench", "simulate", "testkit", "tests", "xtask"];

/// The crates that decide, and therefore know neither clock nor network nor disk nor chance.
pub(crate) const PURE: [&str; 2] = ["calendar", "approval"];

/// What must not be found below a pure crate. iana-time-zone stands for chrono's feature `clock`.
const FORBIDDEN: [&str; 20] = [
    "async-std",
    "axum",
    "clap",
    "fastrand",
    "futures-util",
    "getrandom",
    "hyper",
    "iana-time-zone",
    "lettre",
    "libsqlite3-sys",
    "metrics",
    "mio",
    "rand",
    "rand_core",
    "reqwest",
    "serde_json",
    "sqlx",
    "sqlx-core",
    "tokio",
    "tracing",
];

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let mut findings = upward_edges(&workspace.packages);
    for package in PURE {
        let arguments = [
            "tree", "-p", package, "-e", "normal", "--prefix", "none", "--format", "{p}",
        ];
        let tree = shell::capture(shell::cargo(&workspace.root).args(arguments))?;
        findings.extend(forbidden_in(&tree).into_iter().map(|found| {
            format!("{package} must not know {found}; to see the way: cargo tree -p {package} -e normal -i {found}")
        }));
    }
    ci::report(&findings)?;
    Ok(Outcome::Done(String::new()))
}

fn layer(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

fn upward_edges(packages: &[Package]) -> Vec<String> {
    let mut findings = Vec::new();
    for package in packages {
        let Some(own) = layer(&package.name) else {
            if !BESIDE.contains(&package.name.as_str()) {
                findings.push(format!(
                    "{} has no layer: name it in crates/xtask/src/edges.rs",
                    package.name
                ));
            }
            continue;
        };
        let ours = package
            .dependencies
            .iter()
            .filter(|dependency| packages.iter().any(|other| other.name == dependency.name));
        for dependency in ours {
            let is_right = match layer(&dependency.name) {
                Some(other) => other > own,
                None => dependency.name == "testkit" && dependency.kind == Kind::Development,
            };
            if !is_right {
                findings.push(format!(
                    "{} must not use {} ({:?})",
                    package.name, dependency.name, dependency.kind
                ));
            }
        }
    }
    findings
}

fn forbidden_in(tree: &str) -> Vec<&'static str> {
    let has = |name: &str| {
        tree.lines()
            .any(|line| line.split_whitespace().next() == Some(name))
    };
    FORBIDDEN.iter().copied().filter(|name| has(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_go_downwards() {
        fn check(from: &str, to: &str, kind: Kind, is_right: bool) {
            let packages = [
                Package::of(from, &[(to, kind), ("serde", Kind::Normal)]),
                Package::of(to, &[]),
            ];
            assert_eq!(
                upward_edges(&packages).is_empty(),
                is_right,
                "{from} -> {to} {kind:?}"
            );
        }
        check("server", "calendar", Kind::Normal, true);
        check("web", "engine", Kind::Normal, true);
        check("engine", "web", Kind::Normal, false);
        check("store", "notify", Kind::Normal, false);
        check("calendar", "approval", Kind::Development, false);
        check("store", "testkit", Kind::Development, true);
        check("store", "testkit", Kind::Normal, false);
        check("server", "xtask", Kind::Development, false);
        check("tests", "testkit", Kind::Normal, true);
        check("xtask", "engine", Kind::Normal, true);
    }

    #[test]
    fn a_crate_without_a_layer_is_told() {
        assert_eq!(upward_edges(&[Package::of("extra", &[])]).len(), 1);
    }

    #[test]
    fn forbidden_crates_are_found_by_their_whole_name() {
        let tree = "approval v0.1.0 (path)\nserde v1.0.2\ntokio v1.54.1\nserde_json v1.0 (*)\ntokio v1.54.1 (*)\n";
        assert_eq!(forbidden_in(tree), ["serde_json", "tokio"]);
        assert!(forbidden_in("tokio-macros v2\nrandom v1\n").is_empty());
    }
}
