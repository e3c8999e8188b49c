//! Copies of a record: made while it is written, restored where it is lost, and never two of them at work.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::binary::binary;
use super::place::{Ended, Place};
use super::together::{cards, letters_in};
use super::wait_for;
use crate::scripts::Database;

const RECEIVE: [&str; 6] = [
    "case",
    "receive",
    "--item",
    "GSJ-001",
    "--applicant",
    "张三",
];
/// After the notice of the first case, and before any card.
const NOTICED: &str = "2018-10-23T09:00:00+08:00";
/// After its red card.
const RED: &str = "2018-12-03T09:00:00+08:00";
/// Copies that are made under load.
const COPIES: usize = 4;

/// A case received and accepted.
fn accepted(place: &Place) -> String {
    let case = place.well(&RECEIVE).json()["case"]
        .as_str()
        .unwrap()
        .to_owned();
    place.well(&["case", "accept", &case]);
    case
}

/// Composes and sends into a folder; gives the Message-IDs that lie there then.
fn send(place: &Place, url: &str) -> Ended {
    let mut command = place.command(&["outbox", "send"]);
    command.env("SHIXIAN_MAIL__URL", url);
    Ended::of(command.output().unwrap())
}

/// A record with a letter that a dead server kept waiting, and with items of a letter that isn't made yet.
struct Told {
    place: Place,
    cases: [String; 2],
}

impl Told {
    fn new(database: Database) -> Self {
        let place = Place::new(database);
        let first = accepted(&place);
        place.well(&["sweep", "--now", NOTICED]);
        let dead = send(&place, "smtp://127.0.0.1:1");
        assert_eq!(dead.status, Some(1), "{dead:?}");
        let second = accepted(&place);
        place.well(&["sweep", "--now", "2018-10-25T09:00:00+08:00"]);
        let look = place.look();
        let queued = look.messages.iter().filter(|m| m.state == "queued").count();
        let free = look.items.iter().filter(|i| i.state == "free").count();
        assert!(queued > 0 && free > 0, "{queued} {free}");
        Self {
            place,
            cases: [first, second],
        }
    }

    /// What goes on where it came from: everything is told, and a case is done with that the copy doesn't know of.
    fn goes_on(&self) -> BTreeSet<String> {
        let folder = self.place.path("mails");
        self.place.well(&["outbox", "retry"]);
        let url = format!("file:{}", folder.display());
        let sent = send(&self.place, &url);
        assert_eq!(sent.status, Some(0), "{sent:?}");
        assert!(self.place.look().all_told());
        accepted(&self.place);
        letters_in(&folder)
    }
}

/// The restored record: whole, knows what it was told, has forgotten what came later, mails no old letter, and raises what
/// fell due meanwhile, once.
fn check_restored(told: &Told, restored: &Place, answer: &Value, old: &BTreeSet<String>) {
    assert_eq!(answer["ok"], true, "{answer}");
    assert!(
        answer["withheld"]["messages"].as_i64() > Some(0),
        "{answer}"
    );
    assert!(answer["withheld"]["items"].as_i64() > Some(0), "{answer}");
    let until = answer["restored"]["record_until"].as_str().unwrap();
    assert_eq!(until, "2018-10-25T01:00:00Z");
    restored.verify();
    let look = restored.look();
    let known: BTreeSet<&str> = look.subjects.iter().map(|s| s.subject.as_str()).collect();
    assert_eq!(known, told.cases.iter().map(String::as_str).collect());
    assert_eq!(look.items.iter().filter(|i| i.state == "free").count(), 0);

    restored.well(&["sweep", "--now", RED]);
    // All that aren't sent doesn't mean those that are withheld.
    assert_eq!(restored.well(&["outbox", "retry"]).json()["queued"], 0);
    let folder = restored.path("mails-restored");
    let url = format!("file:{}", folder.display());
    assert_eq!(send(restored, &url).status, Some(0));
    let new = letters_in(&folder);
    assert!(!new.is_empty());
    assert_eq!(new.intersection(old).count(), 0, "an old letter came twice");
    let look = restored.look();
    assert!(cards(&look).values().all(|times| *times == 1));
    for case in &told.cases {
        let row = look.subjects.iter().find(|s| &s.subject == case).unwrap();
        assert_eq!(row.highest_level.as_deref(), Some("red"), "{case}");
    }
    // The next case gets the next number that this record has.
    let next = restored.well(&RECEIVE).json();
    assert!(next["case"].is_string(), "{next}");
    restored.verify();

    // One of them can be sent on purpose.
    let withheld = look
        .messages
        .iter()
        .find(|m| m.state == "withheld")
        .unwrap();
    assert!(
        withheld
            .last_error
            .as_deref()
            .unwrap()
            .contains("outbox retry")
    );
    let again = restored.well(&["outbox", "retry", &withheld.message_id]);
    assert_eq!(again.json()["queued"], 1);
    assert_eq!(send(restored, &url).status, Some(0));
    assert!(letters_in(&folder).contains(&withheld.message_id));
}

/// A copy that nobody has adopted is looked at and verified, and not worked on.
fn check_not_adopted(copy: &Place) {
    for arguments in [
        &["sweep"] as &[&str],
        &RECEIVE,
        &["outbox", "list"],
        &["anchor"],
    ] {
        let refused = copy.run(arguments);
        assert_eq!(refused.status, Some(2), "{arguments:?}: {refused:?}");
        assert_eq!(refused.stdout, "");
        assert!(refused.stderr.contains("--adopt"), "{refused:?}");
    }
    copy.verify();
}

fn place_on(url: String) -> Place {
    let mut place = Place::bare(Database::Sqlite);
    place.url = url;
    place
}

#[test]
fn a_restored_file_mails_nothing_old_and_goes_on() {
    let told = Told::new(Database::Sqlite);
    let copy = told.place.path("copy.db");
    let name = copy.to_str().unwrap();
    let made = told.place.well(&["backup", name]).json();
    assert_eq!(made["ok"], true, "{made}");
    assert_eq!(made["anchors"][0]["events"], made["events"]);
    let old = told.goes_on();
    assert!(!old.is_empty());
    // The copy is one file, its owner's, and no database to work on.
    let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&copy).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    check_not_adopted(&place_on(format!("sqlite:{name}")));
    // Another one isn't written over it.
    let refused = told.place.run(&["backup", name]);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(refused.stdout.contains("file_exists"), "{refused:?}");

    let restored = Place::bare(Database::Sqlite);
    let answer = restored.well(&["restore", name]).json();
    check_restored(&told, &restored, &answer, &old);
    // The log says so, and so does whoever verifies.
    let found = restored.well(&["verify"]).json();
    assert_eq!(found["restored"]["from"], name, "{found}");
    // Where it came from goes on as if nothing had been.
    told.place.verify();
}

/// What a database that is gone left beside its name would be read into the one that takes its place.
#[test]
fn a_left_over_log_never_gets_into_a_restored_file() {
    let told = Told::new(Database::Sqlite);
    let copy = told.place.path("copy.db");
    let name = copy.to_str().unwrap();
    told.place.well(&["backup", name]);
    let restored = Place::bare(Database::Sqlite);
    let file = restored.url.strip_prefix("sqlite:").unwrap().to_owned();
    for end in ["-wal", "-journal"] {
        fs::write(format!("{file}{end}"), "of a database that is gone").unwrap();
    }
    let answer = restored.well(&["restore", name]).json();
    let aside = answer["replaced"].as_str().unwrap().to_owned();
    for end in ["-wal", "-journal"] {
        assert!(fs::exists(format!("{aside}{end}")).unwrap(), "{answer}");
    }
    restored.verify();
}

/// Adopting withholds mail: a record that people work on is no copy.
#[test]
fn a_record_at_work_is_adopted_by_nobody() {
    let told = Told::new(Database::Sqlite);
    let refused = told.place.run(&["restore", "--adopt"]);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(refused.stdout.contains("no_copy"), "{refused:?}");
    let answer = told
        .place
        .well(&["restore", "--adopt", "--unmarked"])
        .json();
    assert_eq!(answer["ok"], true, "{answer}");
}

#[test]
fn a_database_with_content_is_replaced_on_purpose_only() {
    let told = Told::new(Database::Sqlite);
    let copy = told.place.path("copy.db");
    let name = copy.to_str().unwrap();
    told.place.well(&["backup", name]);
    accepted(&told.place);
    let refused = told.place.run(&["restore", name]);
    assert_eq!(refused.status, Some(1), "{refused:?}");
    assert!(refused.stdout.contains("database_exists"), "{refused:?}");
    let service = told.place.serve(&[], &[]);
    let in_use = told.place.run(&["restore", name, "--replace"]);
    assert_eq!(in_use.status, Some(2), "{in_use:?}");
    assert!(in_use.stderr.contains("正在使用"), "{in_use:?}");
    assert_eq!(service.get("/readyz").0, 200);
    service.stop();
    assert_eq!(told.place.look().subjects.len(), 3);
    let answer = told.place.well(&["restore", name, "--replace"]).json();
    assert_eq!(told.place.look().subjects.len(), 2);
    let kept = answer["replaced"].as_str().unwrap();
    assert_eq!(place_on(format!("sqlite:{kept}")).look().subjects.len(), 3);
    told.place.verify();
}

#[test]
fn mail_of_a_record_that_moved_is_sent() {
    let told = Told::new(Database::Sqlite);
    let copy = told.place.path("copy.db");
    let name = copy.to_str().unwrap();
    told.place.well(&["backup", name]);
    let moved = Place::bare(Database::Sqlite);
    let answer = moved.well(&["restore", name, "--moved"]).json();
    assert_eq!(answer["withheld"]["messages"], 0, "{answer}");
    let letters = |place: &Place| -> BTreeSet<String> {
        let folder = place.path("mails");
        place.well(&["outbox", "retry"]);
        assert_eq!(
            send(place, &format!("file:{}", folder.display())).status,
            Some(0)
        );
        letters_in(&folder)
    };
    // The very letters that the old place would have sent.
    assert_eq!(letters(&moved), letters(&told.place));
}

#[test]
fn what_is_no_copy_isnt_restored() {
    let told = Told::new(Database::Sqlite);
    let copy = told.place.path("copy.db");
    let name = copy.to_str().unwrap();
    told.place.well(&["backup", name]);
    let place = Place::bare(Database::Sqlite);
    let check = |file: &str, status: i32, words: &str| {
        let refused = place.run(&["restore", file]);
        assert_eq!(refused.status, Some(status), "{refused:?}");
        let said = format!("{}{}", refused.stdout, refused.stderr);
        assert!(said.contains(words), "{refused:?}");
        let left = fs::read_dir(place.path("")).unwrap().count();
        assert_eq!(left, 0, "something was left behind");
    };
    let other = told.place.path("other");
    let other = other.to_str().unwrap();
    check(other, 2, "不能读取");
    // A disk has lost the last page.
    let mut bytes = fs::read(&copy).unwrap();
    let kept = bytes.len() - 4096;
    bytes[kept..].fill(0);
    fs::write(other, bytes).unwrap();
    check(other, 2, "已损坏");
    fs::write(
        other,
        "no database at all, but long enough to be taken for one",
    )
    .unwrap();
    check(other, 2, "不是 shixian 的数据库");
    fs::write(other, "").unwrap();
    check(other, 2, "不是 shixian 的数据库");
    // Half a copy, and one that somebody bent.
    let bytes = fs::read(&copy).unwrap();
    fs::write(other, &bytes[..bytes.len() / 2]).unwrap();
    let half = place.run(&["restore", other]);
    assert!(matches!(half.status, Some(1 | 2)), "{half:?}");
    assert_eq!(fs::read_dir(place.path("")).unwrap().count(), 0);
    fs::copy(&copy, other).unwrap();
    super::block_on(async {
        use sqlx::Connection;
        let mut file = sqlx::SqliteConnection::connect(&format!("sqlite:{other}"))
            .await
            .unwrap();
        let bend =
            "UPDATE event SET payload = replace(payload, 'GSJ-001', 'GSJ-002') WHERE seq = 1";
        sqlx::query(bend).execute(&mut file).await.unwrap();
        file.close().await.unwrap();
    });
    check(other, 1, "hash_mismatch");
    // It is restored where there is no other.
    let answer = place.well(&["restore", other, "--despite-defects"]).json();
    assert_eq!(answer["ok"], false, "{answer}");
}

#[test]
fn copies_under_load_hold_everything_that_was_answered_before() {
    let place = Place::new(Database::Sqlite);
    let service = place.serve(&["--speed", "3600"], &[]);
    let (stop, answered) = (AtomicBool::new(false), Mutex::new(BTreeSet::new()));
    let clerk = || {
        while !stop.load(Ordering::SeqCst) {
            let case = accepted(&place);
            answered.lock().unwrap().insert(case);
        }
    };
    let copies = thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(clerk);
        }
        let copies: Vec<_> = (0..COPIES)
            .map(|number| {
                wait_for("more answers", 60, || {
                    (answered.lock().unwrap().len() > number * 2).then_some(())
                });
                let before = answered.lock().unwrap().clone();
                let copy = place.path(&format!("copy-{number}.db"));
                place.well(&["backup", copy.to_str().unwrap()]);
                (copy, before)
            })
            .collect();
        stop.store(true, Ordering::SeqCst);
        copies
    });
    service.stop();
    for (copy, before) in copies {
        let copy = place_on(format!("sqlite:{}", copy.display()));
        copy.verify();
        let look = copy.look();
        let known: BTreeSet<String> = look.subjects.into_iter().map(|s| s.subject).collect();
        assert!(before.is_subset(&known), "{before:?} {known:?}");
    }
    place.verify();
}

/// What lies in a folder and begins with a name.
fn beginning(folder: &Path, name: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|n| n.starts_with(name)).collect()
}

#[test]
fn a_disk_that_is_full_leaves_no_half_copy() {
    let place = Place::new(Database::Sqlite);
    accepted(&place);
    let copy = place.path("copy.db");
    // In units of 512 bytes; the signal that comes with the limit is ignored, so that the write fails instead.
    let limited = r#"trap '' XFSZ; ulimit -f "$1"; shift; exec "$@""#;
    for blocks in ["1", "64", "200"] {
        let output = Command::new("sh")
            .args(["-c", limited, "limited", blocks])
            .arg(binary())
            .args(["backup", copy.to_str().unwrap(), "--database", &place.url])
            .output()
            .unwrap();
        let refused = Ended::of(output);
        assert_eq!(refused.status, Some(2), "{blocks}: {refused:?}");
        assert_eq!(
            beginning(&place.path(""), "copy.db"),
            [] as [&str; 0],
            "{blocks}"
        );
    }
    place.well(&["backup", copy.to_str().unwrap()]);
    assert_eq!(beginning(&place.path(""), "copy.db"), ["copy.db"]);
    place.verify();
}

#[test]
fn killed_in_the_middle_leaves_no_half_copy_under_its_name() {
    let place = Place::new(Database::Sqlite);
    accepted(&place);
    let copy = place.path("copy.db");
    let arguments = ["backup", copy.to_str().unwrap()];
    for delay_ms in (0..).step_by(40) {
        let mut victim = place
            .command(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The moment of death is what is tried out here; nothing is waited for.
        thread::sleep(Duration::from_millis(delay_ms));
        victim.kill().unwrap();
        victim.wait().unwrap();
        if copy.exists() {
            break;
        }
    }
    // What is there under the name is whole, whenever it came there.
    place_on(format!("sqlite:{}", copy.display())).verify();
    fs::remove_file(&copy).unwrap();
    place.well(&arguments);
    place_on(format!("sqlite:{}", copy.display())).verify();
    place.verify();
}

#[test]
fn a_dump_of_postgres_mails_nothing_old_and_goes_on() {
    let told = Told::new(Database::Postgres);
    let cluster = testkit::postgres::Cluster::shared().unwrap();
    let dump = told.place.path("copy.dump");
    let tool = |name: &str, arguments: &[&str]| {
        let ended = Ended::of(
            Command::new(cluster.tool(name))
                .args(arguments)
                .output()
                .unwrap(),
        );
        assert_eq!(ended.status, Some(0), "{name} {arguments:?}: {ended:?}");
    };
    let file = dump.to_str().unwrap();
    tool("pg_dump", &["-Fc", "-f", file, &told.place.url]);
    let old = told.goes_on();
    let restored = Place::bare(Database::Postgres);
    tool(
        "pg_restore",
        &["--exit-on-error", "--no-owner", "-d", &restored.url, file],
    );
    check_not_adopted(&restored);
    let answer = restored.well(&["restore", "--adopt"]).json();
    check_restored(&told, &restored, &answer, &old);
    told.place.verify();
    // There is no file to write or to read.
    for arguments in [["backup", "x.db"], ["restore", "x.db"]] {
        let refused = restored.run(&arguments);
        assert_eq!(refused.status, Some(2), "{refused:?}");
        assert!(refused.stderr.contains("PostgreSQL"), "{refused:?}");
    }
}
