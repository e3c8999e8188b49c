//! A database with the tables of the first version, and a record in them, brought up to date by the program: the record is
//! whole, and work goes on.

use std::borrow::Cow;
use std::process::Command;

use sqlx::migrate::{Migration, Migrator};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::block_on;
use super::place::{Ended, Place};
use crate::scripts::Database;

static ALL: Migrator = sqlx::migrate!("../migrations");

/// The last migration of the first version that kept a record.
const FIRST: i64 = 3;

/// The tables that it had.
const TABLES: [&str; 14] = [
    "meta",
    "division",
    "unit",
    "person",
    "item",
    "event",
    "personal",
    "subject",
    "message_item",
    "message",
    "counter",
    "calendar",
    "ruleset",
    "job",
];

/// Columns that came later: the old tables have them while rows are copied, and not afterwards.
const SINCE: [(&str, &str); 1] = [("unit", "windows")];

/// What the first version made of its tables.
fn first(leave_out: &str) -> Migrator {
    let migrations: Vec<Migration> = ALL
        .iter()
        .filter(|m| m.version <= FIRST && !m.description.starts_with(leave_out))
        .cloned()
        .collect();
    Migrator {
        migrations: Cow::Owned(migrations),
        ..Migrator::DEFAULT
    }
}

/// A record of what the first version knew: cases with stops and cards, one that is over, and letters.
fn recorded(database: Database) -> Place {
    let place = Place::new(database);
    let receive = [
        "case",
        "receive",
        "--item",
        "GSJ-001",
        "--applicant",
        "张三",
    ];
    let mut cases = Vec::new();
    for _ in 0..3 {
        let case = place.well(&receive).json()["case"]
            .as_str()
            .unwrap()
            .to_owned();
        place.well(&["case", "accept", &case, "--by", "C1"]);
        cases.push(case);
    }
    let [stopped, late, over] = &cases[..] else {
        panic!("three cases")
    };
    place.well(&[
        "case",
        "stop",
        stopped,
        "--procedure",
        "hearing",
        "--notice",
        "听字1号",
        "--term",
        "5wd",
    ]);
    place.well(&[
        "case", "complete", late, "--stage", "handling", "--by", "H1",
    ]);
    place.well(&[
        "case",
        "end",
        over,
        "--outcome",
        "withdrawn",
        "--reason",
        "申请人撤回",
    ]);
    place.well(&["sweep", "--now", "2018-11-05T09:00:00+08:00"]);
    let mut send = place.command(&["outbox", "send"]);
    send.env(
        "SHIXIAN_MAIL__URL",
        format!("file:{}", place.path("mails").display()),
    );
    assert!(send.status().unwrap().success());
    place.well(&["case", "resume", stopped]);
    place
}

/// Adds the columns that came later, or drops them.
fn since(how: &str, kind: &str) -> sqlx::RawSql {
    let changes =
        SINCE.map(|(table, column)| format!("ALTER TABLE {table} {how} COLUMN {column}{kind};"));
    sqlx::raw_sql(AssertSqlSafe(changes.join("\n")))
}

/// The same rows in tables of the first version.
fn of_the_first_version(place: &Place, database: Database) -> Place {
    let old = Place::bare(database);
    block_on(async {
        match database {
            Database::Sqlite => {
                let url = format!("{}?mode=rwc", old.url);
                let mut file = SqliteConnection::connect(&url).await.unwrap();
                first("only postgres")
                    .run_direct(None, &mut file, false)
                    .await
                    .unwrap();
                since("ADD", " TEXT").execute(&mut file).await.unwrap();
                let from = place.url.strip_prefix("sqlite:").unwrap();
                let attach = format!("ATTACH '{from}' AS new");
                sqlx::raw_sql(AssertSqlSafe(attach))
                    .execute(&mut file)
                    .await
                    .unwrap();
                for table in TABLES {
                    let copy = format!("INSERT INTO main.{table} SELECT * FROM new.{table}");
                    sqlx::raw_sql(AssertSqlSafe(copy))
                        .execute(&mut file)
                        .await
                        .unwrap();
                }
                since("DROP", "").execute(&mut file).await.unwrap();
                file.close().await.unwrap();
            }
            Database::Postgres => {
                let mut server = PgConnection::connect(&old.url).await.unwrap();
                first("only sqlite")
                    .run_direct(None, &mut server, false)
                    .await
                    .unwrap();
                since("ADD", " TEXT").execute(&mut server).await.unwrap();
                copy_postgres(place, &old);
                since("DROP", "").execute(&mut server).await.unwrap();
                server.close().await.unwrap();
            }
        }
    });
    old
}

fn copy_postgres(from: &Place, to: &Place) {
    let cluster = testkit::postgres::Cluster::shared().unwrap();
    let file = to.path("rows.sql");
    let run = |command: &mut Command| {
        let ended = Ended::of(command.output().unwrap());
        assert_eq!(ended.status, Some(0), "{ended:?}");
    };
    let mut dump = Command::new(cluster.tool("pg_dump"));
    dump.args(["--data-only", "--column-inserts", "-f"])
        .arg(&file);
    for table in TABLES {
        dump.args(["-t", table]);
    }
    run(dump.arg(&from.url));
    let mut load = Command::new(cluster.tool("psql"));
    run(load
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f"])
        .arg(&file)
        .args(["-d", &to.url]));
}

fn the_first_version_comes_up_to_date(database: Database) {
    let new = recorded(database);
    let old = of_the_first_version(&new, database);
    let refused = old.run(&["verify"]);
    assert_eq!(refused.status, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("shixian migrate"), "{refused:?}");
    old.well(&["migrate"]);
    if matches!(database, Database::Postgres) {
        // It was copied here, as any dump.
        old.well(&["restore", "--adopt", "--moved"]);
    }
    old.verify();
    let (before, after) = (new.look(), old.look());
    assert_eq!(after.subjects, before.subjects);
    assert_eq!(after.events, before.events);
    assert_eq!(after.items, before.items);
    assert_eq!(after.messages, before.messages);
    assert!(before.events.iter().any(|e| e.kind == "warning_raised"));
    // Both go on to the same end.
    for place in [&new, &old] {
        place.well(&["sweep", "--now", "2018-12-20T09:00:00+08:00"]);
        let next = place
            .well(&[
                "case",
                "receive",
                "--item",
                "GSJ-001",
                "--applicant",
                "李四",
            ])
            .json();
        assert_eq!(next["case"], "410800-GSJ-20181220-0001");
        place.verify();
    }
    let names = |place: &Place| -> Vec<(String, String, i64)> {
        let events = place.look().events.into_iter();
        events.map(|e| (e.subject, e.kind, e.seq)).collect()
    };
    assert_eq!(names(&old), names(&new));
}

#[test]
fn the_first_version_comes_up_to_date_on_sqlite() {
    the_first_version_comes_up_to_date(Database::Sqlite);
}

#[test]
fn the_first_version_comes_up_to_date_on_postgres() {
    the_first_version_comes_up_to_date(Database::Postgres);
}
