//! Rules on the files themselves: their size, what must not stand in them, and that documents tell of what is there.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::ci::{self, Outcome};
use crate::edges::PURE;
use crate::markdown;
use crate::source::{code_of, lines_with, without_tests};
use crate::workspace::Workspace;

/// More than this nobody reads from top to bottom.
const LINES_MAX: usize = 800;

/// What counts as written by hand and therefore has a limit of length.
const WRITTEN: [&str; 4] = [".rs", ".py", ".sql", ".sh"];

/// Files that may be longer: (path, their own limit, why). They are named as a warning in every run.
const LONG_FILES: [(&str, usize, &str); 0] = [];

/// What the pure crates must not do: (word, why).
const NOT_IN_PURE: [(&str, &str); 14] = [
    ("SystemTime", "time is handed in"),
    ("Instant::now", "time is handed in"),
    ("Utc::now", "time is handed in"),
    ("Local::now", "time is handed in"),
    (
        "f32",
        "counts and shares are whole numbers, so that they are the same everywhere",
    ),
    (
        "f64",
        "counts and shares are whole numbers, so that they are the same everywhere",
    ),
    ("std::fs", "texts are handed in"),
    ("fs::", "texts are handed in"),
    ("std::env", "settings are handed in"),
    ("std::net", "the core decides, the shell does"),
    ("std::process", "the core decides, the shell does"),
    ("std::thread", "the core decides, the shell does"),
    (
        "serde_json",
        "stored forms belong to store, wire forms to web",
    ),
    ("tokio", "the core is synchronous"),
];

/// What no source may have: (word, why).
const NOWHERE: [(&str, &str); 4] = [
    ("#[ignore", "a test that isn't run tests nothing"),
    ("#[should_panic", "say which error is expected"),
    ("todo!", "finish it"),
    ("unimplemented!", "finish it"),
];

/// First parts of absolute paths that exist on one person's machine only. The slashes are added when they are looked
/// for, lest this file be found.
const PRIVATE_ROOTS: [&str; 4] = ["home", "root", "work", "Users"];

const ARCHITECTURE: &str = "docs/ARCHITECTURE.md";
const READMES: [&str; 2] = ["README.md", "README.zh-CN.md"];
const SETTINGS: &str = "config/shixian.toml";

type Texts = BTreeMap<String, String>;

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let texts = workspace.texts()?;
    let paths: BTreeSet<String> = workspace.tracked()?.into_iter().collect();
    let crates: Vec<_> = workspace
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let (mut findings, warnings) = long_files(&texts, &LONG_FILES);
    for warning in &warnings {
        println!("warning: {warning}");
    }
    findings.extend(impure_words(&texts));
    findings.extend(unwanted_words(&texts));
    findings.extend(unnamed_crates(
        texts.get(ARCHITECTURE).map(String::as_str),
        &crates,
    ));
    findings.extend(unequal_readmes(&texts));
    findings.extend(broken_links(&texts, &paths));
    findings.extend(
        texts
            .get(SETTINGS)
            .map(|text| uncommented_keys(text))
            .unwrap_or_default(),
    );
    findings.extend(private_paths(&texts));
    ci::report(&findings)?;
    let remark = if warnings.is_empty() {
        String::new()
    } else {
        format!("{} warnings", warnings.len())
    };
    Ok(Outcome::Done(remark))
}

/// Findings, and warnings for the files that may be longer.
fn long_files(texts: &Texts, excepted: &[(&str, usize, &str)]) -> (Vec<String>, Vec<String>) {
    let (mut findings, mut warnings) = (Vec::new(), Vec::new());
    for (path, text) in texts
        .iter()
        .filter(|(path, _)| WRITTEN.iter().any(|end| path.ends_with(end)))
    {
        let lines = text.lines().count();
        match excepted.iter().find(|(name, ..)| name == path) {
            None if lines > LINES_MAX => findings.push(format!(
                "{path}: {lines} lines, at most {LINES_MAX}: split it"
            )),
            None => {}
            Some((_, own_max, _)) if lines > *own_max => {
                findings.push(format!(
                    "{path}: {lines} lines, even as an exception at most {own_max}"
                ));
            }
            Some(_) if lines <= LINES_MAX => {
                findings.push(format!("{path} is short now: take it off the list"))
            }
            Some((_, _, reason)) => warnings.push(format!("{path}: {lines} lines ({reason})")),
        }
    }
    (findings, warnings)
}

fn impure_words(texts: &Texts) -> Vec<String> {
    let is_pure = |path: &str| {
        PURE.iter()
            .any(|name| path.starts_with(&format!("crates/{name}/src/")))
    };
    let is_test = |path: &str| {
        path.ends_with("/tests.rs") || path.ends_with("_tests.rs") || path.contains("/tests/")
    };
    let pure = texts
        .iter()
        .filter(|(path, _)| path.ends_with(".rs") && is_pure(path) && !is_test(path));
    pure.flat_map(|(path, text)| words_in(path, &without_tests(&code_of(text)), &NOT_IN_PURE))
        .collect()
}

fn unwanted_words(texts: &Texts) -> Vec<String> {
    let sources = texts.iter().filter(|(path, _)| path.ends_with(".rs"));
    sources
        .flat_map(|(path, text)| words_in(path, &code_of(text), &NOWHERE))
        .collect()
}

fn words_in(path: &str, code: &str, words: &[(&str, &str)]) -> Vec<String> {
    let found = |(word, why): &(&str, &str)| {
        let lines = lines_with(code, word).into_iter();
        lines
            .map(|line| format!("{path}:{line}: {word}: {why}"))
            .collect::<Vec<_>>()
    };
    words.iter().flat_map(found).collect()
}

/// A crate is named in backticks, by its path, or at the start of a line.
fn unnamed_crates(architecture: Option<&str>, crates: &[&str]) -> Vec<String> {
    let Some(text) = architecture else {
        return vec![format!("there is no {ARCHITECTURE}")];
    };
    let is_named = |name: &str| {
        text.contains(&format!("`{name}`"))
            || text.contains(&format!("crates/{name}"))
            || text
                .lines()
                .any(|line| line.split_whitespace().next() == Some(name))
    };
    let unnamed = crates.iter().filter(|name| !is_named(name));
    unnamed
        .map(|name| format!("{ARCHITECTURE} doesn't name the crate `{name}`"))
        .collect()
}

fn unequal_readmes(texts: &Texts) -> Vec<String> {
    let missing: Vec<_> = READMES
        .iter()
        .filter(|path| !texts.contains_key(**path))
        .collect();
    if !missing.is_empty() {
        return missing
            .iter()
            .map(|path| format!("there is no {path}"))
            .collect();
    }
    let [english, chinese] = READMES.map(|path| markdown::headings(&texts[path]));
    if english == chinese {
        return Vec::new();
    }
    vec![format!(
        "{} has {english} headings, {} has {chinese}: they are one text in two languages",
        READMES[0], READMES[1]
    )]
}

fn broken_links(texts: &Texts, paths: &BTreeSet<String>) -> Vec<String> {
    let exists = |path: &str| {
        let folder = format!("{path}/");
        path.is_empty()
            || paths.contains(path)
            || paths
                .range(folder.clone()..)
                .next()
                .is_some_and(|next| next.starts_with(&folder))
    };
    let mut findings = Vec::new();
    for (file, text) in texts.iter().filter(|(path, _)| path.ends_with(".md")) {
        for link in markdown::links(text) {
            if markdown::path_of(file, &link.target).is_some_and(|path| !exists(&path)) {
                findings.push(format!(
                    "{file}:{}: the link leads nowhere: {}",
                    link.line, link.target
                ));
            }
        }
    }
    findings
}

/// A key is explained on its own line or on the lines right above it.
fn uncommented_keys(text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let mut above = "";
    let mut depth = 0_isize;
    for (index, line) in text.lines().map(str::trim).enumerate() {
        let starts_key = depth == 0 && !line.is_empty() && !line.starts_with(['#', '[']);
        if starts_key && !above.starts_with('#') && !line.contains(" #") {
            let key = line.split('=').next().unwrap_or(line).trim();
            findings.push(format!("{SETTINGS}:{}: {key} has no comment", index + 1));
        }
        if !line.starts_with('#') && (starts_key || depth > 0) {
            depth += open_brackets(line);
        }
        above = line;
    }
    findings
}

/// How many brackets a line opens more than it closes; those in strings and comments don't count.
fn open_brackets(line: &str) -> isize {
    let (mut open, mut quote) = (0, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(mark), c) if mark == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') => break,
            (None, '[' | '{') => open += 1,
            (None, ']' | '}') => open -= 1,
            _ => {}
        }
    }
    open
}

fn private_paths(texts: &Texts) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, text) in texts {
        for (index, line) in text.lines().enumerate() {
            if let Some(root) = PRIVATE_ROOTS.iter().find(|root| has_absolute(line, root)) {
                findings.push(format!(
                    "{path}:{}: a path below /{root} exists on one machine only",
                    index + 1
                ));
            }
        }
    }
    findings
}

/// Whether a path below this root stands there by itself, not as a part of an address or of a longer path.
fn has_absolute(line: &str, root: &str) -> bool {
    let wanted = format!("/{root}/");
    line.match_indices(&wanted).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "/._-~})>*$%".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(files: &[(&str, &str)]) -> Texts {
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn long_files_are_found_and_exceptions_named() {
        let [short, long, longest] = [800, 801, 901].map(|lines| "x\n".repeat(lines));
        let files = texts(&[("a.rs", &short), ("b.rs", &long), ("c.jsonl", &longest)]);
        assert_eq!(
            long_files(&files, &[]).0,
            ["b.rs: 801 lines, at most 800: split it"]
        );
        let (findings, warnings) = long_files(&files, &[("b.rs", 900, "a table")]);
        assert_eq!((findings.len(), warnings.len()), (0, 1));
        assert_eq!(
            long_files(&files, &[("b.rs", 900, ""), ("a.rs", 900, "")]).0,
            ["a.rs is short now: take it off the list"]
        );
        assert_eq!(
            long_files(&texts(&[("b.rs", &longest)]), &[("b.rs", 900, "")])
                .0
                .len(),
            1
        );
    }

    #[test]
    fn the_pure_crates_stay_pure() {
        fn check(path: &str, text: &str, expected: usize) {
            assert_eq!(
                impure_words(&texts(&[(path, text)])).len(),
                expected,
                "{path}: {text}"
            );
        }
        check("crates/calendar/src/day.rs", "let now = Utc::now();", 1);
        check(
            "crates/calendar/src/day.rs",
            "// Utc::now() is never called\n",
            0,
        );
        check("crates/approval/src/case.rs", "fn share() -> f64 {}", 1);
        check(
            "crates/approval/src/case.rs",
            "#[cfg(test)]\nmod tests { use std::fs; fn f() { fs::read(1) } }",
            0,
        );
        check("crates/approval/src/rules/tests.rs", "std::fs::read(x)", 0);
        check("crates/engine/src/clock.rs", "Utc::now()", 0);
    }

    #[test]
    fn unwanted_words_are_found() {
        let files = texts(&[(
            "a.rs",
            "fn f() {}\n#[ignore = \"slow\"]\nfn g() { todo!() }\n// todo! later\n",
        )]);
        let found = unwanted_words(&files);
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("a.rs:2: #[ignore"));
    }

    #[test]
    fn the_architecture_names_every_crate() {
        fn check(text: &str, expected: bool) {
            assert_eq!(
                unnamed_crates(Some(text), &["store"]).is_empty(),
                expected,
                "{text}"
            );
        }
        check("the `store` keeps", true);
        check("see crates/store/src", true);
        check("```\nstore   the record\n```", true);
        check("we store things", false);
        assert_eq!(unnamed_crates(None, &["store"]).len(), 1);
    }

    #[test]
    fn the_readmes_are_one_text() {
        assert_eq!(unequal_readmes(&texts(&[])).len(), 2);
        assert_eq!(
            unequal_readmes(&texts(&[
                ("README.md", "# a\n## b\n"),
                ("README.zh-CN.md", "# 甲\n")
            ]))
            .len(),
            1
        );
        assert!(
            unequal_readmes(&texts(&[
                ("README.md", "# a\n"),
                ("README.zh-CN.md", "# 甲\n")
            ]))
            .is_empty()
        );
    }

    #[test]
    fn links_lead_somewhere() {
        let text = "[a](docs/A.md) [b](docs) [c](docs/B.md) [d](https://example.org/x)";
        let files = texts(&[
            ("README.md", text),
            ("docs/A.md", "[up](../README.md#x) [root](/)"),
        ]);
        let paths = ["README.md", "docs/A.md", "docs.md"]
            .map(str::to_owned)
            .into_iter()
            .collect();
        assert_eq!(
            broken_links(&files, &paths),
            ["README.md:1: the link leads nowhere: docs/B.md"]
        );
    }

    #[test]
    fn settings_are_explained() {
        fn check(text: &str, expected: usize) {
            assert_eq!(uncommented_keys(text).len(), expected, "{text}");
        }
        check("# Where.\n[a]\n# Why.\nkey = 1\n", 0);
        check("[a]\nkey = 1\n", 1);
        check("key = 1 # why\n", 0);
        check("# Why.\nkey = 1\nother = 2\n", 1);
        check(
            "# Why.\nkey = [\n  1,\n  { a = 2 },\n]\n# Why.\nother = \"[\"\n# Why.\nlast = 3\n",
            0,
        );
        check("# Why.\n\nkey = 1\n", 1);
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        for root in PRIVATE_ROOTS {
            assert!(has_absolute(&format!("see /{root}/x"), root));
            assert!(has_absolute(&format!("PATH=/{root}/x"), root));
            assert!(!has_absolute(
                &format!("https://example.org/{root}/x"),
                root
            ));
            assert!(!has_absolute(
                &format!("a/{root}/x and $HOME/{root}/x and ../{root}/x"),
                root
            ));
        }
    }
}
