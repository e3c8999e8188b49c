//! What other rules would have raised for what has happened.

use approval::trial::try_rules;
use approval::{Command, Subject};

use crate::fixtures::*;

/// What is raised until an instant by the rules in force, and by one rule that is tried.
fn check(desk: &Desk, when: &str, until: &str, did: &[&str], would: &[&str]) {
    let set = rules(
        "tried",
        &one_rule("tried", "promised", when, "issue = \"at-once\""),
        2,
    );
    let tried = try_rules(&desk.subject, &desk.books, &[set], at(until)).expect("it reads");
    let told = |raised: &[approval::event::WarningRaised]| -> Vec<String> {
        let raised = raised.iter();
        raised
            .map(|r| format!("{} {}", r.clock, shown(r.effective_at)))
            .collect()
    };
    assert_eq!(told(&tried.did), did, "did");
    assert_eq!(told(&tried.would[0]), would, "would");
}

/// 7 promised working days from 2018-10-15 end on 10-24; done one day late.
fn late_by_one() -> Desk {
    let mut books = books("limits");
    put(&mut books, item("QI", 7, 10), "2004-01-01 00:00");
    let mut desk = Desk::receive(books, "QI", "2018-10-15 10:00");
    desk.at("2018-10-15 10:00", Command::Accept);
    desk.sweep("2018-10-25 09:00");
    desk.finish("2018-10-25 10:00");
    desk
}

const DID: [&str; 2] = ["promised 2018-10-22 00:00", "promised 2018-10-25 00:00"];

#[test]
fn another_threshold_falls_elsewhere() {
    let desk = late_by_one();
    let month = "2018-11-01 00:00";
    let day = "promised 2018-10-18 00:00";
    check(&desk, "before_working_days = 4", month, &DID, &[day]);
    // It was over before these were reached.
    check(&desk, "after_working_days = 1", month, &DID, &[]);
    let due = "promised 2018-10-25 00:00";
    check(&desk, "after_working_days = 0", month, &DID, &[due]);
}

#[test]
fn nothing_later_than_the_instant_is_told() {
    let desk = late_by_one();
    let until = "2018-10-23 12:00";
    check(&desk, "after_working_days = 0", until, &DID[..1], &[]);
    check(
        &desk,
        "after_working_days = 0",
        "2018-10-01 00:00",
        &[],
        &[],
    );
}

#[test]
fn what_falls_with_a_calendar_is_counted_once() {
    let mut books = books("limits");
    put(&mut books, item("QI", 7, 10), "2004-01-01 00:00");
    let mut desk = Desk::receive(books, "QI", "2018-10-15 10:00");
    desk.at("2018-10-15 10:00", Command::Accept);
    desk.sweep("2018-10-23 09:00");
    desk.revise(
        "2018-10-23 10:00",
        calendar_closed("cn-closed", &["2018-10-24"]),
    );
    desk.sweep("2018-10-30 09:00");
    let did: Vec<String> = desk
        .subject
        .track
        .warnings
        .iter()
        .filter(|w| w.is_live())
        .map(|w| format!("{} {}", w.clock(), shown(w.raised.effective_at)))
        .collect();
    let did: Vec<&str> = did.iter().map(String::as_str).collect();
    let notice = "promised 2018-10-23 10:00";
    check(
        &desk,
        "before_working_days = 2",
        "2018-11-01 00:00",
        &did,
        &[notice],
    );
}

/// A trial changes nothing.
#[test]
fn the_subject_stays() {
    let desk = late_by_one();
    let before: Subject = desk.subject.clone();
    check(
        &desk,
        "before_working_days = 4",
        "2018-11-01 00:00",
        &DID,
        &["promised 2018-10-18 00:00"],
    );
    assert_eq!(desk.subject, before);
}

/// Nobody decided, and the program stood still: the acceptance by silence came about at its own instant, so that no rule
/// is reached by a clock that was over.
#[test]
fn silence_counts_from_its_own_instant() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2018-10-15 10:00");
    desk.sweep("2018-11-15 10:00");
    assert!(desk.kinds().contains(&"deemed_accepted"));
    for (when, would) in [
        ("before_working_days = 1", 1),
        ("after_working_days = 2", 0),
    ] {
        let text = one_rule("tried", "acceptance", when, "issue = \"at-once\"");
        let set = rules("tried", &text, 2);
        let tried = try_rules(&desk.subject, &desk.books, &[set], at("2018-11-16 10:00"));
        let tried = tried.expect("it reads");
        let raised = tried.would.first().expect("one set");
        assert_eq!(raised.len(), would, "{when}: {raised:?}");
    }
}
