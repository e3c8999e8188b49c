//! How the clocks start: receipt, correction, acceptance, silence (行政许可法 art. 32, design §5).

use approval::Command;
use approval::item::Item;
use approval::stage::Stage;
use approval::track::ClockKey;

use crate::fixtures::*;

const PROMISED: ClockKey = ClockKey::Promised;
const STATUTORY: ClockKey = ClockKey::Statutory;

/// 行政许可法 art. 32 no. 4: not told in time is accepted, from the day of the receipt; design §5:
/// recorded at the end of the 5th working day, where the Handling clock starts.
#[test]
fn silence_is_acceptance_at_the_end_of_the_5th_working_day() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    desk.check_due(ClockKey::Acceptance(1), "2011-10-24");
    desk.sweep("2011-10-24 23:59:59.999999");
    assert_eq!(desk.subject.state(), "received");
    desk.sweep("2011-10-25 00:00");
    let case = desk.subject.case().expect("a case");
    let acceptance = case.acceptance.expect("an acceptance");
    assert!(acceptance.deemed);
    assert_eq!(acceptance.at, at("2011-10-25 00:00"));
    assert_eq!(case.day0, Some(at("2011-10-17 10:00")));
    desk.check_due(PROMISED, "2011-10-31");
    desk.check_due(STATUTORY, "2011-11-14");
    let handling = desk.clock(ClockKey::Stage(Stage::Handling, 1));
    assert_eq!(handling.start, at("2011-10-25 00:00"));
    desk.check_due(ClockKey::Stage(Stage::Handling, 1), "2011-10-31");
}

/// At the instant of the deeming the card on the period that was let pass comes first.
#[test]
fn the_card_on_the_period_precedes_the_deeming() {
    let mut desk = Desk::receive(books("limits-full"), "HUAN", "2011-10-17 10:00");
    desk.sweep("2011-10-25 00:00");
    let expected = [
        "received",
        "warning_raised",
        "warning_raised",
        "deemed_accepted",
    ];
    assert_eq!(desk.kinds(), expected);
    desk.check_warnings(&[
        "notice acceptance#1/1 2011-10-21 00:00",
        "yellow acceptance#1/1 2011-10-25 00:00",
    ]);
}

/// The same record but for `recorded_at`, however long the program stood still (style 9).
#[test]
fn a_standstill_deems_as_of_the_same_instant() {
    let desk = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    let (mut at_once, mut much_later) = (desk.clone(), desk);
    at_once.sweep("2011-10-25 00:00");
    at_once.sweep("2011-11-30 08:00");
    much_later.sweep("2011-11-30 08:00");
    assert_eq!(at_once.warnings(), much_later.warnings());
    assert_eq!(at_once.limits_passed(), much_later.limits_passed());
    assert_eq!(at_once.subject.body, much_later.subject.body);
    much_later.check_warnings(&[
        "notice promised/2 2011-10-27 00:00",
        "yellow promised/2 2011-11-01 00:00",
        "yellow handling#1/2 2011-11-01 00:00",
        "red statutory/2 2011-11-15 00:00",
    ]);
}

/// Design §5: a limit that the deeming finds passed gives its card then.
#[test]
fn a_limit_already_passed_at_the_deeming_gives_its_card_then() {
    let mut desk = Desk::receive(books("limits"), "DUAN", "2011-10-17 10:00");
    desk.sweep("2011-10-24 18:00");
    desk.check_warnings(&[]);
    desk.sweep("2011-10-25 00:00");
    desk.check_warnings(&[
        "notice promised/2 2011-10-18 00:00 effective 2011-10-25 00:00",
        "yellow promised/2 2011-10-21 00:00 effective 2011-10-25 00:00",
        "red statutory/2 2011-10-25 00:00",
    ]);
}

/// A receipt that is recorded late can't make cards effective before anybody could know of it.
#[test]
fn a_receipt_recorded_late_is_deemed_accepted_as_of_then() {
    let desk = Desk::receive_as(
        books("limits"),
        "DUAN",
        "2011-11-10 10:00",
        &happened("2011-10-17 10:00"),
        &[],
        None,
    );
    let case = desk.subject.case().expect("a case");
    assert_eq!(
        case.acceptance.map(|a| a.at),
        Some(at("2011-10-25 00:00")),
        "the deeming itself is of its own day"
    );
    desk.check_warnings(&[
        "notice promised/2 2011-10-18 00:00 effective 2011-11-10 10:00",
        "yellow promised/2 2011-10-21 00:00 effective 2011-11-10 10:00",
        "red statutory/2 2011-10-25 00:00 effective 2011-11-10 10:00",
    ]);
    assert_eq!(desk.defects("received"), ["no_late_reason"]);
}

/// Art. 32 no. 4: told once what is missing, the case waits for the applicant; what is handed in
/// starts a new 5-day period, and the day of the hand-over is day 0 (design §5).
#[test]
fn supply_starts_a_new_period_and_day_0() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    desk.at("2011-10-18 10:00", correct());
    desk.sweep("2011-11-30 10:00");
    assert_eq!(desk.subject.state(), "awaiting_supply");
    desk.check_warnings(&[]);
    desk.at("2011-12-01 10:00", Command::Supply);
    desk.check_due(ClockKey::Acceptance(2), "2011-12-08");
    let mut by_paper = desk.clone();
    by_paper.at("2011-12-05 10:00", Command::Accept);
    by_paper.check_due(PROMISED, "2011-12-15");
    desk.sweep("2011-12-09 00:00");
    let case = desk.subject.case().expect("a case");
    assert_eq!(case.day0, Some(at("2011-12-01 10:00")));
    assert_eq!(case.acceptance.map(|a| a.deemed), Some(true));
    desk.check_due(PROMISED, "2011-12-15");
    assert_eq!(desk.defects("correction_notified"), [""; 0]);
}

/// Art. 32 no. 4: the notice is given once. A second never moves day 0, and is flagged.
#[test]
fn a_second_notice_never_moves_day_0() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    desk.at("2011-10-18 10:00", correct());
    desk.at("2011-10-20 10:00", Command::Supply);
    desk.at("2011-10-21 10:00", correct());
    assert_eq!(desk.defects("correction_notified"), ["second_correction"]);
    desk.at("2011-10-25 10:00", Command::Supply);
    desk.at("2011-10-26 10:00", Command::Accept);
    let case = desk.subject.case().expect("a case");
    assert_eq!(case.day0, Some(at("2011-10-20 10:00")));
    desk.check_due(PROMISED, "2011-11-03");
    // Two notices before anything came: the first supply counts.
    let mut twice = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    twice.at("2011-10-18 10:00", correct());
    twice.at("2011-10-19 10:00", correct());
    twice.at("2011-10-20 10:00", Command::Supply);
    twice.at("2011-10-21 10:00", Command::Accept);
    let case = twice.subject.case().expect("a case");
    assert_eq!(case.day0, Some(at("2011-10-20 10:00")));
}

/// Art. 32 no. 4: what is missing may be told on the spot, with the receipt.
#[test]
fn what_is_missing_may_be_told_with_the_receipt() {
    let missing = ["营业执照", "总平面图"];
    let desk = Desk::receive_as(
        books("limits"),
        "HUAN",
        "2011-11-10 10:00",
        &happened("2011-10-17 10:00"),
        &missing,
        None,
    );
    assert_eq!(desk.kinds(), ["received", "correction_notified"]);
    assert_eq!(desk.subject.state(), "awaiting_supply");
}

/// Art. 32 nos. 1 and 2: 不受理 and 不予受理 start no clock of the case.
#[test]
fn what_is_not_accepted_has_no_clocks() {
    let why = || "不属本机关职权".to_owned();
    for command in [
        Command::RefuseAcceptance { reason: why() },
        Command::NotNeeded { reason: why() },
    ] {
        let mut desk = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
        desk.at("2011-10-18 10:00", command);
        desk.sweep("2012-10-18 10:00");
        assert_eq!(desk.subject.state(), "completed");
        assert!(desk.subject.track.clock(PROMISED).is_none());
        desk.check_warnings(&[]);
    }
}

/// Design §5: per item the day of the acceptance paper is day 0; a deemed acceptance has no paper.
#[test]
fn the_acceptance_paper_may_be_day_0() {
    let mut desk = Desk::receive(books("limits"), "ZHI", "2011-10-17 10:00");
    desk.at("2011-10-20 10:00", Command::Accept);
    desk.check_due(PROMISED, "2011-11-03");
    let mut deemed = Desk::receive(books("limits"), "ZHI", "2011-10-17 10:00");
    deemed.sweep("2011-10-25 00:00");
    deemed.check_due(PROMISED, "2011-10-31");
}

/// Design §2: the version of the item in force at acceptance rules the case for good.
#[test]
fn the_version_in_force_at_acceptance_rules_for_good() {
    let mut books = books("limits");
    let version = |version, promised| Item {
        version,
        ..item("V", promised, 20)
    };
    put(&mut books, version(1, 10), "2004-01-01 00:00");
    put(&mut books, version(2, 7), "2011-10-18 00:00");
    put(&mut books, version(3, 5), "2011-10-20 12:00");
    let mut desk = Desk::receive(books.clone(), "V", "2011-10-17 10:00");
    assert_eq!(desk.subject.case().expect("a case").item.version, 1);
    desk.at("2011-10-19 10:00", Command::Accept);
    assert_eq!(desk.subject.case().expect("a case").item.version, 2);
    desk.check_due(PROMISED, "2011-10-26");
    desk.at("2011-10-21 10:00", complete(Stage::Handling));
    assert_eq!(desk.subject.case().expect("a case").item.version, 2);
    // By silence: the version of the instant of the deeming, whenever the sweep came.
    let mut deemed = Desk::receive(books, "V", "2011-10-12 10:00");
    deemed.sweep("2011-10-30 10:00");
    assert_eq!(deemed.subject.case().expect("a case").item.version, 2);
}

/// Invariant 1: the record says by which item version and which rules it was decided; that those of
/// today are said to be in force from other instants changes nothing.
#[test]
fn a_replay_doesnt_ask_what_is_in_force_from_when() {
    let mut books = books("limits");
    let later = approval::item::Item {
        version: 2,
        ..item("HUAN", 15, 30)
    };
    put(&mut books, later, "2011-10-18 00:00");
    let mut desk = Desk::receive(books, "HUAN", "2011-10-17 10:00");
    let mut silent = desk.clone();
    desk.at("2011-10-18 10:00", Command::Accept);
    silent.sweep("2011-10-31 10:00");
    for mut desk in [desk, silent] {
        let case = desk.subject.case().expect("a case");
        assert_eq!(case.item.version, 2);
        assert!(desk.subject.history.iter().all(|e| e.rules == Some(1)));
        let versions = desk.books.items.get_mut(&"HUAN".into()).expect("the item");
        for version in versions {
            version.from = at("2020-01-01 00:00");
        }
        let text = one_rule(
            "r",
            "promised",
            "after_working_days = 0",
            "issue = \"at-once\"",
        );
        let periods = "[periods]\nacceptance = \"1wd\"\n[[rule]]";
        let newer = rules("two", &text.replace("[[rule]]", periods), 2);
        let from = at("2004-01-02 00:00");
        let newer = approval::books::RulesInForce { from, set: newer };
        desk.books.rules.push(newer);
        desk.check_replay();
    }
}
