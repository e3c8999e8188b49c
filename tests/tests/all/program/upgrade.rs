//! A database that the first version made, brought up to date by the program: the record is whole, and work goes on.
//!
//! What that version wrote lies in `tests/data/first-version`, tables and rows, as its own binary left them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::block_on;
use super::place::{Ended, Look, Place};
use crate::scripts::Database;

/// What that version wrote, kind by kind (`make.sh`).
const WRITTEN: [(&str, usize); 17] = [
    ("accepted", 3),
    ("closed", 1),
    ("correction_notified", 1),
    ("deemed_accepted", 1),
    ("delivered", 1),
    ("event_annulled", 1),
    ("extended", 1),
    ("limit_passed", 2),
    ("not_accepted", 1),
    ("order_issued", 1),
    ("received", 5),
    ("sent_back", 1),
    ("stage_completed", 7),
    ("stop_closed", 1),
    ("stop_opened", 1),
    ("supplied", 1),
    ("warning_raised", 3),
];
/// What time does to it until the twentieth of December: the case that stays open passes its limits and gets four warnings, the
/// order two; a case is received.
const SINCE: [(&str, usize); 3] = [("limit_passed", 2), ("received", 1), ("warning_raised", 6)];

fn dump(database: Database) -> PathBuf {
    let name = match database {
        Database::Sqlite => "sqlite.dump",
        Database::Postgres => "postgres.dump",
    };
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/first-version");
    folder.join(name)
}

/// The database as the first version left it.
fn of_the_first_version(database: Database) -> Place {
    let old = Place::bare(database);
    let dump = dump(database);
    match database {
        Database::Sqlite => block_on(async {
            let rows = std::fs::read_to_string(&dump).unwrap();
            let url = format!("{}?mode=rwc", old.url);
            let mut file = SqliteConnection::connect(&url).await.unwrap();
            let rows = sqlx::raw_sql(AssertSqlSafe(rows));
            rows.execute(&mut file).await.unwrap();
            file.close().await.unwrap();
        }),
        Database::Postgres => {
            let cluster = testkit::postgres::Cluster::shared().unwrap();
            let mut load = Command::new(cluster.tool("psql"));
            load.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f"])
                .arg(&dump)
                .args(["-d", &old.url]);
            let ended = Ended::of(load.output().unwrap());
            assert_eq!(ended.status, Some(0), "{ended:?}");
        }
    }
    old
}

/// How often each kind of event is in the record.
fn kinds(look: &Look) -> BTreeMap<&str, usize> {
    let mut kinds = BTreeMap::new();
    for event in &look.events {
        *kinds.entry(event.kind.as_str()).or_default() += 1;
    }
    kinds
}

fn the_first_version_comes_up_to_date(database: Database) {
    let old = of_the_first_version(database);
    let refused = old.run(&["verify"]);
    assert_eq!(refused.status, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("shixian migrate"), "{refused:?}");
    old.well(&["migrate"]);
    if matches!(database, Database::Postgres) {
        // It was copied here, as any dump.
        old.well(&["restore", "--adopt", "--moved"]);
    }
    old.verify();
    let before = old.look();
    let mut must = BTreeMap::from(WRITTEN);
    assert_eq!(kinds(&before), must);
    // Work goes on: what was late gets its cards, once, and the next case the next number.
    old.well(&["sweep", "--now", "2018-12-20T09:00:00+08:00"]);
    let receive = [
        "case",
        "receive",
        "--item",
        "GSJ-001",
        "--applicant",
        "李四",
    ];
    let next = old.well(&receive).json();
    assert_eq!(next["case"], "410800-GSJ-20181220-0001");
    old.verify();
    let after = old.look();
    for (kind, more) in SINCE {
        *must.entry(kind).or_default() += more;
    }
    assert_eq!(kinds(&after), must);
    old.well(&["sweep", "--now", "2018-12-20T09:00:00+08:00"]);
    assert_eq!(old.look().events, after.events, "once");
}

#[test]
fn the_first_version_comes_up_to_date_on_sqlite() {
    the_first_version_comes_up_to_date(Database::Sqlite);
}

#[test]
fn the_first_version_comes_up_to_date_on_postgres() {
    the_first_version_comes_up_to_date(Database::Postgres);
}
