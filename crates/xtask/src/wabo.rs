//! `cargo xtask wabo FILE`: a real log of 1,434 cases through the release build, compared with the figures that the
//! log itself gives.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::shell;
use crate::workspace::Workspace;

const MAPPING: &str = "config/mappings/wabo-receipt.toml";

/// What the first import says. Late is counted by the office day of the deadline.
const FIRST_IMPORT: [(&str, i64); 6] = [
    ("cases", 1_434),
    ("events", 8_577),
    ("completed", 1_329),
    ("open", 105),
    ("late", 309),
    ("cases_rejected", 0),
];

/// What a second import of the same file says: all was known.
const SECOND_IMPORT: [(&str, i64); 7] = [
    ("cases", 0),
    ("events", 0),
    ("already_there", 8_577),
    ("completed", 1_329),
    ("open", 105),
    ("late", 309),
    ("cases_rejected", 0),
];

/// Cases with at least one event that carries the defect.
const DEFECTS: [(&str, i64); 2] = [("before_start", 2), ("after_end", 145)];

/// Counts these cases from the public table of events; sqlite3 itself is rarely installed, Python has it built in.
const COUNT_DEFECTS: &str = r#"
import collections, json, sqlite3, sys
cases = collections.defaultdict(set)
for division, subject, payload in sqlite3.connect(sys.argv[1]).execute("SELECT division, subject, payload FROM event"):
    for defect in json.loads(payload).get("defects", []):
        cases[defect].add((division, subject))
print(json.dumps({defect: len(subjects) for defect, subjects in cases.items()}))
"#;

/// A figure, what it should be, and what it is.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    figure: String,
    expected: String,
    found: String,
}

pub(crate) fn run(file: &Path) -> Result<()> {
    let file = file
        .canonicalize()
        .with_context(|| format!("can't read {}", file.display()))?;
    let workspace = Workspace::load()?;
    shell::run(shell::cargo(&workspace.root).args(["build", "--release", "-p", "server"]))?;
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("wabo.db");
    let shixian = |arguments: &[&str]| {
        let mut command = shell::command(workspace.target.join("release/shixian"), &workspace.root);
        command
            .args(arguments)
            .arg("--database")
            .arg(format!("sqlite:{}", database.display()));
        command
    };
    let import = || -> Result<Value> {
        let begun = shell::now();
        let answer = answer(&shell::capture(
            shixian(&["import", "--mapping", MAPPING]).arg(&file),
        )?)?;
        println!(
            "import took {:.1} s: {answer}",
            begun.elapsed().as_secs_f64()
        );
        Ok(answer)
    };

    shell::capture(&mut shixian(&["migrate"]))?;
    let mut rows = rows("first import", &FIRST_IMPORT, &import()?);
    rows.extend(self::rows("second import", &SECOND_IMPORT, &import()?));
    let mut python = shell::command("python3", folder.path());
    let defects = answer(&shell::capture(
        python.args(["-c", COUNT_DEFECTS]).arg(&database),
    )?)?;
    rows.extend(self::rows("cases with defect", &DEFECTS, &defects));
    let verified = answer(&shell::capture(&mut shixian(&["verify"]))?)?;
    let ok = Row {
        figure: "verify ok".to_owned(),
        expected: "true".to_owned(),
        found: verified["ok"].to_string(),
    };
    rows.push(ok);

    println!("\n{}", table(&rows));
    match rows.iter().filter(|row| row.expected != row.found).count() {
        0 => Ok(()),
        count => bail!("{count} of {} figures differ", rows.len()),
    }
}

/// A command's answer: the last line on its standard output.
fn answer(output: &str) -> Result<Value> {
    let line = output
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .context("no answer")?;
    serde_json::from_str(line).with_context(|| format!("no JSON: {line}"))
}

fn rows(part: &str, expected: &[(&str, i64)], found: &Value) -> Vec<Row> {
    let row = |(key, expected): &(&str, i64)| Row {
        figure: format!("{part}: {key}"),
        expected: expected.to_string(),
        found: found
            .get(key)
            .map_or_else(|| "nothing".to_owned(), Value::to_string),
    };
    expected.iter().map(row).collect()
}

fn table(rows: &[Row]) -> String {
    let mut text = format!("{:32} {:>9} {:>9}\n", "figure", "expected", "found");
    for Row {
        figure,
        expected,
        found,
    } in rows
    {
        let mark = if expected == found { "" } else { "  DIFFERS" };
        text.push_str(&format!("{figure:32} {expected:>9} {found:>9}{mark}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_compared() {
        let found = answer("\n{\"cases\": 3, \"events\": 8}\n\n").unwrap();
        let rows = rows(
            "import",
            &[("cases", 3), ("events", 7), ("late", 0)],
            &found,
        );
        let differing: Vec<_> = rows
            .iter()
            .filter(|row| row.expected != row.found)
            .map(|row| row.figure.as_str())
            .collect();
        assert_eq!(differing, ["import: events", "import: late"]);
        assert_eq!(table(&rows).matches("DIFFERS").count(), 2);
    }

    #[test]
    fn an_answer_is_needed() {
        assert!(answer("").is_err());
        assert!(answer("done\n").is_err());
    }
}
