//! Taking over running cases: what was over before the beginning raises nothing.

use crate::fixtures::*;
use approval::Command;

/// 7 promised working days from 2018-10-15 end on 10-24, 10 statutory ones on 10-29.
fn begun(begins: &str) -> Desk {
    let mut books = books("limits");
    books.begins = Some(at(begins));
    put(&mut books, item("QI", 7, 10), "2004-01-01 00:00");
    let mut desk = Desk::receive(books, "QI", "2018-10-15 10:00");
    desk.at("2018-10-15 10:00", Command::Accept);
    desk.sweep("2018-12-16 10:00");
    desk
}

#[test]
fn what_was_over_before_raises_nothing_but_is_recorded() {
    let desk = begun("2018-10-26 00:00");
    desk.check_warnings(&["red statutory/2 2018-10-30 00:00"]);
    let passed = desk
        .kinds()
        .iter()
        .filter(|kind| **kind == "limit_passed")
        .count();
    assert_eq!(passed, 2);
}

#[test]
fn what_is_reached_at_the_beginning_is_raised() {
    let desk = begun("2018-10-25 00:00");
    desk.check_warnings(&[
        "yellow promised/2 2018-10-25 00:00",
        "red statutory/2 2018-10-30 00:00",
    ]);
}
