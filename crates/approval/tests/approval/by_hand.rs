//! Cards by hand: an inspector's finding under a written rule.

use approval::appeal::AppealedCard;
use approval::message::Notice;
use approval::rule::{Element, Level};
use approval::stage::Stage;
use approval::{Act, Command};
use calendar::Term;

use crate::fixtures::*;

const WHEN: &str = "2011-09-27 10:00";

fn raise(rule: &str, evidence: &str) -> Command {
    Command::RaiseWarning {
        rule: rule.to_owned(),
        evidence: evidence.to_owned(),
    }
}

fn in_review() -> Desk {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-26 10:00");
    desk.at("2011-09-26 10:00", Command::Accept);
    desk.at("2011-09-26 11:00", complete(Stage::Handling));
    desk
}

fn as_inspector(desk: &mut Desk, when: &str, rule: &str) -> i64 {
    let command = raise(rule, "窗口未出具补正告知书,录音为证");
    let plan = desk.try_as(at(when), command, &by("JC-1")).expect(rule);
    plan.subject.seq()
}

#[test]
fn a_finding_is_a_card_like_any_other() {
    let mut desk = in_review();
    let first = as_inspector(&mut desk, WHEN, "manual-notice-yellow");
    let second = as_inspector(&mut desk, WHEN, "manual-notice-yellow");
    assert_eq!(desk.told(first), ["HB-R", "HB-D"]);
    desk.check_warnings(&[
        &format!("yellow manual#1/{first} 2011-09-27 10:00"),
        &format!("yellow manual#2/{second} 2011-09-27 10:00"),
    ]);
    let item = desk.plans.iter().flat_map(|p| &p.items).next();
    let Some(Notice::Warning(notice)) = item.map(|i| &i.notice) else {
        panic!("a warning's notice")
    };
    assert!(
        notice
            .evidence
            .as_deref()
            .is_some_and(|e| e.contains("录音"))
    );
    assert_eq!(notice.due_on, date("2011-09-27"));
    assert_eq!(notice.basis.len(), 2, "{:?}", notice.basis);
    assert_eq!((notice.left, notice.over), (0, 0));

    // Appealed against and revoked as any.
    let mut card: Option<AppealedCard> = None;
    let looked = desk.work(at("2011-09-28 10:00"), |work| {
        card = Some(work.appealed_card(first)?);
        Ok(())
    });
    looked.expect("a look");
    assert_eq!(card.map(|c| c.level), Some(Level::Yellow));
    desk.at("2011-09-28 10:00", revoke(first));
    // No time runs for it, nothing falls with an act of another's.
    desk.at("2011-09-28 11:00", annul(3));
    assert!(
        desk.subject
            .track
            .warnings
            .iter()
            .any(|w| w.seq == second && w.is_live())
    );
}

#[test]
fn orders_and_what_is_over_are_carded_too() {
    let mut order = Desk::order(books("limits"), Term::WorkingDays(3), "2011-09-26 10:00");
    let seq = as_inspector(&mut order, WHEN, "manual-fee-red");
    assert_eq!(order.told(seq), ["HB-D", "JC-1", "LD-1"]);
    let mut desk = in_review();
    desk.at(WHEN, close(approval::stage::Outcome::Withdrawn));
    let seq = as_inspector(&mut desk, "2011-09-28 10:00", "manual-acceptance-yellow");
    assert!(desk.told(seq).contains(&"HB-D"));
}

#[test]
fn who_may_not_and_what_is_no_such_rule() {
    for (rule, evidence, act, kind) in [
        ("manual-fee-red", "收据一份", by("HB-D"), "needs_inspector"),
        (
            "manual-fee-red",
            "收据一份",
            Act::default(),
            "needs_inspector",
        ),
        ("manual-fee-red", " ", by("JC-1"), "empty"),
        ("no-such-rule", "收据一份", by("JC-1"), "unknown_code"),
        ("promised-yellow", "收据一份", by("JC-1"), "not_by_hand"),
    ] {
        let mut desk = in_review();
        let refused = desk
            .try_as(at(WHEN), raise(rule, evidence), &act)
            .map(|_| ());
        let refusal = refused.expect_err(kind);
        assert_eq!(refusal.kind(), kind, "{refusal}");
    }
}

/// Rules by hand never fire by themselves, on whatever clock.
#[test]
fn nothing_is_raised_by_hand_by_the_sweep() {
    for preset in ["limits", "limits-full", "escalation", "two-colour"] {
        let mut desk = Desk::receive(books(preset), "HUAN", "2011-09-26 10:00");
        desk.sweep("2012-06-01 10:00");
        let warnings = &desk.subject.track.warnings;
        assert!(
            warnings
                .iter()
                .all(|w| !w.raised.rule.starts_with("manual"))
        );
    }
}

/// What an inspector may choose from: the rules by hand, in the order of the file; a stage has its own and those of any.
#[test]
fn the_rules_of_a_kind_of_clock_are_found() {
    let set = preset("limits", 1);
    let ids = |element| {
        set.rules_for(element)
            .map(|rule| rule.id.clone())
            .collect::<Vec<_>>()
    };
    let by_hand = [
        "manual-notice-yellow",
        "manual-acceptance-yellow",
        "manual-fee-red",
    ];
    assert_eq!(ids(Element::Manual), by_hand);
    let stage = ids(Element::StageOf(Stage::Review));
    assert!(
        !stage.is_empty() && stage.iter().all(|id| id.starts_with("stage")),
        "{stage:?}"
    );
}
