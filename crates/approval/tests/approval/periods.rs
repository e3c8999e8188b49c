//! The periods that a city sets in its rules hold for every case, in place of what the law sets or what is usual.

use approval::appeal::AppealedCard;
use approval::books::RulesInForce;
use approval::command::Opening;
use approval::item::{Item, ItemCategory, ItemError, ItemKind};
use approval::stage::{Outcome, Stage};
use approval::track::ClockKey;
use approval::{Books, Command, Event, Recorded, Subject};
use calendar::Term;

use crate::fixtures::*;

/// Monday, with five working days in each week after it.
const WHEN: &str = "2011-10-17 10:00";

/// Each period another than the law's, and a yellow card on the promise.
fn short() -> Books {
    let text = one_rule(
        "r",
        "promised",
        "after_working_days = 0",
        "issue = \"at-once\"",
    );
    let periods = "[periods]\nacceptance = \"3wd\"\ndelivery = \"8wd\"\ncorrection = \"15d\"\nforwarded = \"12wd\"\n\
                   extension_cap_working_days = 6\njoint_extension_cap_working_days = 7\npartner = \"4wd\"\n\
                   appeal_filing = \"2wd\"\nappeal = \"3wd\"\n[[rule]]";
    let set = rules("short", &text.replacen("[[rule]]", periods, 1), 1);
    let mut books = books_of(set);
    let up = Item {
        kind: ItemKind::Forwarded,
        promised: None,
        statutory: None,
        ..item("SHANGBAO", 0, 0)
    };
    put(&mut books, up, "2004-01-01 00:00");
    books
}

#[test]
fn each_period_is_the_rules_own() {
    let mut desk = Desk::receive(short(), "HUAN", WHEN);
    desk.check_due(ClockKey::Acceptance(1), "2011-10-20");
    let mut waits = desk.clone();
    waits.at(WHEN, correct());
    waits.check_due(ClockKey::Correction(1), "2011-11-01");

    desk.at(WHEN, Command::Accept);
    desk.at(WHEN, complete(Stage::Handling));
    desk.at(WHEN, complete(Stage::Review));
    desk.at(WHEN, complete(Stage::Approval));
    desk.check_due(ClockKey::Delivery(1), "2011-10-27");

    let mut sent_up = Desk::receive(short(), "SHANGBAO", WHEN);
    sent_up.at(WHEN, Command::Accept);
    sent_up.check_due(ClockKey::Statutory, "2011-11-02");

    let asked = Command::AskPartner {
        unit: PARTNER_UNIT.into(),
        term: None,
    };
    let mut joint = Desk::receive(short(), "LIAN", WHEN);
    joint.at(WHEN, Command::Accept);
    joint.at(WHEN, asked);
    joint.check_due(ClockKey::Partner(1), "2011-10-21");
}

/// The cap itself may be had, one day more may not: by the item's kind, and by the rules in force.
#[test]
fn an_extension_is_capped_by_the_rules() {
    for (rules, item, cap) in [
        (short(), "HUAN", 6),
        (short(), "LIAN", 7),
        (books("limits"), "HUAN", 10),
        (books("limits"), "LIAN", 15),
    ] {
        let mut desk = Desk::receive(rules, item, WHEN);
        desk.at(WHEN, Command::Accept);
        for days in [0, cap + 1] {
            let refusal = desk.refusal(WHEN, extend(days));
            assert_eq!(refusal.kind(), "extension_above_cap", "{item}: {days}");
            let cap = format!("{cap}");
            assert!(refusal.to_string().contains(&cap), "{refusal}");
        }
        desk.at(WHEN, extend(cap));
    }
}

#[test]
fn an_appeal_has_the_times_of_the_rules() {
    let mut desk = Desk::receive(short(), "HUAN", WHEN);
    desk.at(WHEN, Command::Accept);
    // The promise of ten working days ends on the 31st; the sweep of the next day finds it over.
    desk.sweep("2011-11-01 10:00");
    let card = desk.seq_of("warning_raised");
    let mut look = |when: &str| {
        let mut found: Option<AppealedCard> = None;
        let seen = desk.work(at(when), |work| {
            found = Some(work.appealed_card(card)?);
            Ok(())
        });
        match seen {
            Ok(_) => Ok(found.expect("the card")),
            Err(refusal) => Err(refusal),
        }
    };
    let appealed = look("2011-11-03 23:59").expect("in time");
    let opening = Opening::FileAppeal {
        card: appealed,
        grounds: "网络故障".to_owned(),
        attachments: Vec::new(),
    };
    let appeal = Desk::open(short(), opening, &by("HB-D"), at("2011-11-03 10:00"));
    appeal
        .expect("an appeal")
        .check_due(ClockKey::Appeal(1), "2011-11-08");
}

/// Rules are in force from their very instant on; the first ones also before theirs, since nothing was written down then.
#[test]
fn rules_are_in_force_from_their_instant() {
    let mut books = short();
    for (version, from) in [(2, "2011-10-01 00:00"), (3, "2012-01-01 00:00")] {
        let set = preset("limits", version);
        let from = at(from);
        books.rules.push(RulesInForce { from, set });
    }
    for (when, version) in [
        ("2003-12-31 23:59", 1),
        ("2004-01-01 00:00", 1),
        ("2011-09-30 23:59", 1),
        ("2011-10-01 00:00", 2),
        ("2011-12-31 23:59", 2),
        ("2012-01-01 00:00", 3),
        ("2026-01-01 00:00", 3),
    ] {
        let found = books.rules_at(at(when)).map(|set| set.version);
        assert_eq!(found, Some(version), "{when}");
    }
    // What is recorded says by which rules.
    let desk = Desk::receive(books.clone(), "HUAN", WHEN);
    let event = desk.subject.event(1).expect("the receipt");
    assert_eq!(event.rules, Some(2));
    let spans = books.rule_spans().map(|(from, to, set)| {
        let shown = |instant: Option<_>| instant.map_or_else(|| "-".to_owned(), shown);
        format!("{} {} {}", set.version, shown(from), shown(to))
    });
    assert_eq!(
        spans.collect::<Vec<_>>(),
        [
            "1 - 2011-10-01 00:00",
            "2 2011-10-01 00:00 2012-01-01 00:00",
            "3 2012-01-01 00:00 -"
        ]
    );
}

/// An event from a database that no desk would have written doesn't replay: a decision isn't a withdrawal.
#[test]
fn a_completion_that_says_withdrawn_is_no_history() {
    let mut desk = Desk::receive(short(), "HUAN", WHEN);
    desk.at(WHEN, Command::Accept);
    for stage in [Stage::Handling, Stage::Review, Stage::Approval] {
        desk.at(WHEN, complete(stage));
    }
    let events = desk.subject.history.iter().map(|e| Recorded::clone(e));
    let bent = events.map(|mut recorded| {
        if let Event::StageCompleted {
            stage: Stage::Approval,
            outcome,
            ..
        } = &mut recorded.event
        {
            *outcome = Some(Outcome::Withdrawn);
        }
        recorded
    });
    let (division, id) = (desk.subject.division.clone(), desk.subject.id.clone());
    let refusal = Subject::replay(division, id, bent, &desk.books).expect_err("no history");
    assert_eq!(refusal.kind(), "wrong_outcome", "{refusal}");
}

/// An approval needs both limits, a service its promise alone.
#[test]
fn an_item_without_a_limit_is_refused() {
    let limits = |promised, statutory, category| Item {
        promised,
        statutory,
        category,
        ..item("BI", 1, 1)
    };
    let term = Some(Term::WorkingDays(5));
    for (item, missing) in [
        (limits(term, term, ItemCategory::Approval), None),
        (limits(term, None, ItemCategory::Service), None),
        (limits(term, term, ItemCategory::Service), None),
        (limits(None, term, ItemCategory::Approval), Some("承诺时限")),
        (limits(None, None, ItemCategory::Service), Some("承诺时限")),
        (limits(term, None, ItemCategory::Approval), Some("法定时限")),
    ] {
        let found = item.check().err();
        let which = found.as_ref().map(|error| match error {
            ItemError::NoLimit { which, .. } => *which,
            other => panic!("{other}"),
        });
        assert_eq!(which, missing, "{:?}", item.category);
    }
}

/// The stages may take all of the promise, not more.
#[test]
fn stages_fit_into_the_promise() {
    for (handling, fits) in [(4, true), (5, true), (6, false)] {
        let mut item = item("BI", 5, 10);
        item.stages.handling = Some(handling);
        assert_eq!(item.check().is_ok(), fits, "{handling} of 5");
    }
}

/// A promise is compared with the law across units: a working day is 7/5 natural days and eight office hours, a month 30 days.
#[test]
fn a_promise_longer_than_the_law_is_refused_in_any_unit() {
    let (wd, nd, mo) = (Term::WorkingDays, Term::NaturalDays, Term::Months);
    let (hours, minutes) = (Term::WorkingHours, Term::WorkingMinutes);
    for (promised, statutory, fits) in [
        (wd(20), wd(20), true),
        (wd(21), wd(20), false),
        (wd(5), nd(7), true),
        (wd(5), nd(6), false),
        (nd(7), wd(5), true),
        (nd(8), wd(5), false),
        (mo(1), nd(30), true),
        (mo(1), nd(29), false),
        (nd(60), mo(2), true),
        (nd(61), mo(2), false),
        (hours(8), wd(1), true),
        (hours(9), wd(1), false),
        (wd(1), hours(8), true),
        (wd(1), hours(7), false),
        (minutes(480), wd(1), true),
        (minutes(481), wd(1), false),
        (wd(1), minutes(480), true),
        (wd(1), minutes(479), false),
        (minutes(60), hours(1), true),
        (minutes(61), hours(1), false),
    ] {
        let item = Item {
            promised: Some(promised),
            statutory: Some(statutory),
            ..item("BI", 1, 1)
        };
        let found = item.check();
        assert_eq!(found.is_ok(), fits, "{promised:?} {statutory:?}: {found:?}");
    }
}
