//! How both databases carry out the statements that run all the time, and how many rows an idle sweep reads.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};
use store::Statement;

use crate::crowd::{Crowd, Ground, Limits};
use crate::figure::{Baseline, Figure, Goal};
use crate::office::Standing;
use crate::{Effort, count_f64};

pub(crate) const NAME: &str = "sweep-idle-rows";

/// Open cases in each database.
const CASES: usize = 20_000;
/// Where the plans are written.
const FILE: &str = "plans.md";
const SMALLEST: &str = "-9223372036854775808";
const GREATEST: &str = "9223372036854775807";

/// A statement that runs all the time.
struct Hot {
    module: &'static str,
    /// Without the name of the database.
    name: &'static str,
    /// PostgreSQL's, if it is another one.
    on_postgres: &'static str,
    /// When it runs.
    when: &'static str,
    /// What its parameters are on PostgreSQL; none: it writes and isn't run here.
    with: &'static [With],
}

/// A parameter.
#[derive(Clone, Copy)]
enum With {
    Division,
    /// The case of that place.
    Case(usize),
    /// So many cases, the first ones.
    Cases(usize),
    Text(&'static str),
    /// Before any alarm.
    Now,
}

use With::{Case, Cases, Division, Now, Text};

const HOT: [Hot; 19] = [
    hot("reference", "DIVISIONS", "each sweep", &[]),
    hot(
        "subject",
        "DUE",
        "each sweep, nothing due",
        &[Division, Now, Text(SMALLEST), Text(""), Text("400")],
    ),
    hot("subject", "NEXT_ALARM", "each sweep", &[Division]),
    hot(
        "subject",
        "HEAD",
        "each act",
        &[Division, Case(0), Text("books_edition")],
    ),
    hot(
        "event",
        "OF_SUBJECT",
        "an act on a case that isn't in memory",
        &[Division, Case(0), Text("0"), Text("1000")],
    ),
    hot(
        "event",
        "OF_EIGHT",
        "a sweep with alarms",
        &[Division, Cases(8)],
    )
    .on_postgres("OF_ANY"),
    hot(
        "subject",
        "PAGE_TOUCHED",
        "a batch of a revision",
        &[
            Division,
            Case(0),
            Text(GREATEST),
            Text(GREATEST),
            Text("40"),
        ],
    ),
    hot("record", "FOLLOW", "a batch of a revision", &[]).on_postgres("FOLLOW_EACH"),
    hot("revision", "TRACE_EACH", "a batch of a revision", &[]),
    hot("record", "FOLLOW", "each act", &[]),
    hot("event", "APPEND_TWO", "a card with its limit", &[]).on_postgres("APPEND_EACH"),
    hot("message_item", "INSERT", "each item of a card", &[]),
    hot("counter", "TAKE", "each receipt", &[]),
    hot(
        "message_item",
        "WAITING",
        "each round of letters",
        &[Division, Text(""), Text(""), Text("100")],
    ),
    hot(
        "message_item",
        "FREE",
        "each letter",
        &[Division, Text("U01-H1"), Text("mail"), Text("500")],
    ),
    hot("message", "CLAIM", "each letter that is sent", &[]),
    hot(
        "todo",
        "DATED",
        "each to-do list",
        &[
            Division,
            Text("U01"),
            Text("handling"),
            Text("0"),
            Text(""),
            Text(GREATEST),
            Text("50"),
        ],
    ),
    hot(
        "todo",
        "COUNT",
        "each to-do list",
        &[Division, Text("U01"), Text("handling"), Text("300")],
    ),
    hot(
        "feed",
        "PAGE",
        "each look of a follower",
        &[
            Division,
            Text(GREATEST),
            Text(""),
            Text("0"),
            Text(GREATEST),
            Text("1000"),
        ],
    ),
];

const fn hot(
    module: &'static str,
    name: &'static str,
    when: &'static str,
    with: &'static [With],
) -> Hot {
    Hot {
        module,
        name,
        on_postgres: name,
        when,
        with,
    }
}

impl Hot {
    const fn on_postgres(self, name: &'static str) -> Self {
        Self {
            on_postgres: name,
            ..self
        }
    }

    fn statement(&self, database: &str) -> Result<Statement> {
        let module = format!("store::{}", self.module);
        let name = if database == "POSTGRES" {
            self.on_postgres
        } else {
            self.name
        };
        let own = format!("{name}_{database}");
        store::statements()
            .into_iter()
            .find(|s| s.module == module && (s.name == name || s.name == own))
            .with_context(|| format!("there is no statement {module}::{name}"))
    }

    /// Whether it only reads, so that it can be run.
    fn reads(&self, statement: &Statement) -> bool {
        statement.sql.starts_with("SELECT")
    }

    /// The parameters as literals.
    fn literals(&self, crowd: &Crowd, now: DateTime<Utc>) -> Result<Vec<String>> {
        let mut cases: Vec<&String> = crowd.cases.iter().flatten().collect();
        cases.sort();
        self.with
            .iter()
            .map(|with| {
                Ok(match with {
                    Division => "'410800'".to_owned(),
                    Case(place) => format!("'{}'", cases.get(*place).context("too few cases")?),
                    Cases(count) => {
                        let some = cases.get(..*count).context("too few cases")?;
                        let names: Vec<&str> = some.iter().map(|case| case.as_str()).collect();
                        format!("'{{{}}}'", names.join(","))
                    }
                    Text(text) => format!("'{text}'"),
                    Now => format!("'{}'", now.timestamp_micros()),
                })
            })
            .collect()
    }
}

pub(crate) async fn measure(folder: &Path, out: &Path, effort: Effort) -> Result<Figure> {
    let limits = Limits::of_one(folder).await?;
    // All that came before the red line is done and told.
    let now = limits.before_red + TimeDelta::minutes(1);
    ensure!(now < limits.red, "no time between two alarms");
    let on_sqlite = told(&Ground::sqlite(folder), limits, effort).await?;
    // The server lives as long as this value.
    let postgres = Ground::postgres()?;
    let on_postgres = told(&postgres, limits, effort).await?;
    let mut file = SqliteConnection::connect(&on_sqlite.url).await?;
    let mut server = PgConnection::connect(&on_postgres.url).await?;
    sqlx::query("SET plan_cache_mode = force_generic_plan")
        .execute(&mut server)
        .await?;
    let mut text = format!(
        "{} open cases in each database, warned and told of, none due. SQLite: EXPLAIN QUERY PLAN. PostgreSQL: EXPLAIN (ANALYZE, BUFFERS) of the generic \
         plan; what writes isn't run.\n",
        on_sqlite.count()
    );
    let mut read = 0;
    for hot in &HOT {
        let name = match hot.on_postgres {
            name if name == hot.name => name.to_owned(),
            other => format!("{}, {other}", hot.name),
        };
        writeln!(text, "\n### {}::{name}: {}\n", hot.module, hot.when)?;
        let plan = sqlite_plan(&mut file, &hot.statement("SQLITE")?).await?;
        writeln!(text, "```text\nSQLite\n{plan}\n")?;
        let statement = hot.statement("POSTGRES")?;
        let literals = hot.literals(&on_postgres, now)?;
        let plan = postgres_plan(&mut server, hot, &statement, &literals).await?;
        writeln!(text, "PostgreSQL\n{plan}```")?;
        if (hot.module, hot.name) == ("subject", "DUE") {
            read = rows_read(&mut server, &statement, &literals).await?;
        }
    }
    let in_range = entries(&mut file, on_sqlite.count(), now).await?;
    file.close().await?;
    server.close().await?;
    std::fs::create_dir_all(out)?;
    let path = out.join(FILE);
    std::fs::write(&path, &text)?;
    Ok(Figure {
        name: NAME,
        value: count_f64(usize::try_from(read + in_range)?)?,
        unit: "rows",
        goal: Goal::ValueAtMost(0.0),
        baselines: vec![Baseline {
            name: "open cases".to_owned(),
            value: count_f64(on_sqlite.count())?,
            meaning: "what a sweep would read that looks at each of them".to_owned(),
        }],
        remarks: vec![
            format!(
                "rows that the look for what is due reads when nothing is: {read} on PostgreSQL (EXPLAIN ANALYZE), {in_range} \
                 entries in the range of the index on SQLite"
            ),
            format!(
                "the plans of {} statements that run all the time: {}",
                HOT.len(),
                path.display()
            ),
        ],
    })
}

/// A database in which cases are open, cards were raised and letters made, and nothing is due.
async fn told(ground: &Ground, limits: Limits, effort: Effort) -> Result<Crowd> {
    let crowd = Crowd::accepted(ground, "plans.db", effort.cases(CASES), Standing::Earnest).await?;
    crowd.bring_to(ground, limits).await?;
    crowd.tell(limits).await?;
    ground.settle(&crowd.url).await?;
    Ok(crowd)
}

async fn sqlite_plan(connection: &mut SqliteConnection, statement: &Statement) -> Result<String> {
    let mut steps = Vec::new();
    // One of them is two statements, which run one after the other.
    for part in statement.sql.split("; ") {
        let explained = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {part}"));
        let rows = sqlx::query(explained).fetch_all(&mut *connection).await?;
        steps.extend(rows.iter().map(|row| row.get::<String, _>("detail")));
    }
    ensure!(
        !steps
            .iter()
            .any(|step| step.starts_with("SCAN ") && is_regional(step)),
        "{}::{} reads a whole table: {steps:?}",
        statement.module,
        statement.name
    );
    // What is written without being looked for has no steps.
    Ok(if steps.is_empty() {
        "  (writes one row)".to_owned()
    } else {
        steps
            .iter()
            .map(|s| format!("  {s}"))
            .collect::<Vec<_>>()
            .join("\n")
    })
}

/// Tables that grow with the cases.
fn is_regional(step: &str) -> bool {
    let table = step.split_whitespace().nth(1).unwrap_or_default();
    [
        "event",
        "subject",
        "personal",
        "message_item",
        "message",
        "s",
        "p",
        "e",
    ]
    .contains(&table)
}

/// Prepares a statement under a name of its own and gives the name.
async fn prepare(connection: &mut PgConnection, statement: &Statement) -> Result<String> {
    let name = format!("bench_{}", statement.name.to_lowercase());
    for sql in [
        "DEALLOCATE ALL".to_owned(),
        format!("PREPARE {name} AS {}", statement.sql),
    ] {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut *connection)
            .await?;
    }
    Ok(name)
}

async fn postgres_plan(
    connection: &mut PgConnection,
    hot: &Hot,
    statement: &Statement,
    literals: &[String],
) -> Result<String> {
    let name = prepare(connection, statement).await?;
    let (options, values) = if hot.reads(statement) {
        (
            "ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF",
            literals.to_vec(),
        )
    } else {
        (
            "COSTS OFF",
            vec!["NULL".to_owned(); parameters(statement.sql)],
        )
    };
    let lines = explain(connection, &name, options, &values).await?;
    let mut text = String::new();
    for line in lines {
        writeln!(text, "  {line}")?;
    }
    Ok(text)
}

async fn explain(
    connection: &mut PgConnection,
    name: &str,
    options: &str,
    values: &[String],
) -> Result<Vec<String>> {
    let list = if values.is_empty() {
        String::new()
    } else {
        format!("({})", values.join(", "))
    };
    let sql = format!("EXPLAIN ({options}) EXECUTE {name}{list}");
    let rows = sqlx::raw_sql(AssertSqlSafe(sql))
        .fetch_all(&mut *connection)
        .await?;
    rows.iter()
        .map(|row| Ok(row.try_get_unchecked(0)?))
        .collect()
}

/// How many parameters a statement has.
fn parameters(sql: &str) -> usize {
    sql.split('$')
        .skip(1)
        .filter_map(|rest| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .max()
        .unwrap_or(0)
}

/// Rows that the leaves of a plan have read, those that were thrown away too.
async fn rows_read(
    connection: &mut PgConnection,
    statement: &Statement,
    literals: &[String],
) -> Result<u64> {
    let name = prepare(connection, statement).await?;
    let options = "ANALYZE, COSTS OFF, TIMING OFF, FORMAT JSON";
    let lines = explain(connection, &name, options, literals).await?;
    let plan: Value = serde_json::from_str(&lines.join("\n"))?;
    let root = &plan[0]["Plan"];
    ensure!(root.is_object(), "no plan: {plan}");
    Ok(of_leaves(root))
}

fn of_leaves(node: &Value) -> u64 {
    match node["Plans"].as_array() {
        Some(nodes) if !nodes.is_empty() => nodes.iter().map(of_leaves).sum(),
        _ => {
            let of = |name: &str| node[name].as_u64().unwrap_or(0);
            let loops = of("Actual Loops");
            let removed = of("Rows Removed by Filter") + of("Rows Removed by Index Recheck");
            (of("Actual Rows") + removed) * loops
        }
    }
}

/// Entries of the index on alarms in the range that an idle sweep looks at.
async fn entries(
    connection: &mut SqliteConnection,
    cases: usize,
    now: DateTime<Utc>,
) -> Result<u64> {
    const COUNT: &str = "SELECT COUNT(*) FROM subject INDEXED BY subject_alarm \
        WHERE division = '410800' AND next_alarm_us IS NOT NULL AND next_alarm_us <= $1";
    let mut counts = Vec::new();
    for up_to in [now.timestamp_micros(), i64::MAX] {
        let count: i64 = sqlx::query_scalar(COUNT)
            .bind(up_to)
            .fetch_one(&mut *connection)
            .await?;
        counts.push(u64::try_from(count)?);
    }
    ensure!(
        counts.get(1) == Some(&u64::try_from(cases)?),
        "not every case has its alarm: {counts:?}"
    );
    Ok(counts[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_by_the_highest() {
        assert_eq!(parameters("SELECT $1, $12 WHERE a = $2"), 12);
        assert_eq!(parameters("SELECT 1"), 0);
    }

    #[test]
    fn what_was_thrown_away_was_read_too() {
        let plan = serde_json::json!({
            "Node Type": "Limit", "Actual Rows": 1, "Actual Loops": 1,
            "Plans": [{ "Node Type": "Index Scan", "Actual Rows": 1, "Actual Loops": 2, "Rows Removed by Filter": 7 }],
        });
        assert_eq!(of_leaves(&plan), 16);
    }

    #[test]
    fn the_statements_are_there_on_both_databases() {
        for hot in &HOT {
            hot.statement("SQLITE").unwrap();
            // They are run with parameters on PostgreSQL only.
            let statement = hot.statement("POSTGRES").unwrap();
            if hot.reads(&statement) {
                assert_eq!(parameters(statement.sql), hot.with.len(), "{}", hot.name);
            }
        }
    }
}
