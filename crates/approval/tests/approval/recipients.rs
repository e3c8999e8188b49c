//! Who is told of a warning, and what the notice says.

use approval::appeal::AppealedCard;
use approval::command::Opening;
use approval::ids::{ItemCode, PersonCode, SubjectId, UnitCode};
use approval::message::Notice;
use approval::rule::Level;
use approval::stage::{Outcome, Stage};
use approval::track::ClockKey;
use approval::{Act, Command};
use calendar::Term;

use crate::fixtures::*;
use crate::warnings::seven_of_ten;

const PROMISED: ClockKey = ClockKey::Promised;

/// Who is told grows with the level; stand-ins only while they stand in (HB-B: 10-01 to 10-09 00:00).
#[test]
fn recipients_by_level_and_moment() {
    let mut books = books("limits");
    put(&mut books, item("QI", 7, 10), "2004-01-01 00:00");
    let mut desk = Desk::accepted(books, "QI", "2011-09-27 10:00");
    // 28, 29, 30, 8, 9, 10, 11: the notice is of 10-09.
    desk.check_due(PROMISED, "2011-10-11");
    let mut in_time = desk.clone();
    in_time.sweep("2011-10-09 00:00");
    let notice = in_time.seq_of("warning_raised");
    assert_eq!(in_time.told(notice), ["HB-H"], "the window has just ended");
    desk.sweep("2011-11-11 10:00");
    let told: Vec<Vec<&str>> = desk
        .subject
        .track
        .warnings
        .iter()
        .map(|w| desk.told(w.seq))
        .collect();
    assert_eq!(
        told,
        [
            vec!["HB-H"],
            vec!["HB-H", "HB-D"],
            vec!["HB-H", "HB-D", "JC-1", "LD-1"]
        ]
    );
    let mut stood_in = Desk::accepted(self::books("limits"), "HUAN", "2011-09-26 10:00");
    stood_in.sweep("2011-09-30 10:00");
    stood_in.sweep("2011-10-08 23:59");
    stood_in.check_warnings(&["yellow handling#1/2 2011-10-01 00:00"]);
    let card = stood_in.seq_of("warning_raised");
    assert_eq!(stood_in.told(card), ["HB-H", "HB-B", "HB-D"]);
}

/// A stage's card goes to that stage's post, also when the case has moved on by then.
#[test]
fn a_stage_card_goes_to_its_own_post() {
    let mut desk = Desk::accepted(books("limits"), "HUAN", "2011-10-17 10:00");
    desk.at("2011-10-18 10:00", complete(Stage::Handling));
    desk.sweep("2011-10-21 00:00");
    desk.check_warnings(&["yellow review#1/3 2011-10-21 00:00"]);
    assert_eq!(desk.told(4), ["HB-R", "HB-D"]);
    let now = at("2011-10-26 10:00");
    let mut moved_on = Desk::accepted(books("limits"), "HUAN", "2011-10-17 10:00");
    moved_on
        .work(now, |work| {
            work.act(complete(Stage::Handling), &happened("2011-10-18 10:00"))?;
            work.act(complete(Stage::Review), &happened("2011-10-25 10:00"))
        })
        .expect("both recorded late");
    let review = moved_on.live(Level::Yellow, ClockKey::Stage(Stage::Review, 1));
    assert_eq!(moved_on.told(review[0].seq), ["HB-R", "HB-D"]);
    let Some(Notice::Warning(notice)) = moved_on
        .plans
        .iter()
        .flat_map(|p| &p.items)
        .find(|i| i.seq == review[0].seq)
        .map(|i| &i.notice)
    else {
        panic!("a warning's notice");
    };
    assert_eq!(notice.responsible, ["人员HB-R"]);
}

/// Clocks that run on, or whose card is issued, when the case is over: whose post they are. Each line: the rule's
/// element, what is done to the case after its acceptance, and who is told.
#[test]
fn a_card_finds_its_post_also_when_the_case_is_over() {
    let done = |day: &str, stages: &[Stage]| -> Vec<(String, Command)> {
        let act = |stage: &Stage| (format!("{day} 11:00"), complete(*stage));
        stages.iter().map(act).collect()
    };
    let then = |mut acts: Vec<(String, Command)>, when: &str, command: Command| {
        acts.push((when.to_owned(), command));
        acts
    };
    let all = [
        Stage::Handling,
        Stage::Review,
        Stage::Approval,
        Stage::Completion,
    ];
    let [handling, review, ..] = all;
    let two_days = stop(Some(Term::WorkingDays(2)));
    let stopped = then(
        done("2011-10-18", &[handling, review]),
        "2011-10-18 14:00",
        two_days,
    );
    let withdrawn = then(
        stopped.clone(),
        "2011-10-21 10:00",
        close(Outcome::Withdrawn),
    );
    for (element, acts, expected) in [
        ("delivery", done("2011-10-18", &all), "HB-C"),
        ("promised", done("2011-11-02", &all), "HB-C"),
        ("stop", stopped, "HB-A"),
        ("stop", withdrawn, "HB-A"),
    ] {
        let waits = "issue = \"wait-for-inspector\"";
        let text = one_rule("r", element, "after_working_days = 0", waits);
        let mut desk = Desk::accepted(books_of(rules("one", &text, 1)), "HUAN", "2011-10-17 10:00");
        for (when, command) in acts {
            desk.at(&when, command);
        }
        desk.sweep("2011-11-30 10:00");
        let card = desk.seq_of("warning_raised");
        desk.at("2011-11-30 11:00", Command::IssueWarning { warning: card });
        assert_eq!(desk.told(card), [expected], "{element}");
    }
}

/// Two acts recorded late in one work: the visit between them is measured by when it ended, and on
/// time is strictly before the due instant.
#[test]
fn a_visit_that_ended_at_its_due_instant_is_late() {
    for (when, cards) in [
        ("2011-10-20 23:59:59.999999", 0),
        ("2011-10-21 00:00", 1),
        ("2011-10-21 00:00:00.000001", 1),
    ] {
        let mut desk = Desk::accepted(books("limits"), "HUAN", "2011-10-17 10:00");
        desk.work(at("2011-10-21 09:00"), |work| {
            work.act(complete(Stage::Handling), &happened("2011-10-18 10:00"))?;
            work.act(complete(Stage::Review), &happened(when))
        })
        .expect("both recorded late");
        let review = ClockKey::Stage(Stage::Review, 1);
        assert_eq!(desk.live(Level::Yellow, review).len(), cards, "{when}");
    }
}

/// Nobody at the post: the head; no head either: the inspectors, so that somebody reads it.
#[test]
fn warnings_without_readers_go_upwards() {
    let received_by = |unit: &str| {
        let opening = Opening::Receive {
            item: ItemCode::from("HUAN"),
            missing: Vec::new(),
            given_limit: None,
            source: None,
            unit: Some(UnitCode::from(unit)),
        };
        let act = Act::default();
        let mut desk =
            Desk::open(books("limits"), opening, &act, at("2011-10-17 10:00")).expect("a case");
        desk.at("2011-10-17 10:00", Command::Accept);
        desk
    };
    let mut nobody = received_by(EMPTY_UNIT);
    nobody.sweep("2011-10-22 00:00");
    assert_eq!(nobody.told(nobody.seq_of("warning_raised")), ["JC-1"]);
    let mut headless = received_by(PARTNER_UNIT);
    headless.sweep("2011-10-22 00:00");
    assert_eq!(
        headless.told(headless.seq_of("warning_raised")),
        ["GA-H", "JC-1"]
    );
    let mut no_reviewer = books("limits");
    let people = no_reviewer.directory.people();
    let kept = people
        .filter(|p| p.code != PersonCode::from("HB-R"))
        .cloned();
    let units = no_reviewer.directory.units().cloned();
    no_reviewer.directory =
        approval::people::Directory::new(units.collect::<Vec<_>>(), kept.collect::<Vec<_>>());
    let mut desk = Desk::accepted(no_reviewer, "HUAN", "2011-10-17 10:00");
    desk.at("2011-10-18 10:00", complete(Stage::Handling));
    desk.sweep("2011-10-21 00:00");
    assert_eq!(desk.told(desk.seq_of("warning_raised")), ["HB-D"]);
}

/// What a mail may say: no applicant, the article as it was in force on day 0.
#[test]
fn a_notice_carries_its_facts() {
    let mut desk = seven_of_ten(books("limits"), "2018-10-15 10:00");
    let plan = desk.sweep("2018-10-30 08:00").clone();
    let notices: Vec<_> = plan
        .items
        .iter()
        .filter(|i| i.recipient == PersonCode::from("HB-H"))
        .map(|i| match &i.notice {
            Notice::Warning(notice) => notice.clone(),
            Notice::Order(_) | Notice::Appeal(_) => panic!("a warning's notice"),
        })
        .collect();
    let [notice, yellow, red] = notices.as_slice() else {
        panic!("three: {notices:?}");
    };
    assert_eq!(notice.item_name.as_deref(), Some("事项QI"));
    assert_eq!(notice.unit_name, "单位HB");
    assert_eq!(notice.stage, Some(Stage::Handling));
    assert_eq!(notice.responsible, ["人员HB-H"]);
    assert_eq!(notice.due_on, date("2018-10-24"));
    let reached = [notice, yellow, red].map(|n| shown(n.limit_at));
    assert_eq!(
        reached,
        ["2018-10-22 00:00", "2018-10-25 00:00", "2018-10-30 00:00"],
        "each when its own threshold was reached"
    );
    assert_eq!((yellow.left, yellow.over), (0, 4));
    assert_eq!((red.left, red.over), (0, 1));
    assert_eq!(
        red.basis,
        [
            "行政许可法第四十二条第一款",
            "行政许可法第四十二条第二款",
            "行政许可法第七十四条第二项",
            "行政许可法第八十二条"
        ]
    );
}

/// Two units are asked: each is told of its own delay, in whichever order they were asked.
#[test]
fn a_late_opinion_is_its_own_units() {
    let text = one_rule(
        "late",
        "partner",
        "after_working_days = 0",
        "issue = \"at-once\"",
    );
    let mut desk = Desk::receive(books_of(rules("one", &text, 1)), "LIAN", "2011-10-17 10:00");
    desk.at("2011-10-17 10:00", Command::Accept);
    for unit in [EMPTY_UNIT, PARTNER_UNIT] {
        let ask = Command::AskPartner {
            unit: unit.into(),
            term: Some(Term::WorkingDays(3)),
        };
        desk.at("2011-10-17 10:00", ask);
    }
    desk.sweep("2011-10-21 10:00");
    let units: Vec<String> = desk
        .subject
        .track
        .warnings
        .iter()
        .map(|w| format!("{} {}", w.clock(), desk.subject.unit_of_warning(w.seq)))
        .collect();
    assert_eq!(units, ["partner#1 KONG", "partner#2 GA"]);
    assert_eq!(desk.told(desk.subject.seq()), ["GA-H"]);
    // What is no warning at all is the case's unit's.
    assert_eq!(desk.subject.unit_of_warning(1).as_str(), UNIT);
}

/// Who holds an appeal is the inspector: a rule that tells its handler means him, not the unit that filed it.
#[test]
fn the_handler_of_an_appeal_is_the_inspector() {
    let text = one_rule(
        "late",
        "appeal",
        "after_working_days = 0",
        "issue = \"at-once\"",
    );
    let books = books_of(rules("one", &text, 1));
    let opening = Opening::FileAppeal {
        card: AppealedCard {
            about: SubjectId::from("410800HB1109260001"),
            warning: 3,
            unit: UNIT.into(),
            level: Level::Yellow,
            item: None,
        },
        grounds: "网络故障".to_owned(),
        attachments: Vec::new(),
    };
    let mut appeal =
        Desk::open(books, opening, &by("HB-D"), at("2011-10-17 10:00")).expect("an appeal");
    appeal.sweep("2011-10-25 10:00");
    assert_eq!(appeal.told(appeal.seq_of("warning_raised")), ["JC-1"]);
}

/// The reason for which a reply was sent back goes to the unit with the order.
#[test]
fn an_order_that_is_sent_back_says_why() {
    let mut order = Desk::order(books("limits"), Term::WorkingDays(5), "2011-10-17 10:00");
    let reply = Command::ReplyOrder {
        text: "已办结".to_owned(),
    };
    order.at("2011-10-18 10:00", reply);
    let back = Command::SendBackOrder {
        reason: "未说明原因".to_owned(),
        term: None,
    };
    let plan = order.at("2011-10-18 11:00", back);
    let item = plan.items.first().expect("an item");
    let Notice::Order(notice) = &item.notice else {
        panic!("an order's notice: {item:?}");
    };
    assert_eq!(
        (notice.sent_back, notice.reason.as_deref()),
        (true, Some("未说明原因"))
    );
}
