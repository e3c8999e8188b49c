//! Killed in the middle of work: what was answered is in the record, and the record is whole.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::place::{Place, Serving};
use super::together::{SPEED, cards, check_letters, letters_in};
use super::wait_for;
use crate::scripts::Database;

/// Clerks at work at once.
const CLERKS: usize = 3;
/// Answers between two deaths of the service.
const ANSWERS: usize = 8;
/// Deaths of the service.
const DEATHS: usize = 2;
/// Time enough for a round of work on a loaded machine.
const SECONDS: u32 = 120;

/// What a clerk was told.
#[derive(Clone, Debug)]
struct Answer {
    case: String,
    seq: i64,
    hash: String,
}

impl Answer {
    fn of(answer: &Value) -> Self {
        Self {
            case: answer["case"].as_str().unwrap().to_owned(),
            seq: answer["seq"].as_i64().unwrap(),
            hash: answer["hash"].as_str().unwrap().to_owned(),
        }
    }
}

/// Takes cases through two stages, a process for each act, and notes every answer.
fn clerk(place: &Place, stop: &AtomicBool, answers: &Mutex<Vec<Answer>>) {
    while !stop.load(Ordering::SeqCst) {
        let receive = [
            "case",
            "receive",
            "--item",
            "GSJ-001",
            "--applicant",
            "张三",
        ];
        let received = Answer::of(&place.well(&receive).json());
        let case = received.case.clone();
        answers.lock().unwrap().push(received);
        for act in [
            &["case", "accept", &case] as &[&str],
            &["case", "complete", &case, "--stage", "handling"],
        ] {
            let answer = Answer::of(&place.well(act).json());
            answers.lock().unwrap().push(answer);
        }
    }
}

/// Commands that are killed sooner or later after their start: nobody waits for their answers.
fn victims(place: &Place, stop: &AtomicBool) {
    for delay_ms in (0..).step_by(17).map(|ms| ms % 250) {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let receive = [
            "case",
            "receive",
            "--item",
            "GSJ-002",
            "--applicant",
            "李四",
        ];
        let mut victim = place
            .command(&receive)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The moment of death is what is tried out here; nothing is waited for.
        thread::sleep(Duration::from_millis(delay_ms));
        victim.kill().unwrap();
        victim.wait().unwrap();
    }
}

fn every_answer_is_in_the_record(database: Database) {
    let place = Place::new(database);
    let folder = place.path("mails");
    let mail_url = format!("file:{}", folder.display());
    let start =
        || -> Serving { place.serve(&["--speed", SPEED], &[("SHIXIAN_MAIL__URL", &mail_url)]) };
    let stop = AtomicBool::new(false);
    let answers = Mutex::new(Vec::new());
    let mut service = start();
    thread::scope(|scope| {
        let at_work: Vec<_> = (0..CLERKS)
            .map(|_| scope.spawn(|| clerk(&place, &stop, &answers)))
            .collect();
        scope.spawn(|| victims(&place, &stop));
        for death in 1..=DEATHS {
            wait_for("answers", SECONDS, || {
                let broken = at_work.iter().any(thread::ScopedJoinHandle::is_finished);
                assert!(!broken || stop.load(Ordering::SeqCst), "a clerk gave up");
                (answers.lock().unwrap().len() >= death * ANSWERS).then_some(())
            });
            std::mem::replace(&mut service, start()).kill();
        }
        stop.store(true, Ordering::SeqCst);
    });

    // Time goes on until every case that the clerks made has its red card and everybody is told.
    let answers = answers.into_inner().unwrap();
    let cases: BTreeSet<&str> = answers.iter().map(|a| a.case.as_str()).collect();
    let look = wait_for("red cards and letters", SECONDS, || {
        let look = place.look();
        let red = |row: &&store::subject::SubjectRow| {
            row.highest_level.as_deref() == Some("red") && cases.contains(row.subject.as_str())
        };
        let done = look.subjects.iter().filter(red).count() == cases.len() && look.all_told();
        done.then_some(look)
    });
    service.stop();
    place.verify();
    let events: BTreeMap<(&str, i64), &str> = look
        .events
        .iter()
        .map(|e| ((e.subject.as_str(), e.seq), e.hash.as_str()))
        .collect();
    assert!(answers.len() >= DEATHS * ANSWERS);
    for answer in &answers {
        let recorded = events.get(&(answer.case.as_str(), answer.seq));
        assert_eq!(recorded, Some(&answer.hash.as_str()), "{answer:?}");
    }
    check_numbers(look.subjects.iter().map(|s| s.subject.as_str()));
    assert!(cards(&look).values().all(|times| *times == 1));
    check_letters(&look, &letters_in(&folder));
}

/// The numbers of each day are without gaps, also where a command died with one in its hand.
fn check_numbers<'n>(numbers: impl Iterator<Item = &'n str>) {
    let mut of_day: BTreeMap<&str, usize> = BTreeMap::new();
    for number in numbers {
        let (day, count) = number.rsplit_once('-').unwrap();
        let next = of_day.entry(day).or_default();
        *next += 1;
        assert_eq!(count, format!("{next:04}"), "{number}");
    }
}

#[test]
fn every_answer_is_in_the_record_on_sqlite() {
    every_answer_is_in_the_record(Database::Sqlite);
}

#[test]
fn every_answer_is_in_the_record_on_postgres() {
    every_answer_is_in_the_record(Database::Postgres);
}
