//! Warnings: when each preset raises them, who is told, and what never happens twice.

use approval::books::RulesInForce;
use approval::command::Opening;
use approval::ids::UnitCode;
use approval::message::Notice;
use approval::rule::Level;
use approval::stage::{Outcome, Stage};
use approval::statistics::{Tally, highest_issued};
use approval::track::ClockKey;
use approval::{Act, Books, Command, Work};
use calendar::Term;

use crate::fixtures::*;

const PROMISED: ClockKey = ClockKey::Promised;
const STATUTORY: ClockKey = ClockKey::Statutory;
const HANDLING: ClockKey = ClockKey::Stage(Stage::Handling, 1);

/// A case of 7 promised and 10 statutory working days, accepted at its receipt.
pub(crate) fn seven_of_ten(mut books: Books, when: &str) -> Desk {
    put(&mut books, item("QI", 7, 10), "2004-01-01 00:00");
    let mut desk = Desk::receive(books, "QI", when);
    desk.at(when, Command::Accept);
    desk
}

/// The vendor's own example (domain §2.2), with the law's days instead of its hours.
#[test]
fn limits_notice_promise_and_law() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    for (before, after) in [
        ("2018-10-21 23:59:59.999999", "2018-10-22 00:00"),
        ("2018-10-24 23:59:59.999999", "2018-10-25 00:00"),
        ("2018-10-29 23:59:59.999999", "2018-10-30 00:00"),
    ] {
        let count = desk.subject.track.warnings.len();
        let next = desk.sweep(before).next_alarm;
        assert_eq!(desk.subject.track.warnings.len(), count, "never early");
        assert_eq!(next, Some(at(after)));
        desk.sweep(after);
        assert_eq!(desk.subject.track.warnings.len(), count + 1);
    }
    desk.check_warnings(&[
        "notice promised/2 2018-10-22 00:00",
        "yellow promised/2 2018-10-25 00:00",
        "red statutory/2 2018-10-30 00:00",
    ]);
    let next = desk.sweep("2019-10-30 00:00").next_alarm;
    assert_eq!(next, None);
}

#[test]
fn two_colours_warn_near_the_limit_and_past_it() {
    let mut desk = seven_of_ten(books("two-colour"), "2018-10-15 10:00");
    desk.sweep("2018-12-15 10:00");
    desk.check_warnings(&[
        "yellow promised/2 2018-10-22 00:00",
        "red promised/2 2018-10-25 00:00",
    ]);
}

/// 东莞/湛江: the yellow card brings a supervision order; the order's own term gives the red one.
#[test]
fn escalation_brings_an_order_and_the_order_its_red_card() {
    let mut desk = seven_of_ten(books("escalation"), "2018-10-15 10:00");
    let plan = desk.sweep("2018-10-25 08:00").clone();
    let [request] = plan.orders.as_slice() else {
        panic!("one order: {:?}", plan.orders);
    };
    assert_eq!(request.unit, UnitCode::from(UNIT));
    assert_eq!(request.term, Term::WorkingDays(3));
    assert_eq!(request.occurred_at, at("2018-10-25 08:00"));
    let opening = Opening::IssueOrder {
        unit: request.unit.clone(),
        text: request.text.clone(),
        term: request.term,
        about: Some(request.about.clone()),
        warning: request.warning,
    };
    assert_eq!(request.about, desk.subject.id);
    let card = desk.seq_of("warning_raised");
    assert_eq!(request.warning, Some(card));
    let mut revoked = desk.clone();
    let plan = revoked.at("2018-10-26 10:00", revoke(card));
    assert_eq!(plan.orders_fallen, [card], "the order falls with its card");
    assert!(desk.sweep("2018-12-25 08:00").orders.is_empty(), "once");
    desk.check_warnings(&[
        "notice promised/2 2018-10-22 00:00",
        "yellow promised/2 2018-10-25 00:00",
    ]);

    let act = Act::program();
    let open = |opening| Desk::open(books("escalation"), opening, &act, at("2018-10-25 08:00"));
    let mut order = open(opening).expect("an order");
    order.check_due(ClockKey::Order(1), "2018-10-30");
    assert_eq!(order.told(1), ["HB-D"]);
    let mut replied = order.clone();
    order.sweep("2018-11-30 08:00");
    order.check_warnings(&[
        "notice order#1/1 2018-10-29 00:00",
        "red order#1/1 2018-10-31 00:00",
    ]);
    // A reply in time, sent back: a term anew, an occurrence of its own.
    let reply = Command::ReplyOrder {
        text: "已办结".to_owned(),
    };
    replied.at("2018-10-30 23:59", reply);
    let back = Command::SendBackOrder {
        reason: "未说明原因".to_owned(),
        term: None,
    };
    replied.at("2018-11-01 10:00", back);
    replied.check_due(ClockKey::Order(2), "2018-11-06");
    assert_eq!(replied.told(replied.seq_of("order_sent_back")), ["HB-D"]);
    replied.sweep("2018-11-30 08:00");
    replied.check_warnings(&[
        "notice order#1/1 2018-10-29 00:00",
        "notice order#2/4 2018-11-05 00:00",
        "red order#2/4 2018-11-07 00:00",
    ]);
    let mut closed = replied;
    closed.at("2018-12-01 10:00", Command::CloseOrder { remark: None });
    let plan = closed.sweep("2019-12-01 10:00");
    assert!(plan.is_empty() && plan.next_alarm.is_none());
}

/// An order falls with its card: what was raised on its terms falls too, and its own news stay untold.
#[test]
fn what_was_raised_on_an_order_falls_with_it() {
    let mut order = Desk::order(
        books("escalation"),
        Term::WorkingDays(3),
        "2018-10-25 08:00",
    );
    order.at(
        "2018-10-30 23:59",
        Command::ReplyOrder {
            text: "已办结".to_owned(),
        },
    );
    let back = Command::SendBackOrder {
        reason: "未说明原因".to_owned(),
        term: None,
    };
    order.at("2018-11-01 10:00", back);
    order.sweep("2018-11-30 08:00");
    order.at("2018-11-30 09:00", revoke(order.seq_of("warning_raised")));
    let plan = order
        .work(at("2018-12-01 10:00"), |work| {
            work.let_order_fall("牌已撤销")
        })
        .expect("an order that falls");
    assert_eq!(plan.fallen, [2, 5], "what was revoked fell before");
    assert_eq!(plan.untold, [1, 4], "the issue and the second term");
    assert!(plan.items.is_empty() && plan.next_alarm.is_none());
    order.check_warnings(&[
        "notice order#1/1 2018-10-29 00:00 annulled",
        "notice order#2/4 2018-11-05 00:00 annulled",
        "red order#2/4 2018-11-07 00:00 revoked",
    ]);
    let again = order.work(at("2018-12-02 10:00"), |work| {
        work.let_order_fall("牌已撤销")
    });
    assert_eq!(again.expect_err("closed").kind(), "wrong_stage");
}

/// Design §5: "n before" fires at 00:00 of the first day with Left ≤ n, not at all if the term ≤ n.
#[test]
fn a_notice_needs_a_term_that_is_longer() {
    for (days, expected) in [
        (0, None),
        (1, None),
        (2, None),
        (3, Some("2011-10-18 00:00")),
        (4, Some("2011-10-19 00:00")),
        (5, Some("2011-10-20 00:00")),
    ] {
        let mut books = books("limits");
        put(&mut books, item("N", days, 20), "2004-01-01 00:00");
        let mut desk = Desk::accepted(books, "N", "2011-10-17 10:00");
        desk.sweep("2011-10-31 00:00");
        let notice = desk.live(Level::Notice, PROMISED);
        let at = notice.first().map(|w| shown(w.raised.limit_at));
        assert_eq!(at.as_deref(), expected, "{days}");
    }
    // An extension makes the term longer: 2 + 3 is more than 2.
    let mut books = books("limits");
    put(&mut books, item("N", 2, 20), "2004-01-01 00:00");
    let mut desk = Desk::accepted(books, "N", "2011-10-17 10:00");
    desk.at("2011-10-17 11:00", extend(3));
    desk.sweep("2011-10-20 00:00");
    desk.check_warnings(&["notice promised/3 2011-10-20 00:00"]);
}

/// Shares of the term, both together, and days after: exact instants.
#[test]
fn the_other_thresholds() {
    for (when, expected) in [
        ("used_percent = 80", "2011-11-08 00:00"),
        (
            "before_working_days = 2\nused_percent = 80",
            "2011-11-08 00:00",
        ),
        (
            "before_working_days = 6\nused_percent = 80",
            "2011-11-04 00:00",
        ),
        ("used_percent = 100", "2011-11-14 00:00"),
        ("after_working_days = 0", "2011-11-15 00:00"),
        ("after_working_days = 1", "2011-11-16 00:00"),
        ("after_working_days = 4", "2011-11-19 00:00"),
        ("after_working_days = 5", "2011-11-22 00:00"),
    ] {
        let set = rules(
            "one",
            &one_rule("r", "statutory", when, "issue = \"at-once\""),
            1,
        );
        let mut desk = Desk::accepted(books_of(set), "HUAN", "2011-10-17 10:00");
        desk.sweep("2011-12-31 10:00");
        desk.check_warnings(&[&format!("yellow statutory/2 {expected}")]);
    }
}

/// Each of the terms: natural days, months and hours warn in working days too.
#[test]
fn notices_of_the_other_units() {
    for (item, start, expected) in [
        ("RI", "2011-09-02 10:00", "2011-09-29 00:00"),
        ("YUE", "2011-10-17 10:00", "2011-11-15 00:00"),
    ] {
        let mut desk = Desk::accepted(books("limits"), item, start);
        desk.sweep("2011-12-31 10:00");
        let notice = desk.live(Level::Notice, PROMISED);
        assert_eq!(shown(notice[0].raised.limit_at), expected, "{item}");
    }
    // 8 working hours are over on the next day: not more than two working days, so no notice.
    let mut hours = Desk::accepted(books("limits"), "SHI", "2011-10-17 10:00");
    hours.sweep("2011-10-31 10:00");
    hours.check_warnings(&[
        "yellow promised/2 2011-10-18 11:30",
        "red statutory/2 2011-10-19 15:30",
    ]);
}

/// Invariant 8: effective_at = max(limit_at, the record of the event that set the date).
#[test]
fn a_warning_takes_effect_when_its_date_is_known() {
    let mut books = books("limits");
    put(&mut books, item("WU", 5, 20), "2004-01-01 00:00");
    let mut desk = Desk::accepted(books, "WU", "2011-09-26 10:00");
    desk.at("2011-10-08 15:00", stop(None));
    desk.at("2011-10-12 09:00", resume());
    desk.check_due(PROMISED, "2011-10-12");
    let resumed = desk.seq_of("stop_closed");
    desk.sweep("2011-10-13 00:00");
    desk.check_warnings(&[
        "notice promised/2 2011-09-29 00:00",
        &format!("notice promised/{resumed} 2011-10-10 00:00 effective 2011-10-12 09:00"),
        &format!("yellow promised/{resumed} 2011-10-13 00:00"),
    ]);
    for warning in &desk.subject.track.warnings {
        let raised = &warning.raised;
        assert!(raised.limit_at <= raised.effective_at);
        assert!(raised.effective_at <= warning.recorded_at);
    }
}

/// Invariant 8: the limits passed are recorded whatever the rules are, and before the cards.
#[test]
fn limits_passed_are_recorded_whatever_the_rules_are() {
    let set = rules(
        "one",
        &one_rule(
            "r",
            "order",
            "after_working_days = 0",
            "issue = \"at-once\"",
        ),
        1,
    );
    let mut desk = Desk::accepted(books_of(set), "HUAN", "2011-10-17 10:00");
    desk.sweep("2011-12-31 10:00");
    assert_eq!(
        desk.kinds(),
        ["received", "accepted", "limit_passed", "limit_passed"]
    );
    assert_eq!(
        desk.limits_passed(),
        [
            "promised 2011-11-01 00:00 effective 2011-11-01 00:00",
            "statutory 2011-11-15 00:00 effective 2011-11-15 00:00"
        ]
    );
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    desk.sweep("2018-12-31 10:00");
    let kinds = desk.kinds();
    let expected = [
        "received",
        "accepted",
        "warning_raised",
        "limit_passed",
        "warning_raised",
        "limit_passed",
        "warning_raised",
    ];
    assert_eq!(kinds, expected);
}

/// Invariant 7: whoever acts before the sweep came gets the card all the same; on time is strictly
/// before the due instant.
#[test]
fn a_clerk_cannot_outrun_the_sweep() {
    for (when, late) in [
        ("2018-10-24 23:59:59.999999", false),
        ("2018-10-25 00:00", true),
        ("2018-10-25 00:00:00.000001", true),
        ("2018-10-25 00:00:01", true),
    ] {
        let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
        desk.finish(when);
        desk.sweep("2018-12-31 10:00");
        assert_eq!(
            desk.live(Level::Yellow, PROMISED).len(),
            usize::from(late),
            "{when}"
        );
        assert_eq!(desk.clock(PROMISED).was_late(), late, "{when}");
        assert_eq!(desk.limits_passed().len(), usize::from(late), "{when}");
        assert_eq!(desk.defects("stage_completed"), [""; 0], "{when}");
    }
}

/// Invariant 7: recorded after the limit, said to have happened before it: the card stays, the act is
/// marked, statistics go by when it happened.
#[test]
fn a_late_recording_keeps_its_card() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    for stage in [Stage::Handling, Stage::Review, Stage::Approval] {
        desk.at("2018-10-23 10:00", complete(stage));
    }
    let act = Act {
        late_reason: Some("停电".to_owned()),
        ..happened("2018-10-24 16:00")
    };
    desk.try_as(at("2018-10-26 09:00"), complete(Stage::Completion), &act)
        .expect("recorded late");
    desk.check_warnings(&[
        "notice promised/2 2018-10-22 00:00",
        "yellow promised/2 2018-10-25 00:00",
    ]);
    assert_eq!(desk.defects("stage_completed"), ["late_recording"]);
    assert!(!desk.clock(PROMISED).was_late());
    let mut tally = Tally::default();
    tally.add(&desk.subject);
    assert_eq!((tally.completed_on_time, tally.completed_late), (1, 0));
    assert_eq!((tally.yellow_cards, tally.red_cards), (1, 0));
    assert_eq!(tally.completion_rate_bp(), Some(10_000));
    // Only an inspector takes it away.
    let card = desk.seq_of("warning_raised");
    desk.at("2018-10-27 09:00", revoke(card));
    desk.sweep("2018-12-31 10:00");
    assert_eq!(highest_issued(&desk.subject), Some(Level::Notice));
}

/// Every limit that an act comes too late for marks it, not only those of the case as a whole.
#[test]
fn a_late_recording_of_any_limit_is_marked() {
    let mut delivered = seven_of_ten(books("limits-full"), "2018-10-15 10:00");
    delivered.finish("2018-10-16 10:00");
    delivered.check_due(ClockKey::Delivery(1), "2018-10-30");
    delivered.late("2018-11-02 10:00", "2018-10-30 10:00", Command::Deliver);
    assert_eq!(
        delivered.live(Level::Yellow, ClockKey::Delivery(1)).len(),
        1
    );
    assert_eq!(
        delivered.defects("delivered"),
        ["no_late_reason", "late_recording"]
    );
    let mut order = Desk::order(books("limits"), Term::WorkingDays(3), "2018-10-15 10:00");
    let reply = Command::ReplyOrder {
        text: "已办结".to_owned(),
    };
    order.late("2018-10-19 10:00", "2018-10-18 10:00", reply);
    assert_eq!(order.live(Level::Yellow, ClockKey::Order(1)).len(), 1);
    assert_eq!(
        order.defects("order_replied"),
        ["no_late_reason", "late_recording"]
    );
}

/// Stages that are recorded late give the cards of the visits that they make late.
#[test]
fn visits_recorded_late_are_measured_by_when_they_happened() {
    let mut desk = Desk::accepted(books("limits"), "HUAN", "2011-10-17 10:00");
    let done = complete(Stage::Handling);
    desk.late("2011-10-27 10:00", "2011-10-18 10:00", done);
    let review = ClockKey::Stage(Stage::Review, 1);
    desk.check_due(review, "2011-10-20");
    let completed = desk.seq_of("stage_completed");
    desk.check_warnings(&[
        "yellow handling#1/2 2011-10-22 00:00",
        "notice promised/2 2011-10-27 00:00",
        &format!("yellow review#1/{completed} 2011-10-21 00:00 effective 2011-10-27 10:00"),
    ]);
}

const WAITING: &str =
    "issue = \"wait-for-inspector\"\norder = { term = \"3wd\", text = \"限期办结\" }";

/// Pending → issued → revoked: nobody is told and nothing ordered before an inspector issues it.
#[test]
fn a_pending_card_waits_for_an_inspector() {
    let text = one_rule("wait", "promised", "after_working_days = 0", WAITING);
    let mut desk = seven_of_ten(books_of(rules("one", &text, 1)), "2018-10-15 10:00");
    let plan = desk.sweep("2018-10-25 00:00");
    assert!(plan.items.is_empty() && plan.orders.is_empty());
    desk.check_warnings(&["yellow promised/2 2018-10-25 00:00 pending"]);
    assert_eq!(highest_issued(&desk.subject), None);
    let card = desk.seq_of("warning_raised");
    // Also when time stands still by then, or the date has moved on.
    desk.late("2018-10-25 10:00", "2018-10-24 10:00", stop(None));
    assert_eq!(desk.due(PROMISED), None);
    let plan = desk.at("2018-10-26 10:00", Command::IssueWarning { warning: card });
    assert_eq!(plan.orders.len(), 1);
    let [item] = plan.items.as_slice() else {
        panic!("one item: {:?}", plan.items);
    };
    let Notice::Warning(notice) = &item.notice else {
        panic!("a warning's notice");
    };
    assert_eq!(
        notice.due_at,
        at("2018-10-25 00:00"),
        "the date on the card"
    );
    assert_eq!((notice.left, notice.over), (0, 2));
    assert_eq!(highest_issued(&desk.subject), Some(Level::Yellow));
    let issue = Command::IssueWarning { warning: card };
    assert_eq!(
        desk.refusal("2018-10-26 11:00", issue).kind(),
        "no_such_warning"
    );
    let unreasoned = Command::RevokeWarning {
        warning: card,
        reason: " ".to_owned(),
    };
    assert_eq!(desk.refusal("2018-10-26 11:00", unreasoned).kind(), "empty");
    let plan = desk.at("2018-10-26 12:00", revoke(card));
    assert_eq!(plan.fallen, [card]);
    desk.check_warnings(&["yellow promised/2 2018-10-25 00:00 revoked"]);
    assert_eq!(highest_issued(&desk.subject), None);
    assert_eq!(
        desk.refusal("2018-10-26 13:00", revoke(card)).kind(),
        "no_such_warning"
    );
    let issue = Command::IssueWarning { warning: card };
    assert_eq!(
        desk.refusal("2018-10-26 13:00", issue).kind(),
        "no_such_warning"
    );
}

/// A card that was revoked isn't raised again for the same date.
#[test]
fn a_revoked_card_stays_away() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    desk.sweep("2018-10-25 00:00");
    desk.at("2018-10-25 10:00", revoke(desk.seq_of("warning_raised")));
    // A stop that begins after the due instant moves nothing.
    desk.at("2018-10-25 11:00", stop(None));
    desk.at("2018-10-26 11:00", resume());
    desk.sweep("2018-10-29 10:00");
    assert!(desk.live(Level::Yellow, PROMISED).is_empty());
}

/// Nor when the case is sent back and the same limit is passed again, whether that came before the revocation or after it.
#[test]
fn a_revoked_card_stays_away_when_a_case_is_sent_back() {
    let late = || {
        let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
        desk.sweep("2018-10-30 09:00");
        for stage in [Stage::Handling, Stage::Review, Stage::Approval] {
            desk.at("2018-10-30 10:00", complete(stage));
        }
        desk
    };
    let red = |desk: &Desk| desk.live(Level::Red, STATUTORY).len();
    let back = || send_back(Stage::Approval);
    for revoked_first in [true, false] {
        let mut desk = late();
        let card = desk.live(Level::Red, STATUTORY)[0].seq;
        if revoked_first {
            desk.at("2018-10-30 11:00", revoke(card));
        }
        desk.at("2018-10-30 12:00", back());
        assert_eq!(red(&desk), usize::from(!revoked_first), "{revoked_first}");
        if !revoked_first {
            desk.at("2018-10-30 13:00", revoke(card));
        }
        desk.sweep("2018-11-05 09:00");
        assert_eq!(red(&desk), 0, "revoked first: {revoked_first}");
        desk.check_due(STATUTORY, "2018-10-29");
    }
}

fn put_rules(desk: &mut Desk, from: &str, set: std::sync::Arc<approval::rule::RuleSet>) {
    desk.books.rules.push(RulesInForce {
        from: at(from),
        set,
    });
}

/// Design §6: a revision is in force from an instant; nothing is raised for instants before it.
#[test]
fn new_rules_raise_nothing_for_instants_before_them() {
    let five_before = one_rule(
        "early",
        "promised",
        "before_working_days = 5",
        "issue = \"at-once\"",
    );
    // 2018-10-15 + 7: five before is 10-17 00:00.
    for (from, expected) in [
        ("2018-10-17 00:00", 1),
        ("2018-10-17 00:00:00.000001", 0),
        ("2018-10-18 09:00", 0),
    ] {
        let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
        put_rules(&mut desk, from, rules("one", &five_before, 2));
        desk.sweep("2018-12-31 10:00");
        assert_eq!(desk.subject.track.warnings.len(), expected, "{from}");
    }
}

/// Design §6: issued warnings stay, also when their rule is gone; what the old rules had reached is
/// raised under them even if the sweep comes after the revision.
#[test]
fn issued_warnings_outlive_their_rules() {
    let other = one_rule(
        "late",
        "promised",
        "after_working_days = 3",
        "issue = \"at-once\"",
    );
    let swept = |first: &str| {
        let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
        desk.sweep(first);
        put_rules(&mut desk, "2018-10-26 00:00", rules("one", &other, 2));
        desk.sweep("2018-12-31 10:00");
        desk.warnings()
    };
    let expected = [
        "notice promised/2 2018-10-22 00:00",
        "yellow promised/2 2018-10-25 00:00",
        "yellow promised/2 2018-10-30 00:00",
    ]
    .join("\n");
    assert_eq!(swept("2018-10-25 10:00"), expected);
    assert_eq!(
        swept("2018-10-15 11:00"),
        expected,
        "after a standstill too"
    );
}

/// From its instant on only the new set counts: the old one raises nothing at it any more.
#[test]
fn the_old_rules_end_where_the_new_ones_begin() {
    let other = one_rule(
        "late",
        "promised",
        "after_working_days = 3",
        "issue = \"at-once\"",
    );
    for (from, raised) in [
        ("2018-10-25 00:00", false),
        ("2018-10-25 00:00:00.000001", true),
    ] {
        let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
        put_rules(&mut desk, from, rules("one", &other, 2));
        desk.sweep("2018-10-26 10:00");
        assert_eq!(
            desk.live(Level::Yellow, PROMISED).len(),
            usize::from(raised),
            "{from}"
        );
    }
}

/// Invariant 3: one card for a rule's id on one date, however often the rule is revised.
#[test]
fn a_revised_rule_raises_no_second_card_for_one_date() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    desk.sweep("2018-10-25 00:00");
    let later = one_rule(
        "promised-yellow",
        "promised",
        "after_working_days = 2",
        "issue = \"at-once\"",
    );
    put_rules(&mut desk, "2018-10-25 12:00", rules("one", &later, 2));
    desk.sweep("2018-12-31 10:00");
    assert_eq!(desk.live(Level::Yellow, PROMISED).len(), 1);
}

/// Invariant 3: a resume, an extension, a second visit are new occurrences, each with its own card;
/// one (clock, rule, occurrence) never gets two.
#[test]
fn each_new_date_may_give_one_new_warning() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    desk.sweep("2018-10-22 10:00");
    desk.at("2018-10-22 11:00", extend(5));
    desk.check_due(PROMISED, "2018-10-31");
    desk.sweep("2018-10-29 10:00");
    desk.at("2018-10-29 11:00", stop(None));
    desk.at("2018-10-31 11:00", resume());
    desk.check_due(PROMISED, "2018-11-02");
    desk.sweep("2018-11-30 10:00");
    let extended = desk.seq_of("extended");
    let resumed = desk.seq_of("stop_closed");
    desk.check_warnings(&[
        "notice promised/2 2018-10-22 00:00",
        &format!("notice promised/{extended} 2018-10-29 00:00"),
        &format!("notice promised/{resumed} 2018-10-31 00:00 effective 2018-10-31 11:00"),
        &format!("yellow promised/{resumed} 2018-11-03 00:00"),
        &format!("red statutory/{resumed} 2018-11-08 00:00"),
    ]);
}

/// Invariant 3: an extension of a visit that is over its limit sets a date of its own. That gives a second card only once
/// that date has passed too, be it at the extension or later; the first card stays either way.
#[test]
fn an_extended_visit_is_carded_again_only_past_its_new_date() {
    let first = "yellow handling#1/2 2011-10-22 00:00";
    for (extended, days, due_on, swept, second) in [
        (
            "2011-10-25 10:00",
            5,
            "2011-10-28",
            "2011-10-28 23:59",
            None,
        ),
        (
            "2011-10-25 10:00",
            5,
            "2011-10-28",
            "2011-10-29 00:00",
            Some("2011-10-29 00:00"),
        ),
        (
            "2011-10-26 10:00",
            1,
            "2011-10-24",
            "2011-10-26 10:00",
            Some("2011-10-25 00:00 effective 2011-10-26 10:00"),
        ),
    ] {
        let mut desk = Desk::accepted(books("limits"), "HUAN", "2011-10-17 10:00");
        desk.check_due(HANDLING, "2011-10-21");
        desk.sweep("2011-10-24 10:00");
        desk.check_warnings(&[first]);
        desk.at(extended, extend(days));
        desk.check_due(HANDLING, due_on);
        desk.sweep(swept);
        let cards = desk.live(Level::Yellow, HANDLING);
        assert_eq!(cards.len(), 1 + usize::from(second.is_some()), "{swept}");
        let lines = desk.warnings();
        let mut lines = lines.lines().filter(|l| l.contains("handling"));
        assert_eq!(lines.next(), Some(first));
        let occurrence = desk.seq_of("extended");
        let second = second.map(|when| format!("yellow handling#1/{occurrence} {when}"));
        assert_eq!(lines.next(), second.as_deref(), "{swept}");
        // Once the date has passed there is one card for it, however often one looks.
        desk.sweep("2011-11-01 00:00");
        desk.sweep("2011-11-02 00:00");
        assert_eq!(desk.live(Level::Yellow, HANDLING).len(), 2);
    }
}

/// A stop that begins and ends within a day moves no date: no second notice for it.
#[test]
fn a_date_that_stays_is_no_new_occurrence() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    desk.sweep("2018-10-22 10:00");
    desk.at("2018-10-22 11:00", stop(None));
    desk.at("2018-10-22 16:00", resume());
    desk.check_due(PROMISED, "2018-10-24");
    desk.sweep("2018-10-24 10:00");
    desk.check_warnings(&["notice promised/2 2018-10-22 00:00"]);
    assert_eq!(desk.clock(PROMISED).settings.len(), 1);
}

/// While time stands still nothing is raised on the clocks that are held.
#[test]
fn nothing_is_raised_while_time_stands_still() {
    let mut desk = Desk::accepted(books("limits"), "HUAN", "2011-10-17 10:00");
    desk.at("2011-10-18 10:00", stop(None));
    let plan = desk.sweep("2012-10-18 10:00");
    assert!(plan.is_empty() && plan.next_alarm.is_none());
    desk.at("2012-10-18 11:00", close(Outcome::Ended));
    let plan = desk.sweep("2013-10-18 10:00");
    assert!(plan.is_empty() && plan.next_alarm.is_none());
}

/// A sweep that is bounded takes the alarms up to its bound, and the rest waits.
#[test]
fn a_bound_only_limits_which_alarms_are_taken() {
    let desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    let now = at("2018-10-30 10:00");
    let mut work = Work::resume(desk.subject.clone(), &desk.books, now);
    work.settle_up_to(at("2018-10-24 10:00")).expect("a sweep");
    let plan = work.finish();
    let [warning] = plan.subject.track.warnings.as_slice() else {
        panic!("one warning");
    };
    assert_eq!(warning.recorded_at, now);
    assert_eq!(warning.raised.effective_at, at("2018-10-22 00:00"));
    assert_eq!(plan.next_alarm, Some(at("2018-10-25 00:00")));
    let mut work = Work::resume(desk.subject.clone(), &desk.books, at("2018-10-23 10:00"));
    work.settle_up_to(now).expect("a sweep");
    assert_eq!(work.finish().subject.track.warnings.len(), 1, "never early");
}

/// The cards of a handling visit and the statutory date keep apart by their clocks.
#[test]
fn clocks_are_told_apart_by_their_names() {
    for key in [PROMISED, STATUTORY, HANDLING]
        .into_iter()
        .chain((1..4).flat_map(|n| {
            [
                ClockKey::Acceptance(n),
                ClockKey::Stage(Stage::Completion, n),
                ClockKey::Stop(n),
                ClockKey::Suspension(n),
                ClockKey::Correction(n),
                ClockKey::Delivery(n),
                ClockKey::Partner(n),
                ClockKey::Order(n),
            ]
        }))
    {
        assert_eq!(ClockKey::parse(&key.to_string()), Some(key));
        assert!(!key.zh().is_empty());
    }
    for word in [
        "",
        "promised#1",
        "stage#1",
        "handling",
        "handling#",
        "handling#x",
        "stop#-1",
    ] {
        assert_eq!(ClockKey::parse(word), None, "{word}");
    }
}
