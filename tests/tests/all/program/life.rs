//! Starting, answering and stopping.

use std::io::{Read, Write};
use std::net::TcpStream;

use chrono::{DateTime, Utc};
use store::message::MessageSummary;

use super::place::{Look, Place, START};
use super::together::{cards, check_letters, letters_in};
use super::wait_for;
use crate::scripts::Database;

/// Time enough on a loaded machine; what is waited for comes within some seconds on an idle one.
const SECONDS: u32 = 60;
/// Eight days in a second: what a run waits for its next alarm is short beside its start.
const SPEED: &str = "691200";

fn it_listens_answers_and_stops(database: Database) {
    let place = Place::new(database);
    let service = place.serve(&[], &[]);
    assert!(service.address.starts_with("127.0.0.1:") && !service.address.ends_with(":0"));
    let (status, body) = service.get("/healthz");
    assert_eq!(status, 200, "{body}");
    let (status, body) = service.get("/readyz");
    assert_eq!((status, &*body), (200, r#"{"ready":true,"reasons":[]}"#));
    let (status, body) = service.get("/metrics");
    assert_eq!(status, 200);
    for figure in [
        "shixian_build_info{",
        "shixian_scheduler_up 1",
        "# HELP",
        "# TYPE",
    ] {
        assert!(body.contains(figure), "{figure} isn't in {body}");
    }
    // Who isn't signed in isn't told what is there.
    assert_eq!(service.get("/nowhere").0, 303);

    // One client says nothing, another stops in the middle of its question, a third keeps its connection.
    let silent = TcpStream::connect(&service.address).unwrap();
    let mut halting = TcpStream::connect(&service.address).unwrap();
    halting
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: x")
        .unwrap();
    let mut idle = TcpStream::connect(&service.address).unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    idle.read_exact(&mut [0; 15]).unwrap();
    service.stop();
    drop((silent, halting, idle));
    place.verify();
}

#[test]
fn it_listens_answers_and_stops_on_sqlite() {
    it_listens_answers_and_stops(Database::Sqlite);
}

#[test]
fn it_listens_answers_and_stops_on_postgres() {
    it_listens_answers_and_stops(Database::Postgres);
}

#[test]
fn the_next_one_takes_the_place_of_one_that_was_killed() {
    let place = Place::new(Database::Sqlite);
    for _ in 0..2 {
        place.serve(&[], &[]).kill();
    }
    place.serve(&[], &[]).stop();
    place.verify();
}

#[test]
fn a_database_that_goes_away_is_told_and_found_again() {
    let place = Place::new(Database::Postgres);
    let service = place.serve(&[], &[]);
    assert_eq!(service.get("/readyz").0, 200);
    let (_, name) = place.url.rsplit_once('/').unwrap();
    let cluster = testkit::postgres::Cluster::shared().unwrap();
    cluster
        .psql(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        .unwrap();
    let sessions =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
    cluster.psql(&sessions).unwrap();
    let told = wait_for("a service that isn't ready", SECONDS, || {
        let (status, body) = service.get("/readyz");
        (status == 503).then_some(body)
    });
    assert!(
        told.contains(r#""ready":false"#) && told.contains("database"),
        "{told}"
    );
    // Restarting the process would mend nothing, so it isn't asked for.
    assert_eq!(service.get("/healthz").0, 200);
    cluster
        .psql(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
        .unwrap();
    wait_for("a service that is ready again", SECONDS, || {
        (service.get("/readyz").0 == 200).then_some(())
    });
    service.stop();
    place.verify();
}

#[test]
fn work_that_a_stop_cuts_off_is_taken_up_again() {
    let place = Place::new(Database::Sqlite);
    let start: DateTime<Utc> = START.parse().unwrap();
    let cases = place.accepted("GSJ-001", &[start; 60]);
    let folder = place.path("mails");
    let url = format!("file:{}", folder.display());
    let mail = [("SHIXIAN_MAIL__URL", url.as_str())];
    let mut runs = 0;
    let red = |look: &Look| {
        let red = look
            .subjects
            .iter()
            .filter(|s| s.highest_level.as_deref() == Some("red"));
        red.count() == cases.len()
    };
    // Stopped as soon as it has done anything, again and again, until nothing is left to do.
    let look = loop {
        let before = place.look();
        if red(&before) && before.all_told() {
            break before;
        }
        runs += 1;
        let service = place.serve(&["--speed", SPEED], &mail);
        wait_for("some work", SECONDS, || {
            let look = place.look();
            let told = |look: &Look| look.messages.iter().filter(|m| m.state == "sent").count();
            let done = look.events.len() > before.events.len() || told(&look) > told(&before);
            (done || red(&look) && look.all_told()).then_some(())
        });
        service.stop();
        // A letter in somebody's hand would wait for minutes until its lease has run out.
        let in_hand = |m: &&MessageSummary| m.state == "queued" && m.attempts > 0;
        let left = place.look().messages;
        assert_eq!(left.iter().filter(in_hand).count(), 0, "{left:?}");
    };
    assert!(runs > 2, "{runs}");
    place.verify();
    assert!(cards(&look).values().all(|times| *times == 1));
    check_letters(&look, &letters_in(&folder));
}
