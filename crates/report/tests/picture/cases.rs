//! Cases that were played through the core, and their pictures.

use approval::ids::UnitCode;
use approval::stage::{Outcome, Procedure, Stage};
use approval::{Command, Subject};
use calendar::Term;
use report::picture::{Look, case_picture};
use roxmltree::Document;

use crate::fixtures::{Desk, at, extend, resume, send_back, stop};
use crate::sound;

const LOOKS: [(&str, Look<'static>); 2] = [("zh", Look::zh("p")), ("en", Look::en("p"))];

/// Draws in both languages; the Chinese description.
fn check(name: &str, desk: &Desk, now: &str) -> String {
    let mut told = String::new();
    for (language, look) in LOOKS {
        let svg = case_picture(&desk.subject, &desk.books, at(now), &look);
        sound::check(&format!("case-{name}-{language}"), &svg);
        if language == "zh" {
            let document = Document::parse(&svg).expect("checked before");
            let mut nodes = document.descendants();
            let desc = nodes.find(|n| n.tag_name().name() == "desc");
            told = desc.and_then(|n| n.text()).expect("words").to_owned();
        }
    }
    told
}

/// Stop, send-back, extension, cards, National Day with its make-up days.
fn full() -> Desk {
    Desk::receive("HUAN", "2011-09-26 09:10")
        .at("2011-09-27 10:00", "C", Command::Accept)
        .done("2011-09-30 16:00", Stage::Handling)
        .at("2011-10-10 11:00", "R", send_back(Stage::Handling))
        .at(
            "2011-10-11 09:00",
            "H",
            stop(
                Procedure::ExpertReview,
                "焦环告〔2011〕3号",
                Some(Term::WorkingDays(5)),
            ),
        )
        .at("2011-10-14 17:00", "H", resume())
        .at("2011-10-17 15:00", "H", extend(5))
        .done("2011-10-21 10:00", Stage::Handling)
        .done("2011-10-26 10:00", Stage::Review)
        .sweep("2011-10-28 09:00")
}

fn long() -> Desk {
    let hearing = |notice| stop(Procedure::Hearing, notice, None);
    Desk::receive("CHANG", "2010-12-20 09:00")
        .at("2010-12-24 10:00", "C", Command::Accept)
        .at("2011-01-12 10:00", "H", hearing("焦环告〔2011〕1号"))
        .at("2011-02-21 10:00", "H", resume())
        .done("2011-04-29 16:00", Stage::Handling)
        .at("2011-06-01 11:00", "R", send_back(Stage::Handling))
        .done("2011-06-20 16:00", Stage::Handling)
        .at("2011-07-04 10:00", "R", hearing("焦环告〔2011〕17号"))
        .at("2011-07-29 10:00", "R", resume())
        .done("2011-09-23 11:00", Stage::Review)
        .sweep("2011-10-21 09:00")
}

#[test]
fn a_case_with_everything() {
    let told = check("full", &full(), "2011-10-28 09:00");
    for words in ["焦环告〔2011〕3号", "退回", "李建国", "黄牌", "延期5日"] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn a_case_of_two_hundred_days() {
    check("long", &long(), "2011-10-21 09:00");
}

#[test]
fn a_case_of_two_days() {
    let desk = Desk::receive("DUAN", "2011-09-26 09:10")
        .at("2011-09-26 09:40", "C", Command::Accept)
        .done("2011-09-26 15:00", Stage::Handling)
        .done("2011-09-27 09:30", Stage::Review)
        .done("2011-09-27 11:00", Stage::Approval)
        .done("2011-09-27 15:20", Stage::Completion)
        .at("2011-09-28 15:20", "C", Command::Deliver);
    check("two-days", &desk, "2011-11-01 09:00");
}

#[test]
fn a_case_of_the_same_day() {
    let desk = Desk::receive("SHI", "2011-09-26 09:10")
        .at("2011-09-26 09:20", "C", Command::Accept)
        .done("2011-09-26 10:00", Stage::Handling)
        .done("2011-09-26 11:00", Stage::Review)
        .done("2011-09-26 14:50", Stage::Approval)
        .done("2011-09-26 15:20", Stage::Completion);
    check("same-day", &desk, "2011-11-01 09:00");
}

#[test]
fn spring_festival_and_silence() {
    let desk = Desk::receive("HUAN", "2011-01-28 10:00").sweep("2011-02-16 09:00");
    let told = check("deemed", &desk, "2011-02-16 09:00");
    let words = "收件、起算 1月28日，今天 2月16日 周三，承诺 2月16日 周三 当日到期，法定 3月2日 周三 剩10日。\
        受理： 2011年1月28日 10:00–2011年2月11日 00:00 已用5，时限5个工作日 视为受理。\
        承办： 2011年2月11日 00:00–2011年2月16日 09:00 李建国 已用4，时限4个工作日 在办。\
        预警 承诺时限 2011年2月14日 00:00。";
    assert_eq!(told, words);
}

#[test]
fn a_correction_and_an_open_stop() {
    let missing = vec!["营业执照".to_owned()];
    let desk = Desk::receive("HUAN", "2011-01-10 10:00")
        .at("2011-01-13 10:00", "C", Command::Correct { missing })
        .at("2011-01-20 10:00", "C", Command::Supply)
        .at("2011-01-24 10:00", "C", Command::Accept)
        .at(
            "2011-01-27 10:00",
            "H",
            stop(Procedure::Quarantine, "焦环告〔2011〕2号", None),
        )
        .sweep("2011-02-22 09:00");
    let told = check("open-stop", &desk, "2011-02-22 09:00");
    assert!(told.contains("停止计时"), "{told}");
}

#[test]
fn joint_handling_and_a_withdrawal() {
    let ask = Command::AskPartner {
        unit: UnitCode::from("GA"),
        term: Some(Term::WorkingDays(5)),
    };
    let close = Command::Close {
        outcome: Outcome::Withdrawn,
        reason: "申请人要求".to_owned(),
        basis: None,
    };
    let desk = Desk::receive("LIAN", "2011-04-25 10:00")
        .at("2011-04-26 10:00", "C", Command::Accept)
        .at("2011-04-27 10:00", "H", ask)
        .at("2011-05-25 10:00", "H", close);
    check("joint", &desk, "2011-05-30 09:00");
}

#[test]
fn just_received() {
    let desk = Desk::receive("HUAN", "2026-11-27 16:00");
    check("received", &desk, "2026-11-27 16:00");
}

#[test]
fn an_order_with_a_second_term() {
    let reply = Command::ReplyOrder {
        text: "已整改".to_owned(),
    };
    let back = Command::SendBackOrder {
        reason: "未说明原因".to_owned(),
        term: None,
    };
    let desk = Desk::order(Term::WorkingDays(5), "2011-10-10 10:00")
        .at("2011-10-13 10:00", "D", reply)
        .at("2011-10-14 10:00", "J", back)
        .sweep("2011-10-20 09:00");
    check("order", &desk, "2011-10-20 09:00");
}

#[test]
fn the_same_facts_give_the_same_picture() {
    let draw = |desk: &Desk| {
        let subject: &Subject = &desk.subject;
        case_picture(subject, &desk.books, at("2011-10-28 09:00"), &Look::zh("p"))
    };
    assert_eq!(draw(&full()), draw(&full()));
}
