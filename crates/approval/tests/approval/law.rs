//! The clock through whole cases: one test for each sentence of the law and of the design's §5.

use approval::ids::{ItemCode, UnitCode};
use approval::refusal::Refusal;
use approval::rule::Level;
use approval::stage::{Outcome, Procedure, Stage};
use approval::track::{ClockKey, ClockTerm};
use approval::{Act, Command};
use calendar::Term;

use crate::fixtures::*;

const PROMISED: ClockKey = ClockKey::Promised;
const STATUTORY: ClockKey = ClockKey::Statutory;

/// A case received and accepted at the same instant.
fn accepted(item: &str, when: &str) -> Desk {
    Desk::accepted(books("limits"), item, when)
}

/// A case of an item with no stages' limits, 20 working days statutory.
fn accepted_with(promised: u32, when: &str) -> Desk {
    let mut books = books("limits");
    put(&mut books, item("W", promised, 20), "2004-01-01 00:00");
    let mut desk = Desk::receive(books, "W", when);
    desk.at(when, Command::Accept);
    desk
}

/// Completes the stages up to and with `last`, all at one instant.
fn complete_up_to(desk: &mut Desk, last: Stage, when: &str) {
    for stage in [
        Stage::Handling,
        Stage::Review,
        Stage::Approval,
        Stage::Completion,
    ] {
        if stage <= last && desk.subject.stage() == Some(stage) {
            desk.at(when, complete(stage));
        }
    }
}

/// The design's vectors: start, working days, stops (from, to), due day.
#[test]
fn the_vectors_hold_through_whole_cases() {
    type Vector = (
        &'static str,
        u32,
        &'static [(&'static str, &'static str)],
        &'static str,
    );
    let vectors: [Vector; 15] = [
        ("2011-01-28 10:00", 5, &[], "2011-02-10"),
        ("2011-01-28 10:00", 20, &[], "2011-03-02"),
        ("2011-09-26 10:00", 5, &[], "2011-10-08"),
        ("2011-09-26 10:00", 20, &[], "2011-10-27"),
        ("2011-12-30 10:00", 1, &[], "2011-12-31"),
        ("2013-09-30 10:00", 20, &[], "2013-11-01"),
        ("2015-09-02 10:00", 1, &[], "2015-09-06"),
        ("2020-01-23 10:00", 5, &[], "2020-02-07"),
        ("2024-02-09 10:00", 20, &[], "2024-03-14"),
        ("2025-09-30 10:00", 10, &[], "2025-10-21"),
        ("2026-02-13 10:00", 5, &[], "2026-02-27"),
        (
            "2011-09-26 10:00",
            20,
            &[("2011-10-10 09:00", "2011-10-12 09:00")],
            "2011-10-31",
        ),
        (
            "2011-09-26 10:00",
            5,
            &[("2011-10-08 15:00", "2011-10-12 09:00")],
            "2011-10-12",
        ),
        (
            "2011-09-26 10:00",
            5,
            &[("2011-10-07 09:00", "2011-10-12 09:00")],
            "2011-10-13",
        ),
        (
            "2011-09-26 10:00",
            5,
            &[("2011-10-10 09:00", "2011-10-14 09:00")],
            "2011-10-08",
        ),
    ];
    for (start, days, stops, due_on) in vectors {
        let mut desk = accepted_with(days, start);
        for (from, to) in stops {
            desk.at(from, stop(None));
            desk.at(to, resume());
        }
        desk.check_due(PROMISED, due_on);
    }
    let mut open = accepted_with(5, "2011-09-26 10:00");
    open.at("2011-10-10 09:00", stop(None));
    open.check_due(PROMISED, "2011-10-08");
}

/// 民法典 art. 201: the day of the start isn't counted; design §5: due at the end of the due day.
#[test]
fn day_0_is_not_counted_and_the_due_day_is_whole() {
    let desk = accepted("DUAN", "2011-10-17 00:00");
    desk.check_due(PROMISED, "2011-10-20");
    let due = desk.clock(PROMISED).due.expect("a date");
    assert_eq!(due.at, at("2011-10-21 00:00"));
    let late_in_the_day = accepted("DUAN", "2011-10-17 23:59");
    assert_eq!(late_in_the_day.clock(PROMISED).due, Some(due));
}

/// 民法典 art. 203 ¶2: where there are office hours, the day ends at the close of business.
#[test]
fn a_day_ends_at_the_close_of_business_where_the_calendar_says_so() {
    let mut books = books("limits");
    put_calendar(&mut books, calendar_of_close());
    let mut desk = Desk::receive(books, "DUAN", "2011-10-17 10:00");
    desk.at("2011-10-17 10:00", Command::Accept);
    let due = desk.clock(PROMISED).due.expect("a date");
    assert_eq!(
        (due.on, due.at),
        (date("2011-10-20"), at("2011-10-20 17:30"))
    );
}

/// Design §5: n = 0 is the same day, or the next working day.
#[test]
fn a_term_of_0_ends_on_the_same_day_or_the_next_working_day() {
    accepted_with(0, "2011-10-17 10:00").check_due(PROMISED, "2011-10-17");
    accepted_with(0, "2011-10-01 10:00").check_due(PROMISED, "2011-10-08");
}

/// Design §5: natural days and months roll once to a working day; hours end inside office hours.
#[test]
fn the_other_units_count_through_whole_cases() {
    let mut desk = accepted("RI", "2011-09-02 10:00");
    desk.check_due(PROMISED, "2011-10-08");
    desk.at("2011-10-08 09:00", stop(None));
    assert_eq!(desk.due(PROMISED), None);
    desk.at("2011-10-10 09:00", resume());
    desk.check_due(PROMISED, "2011-10-10");
    let months = accepted("YUE", "2011-08-31 10:00");
    months.check_due(PROMISED, "2011-09-30");
    months.check_due(STATUTORY, "2011-10-31");
    // Six and a half office hours a day: 8 hours from 10:00 are over at 11:30 the next day.
    let hours = accepted("SHI", "2011-10-17 10:00");
    let due = hours.clock(PROMISED).due.expect("a date");
    assert_eq!(due.at, at("2011-10-18 11:30"));
}

/// Design §5, End: the promised clock ends with Completion, the statutory one with the decision, and
/// delivery (art. 44, 10 working days) starts there.
#[test]
fn each_clock_ends_where_the_law_ends_it() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    complete_up_to(&mut desk, Stage::Approval, "2011-10-20 10:00");
    assert_eq!(desk.clock(STATUTORY).ended_at, Some(at("2011-10-20 10:00")));
    assert_eq!(desk.clock(PROMISED).ended_at, None);
    desk.check_due(ClockKey::Delivery(1), "2011-11-03");
    desk.at("2011-10-21 10:00", complete(Stage::Completion));
    assert_eq!(desk.clock(PROMISED).ended_at, Some(at("2011-10-21 10:00")));
    assert_eq!(desk.clock(ClockKey::Delivery(1)).ended_at, None);
    assert!(!desk.subject.is_open());
    desk.at("2011-11-03 23:59", Command::Deliver);
    assert!(!desk.clock(ClockKey::Delivery(1)).was_late());
}

/// Art. 44: delivery is watched after the case is over, where the rules watch it.
#[test]
fn delivery_is_watched_after_completion() {
    let mut desk = Desk::receive(books("limits-full"), "HUAN", "2011-10-17 10:00");
    desk.at("2011-10-17 10:00", Command::Accept);
    complete_up_to(&mut desk, Stage::Completion, "2011-10-20 10:00");
    let next = desk.plans.last().and_then(|plan| plan.next_alarm);
    assert_eq!(next, Some(at("2011-11-01 00:00")));
    desk.sweep("2011-11-04 00:00");
    assert_eq!(desk.live(Level::Yellow, ClockKey::Delivery(1)).len(), 1);
}

/// Only a granted permit is delivered within art. 44: a refusal or a service has no such clock.
#[test]
fn what_is_refused_has_no_delivery_clock() {
    let refuse = complete_with(Stage::Approval, Some(Outcome::Refused), Some("不符合规划"));
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    complete_up_to(&mut desk, Stage::Review, "2011-10-20 10:00");
    desk.at("2011-10-20 10:00", refuse);
    assert!(desk.subject.track.clock(ClockKey::Delivery(1)).is_none());
    let mut service = accepted("FUWU", "2011-10-17 10:00");
    complete_up_to(&mut service, Stage::Completion, "2011-10-20 10:00");
    assert!(service.subject.track.clock(ClockKey::Delivery(1)).is_none());
    assert!(service.subject.track.clock(STATUTORY).is_none());
}

/// Design §5, End: configurable, the statutory clock ends with Completion.
#[test]
fn the_statutory_clock_may_end_with_completion() {
    let mut desk = accepted("ZHI", "2011-10-17 10:00");
    complete_up_to(&mut desk, Stage::Approval, "2011-10-20 10:00");
    assert_eq!(desk.clock(STATUTORY).ended_at, None);
    desk.at("2011-10-20 11:00", send_back(Stage::Handling));
    assert_eq!(desk.clock(STATUTORY).settings.len(), 1);
    complete_up_to(&mut desk, Stage::Completion, "2011-10-21 10:00");
    assert_eq!(desk.clock(STATUTORY).ended_at, Some(at("2011-10-21 10:00")));
}

/// Design §5, End: withdrawal, ending and the other outcomes end both clocks; nothing fires after.
#[test]
fn breaking_off_ends_both_clocks() {
    for outcome in [
        Outcome::Withdrawn,
        Outcome::Ended,
        Outcome::Returned,
        Outcome::Void,
        Outcome::Deleted,
    ] {
        let mut desk = accepted("HUAN", "2011-10-17 10:00");
        desk.at("2011-10-18 10:00", close(outcome));
        for key in [PROMISED, STATUTORY, ClockKey::Stage(Stage::Handling, 1)] {
            assert_eq!(desk.clock(key).ended_at, Some(at("2011-10-18 10:00")));
        }
        let plan = desk.sweep("2012-10-18 10:00");
        assert!(plan.is_empty() && plan.next_alarm.is_none(), "{outcome}");
    }
}

/// Design §5, End: completing a case with an open stop is refused.
#[test]
fn completing_with_an_open_stop_is_refused() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    desk.at("2011-10-17 11:00", stop(None));
    complete_up_to(&mut desk, Stage::Approval, "2011-10-18 10:00");
    let refusal = desk.refusal("2011-10-18 10:00", complete(Stage::Completion));
    assert_eq!(refusal, Refusal::StopOpen { stop: 1 });
    desk.at("2011-10-18 11:00", resume());
    desk.at("2011-10-18 11:00", complete(Stage::Completion));
    assert_eq!(desk.subject.state(), "completed");
}

/// Design §5, Stages: each starts when the one before ends.
#[test]
fn stages_start_when_the_one_before_ends() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    for (stage, number, start, due_on) in [
        (
            Stage::Handling,
            "2011-10-17 10:00",
            "2011-10-18 15:00",
            "2011-10-21",
        ),
        (
            Stage::Review,
            "2011-10-18 15:00",
            "2011-10-19 16:00",
            "2011-10-20",
        ),
        (
            Stage::Approval,
            "2011-10-19 16:00",
            "2011-10-19 17:00",
            "2011-10-21",
        ),
        (
            Stage::Completion,
            "2011-10-19 17:00",
            "2011-10-20 09:00",
            "2011-10-20",
        ),
    ] {
        let key = ClockKey::Stage(stage, 1);
        assert_eq!(desk.clock(key).start, at(number));
        desk.check_due(key, due_on);
        desk.at(start, complete(stage));
        assert_eq!(desk.clock(key).ended_at, Some(at(start)));
    }
}

/// Design §5, Stages: a send-back starts a new visit with a full limit from its own day; old visits
/// keep their cards; the sends-back are counted.
#[test]
fn a_send_back_starts_a_new_visit_with_a_full_limit() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    desk.sweep("2011-10-24 10:00");
    let first = ClockKey::Stage(Stage::Handling, 1);
    assert_eq!(desk.live(Level::Yellow, first).len(), 1);
    desk.at("2011-10-24 11:00", complete(Stage::Handling));
    desk.at("2011-10-25 11:00", send_back(Stage::Handling));
    let second = ClockKey::Stage(Stage::Handling, 2);
    desk.check_due(second, "2011-10-31");
    assert_eq!(
        desk.live(Level::Yellow, first).len(),
        1,
        "the old card stays"
    );
    desk.sweep("2011-11-01 00:00");
    assert_eq!(desk.live(Level::Yellow, second).len(), 1, "and a new one");
    let case = desk.subject.case().expect("a case");
    assert_eq!(case.sent_back, 1);
    let visits: Vec<(Stage, u32, bool)> = case
        .visits
        .iter()
        .map(|v| (v.stage, v.number, v.sent_back))
        .collect();
    let expected = [
        (Stage::Handling, 1, false),
        (Stage::Review, 1, true),
        (Stage::Handling, 2, false),
    ];
    assert_eq!(visits, expected);
    desk.check_due(PROMISED, "2011-10-31");
}

/// A decision that is taken back leaves the matter undecided: the statutory clock runs on, the
/// delivery clock ends, and the card takes effect with the send-back, not before.
#[test]
fn a_decision_taken_back_reopens_the_statutory_clock() {
    let mut desk = accepted_with(10, "2011-10-17 10:00");
    complete_up_to(&mut desk, Stage::Approval, "2011-11-14 10:00");
    assert!(!desk.clock(STATUTORY).was_late());
    desk.sweep("2011-11-16 09:00");
    assert!(
        desk.live(Level::Red, STATUTORY).is_empty(),
        "decided in time"
    );
    desk.at("2011-11-16 10:00", send_back(Stage::Approval));
    assert_eq!(desk.clock(STATUTORY).ended_at, None);
    assert_eq!(
        desk.clock(ClockKey::Delivery(1)).ended_at,
        Some(at("2011-11-16 10:00"))
    );
    desk.check_due(STATUTORY, "2011-11-14");
    let red = desk.live(Level::Red, STATUTORY);
    assert_eq!(red.len(), 1);
    assert_eq!(red[0].raised.limit_at, at("2011-11-15 00:00"));
    assert_eq!(red[0].raised.effective_at, at("2011-11-16 10:00"));
    desk.at("2011-11-17 10:00", complete(Stage::Approval));
    desk.check_due(ClockKey::Delivery(2), "2011-12-01");
    let case = desk.subject.case().expect("a case");
    assert_eq!(case.decisions, 2);
}

/// A red card on the date stands when the late decision is taken back; it isn't raised a second time.
#[test]
fn a_card_on_the_date_isnt_doubled_by_taking_the_decision_back() {
    let mut desk = accepted_with(10, "2011-10-17 10:00");
    complete_up_to(&mut desk, Stage::Approval, "2011-11-15 10:00");
    desk.at("2011-11-16 10:00", send_back(Stage::Approval));
    desk.sweep("2011-11-30 10:00");
    let reds = desk.live(Level::Red, STATUTORY);
    assert_eq!(reds.len(), 1);
}

/// Design §5, Joint: partner units give opinions inside Handling, each with its own limit and alarms.
#[test]
fn partners_answer_inside_handling_each_in_its_time() {
    let ask = |term| Command::AskPartner {
        unit: UnitCode::from(PARTNER_UNIT),
        term,
    };
    let answer = |partner| Command::AnswerPartner {
        partner,
        opinion: "同意".to_owned(),
    };
    let mut desk = Desk::receive(books("limits-full"), "LIAN", "2011-10-17 10:00");
    desk.at("2011-10-17 10:00", Command::Accept);
    desk.at("2011-10-18 10:00", ask(Some(Term::WorkingDays(3))));
    desk.at("2011-10-18 10:00", ask(None));
    desk.check_due(ClockKey::Partner(1), "2011-10-21");
    desk.check_due(ClockKey::Partner(2), "2011-10-27");
    let refusal = desk.refusal("2011-10-18 11:00", complete(Stage::Handling));
    assert_eq!(refusal, Refusal::PartnerOutstanding { partner: 1 });
    desk.sweep("2011-10-22 00:00");
    let cards = desk.live(Level::Yellow, ClockKey::Partner(1));
    assert_eq!(cards.len(), 1);
    assert_eq!(
        desk.told(cards[0].seq),
        ["GA-H", "JC-1"],
        "the partner's own"
    );
    desk.at("2011-10-24 10:00", answer(1));
    assert!(desk.clock(ClockKey::Partner(1)).was_late());
    desk.at("2011-10-24 10:00", answer(2));
    assert_eq!(
        desk.refusal("2011-10-24 11:00", answer(2)),
        Refusal::NoOpenPartner
    );
    desk.at("2011-10-24 11:00", complete(Stage::Handling));
    let mut single = accepted("HUAN", "2011-10-17 10:00");
    assert_eq!(
        single.refusal("2011-10-17 11:00", ask(None)),
        Refusal::NotJoint
    );
}

/// Art. 42: 20 working days and 10 more by the organ's head; joint handling 45 and 15 more.
#[test]
fn extensions_stay_within_the_cap_of_their_kind() {
    for (item, start_due, cap, extended_due) in [
        ("HUAN", "2011-11-14", 10, "2011-11-28"),
        ("LIAN", "2011-12-19", 15, "2012-01-10"),
    ] {
        let mut desk = accepted(item, "2011-10-17 10:00");
        desk.check_due(STATUTORY, start_due);
        let refusal = desk.refusal("2011-10-18 10:00", extend(cap + 1));
        let asked = cap + 1;
        assert_eq!(refusal, Refusal::ExtensionAboveCap { asked, cap });
        desk.at("2011-10-18 10:00", extend(cap));
        desk.check_due(STATUTORY, extended_due);
        let again = desk.refusal("2011-10-18 11:00", extend(1));
        assert_eq!(again, Refusal::AlreadyExtended, "once");
    }
}

/// Design §5, Extension: approved before the statutory due instant, or not at all.
#[test]
fn an_extension_is_approved_before_the_statutory_due_instant() {
    let desk = accepted("HUAN", "2011-10-17 10:00");
    let mut too_late = desk.clone();
    let refusal = too_late.refusal("2011-11-15 00:00", extend(10));
    assert_eq!(refusal, Refusal::ExtensionTooLate);
    let mut just = desk.clone();
    just.at("2011-11-14 23:59:59.999999", extend(10));
    just.check_due(STATUTORY, "2011-11-28");
    // Approved in time but recorded after: it counts, and the card stays (invariant 7).
    let mut recorded_late = desk;
    recorded_late.late("2011-11-15 09:00", "2011-11-14 17:00", extend(10));
    recorded_late.check_due(STATUTORY, "2011-11-28");
    assert_eq!(recorded_late.live(Level::Red, STATUTORY).len(), 1);
    let defects = recorded_late.defects("extended");
    assert_eq!(defects, ["no_late_reason", "late_recording"]);
    recorded_late.sweep("2011-11-29 00:00");
    assert_eq!(
        recorded_late.live(Level::Red, STATUTORY).len(),
        2,
        "a date of its own"
    );
}

/// Design §5, Extension: adds to the statutory term and the current visit; to the promised one only
/// if approved before the promised due instant.
#[test]
fn an_extension_keeps_a_promise_only_before_it_is_broken() {
    let mut early = accepted("HUAN", "2011-10-17 10:00");
    early.at("2011-10-31 23:59:59.999999", extend(5));
    early.check_due(STATUTORY, "2011-11-21");
    early.check_due(PROMISED, "2011-11-07");
    early.check_due(ClockKey::Stage(Stage::Handling, 1), "2011-10-28");
    let mut late = accepted("HUAN", "2011-10-17 10:00");
    late.at("2011-10-20 10:00", complete(Stage::Handling));
    late.at("2011-11-01 00:00", extend(5));
    late.check_due(STATUTORY, "2011-11-21");
    late.check_due(PROMISED, "2011-10-31");
    late.check_due(ClockKey::Stage(Stage::Handling, 1), "2011-10-21");
    late.check_due(ClockKey::Stage(Stage::Review, 1), "2011-10-31");
    late.at("2011-11-01 10:00", complete(Stage::Review));
    late.check_due(ClockKey::Stage(Stage::Approval, 1), "2011-11-03");
}

/// Design §5, Extension: may be granted while time is stopped; without a recorded notice to the
/// applicant it is flagged (art. 42: 并应当将延长期限的理由告知申请人).
#[test]
fn an_extension_may_be_granted_while_stopped_and_is_told() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    desk.at("2011-10-18 10:00", stop(None));
    let silent = Command::Extend {
        working_days: 5,
        approver: "局长".to_owned(),
        reason: "情况复杂".to_owned(),
        notice: Some(" ".to_owned()),
    };
    desk.at("2011-10-20 10:00", silent);
    assert_eq!(desk.defects("extended"), ["extension_without_notice"]);
    assert_eq!(desk.due(STATUTORY), None);
    desk.at("2011-10-20 11:00", resume());
    // 20 + 5, and the 19th and 20th stood still.
    desk.check_due(STATUTORY, "2011-11-23");
    desk.check_due(PROMISED, "2011-11-09");
}

/// Art. 45: the time of the special procedure isn't counted, and is told in writing: a stop without
/// its notice is recorded and flagged. It has a limit of its own.
#[test]
fn a_stop_is_told_in_writing_and_has_its_own_limit() {
    let mut desk = Desk::receive(books("limits-full"), "HUAN", "2011-10-17 10:00");
    desk.at("2011-10-17 10:00", Command::Accept);
    desk.at("2011-10-18 10:00", stop(Some(Term::WorkingDays(3))));
    assert_eq!(desk.defects("stop_opened"), [""; 0]);
    assert_eq!(desk.due(PROMISED), None);
    assert_eq!(desk.due(STATUTORY), None);
    assert_eq!(desk.due(ClockKey::Stage(Stage::Handling, 1)), None);
    desk.check_due(ClockKey::Stop(1), "2011-10-21");
    desk.sweep("2011-10-22 00:00");
    assert_eq!(desk.live(Level::Yellow, ClockKey::Stop(1)).len(), 1);
    desk.at("2011-10-24 10:00", resume());
    assert!(desk.clock(ClockKey::Stop(1)).was_late());
    desk.check_due(PROMISED, "2011-11-04");
    let unwritten = Command::Stop {
        procedure: Procedure::Hearing,
        notice: None,
        term: None,
        basis: None,
        approver: None,
    };
    desk.at("2011-10-24 11:00", unwritten);
    assert_eq!(desk.defects("stop_opened"), ["stop_without_notice"]);
}

/// Design §5: a stop that opens at or after the due instant changes nothing; one that opens a
/// microsecond before holds the clock.
#[test]
fn a_stop_at_the_due_instant_changes_nothing() {
    let mut at_due = accepted("DUAN", "2011-10-17 10:00");
    at_due.at("2011-10-21 00:00", stop(None));
    at_due.check_due(PROMISED, "2011-10-20");
    let mut before = accepted("DUAN", "2011-10-17 10:00");
    before.at("2011-10-20 23:59:59.999999", stop(None));
    assert_eq!(before.due(PROMISED), None);
    before.at("2011-10-24 10:00", resume());
    before.check_due(PROMISED, "2011-10-24");
}

/// A suspension (中止) is an interval like a stop, with a clock of its own name.
#[test]
fn a_suspension_has_a_clock_of_its_own() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    let suspend = Command::Stop {
        procedure: Procedure::Suspension,
        notice: Some("焦环中〔2011〕1号".to_owned()),
        term: Some(Term::NaturalDays(30)),
        basis: Some("某条例第三条".to_owned()),
        approver: Some("局长".to_owned()),
    };
    desk.at("2011-10-18 10:00", suspend);
    assert_eq!(desk.due(PROMISED), None);
    desk.check_due(ClockKey::Suspension(1), "2011-11-17");
    desk.at("2011-10-19 10:00", resume());
    assert!(desk.clock(ClockKey::Suspension(1)).ended_at.is_some());
    desk.check_due(PROMISED, "2011-11-01");
}

/// Art. 43: a forwarded case is reviewed within 20 working days and ends as forwarded, with a reason.
#[test]
fn a_forwarded_case_ends_as_forwarded() {
    let mut desk = accepted("SHANG", "2011-10-17 10:00");
    desk.check_due(STATUTORY, "2011-11-14");
    complete_up_to(&mut desk, Stage::Review, "2011-10-20 10:00");
    let with = |stage, outcome| complete_with(stage, Some(outcome), Some("报省厅审批"));
    let granted = desk.refusal("2011-10-20 10:00", with(Stage::Approval, Outcome::Granted));
    assert_eq!(granted.kind(), "wrong_outcome");
    desk.at("2011-10-20 10:00", complete(Stage::Approval));
    assert!(desk.subject.track.clock(ClockKey::Delivery(1)).is_none());
    let silent = desk.refusal("2011-10-20 10:00", complete(Stage::Completion));
    assert_eq!(silent.kind(), "missing_reason");
    let reason = complete_with(Stage::Completion, None, Some("报省厅审批"));
    desk.at("2011-10-20 10:00", reason);
    let case = desk.subject.case().expect("a case");
    assert_eq!(case.outcome(), Some(Outcome::Forwarded));
    let mut books = books("limits");
    let mut without = item("BAO", 15, 20);
    without.kind = approval::item::ItemKind::Forwarded;
    without.statutory = None;
    put(&mut books, without, "2004-01-01 00:00");
    let mut desk = Desk::receive(books, "BAO", "2011-10-17 10:00");
    desk.at("2011-10-17 10:00", Command::Accept);
    desk.check_due(STATUTORY, "2011-11-14");
}

/// A due date that another system states is moved by an extension only; nobody is deemed to accept.
#[test]
fn a_given_due_date_is_moved_by_an_extension_only() {
    let given = Some(ClockTerm::Given(date("2011-11-11")));
    let act = Act::default();
    let when = "2011-10-17 10:00";
    let mut desk = Desk::receive_as(books("limits"), "RIZHI", when, &act, &[], given);
    desk.sweep("2011-10-28 10:00");
    assert_eq!(desk.subject.state(), "received", "no acceptance period");
    desk.at("2011-10-28 10:00", Command::Accept);
    desk.check_due(STATUTORY, "2011-11-11");
    assert!(desk.subject.track.clock(PROMISED).is_none());
    desk.at("2011-10-31 10:00", stop(None));
    desk.check_due(STATUTORY, "2011-11-11");
    desk.at("2011-11-02 10:00", resume());
    desk.check_due(STATUTORY, "2011-11-11");
    desk.at("2011-11-03 10:00", extend(5));
    desk.check_due(STATUTORY, "2011-11-18");
    desk.sweep("2011-11-19 00:00");
    assert_eq!(desk.live(Level::Red, STATUTORY).len(), 1);
}

/// A term that another system states is this case's own statutory term: stops hold it, an extension adds to it, and it
/// counts from the day on which the material was complete. Nobody is deemed to accept.
#[test]
fn a_given_term_is_counted_as_any_other() {
    let given = Some(ClockTerm::Counted(Term::WorkingDays(15)));
    let act = Act::default();
    let when = "2011-10-17 10:00";
    let mut desk = Desk::receive_as(books("limits"), "HUAN", when, &act, &[], given);
    desk.sweep("2011-10-28 10:00");
    assert_eq!(desk.subject.state(), "received", "no acceptance period");
    desk.at("2011-10-28 10:00", Command::Accept);
    desk.check_due(PROMISED, "2011-10-31");
    desk.check_due(STATUTORY, "2011-11-07");
    desk.at("2011-10-31 10:00", stop(None));
    assert_eq!(desk.due(STATUTORY), None);
    desk.at("2011-11-02 10:00", resume());
    desk.check_due(STATUTORY, "2011-11-09");
    desk.at("2011-11-03 10:00", extend(5));
    desk.check_due(STATUTORY, "2011-11-16");
    desk.sweep("2011-11-17 00:00");
    assert_eq!(desk.live(Level::Red, STATUTORY).len(), 1);
}

/// Design §5: on time is strictly before the due instant; due on Friday, done on Saturday is late by
/// 0 working days.
#[test]
fn late_is_a_flag_of_its_own() {
    let done = |when: &str| {
        let mut desk = accepted_with(4, "2011-10-17 10:00");
        desk.check_due(PROMISED, "2011-10-21");
        complete_up_to(&mut desk, Stage::Completion, when);
        let view = desk.view(PROMISED, "2012-01-01 00:00");
        assert_eq!(desk.clock(PROMISED).was_late(), view.late);
        (view.late, view.left, view.over)
    };
    assert_eq!(done("2011-10-19 10:00"), (false, Some(2), Some(0)));
    assert_eq!(
        done("2011-10-21 23:59:59.999999"),
        (false, Some(0), Some(0))
    );
    assert_eq!(done("2011-10-22 00:00"), (true, Some(0), Some(0)));
    assert_eq!(done("2011-10-23 23:59"), (true, Some(0), Some(0)));
    assert_eq!(done("2011-10-25 10:00"), (true, Some(0), Some(2)));
}

/// Design §5, Left and Over: working days for every term; no date while stopped; provisional beyond
/// what the notices have settled.
#[test]
fn left_over_and_provisional() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    let looked = |desk: &Desk, key, now: &str| {
        let view = desk.view(key, now);
        (view.left, view.over, view.late)
    };
    assert_eq!(
        looked(&desk, PROMISED, "2011-10-17 10:00"),
        (Some(10), Some(0), false)
    );
    assert_eq!(
        looked(&desk, PROMISED, "2011-10-29 10:00"),
        (Some(1), Some(0), false)
    );
    assert_eq!(
        looked(&desk, PROMISED, "2011-10-31 23:59"),
        (Some(0), Some(0), false)
    );
    assert_eq!(
        looked(&desk, PROMISED, "2011-11-01 00:00"),
        (Some(0), Some(1), true)
    );
    assert_eq!(
        looked(&desk, PROMISED, "2011-11-07 09:00"),
        (Some(0), Some(5), true)
    );
    desk.at("2011-10-18 10:00", stop(None));
    assert_eq!(
        looked(&desk, PROMISED, "2011-10-20 10:00"),
        (None, None, false)
    );
    let months = accepted("YUE", "2011-09-26 10:00");
    months.check_due(PROMISED, "2011-10-26");
    assert_eq!(looked(&months, PROMISED, "2011-10-08 10:00").0, Some(14));
    let settled = accepted("HUAN", "2026-11-16 10:00");
    assert!(!settled.view(PROMISED, "2026-11-16 10:00").provisional);
    let open = accepted("HUAN", "2026-11-17 10:00");
    assert!(open.view(PROMISED, "2026-11-17 10:00").provisional);
}

/// Invariant 9: a day outside the calendar is an error that names the day.
#[test]
fn a_day_outside_the_calendar_is_named() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2028-12-15 10:00");
    let refusal = desk.refusal("2028-12-18 10:00", Command::Accept);
    assert_eq!(refusal.kind(), "not_covered");
    assert!(refusal.to_string().contains("2029-01-01"), "{refusal}");
    let opening = approval::command::Opening::Receive {
        item: ItemCode::from("HUAN"),
        missing: Vec::new(),
        given_limit: None,
        source: None,
        unit: None,
    };
    let begun = Desk::open(
        books("limits"),
        opening,
        &Act::default(),
        at("2003-12-31 10:00"),
    );
    assert_eq!(begun.err().map(|r| r.kind()), Some("not_covered"));
}

/// Invariant 6: `recorded_at` is the program's clock and never goes back within a subject.
#[test]
fn recorded_at_never_goes_back() {
    let mut desk = accepted("HUAN", "2011-10-17 10:00");
    desk.at("2011-10-17 09:00", complete(Stage::Handling));
    let last = desk.subject.history.last().expect("an event");
    assert_eq!(last.recorded_at, at("2011-10-17 10:00"));
}

/// Art. 42: the promised limit never exceeds the statutory one, and the stages fit into it.
#[test]
fn items_that_promise_more_than_the_law_are_refused() {
    assert!(item("A", 20, 20).check().is_ok());
    let above = item("A", 21, 20).check().expect_err("above the law");
    assert!(above.to_string().contains("超过法定时限"), "{above}");
    let mut stages = item("A", 3, 20);
    stages.stages.handling = Some(4);
    let sum = stages.check().expect_err("above the promise");
    assert!(sum.to_string().contains("各环节时限合计 4"), "{sum}");
}
