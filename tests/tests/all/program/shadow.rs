//! Taking over from another system: running in its shadow, and taking in its running cases.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::place::{Ended, Place, START};
use super::together::letters_in;
use crate::scripts::Database;

const RECEIVE: [&str; 6] = [
    "case",
    "receive",
    "--item",
    "GSJ-001",
    "--applicant",
    "张三",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn accepted(place: &Place) -> String {
    let case = place.well(&RECEIVE).json()["case"]
        .as_str()
        .unwrap()
        .to_owned();
    place.well(&["case", "accept", &case]);
    case
}

fn send(place: &Place) -> Ended {
    let mut command = place.command(&["outbox", "send"]);
    command.env(
        "SHIXIAN_MAIL__URL",
        format!("file:{}", place.path("mails").display()),
    );
    Ended::of(command.output().unwrap())
}

/// Everything is raised, nobody is told, and the desks say so.
fn check_silence(place: &Place) {
    let look = place.look();
    assert_eq!(look.subjects[0].highest_level.as_deref(), Some("red"));
    assert_eq!(look.items, []);
    let refused = send(place);
    assert_eq!(refused.status, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("影子运行"), "{refused:?}");
    let mail = format!("file:{}", place.path("mails").display());
    let service = place.serve(&[], &[("SHIXIAN_MAIL__URL", &mail)]);
    let (status, page) = service.get("/sign-in");
    assert_eq!(status, 200);
    assert!(page.contains("影子运行"), "{page}");
    service.stop();
}

/// The cards are compared with what the other system shows.
fn check_comparison(place: &Place, case: &str) {
    let file = place.path("cards.csv");
    let compare = |cards: &str| {
        fs::write(&file, cards.replace("CASE", case)).unwrap();
        let file = file.to_str().unwrap();
        place.run(&[
            "shadow",
            "compare",
            file,
            "--from",
            "2018-10-01",
            "--to",
            "2018-11-30",
        ])
    };
    let first = compare("case,level,on\n");
    assert_eq!(first.status, Some(1), "{first:?}");
    let here = first.json()["only_here"].clone();
    let text = |card: &Value, key: &str| card[key].as_str().unwrap().to_owned();
    let lines: Vec<String> = here
        .as_array()
        .unwrap()
        .iter()
        .map(|card| format!("CASE,{},{}", text(card, "level"), text(card, "on")))
        .collect();
    assert!(
        lines.contains(&"CASE,red,2018-10-30".to_owned()),
        "{lines:?}"
    );
    let all = format!("case,level,on\n{}\n", lines.join("\n"));
    let same = compare(&all);
    assert_eq!(same.status, Some(0), "{same:?}");
    assert_eq!(same.json()["same"], json!(lines.len()));
    let other = compare(&all.replace("red,2018-10-30", "红牌,2018-10-31"));
    assert_eq!(other.status, Some(1), "{other:?}");
    assert_eq!(other.json()["other_day"][0]["there"], "2018-10-31");
    let wrong = compare("case,level,on\nCASE,blue,2018-10-31\n");
    assert_eq!(wrong.json()["error"]["kind"], "bad_cards");
}

/// It takes over: what is raised from now on is told, what was raised before isn't.
fn check_end(place: &Place, case: &str) {
    place.well(&["shadow", "end"]);
    assert_eq!(place.run(&["shadow", "end"]).status, Some(1));
    let next = accepted(place);
    place.well(&["sweep", "--now", "2018-12-10T09:00:00+08:00"]);
    assert_eq!(send(place).status, Some(0));
    assert!(!letters_in(&place.path("mails")).is_empty());
    let items = place.look().items;
    assert!(items.iter().any(|item| item.subject == next));
    assert!(items.iter().all(|item| item.subject != case));
    place.verify();
    let late = place.run(&["migrate", "--shadow"]);
    assert_eq!(late.status, Some(1), "{late:?}");
    assert_eq!(late.json()["error"]["kind"], "has_record");
}

fn in_the_shadow(database: Database) {
    let place = Place::bare(database);
    let migrate = ["migrate", "--trial", "--now", START, "--shadow"];
    let made = place.well(&migrate).json();
    assert_eq!(made["shadow"], true, "{made}");
    let office = crate::scripts::folder().join("office");
    place.well(&["reference", "load", office.to_str().unwrap()]);
    let case = accepted(&place);
    place.well(&["sweep", "--now", "2018-11-05T09:00:00+08:00"]);
    check_silence(&place);
    check_comparison(&place, &case);
    check_end(&place, &case);
}

#[test]
fn in_the_shadow_on_sqlite() {
    in_the_shadow(Database::Sqlite);
}

#[test]
fn in_the_shadow_on_postgres() {
    in_the_shadow(Database::Postgres);
}

/// The units, items and people of the log.
const REFERENCE: [(&str, &str); 3] = [
    (
        "units.csv",
        "code,name,kind,vertical,hall\n410800-07,示例局,bureau,false,\n",
    ),
    (
        "items.csv",
        "code,name,unit,kind,promised_amount,promised_unit,statutory_amount,statutory_unit,\
         handling,review,approval,completion,basis,category\n\
         XK-0101,示例许可一,410800-07,committed,15,working_days,20,working_days,9,3,2,1,行政许可法第四十二条,approval\n\
         XK-0102,示例许可二,410800-07,committed,15,working_days,20,working_days,9,3,2,1,行政许可法第四十二条,approval\n",
    ),
    (
        "people.csv",
        "code,name,unit,role,email,posts\nI1,周监察,*,inspector,i1@example.cn,\n",
    ),
];

/// Kinds of events in a record into which a log of running cases was taken, with and without a beginning.
fn kinds_after_taking_in(begins: Option<&str>) -> Vec<String> {
    let place = Place::bare(Database::Sqlite);
    let mut migrate = vec!["migrate", "--trial", "--now", "2011-09-01T09:00:00+08:00"];
    if let Some(begins) = begins {
        migrate.extend(["--begins", begins]);
    }
    place.well(&migrate);
    let office = place.path("office");
    fs::create_dir(&office).unwrap();
    for (name, text) in REFERENCE {
        fs::write(office.join(name), text).unwrap();
    }
    place.well(&["reference", "load", office.to_str().unwrap()]);
    let mapping = root().join("config/mappings/five-stages.toml");
    let log = root().join("tests/data/five-stages-utf8.csv");
    let (mapping, log) = (mapping.to_str().unwrap(), log.to_str().unwrap());
    let now = ["--now", "2011-12-01T09:00:00+08:00"];
    let import = [&["import", "--mapping", mapping, "--mail", log], &now[..]].concat();
    assert_eq!(place.well(&import).json()["open"], 1);
    place.well(&["sweep", "--now", "2012-02-01T09:00:00+08:00"]);
    place.verify();
    let look = place.look();
    let told = look.items.len();
    let kinds: Vec<String> = look.events.into_iter().map(|event| event.kind).collect();
    let raised = kinds.iter().any(|kind| kind == "warning_raised");
    assert_eq!(raised, told > 0);
    kinds
}

#[test]
fn running_cases_are_taken_in_without_cards_for_what_was_over() {
    let count = |kinds: &[String], kind: &str| kinds.iter().filter(|k| *k == kind).count();
    let without = kinds_after_taking_in(None);
    assert!(count(&without, "warning_raised") > 0);
    let with = kinds_after_taking_in(Some("2011-12-01T00:00:00+08:00"));
    assert_eq!(count(&with, "warning_raised"), 0);
    // That the limits passed is recorded either way.
    assert!(count(&with, "limit_passed") > 0);
    assert_eq!(
        count(&with, "limit_passed"),
        count(&without, "limit_passed")
    );
}
