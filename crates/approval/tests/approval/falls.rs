//! Cards that fall: whose messages and orders fall with them, and what stays as it was.

use approval::Command;
use approval::rule::Level;
use approval::stage::{Outcome, Stage};
use approval::track::ClockKey;

use crate::fixtures::*;

const WHEN: &str = "2011-10-17 10:00";
const PROMISED: ClockKey = ClockKey::Promised;
const HANDLING: ClockKey = ClockKey::Stage(Stage::Handling, 1);

/// HUAN under a yellow card one day after its promise (with no order) and a red one two days after (with one).
fn two_cards() -> Desk {
    let order = "issue = \"at-once\"\norder = { term = \"3wd\", text = \"限期办结\" }";
    let after = |days| format!("after_working_days = {days}");
    let yellow = ("first", "promised", "yellow");
    let red = ("second", "promised", "red");
    let text = format!(
        "name = \"two\"\n{}{}",
        rule_text(yellow, &after(1), "handler", "issue = \"at-once\""),
        rule_text(red, &after(2), "handler", order)
    );
    Desk::accepted(books_of(rules("two", &text, 7)), "HUAN", WHEN)
}

fn seq_of(desk: &Desk, level: Level) -> i64 {
    let cards = desk.live(level, PROMISED);
    cards.first().expect("a card").seq
}

/// The promise ends on 2011-10-31; the cards come with the ends of the first and the second of November.
#[test]
fn what_else_came_up_meanwhile_is_told_and_ordered() {
    let mut desk = two_cards();
    desk.sweep("2011-11-02 10:00");
    let yellow = seq_of(&desk, Level::Yellow);
    // Nobody looked since: the red card is raised by the same work that revokes the yellow one.
    let plan = desk.at("2011-11-03 10:00", revoke(yellow));
    assert_eq!(plan.orders.len(), 1);
    assert_eq!(
        (plan.fallen.as_slice(), plan.orders_fallen.as_slice()),
        (&[yellow][..], &[][..])
    );
    let new: Vec<i64> = plan.new_events().map(|event| event.seq).collect();
    let red = seq_of(&desk, Level::Red);
    assert_eq!(new.first(), Some(&(yellow + 1)), "{new:?}");
    assert!(new.contains(&red) && !new.contains(&yellow), "{new:?}");
    assert_eq!(desk.told(red), ["HB-H"]);
    // Its order was issued with it, and falls with it.
    let plan = desk.at("2011-11-03 11:00", revoke(red));
    assert_eq!(
        (plan.fallen.as_slice(), plan.orders_fallen.as_slice()),
        (&[red][..], &[red][..])
    );
    assert!(plan.orders.is_empty());
}

/// Raised and revoked by one work: nobody hears of it, and no order is issued that would have to be taken back.
#[test]
fn a_card_that_falls_at_once_is_never_told() {
    let mut desk = two_cards();
    desk.sweep("2011-11-02 10:00");
    let red = desk.subject.seq() + 1;
    let mut moved = desk.clone();
    let plan = moved
        .work(at("2011-11-03 10:00"), |work| {
            work.act(revoke(red), &by("JC-1"))
        })
        .expect("the card is raised before it is revoked");
    assert!(plan.orders.is_empty() && plan.items.is_empty(), "{plan:?}");
    assert_eq!(
        (plan.fallen.as_slice(), plan.orders_fallen.as_slice()),
        (&[red][..], &[][..])
    );
}

#[test]
fn a_card_of_an_order_brings_no_order_down() {
    let mut order = Desk::order(books("limits"), calendar::Term::WorkingDays(1), WHEN);
    order.sweep("2011-11-30 10:00");
    let card = order
        .subject
        .track
        .warnings
        .iter()
        .find(|w| w.level() != Level::Notice);
    let seq = card.expect("a card").seq;
    let plan = order.at("2011-11-30 11:00", revoke(seq));
    assert_eq!(
        (plan.fallen.as_slice(), plan.orders_fallen.as_slice()),
        (&[seq][..], &[][..])
    );
}

/// A clock that had ended and ends as before keeps the event that set its date: nothing is raised again for it.
#[test]
fn an_annulment_of_something_else_leaves_an_ended_clock_alone() {
    let mut desk = Desk::receive(books("limits"), "HUAN", WHEN);
    desk.at(WHEN, Command::Accept);
    desk.at("2011-10-18 10:00", complete(Stage::Handling));
    let before = desk.clock(HANDLING).clone();
    desk.at("2011-10-18 11:00", stop(None));
    desk.at("2011-10-18 12:00", annul(desk.seq_of("stop_opened")));
    assert_eq!(desk.clock(HANDLING), &before);
    assert_eq!(before.settings.last().map(|s| s.occurrence), Some(2));
}

/// A closed day moves the date of a stage that ended late, with the stops that held it: one that was opened as the stage
/// ended never did.
#[test]
fn a_calendar_counts_the_stops_before_an_end_only() {
    let mut desk = Desk::receive(books("limits"), "HUAN", WHEN);
    desk.at(WHEN, Command::Accept);
    desk.at("2011-10-18 10:00", stop(None));
    desk.at("2011-10-20 10:00", resume());
    desk.check_due(HANDLING, "2011-10-25");
    desk.at("2011-10-26 10:00", complete(Stage::Handling));
    desk.at("2011-10-26 10:00", stop(None));
    desk.revise(
        "2011-10-26 11:00",
        calendar_closed("cn-closed", &["2011-10-21"]),
    );
    desk.check_due(HANDLING, "2011-10-26");
    // The date that it had stays beside it, and both are of the event that set it, the end of the stop.
    let dates = desk.clock(HANDLING).settings.iter();
    let dates: Vec<String> = dates
        .map(|s| format!("{} {}", s.occurrence, s.due.on))
        .collect();
    assert_eq!(
        dates.last().map(String::as_str),
        Some("4 2011-10-26"),
        "{dates:?}"
    );
}

/// An opinion that turns out not to have been given: its clock ran on until the case was withdrawn, and its date is the
/// annulment's, since nobody could have raised anything for it before.
#[test]
fn a_clock_that_ends_later_by_an_annulment_takes_its_date_from_it() {
    let mut desk = Desk::receive(books("limits"), "LIAN", WHEN);
    desk.at(WHEN, Command::Accept);
    let ask = Command::AskPartner {
        unit: PARTNER_UNIT.into(),
        term: None,
    };
    desk.at(WHEN, ask);
    let answer = Command::AnswerPartner {
        partner: 1,
        opinion: "同意".to_owned(),
    };
    desk.at("2011-10-18 10:00", answer);
    desk.at("2011-10-19 10:00", close(Outcome::Withdrawn));
    desk.at("2011-10-20 10:00", annul(desk.seq_of("partner_answered")));
    let clock = desk.clock(ClockKey::Partner(1));
    assert_eq!(clock.ended_at, Some(at("2011-10-19 10:00")));
    let occurrence = clock.settings.last().map(|s| s.occurrence);
    assert_eq!(occurrence, Some(desk.seq_of("event_annulled")));
}

/// A calendar that moves one clock's date leaves that of another, which ended late, as it was.
#[test]
fn a_calendar_leaves_alone_what_it_doesnt_move() {
    let mut desk = Desk::receive(books("limits"), "HUAN", WHEN);
    desk.at(WHEN, Command::Accept);
    desk.at("2011-10-24 10:00", complete(Stage::Handling));
    let before = desk.clock(HANDLING).clone();
    assert!(before.was_late());
    let moved = desk.revise(
        "2011-10-24 11:00",
        calendar_closed("cn-closed", &["2011-10-27"]),
    );
    assert_eq!(moved, ["promised", "statutory"]);
    assert_eq!(desk.clock(HANDLING), &before);
}
