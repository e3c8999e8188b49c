//! Alarms: which one is first where several wait for one instant, and which instant is the first that is late.

use approval::command::Opening;
use approval::ids::{DivisionCode, ItemCode, SubjectId};
use approval::stage::Stage;
use approval::track::ClockKey;
use approval::{Command, Work};

use crate::fixtures::*;

/// What is reached at one instant is recorded in the order of the rules, whoever sweeps and whenever.
#[test]
fn rules_that_are_reached_together_are_raised_in_their_order() {
    let rule = |id: &str| {
        one_rule(
            id,
            "promised",
            "after_working_days = 0",
            "issue = \"at-once\"",
        )
    };
    let header = "name = \"one\"\n";
    // Not the order of their letters, by which nothing goes.
    let text = rule("second-letter") + rule("first-letter").trim_start_matches(header);
    let mut desk = Desk::accepted(books_of(rules("one", &text, 1)), "DUAN", "2018-10-15 10:00");
    desk.sweep("2019-03-01 10:00");
    let raised: Vec<_> = desk
        .subject
        .track
        .warnings
        .iter()
        .filter(|w| w.clock() == ClockKey::Promised)
        .map(|w| w.raised.rule.to_string())
        .collect();
    assert_eq!(raised, ["second-letter", "first-letter"]);
}

/// Which limits of a case of 7 promised working days have passed that becomes known when it is over: nobody
/// watched while it ran.
fn limits_known_afterwards(completed: &str) -> Vec<ClockKey> {
    let mut books = books("limits");
    put(&mut books, item("QI", 7, 10), "2004-01-01 00:00");
    let opening = Opening::Receive {
        item: ItemCode::from("QI"),
        missing: Vec::new(),
        given_limit: None,
        source: None,
        unit: None,
    };
    let mut work = Work::begin(
        DivisionCode::from("410800"),
        SubjectId::from("410800HB1810150001"),
        opening,
        &happened("2018-10-15 10:00"),
        &books,
        at("2018-10-26 10:00"),
    )
    .expect("a case that begins");
    let mut act = |when: &str, command: Command| {
        let done = work.act(command, &happened(when));
        done.unwrap_or_else(|refusal| panic!("{when}: {refusal}"));
    };
    act("2018-10-15 10:00", Command::Accept);
    for stage in [
        Stage::Handling,
        Stage::Review,
        Stage::Approval,
        Stage::Completion,
    ] {
        act(completed, complete(stage));
    }
    work.settle().expect("days of the calendar");
    let passed = work.finish().subject.track.limits_passed;
    passed.into_iter().map(|(clock, _)| clock).collect()
}

/// On time is strictly before the end of the last day: midnight is the first instant that is late.
#[test]
fn who_ends_at_the_very_limit_is_late() {
    assert_eq!(limits_known_afterwards("2018-10-24 23:59:59.999999"), []);
    assert_eq!(
        limits_known_afterwards("2018-10-25 00:00"),
        [ClockKey::Promised]
    );
}
