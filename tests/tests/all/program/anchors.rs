//! Attacks on the record by somebody who may write to the database: what `verify` finds by itself, and what only an anchor
//! that was kept elsewhere shows.

use std::fs;

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use store::chain::{GENESIS, HashAlgorithm, chain_hash, personal_digest};
use store::{Conn, Store};

use super::block_on;
use super::place::{DIVISION, Place};
use crate::scripts::Database;

/// A record with two cases: one done with and one that goes on. The anchor is taken in the middle.
struct Bent {
    place: Place,
    /// The case that is done with.
    done: String,
    /// The one that goes on.
    open: String,
}

fn case_of(place: &Place, applicant: &str) -> String {
    let receive = [
        "case",
        "receive",
        "--item",
        "GSJ-002",
        "--applicant",
        applicant,
    ];
    let case = place.well(&receive).json()["case"]
        .as_str()
        .unwrap()
        .to_owned();
    place.well(&["case", "accept", &case]);
    case
}

impl Bent {
    fn new(database: Database) -> Self {
        let place = Place::new(database);
        let done = case_of(&place, "张三");
        let withdrawn = ["--outcome", "withdrawn", "--reason", "申请人撤回"];
        place.well(&[&["case", "end", done.as_str()], &withdrawn[..]].concat());
        let open = case_of(&place, "李四");
        place.well(&["user", "add", "xitong", "--role", "system"]);
        let bent = Self { place, done, open };
        let anchor = bent.place.well(&["anchor"]).stdout;
        assert_eq!(anchor.lines().count(), 1, "{anchor}");
        fs::write(bent.anchors(), anchor).unwrap();
        // The record goes on behind the anchor.
        bent.place
            .well(&["sweep", "--now", "2018-11-30T09:00:00+08:00"]);
        assert_eq!(bent.defects(false), [] as [&str; 0]);
        assert_eq!(bent.defects(true), [] as [&str; 0]);
        bent
    }

    fn anchors(&self) -> std::path::PathBuf {
        self.place.path("anchors")
    }

    /// The kinds of what is found, each once, with or without the anchors.
    fn defects(&self, against: bool) -> Vec<String> {
        let anchors = self.anchors();
        let mut arguments = vec!["verify"];
        if against {
            arguments.extend(["--against", anchors.to_str().unwrap()]);
        }
        let ended = self.place.run(&arguments);
        let found = ended.json();
        let list = found["defects"].as_array().unwrap();
        let mut kinds: Vec<String> = list
            .iter()
            .map(|defect| defect["kind"].as_str().unwrap().to_owned())
            .collect();
        kinds.sort();
        kinds.dedup();
        assert_eq!(
            ended.status,
            Some(i32::from(!kinds.is_empty())),
            "{ended:?}"
        );
        assert_eq!(found["ok"], kinds.is_empty());
        kinds
    }

    /// Runs statements as somebody who has the database.
    fn sql(&self, statements: &[String]) {
        block_on(async {
            let store = Store::open(&self.place.url).await.unwrap();
            let statements = std::sync::Arc::new(statements.to_vec());
            let done = store.write(move |conn| {
                let statements = std::sync::Arc::clone(&statements);
                Box::pin(async move {
                    for sql in &*statements {
                        let sql = AssertSqlSafe(sql.clone());
                        let touched = match conn {
                            Conn::Sqlite(c) => sqlx::query(sql)
                                .execute(&mut **c)
                                .await
                                .unwrap()
                                .rows_affected(),
                            Conn::Postgres(c) => sqlx::query(sql)
                                .execute(&mut **c)
                                .await
                                .unwrap()
                                .rows_affected(),
                        };
                        assert!(touched > 0, "nothing was there to bend");
                    }
                    Ok::<(), store::StoreError>(())
                })
            });
            done.await.unwrap();
            store.close().await;
        });
    }

    /// Changes the payloads of a subject and recomputes its hashes and its row, as somebody who takes the trouble.
    fn rewrite(&self, subject: &str, change: impl Fn(i64, &mut Value)) {
        let look = self.place.look();
        let mut previous = GENESIS.to_owned();
        let mut statements = Vec::new();
        for event in look.events.iter().filter(|e| e.subject == subject) {
            // The order of fields is kept by replacing text in them; here only values change.
            let mut payload: Value = serde_json::from_str(&event.payload).unwrap();
            change(event.seq, &mut payload);
            let payload = payload.to_string();
            let hash = chain_hash(HashAlgorithm::Sm3, &previous, &payload);
            let column = |name: &str| payload_number(&payload, name);
            statements.push(format!(
                "UPDATE event SET payload = '{payload}', previous_hash = '{previous}', hash = '{hash}', occurred_at_us = {}, \
                 recorded_at_us = {} WHERE division = '{DIVISION}' AND subject = '{subject}' AND seq = {}",
                column("occurred_at_us"),
                column("recorded_at_us"),
                event.seq
            ));
            previous = hash;
        }
        statements.push(format!(
            "UPDATE subject SET hash = '{previous}' WHERE division = '{DIVISION}' AND subject = '{subject}'"
        ));
        self.sql(&statements);
    }
}

fn payload_number(payload: &str, name: &str) -> i64 {
    let payload: Value = serde_json::from_str(payload).unwrap();
    payload[name].as_i64().unwrap()
}

/// An attack: what it does to the case that is done with, what `verify` says by itself, what it says with the anchor.
struct Attack {
    name: &'static str,
    sql: &'static [&'static str],
    alone: &'static [&'static str],
    with_anchor: &'static [&'static str],
}

/// `D` stands for the case that is done with, `O` for the one that goes on.
const ATTACKS: &[Attack] = &[
    Attack {
        name: "edit",
        sql: &[
            "UPDATE event SET payload = replace(payload, '申请人撤回', '材料不实') WHERE subject = 'D' AND seq = 3",
        ],
        alone: &["hash_mismatch"],
        with_anchor: &["hash_mismatch"],
    },
    Attack {
        name: "edit a column beside the payload",
        sql: &[
            "UPDATE event SET occurred_at_us = occurred_at_us - 86400000000 WHERE subject = 'D' AND seq = 3",
        ],
        alone: &["column_differs"],
        with_anchor: &["column_differs"],
    },
    Attack {
        name: "delete in the middle",
        sql: &["DELETE FROM event WHERE subject = 'D' AND seq = 2"],
        alone: &["missing_event"],
        with_anchor: &["anchor_differs", "missing_event"],
    },
    Attack {
        name: "delete the last one",
        sql: &["DELETE FROM event WHERE subject = 'D' AND seq = 3"],
        alone: &["tail_missing"],
        with_anchor: &["anchor_differs", "tail_missing"],
    },
    Attack {
        name: "delete the last one and put the row back",
        sql: &[
            "DELETE FROM event WHERE subject = 'D' AND seq = 3",
            "UPDATE subject SET seq = 2, hash = (SELECT e.hash FROM event AS e WHERE e.subject = 'D' AND e.seq = 2) \
             WHERE subject = 'D'",
        ],
        // The row still says that the case is over.
        alone: &["subject_differs"],
        with_anchor: &["anchor_differs", "subject_differs"],
    },
    Attack {
        name: "remove a case with all its rows",
        sql: &[
            "DELETE FROM event WHERE subject = 'D'",
            "DELETE FROM personal WHERE subject = 'D'",
            "DELETE FROM subject WHERE subject = 'D'",
        ],
        alone: &[],
        with_anchor: &["anchor_differs"],
    },
    Attack {
        name: "reorder in a case",
        sql: &[
            "UPDATE event SET seq = 99 WHERE subject = 'D' AND seq = 2",
            "UPDATE event SET seq = 2 WHERE subject = 'D' AND seq = 3",
            "UPDATE event SET seq = 3 WHERE subject = 'D' AND seq = 99",
        ],
        alone: &["broken_link", "column_differs", "subject_differs"],
        // Followers still read them in the order in which they were recorded.
        with_anchor: &["broken_link", "column_differs", "subject_differs"],
    },
    Attack {
        name: "reorder for followers",
        sql: &["UPDATE event SET feed_group = 0 WHERE subject = 'O' AND seq = 1"],
        alone: &[],
        with_anchor: &["anchor_differs"],
    },
    Attack {
        name: "swap personal data",
        sql: &[
            "UPDATE personal SET subject = 'X' WHERE subject = 'D'",
            "UPDATE personal SET subject = 'D' WHERE subject = 'O'",
            "UPDATE personal SET subject = 'O' WHERE subject = 'X'",
        ],
        alone: &["personal_differs"],
        with_anchor: &["personal_differs"],
    },
    Attack {
        name: "edit the audit log",
        sql: &["UPDATE audit SET payload = replace(payload, 'xitong', 'nobody')"],
        alone: &["hash_mismatch"],
        with_anchor: &["hash_mismatch"],
    },
    Attack {
        name: "cut the audit log and its counter",
        sql: &[
            "DELETE FROM audit WHERE seq = (SELECT MAX(a.seq) FROM audit AS a)",
            "UPDATE counter SET next = next - 1 WHERE purpose = 'audit'",
        ],
        alone: &[],
        with_anchor: &["anchor_beyond"],
    },
    // Data that are gone look like an erasure, which is lawful; docs/RECORD.md says so.
    Attack {
        name: "delete personal data",
        sql: &["DELETE FROM personal WHERE subject = 'D'"],
        alone: &[],
        with_anchor: &[],
    },
];

fn attacks_are_found(database: Database) {
    for attack in ATTACKS {
        let bent = Bent::new(database);
        let statements: Vec<String> = attack
            .sql
            .iter()
            .map(|sql| {
                sql.replace("'D'", &format!("'{}'", bent.done))
                    .replace("'O'", &format!("'{}'", bent.open))
            })
            .collect();
        bent.sql(&statements);
        assert_eq!(bent.defects(false), attack.alone, "{}", attack.name);
        assert_eq!(bent.defects(true), attack.with_anchor, "{}", attack.name);
    }
}

#[test]
fn attacks_are_found_on_sqlite() {
    attacks_are_found(Database::Sqlite);
}

#[test]
fn attacks_are_found_on_postgres() {
    attacks_are_found(Database::Postgres);
}

/// Who recomputes everything is found by an anchor alone.
#[test]
fn a_recomputed_chain_is_found_by_an_anchor() {
    let bent = Bent::new(Database::Sqlite);
    // Back-dated by a day, with every hash behind it.
    bent.rewrite(&bent.done, |seq, payload| {
        if seq == 3 {
            let day = 86_400_000_000_i64;
            payload["data"]["reason"] = json!("材料不实");
            let at = payload["occurred_at_us"].as_i64().unwrap();
            payload["occurred_at_us"] = json!(at + day);
        }
    });
    let alone = bent.defects(false);
    // The row repeats when the case was over; who changes that as well isn't found at all.
    assert!(
        alone.iter().all(|kind| kind == "subject_differs"),
        "{alone:?}"
    );
    let against = bent.defects(true);
    assert!(
        against.contains(&"anchor_differs".to_owned()),
        "{against:?}"
    );
}

/// Personal data that are replaced together with their digest and all hashes.
#[test]
fn another_applicant_under_recomputed_hashes_is_found_by_an_anchor() {
    let bent = Bent::new(Database::Sqlite);
    let data = r#"{"applicant":"王五","id_number":null}"#;
    let digest = personal_digest(HashAlgorithm::Sm3, &[7; 32], data);
    bent.rewrite(&bent.done, |seq, payload| {
        if seq == 1 {
            payload["personal"] = json!(digest);
        }
    });
    let salt = "07".repeat(32);
    bent.sql(&[format!(
        "UPDATE personal SET data = '{data}', salt = x'{salt}' WHERE subject = '{}'",
        bent.done
    )]);
    assert_eq!(bent.defects(false), [] as [&str; 0]);
    assert_eq!(bent.defects(true), ["anchor_differs"]);
}

/// An old copy put in the place of the record: whole in itself, but shorter than what was anchored.
#[test]
fn an_old_copy_is_found_by_an_anchor() {
    let place = Place::new(Database::Sqlite);
    case_of(&place, "张三");
    let old = place.path("old.db");
    place.well(&["backup", old.to_str().unwrap()]);
    case_of(&place, "李四");
    let bent = Bent {
        place,
        done: String::new(),
        open: String::new(),
    };
    let anchors = [bent.place.well(&["anchor"]).stdout, String::from("\n")].concat();
    fs::write(bent.anchors(), anchors).unwrap();
    assert_eq!(bent.defects(true), [] as [&str; 0]);
    bent.place
        .well(&["restore", "--replace", old.to_str().unwrap()]);
    assert_eq!(bent.defects(false), [] as [&str; 0]);
    // Its log goes on, with the restoring in the place of the copying.
    assert_eq!(bent.defects(true), ["anchor_beyond", "anchor_differs"]);
}

#[test]
fn what_is_no_anchor_is_refused_with_its_line() {
    let place = Place::new(Database::Sqlite);
    let anchor = place.well(&["anchor"]).stdout;
    let file = place.path("anchors");
    for (text, line) in [
        (format!("{anchor}\nhello\n"), "第 3 行"),
        (anchor.replace("\"anchor\":1", "\"anchor\":2"), "第 1 行"),
        (anchor.replace("sm3", "md5"), "第 1 行"),
    ] {
        fs::write(&file, text).unwrap();
        let refused = place.run(&["verify", "--against", file.to_str().unwrap()]);
        assert_eq!(refused.status, Some(1), "{refused:?}");
        assert_eq!(refused.json()["error"]["kind"], "bad_anchor", "{refused:?}");
        assert!(refused.stdout.contains(line), "{refused:?}");
    }
}
