//! Starting, answering and stopping.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::place::Place;
use crate::scripts::Database;

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
