//! A new calendar: which dates move, and what becomes of the warnings that rest on them.

use approval::rule::Level;
use approval::stage::Stage;
use approval::track::ClockKey;
use approval::{Books, Command};

use crate::fixtures::*;

const PROMISED: ClockKey = ClockKey::Promised;
const STATUTORY: ClockKey = ClockKey::Statutory;

/// 7 promised working days from 2018-10-15 end on 10-24, 10 statutory ones on 10-29.
fn seven_of_ten(mut books: Books) -> Desk {
    put(&mut books, item("QI", 7, 10), "2004-01-01 00:00");
    let mut desk = Desk::receive(books, "QI", "2018-10-15 10:00");
    desk.at("2018-10-15 10:00", Command::Accept);
    desk
}

/// The office is closed on 2018-10-23 after all.
fn closed_on_23() -> std::sync::Arc<calendar::Calendar> {
    calendar_closed("cn-closed", &["2018-10-23"])
}

#[test]
fn nothing_is_recorded_when_nothing_moves() {
    let mut desk = seven_of_ten(books("limits"));
    let before = desk.subject.clone();
    let moved = desk.revise("2018-10-16 10:00", calendar_closed("cn-x", &["2018-12-03"]));
    assert_eq!(moved, [""; 0]);
    assert_eq!(desk.subject, before);
    assert!(desk.plans.last().is_some_and(approval::Plan::is_empty));
}

#[test]
fn dates_move_later_with_a_trace() {
    let mut desk = seven_of_ten(books("limits"));
    let moved = desk.revise("2018-10-16 10:00", closed_on_23());
    assert_eq!(moved, ["promised", "statutory"]);
    desk.check_due(PROMISED, "2018-10-25");
    desk.check_due(STATUTORY, "2018-10-30");
    assert_eq!(desk.kinds(), ["received", "accepted", "dates_revised"]);
    desk.sweep("2018-12-16 10:00");
    desk.check_warnings(&[
        "notice promised/3 2018-10-22 00:00",
        "yellow promised/3 2018-10-26 00:00",
        "red statutory/3 2018-10-31 00:00",
    ]);
}

/// A card whose new date isn't reached falls, and comes when that date comes.
#[test]
fn a_card_falls_when_its_new_date_isnt_reached() {
    let mut desk = seven_of_ten(books("limits"));
    desk.sweep("2018-10-25 09:00");
    desk.revise("2018-10-25 10:00", closed_on_23());
    let revised = desk.seq_of("dates_revised");
    let notice = format!("notice promised/{revised} 2018-10-22 00:00 effective 2018-10-25 10:00");
    desk.check_warnings(&[
        "notice promised/2 2018-10-22 00:00 annulled",
        "yellow promised/2 2018-10-25 00:00 annulled",
        &notice,
    ]);
    let plan = desk.plans.last().expect("a plan");
    assert_eq!(plan.fallen.len(), 2);
    desk.sweep("2018-10-26 00:00");
    desk.check_warnings(&[
        "notice promised/2 2018-10-22 00:00 annulled",
        "yellow promised/2 2018-10-25 00:00 annulled",
        &notice,
        &format!("yellow promised/{revised} 2018-10-26 00:00"),
    ]);
}

/// A card whose new date is reached too is annulled and raised anew, with the date that it has now.
#[test]
fn a_card_whose_new_date_is_reached_is_raised_anew() {
    let mut desk = seven_of_ten(books("limits"));
    desk.sweep("2018-10-29 09:00");
    desk.revise("2018-10-29 10:00", closed_on_23());
    let revised = desk.seq_of("dates_revised");
    desk.check_warnings(&[
        "notice promised/2 2018-10-22 00:00 annulled",
        "yellow promised/2 2018-10-25 00:00 annulled",
        &format!("notice promised/{revised} 2018-10-22 00:00 effective 2018-10-29 10:00"),
        &format!("yellow promised/{revised} 2018-10-26 00:00 effective 2018-10-29 10:00"),
    ]);
    desk.sweep("2018-10-30 12:00");
    assert!(desk.live(Level::Red, STATUTORY).is_empty());
}

/// A date that moves earlier gives its card when the revision is recorded, never as of before.
#[test]
fn dates_move_earlier_too() {
    let mut desk = seven_of_ten(books("limits"));
    desk.sweep("2018-10-22 10:00");
    desk.revise("2018-10-24 10:00", calendar_working("cn-w", "2018-10-20"));
    desk.check_due(PROMISED, "2018-10-23");
    let revised = desk.seq_of("dates_revised");
    desk.check_warnings(&[
        "notice promised/2 2018-10-22 00:00 annulled",
        &format!("notice promised/{revised} 2018-10-20 00:00 effective 2018-10-24 10:00"),
        &format!("yellow promised/{revised} 2018-10-24 00:00 effective 2018-10-24 10:00"),
    ]);
}

/// What was on time when it was done stays on time: completed cases move in their favour only.
#[test]
fn a_completed_case_isnt_made_late() {
    let mut desk = seven_of_ten(books("limits"));
    desk.finish("2018-10-24 16:00");
    let before = desk.subject.clone();
    let moved = desk.revise("2018-10-26 10:00", calendar_working("cn-w", "2018-10-20"));
    assert_eq!(moved, [""; 0]);
    assert_eq!(desk.subject, before);
}

/// A completed case that is on time under the new date loses its card.
#[test]
fn a_completed_case_may_turn_out_on_time() {
    let mut desk = seven_of_ten(books("limits"));
    desk.finish("2018-10-25 16:00");
    assert_eq!(desk.live(Level::Yellow, PROMISED).len(), 1);
    let moved = desk.revise("2018-10-26 10:00", closed_on_23());
    assert_eq!(moved, ["promised"]);
    assert!(desk.live(Level::Yellow, PROMISED).is_empty());
    assert!(!desk.clock(PROMISED).was_late());
    let plan = desk.sweep("2018-12-26 10:00");
    assert!(plan.is_empty() && plan.next_alarm.is_none());
}

/// A completed case that is late under the new date too keeps its card: no second one, no new mail.
#[test]
fn a_completed_case_that_stays_late_keeps_its_card() {
    let mut desk = seven_of_ten(books("limits"));
    desk.finish("2018-10-29 16:00");
    desk.revise("2018-10-30 10:00", closed_on_23());
    desk.check_due(PROMISED, "2018-10-25");
    desk.sweep("2018-12-26 10:00");
    desk.check_warnings(&[
        "notice promised/2 2018-10-22 00:00",
        "yellow promised/2 2018-10-25 00:00",
    ]);
    let plan = desk.plans.iter().rev().find(|plan| !plan.is_empty());
    assert!(plan.is_some_and(|plan| plan.items.is_empty()));
}

/// A card for coming near a limit falls if the case was completed before it came near after all.
#[test]
fn a_yellow_card_before_the_limit_may_fall_too() {
    let mut desk = seven_of_ten(books("two-colour"));
    desk.finish("2018-10-22 16:00");
    assert_eq!(desk.live(Level::Yellow, PROMISED).len(), 1);
    desk.revise("2018-10-26 10:00", calendar_closed("cn-c", &["2018-10-19"]));
    desk.check_due(PROMISED, "2018-10-25");
    assert!(desk.live(Level::Yellow, PROMISED).is_empty());
}

/// A clock that fell back to on time and is opened again gets its card when that date passes.
#[test]
fn a_reopened_clock_gets_its_card_under_the_new_date() {
    let mut desk = seven_of_ten(books("limits"));
    for stage in [Stage::Handling, Stage::Review, Stage::Approval] {
        desk.at("2018-10-30 10:00", complete(stage));
    }
    assert_eq!(desk.live(Level::Red, STATUTORY).len(), 1);
    desk.revise("2018-10-30 11:00", closed_on_23());
    desk.check_due(STATUTORY, "2018-10-30");
    assert!(desk.live(Level::Red, STATUTORY).is_empty());
    desk.at("2018-10-30 12:00", send_back(Stage::Handling));
    desk.sweep("2018-10-31 00:00");
    let red = desk.live(Level::Red, STATUTORY);
    assert_eq!(red.len(), 1);
    assert_eq!(red[0].raised.limit_at, at("2018-10-31 00:00"));
}

/// 10-20 works and 10-22 rests: the promised date stays 10-24, the day two working days before it moves from the
/// 22nd to the 20th.
fn a_saturday_for_a_monday() -> std::sync::Arc<calendar::Calendar> {
    calendar_shifted("cn-shift", &["2018-10-22"], &["2018-10-20"])
}

/// What wasn't near its limit when it was done didn't come near it afterwards: no notice is raised late, neither by the
/// revision nor by whatever comes to the case later.
#[test]
fn a_threshold_that_moves_before_an_end_raises_nothing() {
    let mut desk = seven_of_ten(books("limits"));
    desk.finish("2018-10-21 16:00");
    let moved = desk.revise("2018-10-26 10:00", a_saturday_for_a_monday());
    assert_eq!(moved, ["delivery#1"]);
    desk.at("2018-10-26 11:00", Command::Deliver);
    desk.sweep("2018-12-26 10:00");
    desk.check_warnings(&[]);
    // The same days for a case that still runs: the notice comes by the calendar of now.
    let mut running = seven_of_ten(books("limits"));
    running.revise("2018-10-21 10:00", a_saturday_for_a_monday());
    running.check_due(PROMISED, "2018-10-24");
    running.check_warnings(&["notice promised/2 2018-10-20 00:00"]);
}

/// A threshold that was reached by the calendar of the end stays reached, wherever a later calendar puts it.
#[test]
fn a_threshold_that_moves_behind_an_end_takes_nothing_away() {
    let mut books = books("limits");
    put_calendar(&mut books, a_saturday_for_a_monday());
    let mut desk = seven_of_ten(books);
    desk.finish("2018-10-21 16:00");
    let notice = ["notice promised/2 2018-10-20 00:00"];
    desk.check_warnings(&notice);
    desk.at("2018-10-21 17:00", Command::Deliver);
    let before = desk.subject.clone();
    let moved = desk.revise("2018-10-26 10:00", calendar_closed("cn-again", &[]));
    assert_eq!(moved, [""; 0]);
    desk.sweep("2018-12-26 10:00");
    assert_eq!(desk.subject, before);
}

/// A date that moves in favour of those who were near it brings nothing that they hadn't come to, though its own
/// thresholds lie before the end by the new calendar.
#[test]
fn a_date_in_favour_brings_nothing_new() {
    let near = one_rule(
        "near",
        "promised",
        "before_working_days = 4",
        "issue = \"at-once\"",
    );
    let nearer = near.split_once("[[rule]]").map_or("", |(_, rule)| rule);
    let nearer = nearer
        .replace("\"near\"", "\"nearer\"")
        .replace("= 4", "= 2");
    let mut books = books_of(rules("two", &format!("{near}[[rule]]{nearer}"), 1));
    put(&mut books, item("QI", 7, 20), "2004-01-01 00:00");
    let mut desk = Desk::receive(books, "QI", "2018-10-11 10:00");
    desk.at("2018-10-11 10:00", Command::Accept);
    desk.finish("2018-10-17 16:00");
    desk.at("2018-10-17 17:00", Command::Deliver);
    let raised = ["yellow promised/2 2018-10-16 00:00"];
    desk.check_due(PROMISED, "2018-10-22");
    desk.check_warnings(&raised);
    // Two working days before the 24th is the 16th now, and four the 14th.
    let closed = ["2018-10-17", "2018-10-18", "2018-10-19", "2018-10-22"];
    let shifted = calendar_shifted("cn-shift", &closed, &["2018-10-13", "2018-10-14"]);
    let moved = desk.revise("2018-10-26 10:00", shifted);
    assert_eq!(moved, ["promised"]);
    desk.check_due(PROMISED, "2018-10-24");
    desk.sweep("2018-12-26 10:00");
    desk.check_warnings(&raised);
}

/// An annulment reads the history anew, by the calendars of then: what comes out for a clock that is over is judged by
/// the one that ruled when it ended.
#[test]
fn an_annulment_judges_an_end_by_its_own_calendar() {
    let check = |finished: &str, expected: &[&str]| {
        let mut desk = seven_of_ten(books("limits"));
        desk.at("2018-10-16 10:00", extend(1));
        desk.finish(finished);
        desk.check_due(PROMISED, "2018-10-25");
        desk.check_warnings(&[]);
        desk.revise("2018-10-26 10:00", a_saturday_for_a_monday());
        let extended = desk.seq_of("extended");
        desk.at("2018-10-26 11:00", annul(extended));
        desk.check_due(PROMISED, "2018-10-24");
        desk.sweep("2018-12-26 10:00");
        let annulled = desk.seq_of("event_annulled").to_string();
        let expected: Vec<String> = expected
            .iter()
            .map(|line| line.replace("ANNULLED", &annulled))
            .collect();
        assert_eq!(desk.warnings(), expected.join("\n"), "finished {finished}");
    };
    check("2018-10-21 16:00", &[]);
    check(
        "2018-10-22 16:00",
        &["notice promised/ANNULLED 2018-10-22 00:00 effective 2018-10-26 11:00"],
    );
}

/// Deemed acceptances that a notice touches are named; what they made stays, for the law made it.
#[test]
fn a_deemed_acceptance_that_is_touched_is_named() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    desk.sweep("2011-10-25 00:00");
    let moved = desk.revise("2011-10-26 10:00", calendar_closed("cn-c", &["2011-10-20"]));
    assert_eq!(moved, ["acceptance#1", "promised", "statutory"]);
    desk.check_due(ClockKey::Acceptance(1), "2011-10-25");
    let case = desk.subject.case().expect("a case");
    let acceptance = case.acceptance.expect("an acceptance");
    assert_eq!(acceptance.at, at("2011-10-25 00:00"));
    desk.check_due(PROMISED, "2011-11-01");
    // Accepted by paper in time: the period is over and nothing to talk about.
    let mut by_paper = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    by_paper.at("2011-10-18 10:00", Command::Accept);
    let moved = by_paper.revise("2011-10-26 10:00", calendar_closed("cn-c", &["2011-10-20"]));
    assert_eq!(moved, ["promised", "statutory", "handling#1"]);
}

/// While a stop is open there is no date to move; the new calendar counts when time runs on.
#[test]
fn an_open_stop_has_no_date_to_move() {
    let mut desk = seven_of_ten(books("limits"));
    desk.at("2018-10-16 10:00", stop(None));
    let moved = desk.revise("2018-10-17 10:00", closed_on_23());
    assert_eq!(moved, [""; 0]);
    desk.at("2018-10-18 10:00", resume());
    desk.check_due(PROMISED, "2018-10-29");
}

/// A stop that opened after the due instant may open before the new one: then time stands still, and
/// the card falls. If the date comes back, so does the card.
#[test]
fn a_stop_may_come_to_count_and_not_to_count() {
    let mut desk = seven_of_ten(books("limits"));
    desk.at("2018-10-25 10:00", stop(None));
    assert_eq!(desk.live(Level::Yellow, PROMISED).len(), 1);
    desk.check_due(PROMISED, "2018-10-24");
    let moved = desk.revise("2018-10-26 10:00", closed_on_23());
    assert_eq!(moved, ["promised"]);
    assert_eq!(desk.due(PROMISED), None);
    assert!(desk.live(Level::Yellow, PROMISED).is_empty());
    desk.revise("2018-10-27 10:00", calendar_closed("cn-again", &[]));
    desk.check_due(PROMISED, "2018-10-24");
    let cards = desk.live(Level::Yellow, PROMISED);
    assert_eq!(cards.len(), 1);
    assert_eq!(cards[0].raised.effective_at, at("2018-10-27 10:00"));
}

/// A stop that opened after a clock had ended never held it, under no calendar.
#[test]
fn a_stop_after_the_end_moves_nothing() {
    let near = one_rule(
        "near",
        "statutory",
        "before_working_days = 2",
        "issue = \"at-once\"",
    );
    let mut desk = seven_of_ten(books_of(rules("one", &near, 1)));
    for stage in [Stage::Handling, Stage::Review, Stage::Approval] {
        desk.at("2018-10-25 10:00", complete(stage));
    }
    assert_eq!(desk.live(Level::Yellow, STATUTORY).len(), 1);
    desk.at("2018-10-26 10:00", stop(None));
    desk.at("2018-10-30 10:00", resume());
    desk.check_due(STATUTORY, "2018-10-29");
    let moved = desk.revise("2018-10-31 10:00", calendar_closed("cn-x", &["2018-12-03"]));
    assert_eq!(moved, [""; 0]);
}

/// Events of before are read with the calendar of before: the same history gives the same state.
#[test]
fn old_events_keep_their_calendar() {
    let mut desk = seven_of_ten(books("limits"));
    desk.revise("2018-10-16 10:00", closed_on_23());
    desk.at("2018-10-17 10:00", extend(2));
    desk.check_due(PROMISED, "2018-10-29");
    let versions: Vec<&str> = desk
        .subject
        .history
        .iter()
        .map(|e| e.calendar.as_str())
        .collect();
    let old = calendar();
    let expected = [old.version(), old.version(), "cn-closed", "cn-closed"];
    assert_eq!(versions, expected);
    desk.books.calendars.clear();
    let events: Vec<_> = desk.subject.history.iter().map(|e| (**e).clone()).collect();
    let (division, id) = (desk.subject.division.clone(), desk.subject.id.clone());
    let replayed = approval::Subject::replay(division, id, events, &desk.books);
    assert_eq!(replayed.err().map(|r| r.kind()), Some("unknown_code"));
}

/// A card rests on the date that it was raised on: where an extension set another since, that one may move without it.
#[test]
fn a_card_on_an_earlier_date_stays_when_the_later_one_moves() {
    let mut desk = seven_of_ten(books("limits"));
    desk.sweep("2018-10-22 10:00");
    desk.at("2018-10-22 11:00", extend(3));
    desk.check_due(PROMISED, "2018-10-29");
    let moved = desk.revise("2018-10-22 12:00", closed_on_23());
    assert_eq!(moved, ["promised", "statutory"]);
    desk.check_due(PROMISED, "2018-10-30");
    desk.check_warnings(&["notice promised/2 2018-10-22 00:00"]);
}
