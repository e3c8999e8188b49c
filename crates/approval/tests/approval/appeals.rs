//! Appeals against cards: who may file until when, and what each answer does.

use approval::appeal::AppealDecision;
use approval::command::Opening;
use approval::event::Event;
use approval::ids::{PersonCode, SubjectId};
use approval::message::{AppealNews, Notice};
use approval::rule::Level;
use approval::stage::Stage;
use approval::track::ClockKey;
use approval::warning::WarningState;
use approval::{Act, Command, Refusal};

use crate::fixtures::*;

const FILED: &str = "2011-10-24 09:00";

/// HUAN, promised 10 working days: yellow for the stage on 2011-10-09, notices and a promise card later.
pub(crate) fn carded() -> (Desk, i64) {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-26 10:00");
    desk.at("2011-09-26 10:00", Command::Accept);
    desk.sweep("2011-10-18 10:00");
    let promised = desk.live(Level::Yellow, ClockKey::Promised);
    let card = promised.first().expect("a card").seq;
    (desk, card)
}

fn mark(card: i64) -> Command {
    Command::AppealWarning {
        warning: card,
        appeal: SubjectId::from("SS-1"),
    }
}

fn decide(decision: AppealDecision) -> Command {
    Command::DecideAppeal {
        decision,
        reason: "经核实".to_owned(),
    }
}

/// Marks a card and files the appeal against it.
pub(crate) fn file(desk: &mut Desk, card: i64, when: &str, act: &Act) -> Result<Desk, Refusal> {
    let mut appealed = None;
    desk.work(at(when), |work| {
        appealed = Some(work.appealed_card(card)?);
        work.act(mark(card), act)
    })?;
    let opening = Opening::FileAppeal {
        card: appealed.expect("the card"),
        grounds: "网络故障".to_owned(),
        attachments: Vec::new(),
    };
    Desk::open(desk.books.clone(), opening, act, at(when))
}

fn filed() -> Desk {
    let (mut desk, card) = carded();
    file(&mut desk, card, "2011-10-18 10:00", &by("HB-D")).expect("an appeal")
}

#[test]
fn a_card_is_appealed_once_by_its_unit_in_time() {
    let (mut desk, card) = carded();
    let notice = desk
        .subject
        .track
        .warnings
        .iter()
        .find(|w| w.level() == Level::Notice)
        .expect("a notice")
        .seq;
    // The card was recorded by the sweep of 2011-10-18: five working days are over at the end of the 25th.
    for (seq, when, who, kind) in [
        (notice, "2011-10-18 11:00", "HB-D", "not_a_card"),
        (99, "2011-10-18 11:00", "HB-D", "no_such_warning"),
        (card, "2011-10-18 11:00", "GA-H", "foreign_post"),
        (card, "2011-10-18 11:00", "JC-1", "foreign_post"),
        (card, "2011-10-26 00:00", "HB-D", "appeal_too_late"),
    ] {
        let refused = file(&mut desk.clone(), seq, when, &by(who)).map(|_| ());
        let refusal = refused.expect_err(kind);
        assert_eq!(refusal.kind(), kind, "{refusal}");
    }
    let dated_back = Act {
        at: Some(at("2011-10-25 10:00")),
        ..by("HB-D")
    };
    let refused = file(&mut desk.clone(), card, "2011-10-26 10:00", &dated_back).map(|_| ());
    assert_eq!(refused.expect_err("too late").kind(), "appeal_too_late");
    for who in ["HB-D", "HB-H", "HB-C"] {
        file(&mut desk.clone(), card, "2011-10-25 23:59", &by(who)).expect(who);
    }
    file(&mut desk, card, "2011-10-25 10:00", &by("HB-H")).expect("an appeal");
    let again = file(&mut desk, card, "2011-10-25 11:00", &by("HB-D")).map(|_| ());
    assert_eq!(again.expect_err("twice").kind(), "already_appealed");
    assert!(desk.defects("warning_appealed").is_empty());
}

#[test]
fn the_inspectors_are_told_and_reminded() {
    let mut appeal = filed();
    assert_eq!(appeal.told(1), ["JC-1"]);
    appeal.check_due(ClockKey::Appeal(1), "2011-10-25");
    appeal.sweep("2011-11-30 10:00");
    appeal.check_warnings(&[
        "notice appeal#1/1 2011-10-24 00:00",
        "notice appeal#1/1 2011-10-26 00:00",
    ]);
    assert_eq!(appeal.told(2), ["JC-1"]);
    assert_eq!(appeal.told(3), ["JC-1", "LD-1"]);
    let Notice::Appeal(notice) = &appeal.plans[0].items[0].notice else {
        panic!("an appeal's notice")
    };
    assert_eq!(notice.news, AppealNews::Filed);
    assert_eq!((notice.level, notice.left), (Level::Yellow, Some(5)));
    assert_eq!(notice.item_name.as_deref(), Some("事项HUAN"));
}

/// Each answer, in the state in which it leaves the appeal, and whom it is told.
#[test]
fn each_answer_does_its_own() {
    for (decision, state, open, revokes, told) in [
        (
            AppealDecision::Revoked,
            "revoked",
            false,
            true,
            &["HB-D"][..],
        ),
        (
            AppealDecision::Rejected,
            "rejected",
            false,
            false,
            &["HB-D"],
        ),
        (
            AppealDecision::Referred,
            "referred",
            true,
            false,
            &["HB-D", "LD-1"],
        ),
    ] {
        let mut appeal = filed();
        let plan = appeal
            .try_as(at("2011-10-19 10:00"), decide(decision), &by("JC-1"))
            .expect(state);
        let requests = plan.revocations.clone();
        assert_eq!(!requests.is_empty(), revokes, "{state}");
        assert_eq!(appeal.subject.state(), state);
        assert_eq!(appeal.subject.is_open(), open);
        assert_eq!(appeal.told(2), told, "{state}");
        if let Some(request) = requests.first() {
            assert_eq!(request.appeal, appeal.subject.id);
            assert_eq!(request.act.by, Some(PersonCode::from("JC-1")));
        }
        if !open {
            let refusal = appeal.refusal("2011-10-19 11:00", decide(AppealDecision::Rejected));
            assert_eq!(refusal.ends(), Some(("filed", state)));
            assert!(appeal.sweep("2011-12-30 10:00").is_empty());
        }
    }
}

#[test]
fn a_referral_is_for_somebody_else() {
    let mut appeal = filed();
    appeal.at("2011-10-21 10:00", decide(AppealDecision::Referred));
    appeal.check_due(ClockKey::Appeal(2), "2011-10-28");
    let again = appeal.refusal("2011-10-24 10:00", decide(AppealDecision::Referred));
    assert_eq!(again.ends(), Some(("filed", "referred")));
    for (who, kind) in [("HB-D", "needs_inspector"), ("JC-1", "own_referral")] {
        let refused = appeal
            .clone()
            .try_as(at(FILED), decide(AppealDecision::Revoked), &by(who))
            .map(|_| ());
        assert_eq!(refused.expect_err(who).kind(), kind);
    }
    let leader = by("LD-1");
    let refer = decide(AppealDecision::Referred);
    let refused = appeal.clone().try_as(at(FILED), refer, &leader).map(|_| ());
    assert_eq!(
        refused.expect_err("twice").ends(),
        Some(("filed", "referred"))
    );
    let plan = appeal
        .try_as(at(FILED), decide(AppealDecision::Revoked), &leader)
        .expect("a leader decides");
    assert_eq!(plan.revocations.len(), 1);
    // What wasn't referred is the inspector's.
    let refused = filed()
        .try_as(at(FILED), decide(AppealDecision::Revoked), &leader)
        .map(|_| ());
    assert_eq!(refused.expect_err("early").kind(), "needs_inspector");
}

#[test]
fn an_appeal_falls_with_its_card() {
    let (mut desk, card) = carded();
    let mut appeal = file(&mut desk, card, FILED, &by("HB-D")).expect("an appeal");
    let mut revoked = desk.clone();
    let plan = revoked.at("2011-10-24 10:00", revoke(card));
    let fallen = [(SubjectId::from("SS-1"), WarningState::Revoked)];
    assert_eq!(plan.appeals_fallen, fallen);
    // The acceptance turns out wrong: the card's basis is gone.
    let plan = desk.at("2011-10-24 10:00", annul(2));
    let fallen = [(SubjectId::from("SS-1"), WarningState::Annulled)];
    assert_eq!(plan.appeals_fallen, fallen);

    let lapse = Command::LapseAppeal {
        card: WarningState::Annulled,
    };
    let refused = appeal
        .clone()
        .try_as(at("2011-10-24 10:00"), lapse.clone(), &by("HB-D"))
        .map(|_| ());
    assert_eq!(refused.expect_err("not his").kind(), "needs_inspector");
    appeal
        .try_as(at("2011-10-24 10:00"), lapse, &Act::program())
        .expect("the program closes it");
    assert_eq!(appeal.subject.state(), "lapsed");
    assert_eq!(appeal.told(2), ["HB-D"]);
}

#[test]
fn acts_of_other_subjects_are_refused() {
    let mut appeal = filed();
    let (mut case, card) = carded();
    let refusal = appeal.refusal("2011-10-19 10:00", complete(Stage::Handling));
    assert_eq!(refusal.ends(), Some(("case", "appeal")));
    let refusal = appeal.refusal("2011-10-19 10:00", mark(1));
    assert_eq!(refusal.ends(), Some(("case", "appeal")));
    let refusal = case.refusal("2011-10-19 10:00", decide(AppealDecision::Revoked));
    assert_eq!(refusal.ends(), Some(("appeal", "case")));
    let refusal = appeal.refusal("2011-10-19 10:00", annul(1));
    assert_eq!(refusal.kind(), "not_annullable");
    let empty = Command::DecideAppeal {
        decision: AppealDecision::Rejected,
        reason: " ".to_owned(),
    };
    assert_eq!(appeal.refusal("2011-10-19 10:00", empty).kind(), "empty");
    assert!(
        case.subject
            .event(card)
            .is_some_and(|e| matches!(e.event, Event::WarningRaised(_)))
    );
}

/// An appeal that is over is told so before the time is looked at; and no card is raised on one by hand.
#[test]
fn an_appeal_that_is_over_is_no_matter_of_time() {
    let mut appeal = filed();
    let by_hand = Command::RaiseWarning {
        rule: "manual-fee-red".to_owned(),
        evidence: "收据一份".to_owned(),
    };
    let why = appeal
        .clone()
        .try_as(at("2011-10-19 10:00"), by_hand, &by("JC-1"))
        .map(|_| ())
        .expect_err("no subject of cards");
    assert_eq!(why.ends(), Some(("case", "appeal")));
    appeal.at("2011-10-19 10:00", decide(AppealDecision::Rejected));
    let lapse = Command::LapseAppeal {
        card: WarningState::Revoked,
    };
    let early = Act {
        at: Some(at("2011-10-17 10:00")),
        ..Act::program()
    };
    let why = appeal
        .try_as(at("2011-10-19 11:00"), lapse, &early)
        .map(|_| ())
        .expect_err("over");
    assert_eq!(why.ends(), Some(("filed", "rejected")));
}
