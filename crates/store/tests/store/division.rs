//! Regional rows are spread by division: a statement that touches them says which one, for each table that it names.

use std::collections::BTreeSet;

use sqlx::Row;
use store::Conn;

use crate::fixture;

/// Statements that look over all divisions, and why each may.
const OVER_ALL: [(&str, &str, &str); 7] = [
    (
        "store::reference",
        "DIVISIONS",
        "the list of divisions is what a process goes through, one after the other",
    ),
    (
        "store::verify",
        "NEXT_OF_EVENTS",
        "the record tells its divisions itself: the list of them may have been bent",
    ),
    ("store::verify", "NEXT_OF_SUBJECTS", "as with the events"),
    ("store::verify", "NEXT_OF_PERSONAL", "as with the events"),
    (
        "store::audit",
        "NEXT_DIVISION",
        "as with the events: the log's own divisions are verified",
    ),
    (
        "store::closing",
        "PAGE",
        "all closings are verified, in the order of their keys, which begin with the division",
    ),
    (
        "store::scheme",
        "UNCLOSED",
        "as with the closings: what is noted beside them is verified with them",
    ),
];

/// Tables with a division, as the migrations make them.
async fn regional() -> BTreeSet<String> {
    let sqlite = fixture::sqlite().await;
    let Conn::Sqlite(conn) = &mut sqlite.store.read().await.unwrap() else {
        panic!("a file")
    };
    let rows = sqlx::query(
        "SELECT t.name FROM sqlite_master t JOIN pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND c.name = 'division' ORDER BY t.name",
    )
    .fetch_all(&mut **conn)
    .await
    .unwrap();
    rows.iter().map(|row| row.get("name")).collect()
}

/// The regional tables that a statement names, each as often as it does.
fn named<'s>(sql: &'s str, regional: &BTreeSet<String>) -> Vec<&'s str> {
    let words: Vec<&str> = sql
        .split(|c: char| c.is_whitespace() || "(),;".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    let names = words
        .windows(2)
        .filter(|pair| ["FROM", "JOIN", "INTO", "UPDATE"].contains(&pair[0]));
    names
        .map(|pair| pair[1])
        .filter(|name| regional.contains(*name))
        .collect()
}

/// How often a statement ties a table to its division: to the first parameter, or to the division of another table.
fn ties(sql: &str) -> usize {
    let compared = sql
        .match_indices("division = ")
        .map(|(at, found)| sql[at + found.len()..].split([' ', ')']).next());
    let compared = compared
        .filter(|to| to.is_some_and(|to| to == "$1" || to.ends_with(".division")))
        .count();
    // Rows that are written have the division as their first column and the first parameter there.
    let written = sql
        .match_indices("INSERT INTO ")
        .filter(|(at, _)| {
            let rest = &sql[*at..];
            let Some((_, columns)) = rest.split_once('(') else {
                return false;
            };
            let Some((columns, values)) = columns.split_once(')') else {
                return false;
            };
            let values = values.trim_start();
            let row = values.starts_with("VALUES ($1,") && !other_rows(values);
            columns.starts_with("division,") && (row || values.starts_with("SELECT $1,"))
        })
        .count();
    compared + written
}

/// Whether there are rows in a list of values that begin with another parameter.
fn other_rows(values: &str) -> bool {
    let rows = values.match_indices("), ($");
    rows.into_iter()
        .any(|(at, found)| !values[at + found.len()..].starts_with("1,"))
}

fn missing(sql: &str, regional: &BTreeSet<String>) -> usize {
    named(sql, regional).len().saturating_sub(ties(sql))
}

#[tokio::test]
async fn statements_on_regional_rows_name_their_division() {
    let regional = regional().await;
    assert!(regional.len() >= 25, "{regional:?}");
    let mut touching = 0;
    for statement in store::statements() {
        let place = (statement.module, statement.name);
        let is_exception = OVER_ALL
            .iter()
            .any(|(module, name, _)| (*module, *name) == place);
        let missing = missing(statement.sql, &regional);
        assert_eq!(
            missing > 0,
            is_exception,
            "{place:?} names regional tables {missing} times without their division, exception: {is_exception}: {}",
            statement.sql
        );
        touching += usize::from(!named(statement.sql, &regional).is_empty());
    }
    assert!(touching > 100, "{touching} statements touch regional rows");
    for (module, name, why) in OVER_ALL {
        let exists = store::statements()
            .iter()
            .any(|statement| (statement.module, statement.name) == (module, name));
        assert!(exists && !why.is_empty(), "{module}::{name} is gone");
    }
}

/// The check itself finds what is wrong.
#[test]
fn a_statement_without_its_division_is_found() {
    let regional: BTreeSet<String> = ["event", "subject"].map(str::to_owned).into();
    for (sql, expected) in [
        (
            "SELECT seq FROM event WHERE division = $1 AND subject = $2",
            0,
        ),
        ("SELECT seq FROM event WHERE subject = $1", 1),
        ("SELECT seq FROM event WHERE division = $2", 1),
        ("SELECT seq FROM event WHERE division > $1", 1),
        (
            "SELECT 1 FROM event e JOIN subject s ON s.subject = e.subject WHERE e.division = $1",
            1,
        ),
        (
            "SELECT 1 FROM event e JOIN subject s ON s.division = e.division AND s.subject = e.subject \
             WHERE e.division = $1",
            0,
        ),
        (
            "UPDATE subject SET state = $2 WHERE division = $1 AND seq = (SELECT MAX(seq) FROM event)",
            1,
        ),
        ("DELETE FROM event", 1),
        (
            "INSERT INTO event (division, seq) VALUES ($1, $2), ($1, $3)",
            0,
        ),
        (
            "INSERT INTO event (division, seq) VALUES ($1, $2), ($3, $4)",
            1,
        ),
        ("INSERT INTO event (seq, division) VALUES ($1, $2)", 1),
        (
            "INSERT INTO event (division, seq) SELECT $1, $2 FROM subject WHERE division = $1",
            0,
        ),
        (
            "INSERT INTO event (division, seq) SELECT division, seq FROM subject WHERE division = $1",
            1,
        ),
        ("SELECT value FROM meta WHERE key = $1", 0),
    ] {
        assert_eq!(missing(sql, &regional), expected, "{sql}");
    }
}
