//! `cargo xtask ci`: the steps in order, each with its time, and a table at the end.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use crate::{dependencies, edges, prerequisites, shell, steps, structure};

/// A step of the check.
struct Step {
    name: &'static str,
    /// What it does, for the heading.
    what: &'static str,
    /// What to do when it fails.
    advice: &'static str,
    run: fn(&Workspace) -> Result<Outcome>,
}

/// How a step ended that didn't fail.
pub(crate) enum Outcome {
    /// With a remark for the table, which may be empty.
    Done(String),
    /// With the reason.
    Skipped(String),
}

/// Cheap ones first, so that a wrong comma is known before anything is compiled. `build` makes with one set of
/// features what the tests and the conformance run need; only `clippy` and `doc` check the dependencies once more.
const STEPS: [Step; 12] = [
    Step {
        name: "prerequisites",
        what: "PostgreSQL's binaries, Python, OpenSSL, a browser, a C compiler; installs what is missing when root on Debian",
        advice: "install what is named above, then run again",
        run: prerequisites::run,
    },
    Step {
        name: "fmt",
        what: "format of the Rust sources",
        advice: "cargo fmt --all",
        run: steps::fmt,
    },
    Step {
        name: "edges",
        what: "which crate may use which",
        advice: "move the code to the layer that may use it (docs/ARCHITECTURE.md), or drop the dependency",
        run: edges::run,
    },
    Step {
        name: "structure",
        what: "size of files, forbidden words, documents, links, comments on settings",
        advice: "each line above names its file; an exception goes on a list in crates/xtask/src/structure.rs",
        run: structure::run,
    },
    Step {
        name: "dependencies",
        what: "dependencies that nobody uses",
        advice: "take them out of Cargo.toml; an exception goes on the list in crates/xtask/src/dependencies.rs",
        run: dependencies::run,
    },
    Step {
        name: "clippy",
        what: "lints",
        advice: "cargo clippy --workspace --all-targets",
        run: steps::clippy,
    },
    Step {
        name: "build",
        what: "debug build of the program and of all tests",
        advice: "cargo build --workspace --all-targets",
        run: steps::build,
    },
    Step {
        name: "test",
        what: "all tests, on SQLite and on a PostgreSQL of their own",
        advice: "cargo xtask ci --only test; or one test with SHIXIAN_TEST_POSTGRES set to a server of yours",
        run: steps::test,
    },
    Step {
        name: "doctest",
        what: "the examples in the documentation",
        advice: "cargo test --doc --workspace",
        run: steps::doctest,
    },
    Step {
        name: "conformance",
        what: "the published questions to the clock, answered by the program and by a second implementation",
        advice: "cargo xtask ci --only build,conformance; docs say how a question is read",
        run: steps::conformance,
    },
    Step {
        name: "api",
        what: "requests made up from the interface's own description, against a running service",
        advice: "tests/api/schemathesis.sh 60 shows each request as a line for curl",
        run: steps::api,
    },
    Step {
        name: "doc",
        what: "the documentation builds without a warning",
        advice: "RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps",
        run: steps::doc,
    },
];

/// A line of the table at the end.
struct Line {
    name: &'static str,
    result: &'static str,
    took: Option<Duration>,
    remark: String,
}

/// Prints the steps.
pub(crate) fn list() {
    for step in &STEPS {
        println!("{:14} {}", step.name, step.what);
    }
}

/// Runs the steps that are wanted, up to the first that fails.
pub(crate) fn run(only: &[String], skip: &[String]) -> Result<()> {
    let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
    let wanted = select(&names, only, skip)?;
    let workspace = Workspace::load()?;
    let begun = shell::now();
    let mut lines = Vec::new();
    let mut failed = None;
    for (number, step) in STEPS.iter().enumerate() {
        if failed.is_some() || !wanted.contains(&step.name) {
            lines.push(Line {
                name: step.name,
                result: "not run",
                took: None,
                remark: String::new(),
            });
            continue;
        }
        println!(
            "\n=== {}/{} {}: {}",
            number + 1,
            STEPS.len(),
            step.name,
            step.what
        );
        let begun = shell::now();
        let result = (step.run)(&workspace);
        let took = begun.elapsed();
        println!("--- {} took {}", step.name, seconds(took));
        let (result, remark) = match result {
            Ok(Outcome::Done(remark)) => ("ok", remark),
            Ok(Outcome::Skipped(reason)) => ("skipped", reason),
            Err(error) => {
                println!("{error:#}");
                failed = Some(step);
                ("FAILED", String::new())
            }
        };
        lines.push(Line {
            name: step.name,
            result,
            took: Some(took),
            remark,
        });
    }
    println!("\n{}", table(&lines, begun.elapsed()));
    match failed {
        None => Ok(()),
        Some(step) => bail!("step {} failed; what to do: {}", step.name, step.advice),
    }
}

/// Fails with all findings, one a line.
pub(crate) fn report(findings: &[String]) -> Result<()> {
    match findings.len() {
        0 => Ok(()),
        count => bail!("{}\n{count} found", findings.join("\n")),
    }
}

fn select<'n>(names: &[&'n str], only: &[String], skip: &[String]) -> Result<Vec<&'n str>> {
    if let Some(unknown) = only
        .iter()
        .chain(skip)
        .find(|name| !names.contains(&name.as_str()))
    {
        bail!(
            "no step is called {unknown}; there are: {}",
            names.join(", ")
        );
    }
    let named = |list: &[String], name: &str| list.iter().any(|entry| entry == name);
    Ok(names
        .iter()
        .copied()
        .filter(|name| (only.is_empty() || named(only, name)) && !named(skip, name))
        .collect())
}

fn table(lines: &[Line], total: Duration) -> String {
    let mut text = format!("{:14} {:8} {:>9}  remark\n", "step", "result", "time");
    for line in lines {
        let took = line.took.map(seconds).unwrap_or_default();
        text.push_str(
            format!(
                "{:14} {:8} {took:>9}  {}",
                line.name, line.result, line.remark
            )
            .trim_end(),
        );
        text.push('\n');
    }
    text.push_str(&format!("{:14} {:8} {:>9}", "all", "", seconds(total)));
    text
}

fn seconds(took: Duration) -> String {
    format!("{}.{} s", took.as_secs(), took.subsec_millis() / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_selected() {
        fn check(only: &[&str], skip: &[&str], expected: Option<&[&str]>) {
            let owned = |list: &[&str]| {
                list.iter()
                    .map(|name| (*name).to_owned())
                    .collect::<Vec<_>>()
            };
            let selected = select(&["fmt", "test", "doc"], &owned(only), &owned(skip)).ok();
            assert_eq!(
                selected.as_deref(),
                expected,
                "--only {only:?} --skip {skip:?}"
            );
        }
        check(&[], &[], Some(&["fmt", "test", "doc"]));
        check(&["doc", "fmt"], &[], Some(&["fmt", "doc"]));
        check(&[], &["test"], Some(&["fmt", "doc"]));
        check(&["fmt", "doc"], &["doc"], Some(&["fmt"]));
        check(&["typo"], &[], None);
        check(&[], &["typo"], None);
    }

    #[test]
    fn no_step_is_named_twice() {
        let mut names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }

    #[test]
    fn the_table_says_what_happened() {
        let lines = [
            Line {
                name: "fmt",
                result: "ok",
                took: Some(Duration::from_millis(1_290)),
                remark: String::new(),
            },
            Line {
                name: "test",
                result: "not run",
                took: None,
                remark: String::new(),
            },
        ];
        let expected = "step           result        time  remark\nfmt            ok           1.2 s\n\
                        test           not run\nall                         2.0 s";
        assert_eq!(table(&lines, Duration::from_secs(2)), expected);
    }
}
