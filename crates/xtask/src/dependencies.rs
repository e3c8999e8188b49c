//! Dependencies that nobody uses cost everybody's time.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::ci::{self, Outcome};
use crate::source::{self, has_word};
use crate::workspace::{Dependency, Kind, Package, Workspace};

/// Dependencies that no source names: (package, dependency, why it is there all the same).
const UNNAMED: [(&str, &str, &str); 0] = [];

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let mut findings = Vec::new();
    for package in &workspace.packages {
        let sources = read(&package.folder, &["src", "build.rs"])?;
        let with_tests =
            sources.clone() + &read(&package.folder, &["tests", "benches", "examples"])?;
        findings.extend(unused(package, &sources, &with_tests, &UNNAMED));
    }
    let manifest = std::fs::read_to_string(workspace.root.join("Cargo.toml"))?;
    findings.extend(unused_in_workspace(&manifest, &workspace.packages)?);
    ci::report(&findings)?;
    Ok(Outcome::Done(String::new()))
}

fn unused(
    package: &Package,
    sources: &str,
    with_tests: &str,
    unnamed: &[(&str, &str, &str)],
) -> Vec<String> {
    let mut findings = Vec::new();
    for Dependency { name, kind } in &package.dependencies {
        let is_excepted = unnamed
            .iter()
            .any(|(user, used, _)| *user == package.name && used == name);
        let code = if *kind == Kind::Development {
            with_tests
        } else {
            sources
        };
        match (is_named(code, name), is_excepted) {
            (false, false) => findings.push(format!(
                "{} names {name} in its Cargo.toml but not in its sources",
                package.name
            )),
            (true, true) => findings.push(format!(
                "{} uses {name}: take it off the list of exceptions",
                package.name
            )),
            _ => {}
        }
    }
    findings
}

fn is_named(code: &str, dependency: &str) -> bool {
    let name = dependency.replace('-', "_");
    let forms = [
        format!("{name}::"),
        format!("use {name};"),
        format!("use {name} as"),
        format!("extern crate {name}"),
    ];
    forms.iter().any(|form| has_word(code, form))
}

fn unused_in_workspace(manifest: &str, packages: &[Package]) -> Result<Vec<String>> {
    let manifest: toml::Table = manifest
        .parse()
        .context("can't read the workspace's Cargo.toml")?;
    let workspace = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"));
    let named = workspace
        .and_then(toml::Value::as_table)
        .context("the workspace names no dependencies")?;
    let is_used = |name: &str| {
        packages
            .iter()
            .any(|package| package.dependencies.iter().any(|used| used.name == name))
    };
    let unused = named.keys().filter(|name| !is_used(name));
    Ok(unused
        .map(|name| format!("no crate uses {name} of [workspace.dependencies]"))
        .collect())
}

/// The code of all Rust sources below these names, in one text.
fn read(folder: &Path, names: &[&str]) -> Result<String> {
    let mut code = String::new();
    let mut open: Vec<_> = names.iter().map(|name| folder.join(name)).collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in std::fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") && path.is_file() {
            code.push_str(&source::code_of(&std::fs::read_to_string(&path)?));
            code.push('\n');
        }
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_are_seen() {
        fn check(code: &str, dependency: &str, expected: bool) {
            assert_eq!(
                is_named(&source::code_of(code), dependency),
                expected,
                "{dependency} in {code}"
            );
        }
        check("use chrono_tz::Tz;", "chrono-tz", true);
        check("#[derive(serde::Serialize)]", "serde", true);
        check("use sm3 as digest;", "sm3", true);
        check("use csv;", "csv", true);
        check("#[tokio::main]", "tokio", true);
        check("// toml::from_str", "toml", false);
        check("use mytoml::x;", "toml", false);
        check("let metrics = 1;", "metrics", false);
    }

    #[test]
    fn unused_ones_are_told() {
        let package = Package::of(
            "web",
            &[("axum", Kind::Normal), ("insta", Kind::Development)],
        );
        let told = |sources: &str, with_tests: &str, unnamed: &[(&str, &str, &str)]| {
            unused(&package, sources, with_tests, unnamed).len()
        };
        assert_eq!(told("axum::x()", "axum::x() insta::y()", &[]), 0);
        assert_eq!(
            told("", "axum::x() insta::y()", &[]),
            1,
            "a normal dependency that only tests use"
        );
        assert_eq!(told("", "insta::y()", &[("web", "axum", "a reason")]), 0);
        assert_eq!(
            told("axum::x()", "insta::y()", &[("web", "axum", "a reason")]),
            1,
            "a stale exception"
        );
    }

    #[test]
    fn the_workspace_names_nothing_in_vain() {
        let manifest = "[workspace.dependencies]\naxum = \"0.8\"\nrand = \"1\"\n";
        let packages = [Package::of("web", &[("axum", Kind::Normal)])];
        let expected = ["no crate uses rand of [workspace.dependencies]"];
        assert_eq!(unused_in_workspace(manifest, &packages).unwrap(), expected);
    }
}
