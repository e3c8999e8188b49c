//! No room, no permission, no lock: the command says so with status 2 and leaves nothing half done.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use sqlx::{Connection, SqliteConnection};

use super::binary::binary;
use super::place::{Ended, Place};
use super::{block_on, wait_for};
use crate::scripts::Database;

const RECEIVE: [&str; 6] = [
    "case",
    "receive",
    "--item",
    "GSJ-001",
    "--applicant",
    "张三",
];

/// The command couldn't run: status 2, no answer, words for people that hold these.
fn check_cannot_run(ended: &Ended, words: &[&str]) {
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert_eq!(ended.stdout, "", "{ended:?}");
    assert!(ended.stderr.starts_with("shixian: "), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    for word in words {
        assert!(ended.stderr.contains(word), "{word} isn't in {ended:?}");
    }
}

/// What was there before is there, and the next case gets the next number.
fn check_goes_on(place: &Place, cases_before: usize) {
    place.verify();
    let subjects = place.look().subjects.len();
    assert_eq!(subjects, cases_before);
    let next = place.well(&RECEIVE).json();
    assert_eq!(
        next["case"],
        format!("410800-GSJ-20181015-{:04}", cases_before + 1)
    );
}

/// Fills a small file system of its own: all of it, then all but some kilobytes, and tries a command each time.
const FULL: &str = r#"
set -e
mount -t tmpfs -o size=16m shixian "$2"
shift_to="$1"; place="$2"; out="$3"; office="$4"
run() { name="$1"; shift; code=0; "$shift_to" "$@" --database "sqlite:$place/one.db" >"$out/$name.out" 2>"$out/$name.err" || code=$?; echo "$code" >"$out/$name.status"; }
run migrate migrate --trial --now 2018-10-15T10:00:00+08:00
run load reference load "$office"
run first case receive --item GSJ-001 --applicant 张三
for free in 0 8 24 40 56 72 96; do
  dd if=/dev/zero of="$place/filler" bs=1k 2>/dev/null || true
  if [ "$free" -gt 0 ]; then truncate -s "-${free}k" "$place/filler"; fi
  run "full$free" case receive --item GSJ-001 --applicant 张三
  rm "$place/filler"
  run "verify$free" verify
done
cp "$place/one.db" "$out/one.db"
"#;

#[test]
fn a_full_disk() {
    let place = Place::bare(Database::Sqlite);
    let mounted = place.path("mounted");
    fs::create_dir(&mounted).unwrap();
    let office = crate::scripts::folder().join("office");
    let outside = place.path("");
    let namespace: &[&str] = match unprivileged() {
        Some(_) => &["-m"],
        None => &["-r", "-m"],
    };
    let script = Command::new("unshare")
        .args(namespace)
        .args(["sh", "-c", FULL, "full"])
        .arg(binary())
        .args([&mounted, &outside, &office])
        .output()
        .unwrap();
    if !script.status.success() {
        // Where nobody may mount, a limit on the size of files stands for the full disk.
        eprintln!(
            "no file system can be mounted here: {}",
            Ended::of(script).stderr
        );
        return check_limit_on_the_size_of_files();
    }
    let read = |name: &str| fs::read_to_string(place.path(name)).unwrap();
    let ended = |name: &str| Ended {
        status: read(&format!("{name}.status")).trim().parse().ok(),
        stdout: read(&format!("{name}.out")),
        stderr: read(&format!("{name}.err")),
    };
    assert_eq!(ended("first").status, Some(0));
    let mut cases = 1;
    let mut refused = 0;
    for free in [0, 8, 24, 40, 56, 72, 96] {
        let full = ended(&format!("full{free}"));
        if full.status == Some(0) {
            cases += 1;
        } else {
            refused += 1;
            check_cannot_run(&full, &["no space is left"]);
        }
        let verified = ended(&format!("verify{free}")).json();
        assert_eq!(verified["ok"], true, "{free}");
        assert_eq!(verified["subjects"], cases, "{free}");
    }
    assert!(refused > 2, "the disk was never full: {refused}");
    check_goes_on(&place, cases);
}

#[test]
fn files_that_may_not_grow() {
    check_limit_on_the_size_of_files();
}

fn check_limit_on_the_size_of_files() {
    let place = Place::new(Database::Sqlite);
    place.well(&RECEIVE);
    // In units of 512 bytes; the signal that comes with the limit is ignored, so that the write fails instead.
    let limited = r#"trap '' XFSZ; ulimit -f "$1"; shift; exec "$@""#;
    // What is shared beside the database doesn't fit; then that fits, but not what is to be committed.
    for (blocks, words) in [
        ("1", "no space is left"),
        ("24", "no space is left"),
        ("64", "the commit broke off"),
    ] {
        let output = Command::new("sh")
            .args(["-c", limited, "limited", blocks])
            .arg(binary())
            .args(RECEIVE)
            .args(["--database", &place.url])
            .output()
            .unwrap();
        check_cannot_run(&Ended::of(output), &[words]);
    }
    check_goes_on(&place, 1);
}

/// The account to run under where root would be stopped by no permission; none if this isn't root.
fn unprivileged() -> Option<&'static str> {
    let id = Command::new("id").arg("-u").output().unwrap();
    (id.stdout == b"0\n").then_some("nobody")
}

/// Runs the binary as somebody whom permissions bind.
fn run_bound(place: &Place, arguments: &[&str]) -> Ended {
    let Some(account) = unprivileged() else {
        return place.run(arguments);
    };
    // The account may not be allowed into the folder of the build.
    let copy = place.path("shixian");
    if !copy.exists() {
        fs::copy(binary(), &copy).unwrap();
    }
    let output = Command::new("setpriv")
        .args(["--reuid", account, "--clear-groups"])
        .arg(copy)
        .args(arguments)
        .args(["--database", &place.url])
        .current_dir("/")
        .output()
        .unwrap();
    Ended::of(output)
}

/// Sets permissions of the folder and of the files in it.
fn permit(place: &Place, folder: u32, files: u32) {
    for entry in fs::read_dir(place.path("")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|name| name != "shixian") {
            fs::set_permissions(path, Permissions::from_mode(files)).unwrap();
        }
    }
    fs::set_permissions(place.path(""), Permissions::from_mode(folder)).unwrap();
}

#[test]
fn a_read_only_file() {
    let place = Place::new(Database::Sqlite);
    place.well(&RECEIVE);
    permit(&place, 0o777, 0o444);
    check_cannot_run(&run_bound(&place, &RECEIVE), &["read-only"]);
    permit(&place, 0o755, 0o644);
    check_goes_on(&place, 1);
}

#[test]
fn a_read_only_folder() {
    let place = Place::new(Database::Sqlite);
    place.well(&RECEIVE);
    permit(&place, 0o555, 0o666);
    check_cannot_run(&run_bound(&place, &RECEIVE), &["read-only"]);
    permit(&place, 0o755, 0o644);
    check_goes_on(&place, 1);
}

#[test]
fn a_read_only_server() {
    let place = Place::new(Database::Postgres);
    place.well(&RECEIVE);
    let (_, name) = place.url.rsplit_once('/').unwrap();
    let cluster = testkit::postgres::Cluster::shared().unwrap();
    let set = |value: &str| {
        let sql = format!("ALTER DATABASE {name} SET default_transaction_read_only = {value}");
        cluster.psql(&sql).unwrap();
    };
    set("on");
    check_cannot_run(&place.run(&RECEIVE), &["read-only"]);
    set("off");
    check_goes_on(&place, 1);
}

#[test]
fn a_file_that_somebody_else_has_locked() {
    let place = Place::new(Database::Sqlite);
    let case = place.well(&RECEIVE).json()["case"]
        .as_str()
        .unwrap()
        .to_owned();
    block_on(async {
        let mut other = SqliteConnection::connect(&place.url).await.unwrap();
        sqlx::raw_sql("BEGIN EXCLUSIVE")
            .execute(&mut other)
            .await
            .unwrap();
        check_cannot_run(&place.run(&RECEIVE), &["busy"]);
        // Readers don't wait.
        place.well(&["case", "show", &case]);
        // Whoever waits gets his turn when the lock is gone.
        let mut waiting = place
            .command(&["case", "accept", &case])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        let status = wait_for("the turn", 20, || waiting.try_wait().unwrap());
        assert!(status.success());
        other.close().await.unwrap();
    });
    check_goes_on(&place, 1);
}

#[test]
fn a_file_that_somebody_else_has_to_himself() {
    let place = Place::new(Database::Sqlite);
    place.well(&RECEIVE);
    block_on(async {
        let mut other = SqliteConnection::connect(&place.url).await.unwrap();
        let lock = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; UPDATE meta SET value = value; COMMIT";
        sqlx::raw_sql(lock).execute(&mut other).await.unwrap();
        let mut command = place.command(&RECEIVE);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut refused = command.spawn().unwrap();
        wait_for("the refusal", 20, || refused.try_wait().unwrap());
        check_cannot_run(&Ended::of(refused.wait_with_output().unwrap()), &["busy"]);
        other.close().await.unwrap();
    });
    check_goes_on(&place, 1);
}
