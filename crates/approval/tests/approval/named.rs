//! What a report names beyond its figures: what each official did, and what the stages of the cases were allowed.

use approval::ids::UnitCode;
use approval::item::{Item, StageLimits};
use approval::stage::Stage;
use approval::statistics::{
    CardLine, Lists, OrderLine, Period, PersonLine, Persons, Sheet, Standing, Statement, count,
    stage_limits,
};
use approval::{Act, Books, Command, Subject};
use calendar::Term;

use crate::fixtures::*;

/// What people did to subjects in a period, a line each.
fn told(subjects: &[&Subject], books: &Books, period: &str) -> Vec<String> {
    let mut persons = Persons::default();
    for subject in subjects {
        persons
            .add(subject, &window(period), &calendar())
            .expect("covered days");
    }
    let line = |line: PersonLine| {
        let f = &line.figures;
        let used: Vec<String> = f
            .used
            .iter()
            .map(|(days, n)| format!("{days}d×{n}"))
            .collect();
        format!(
            "{} {} {} {}: accepted {}, ended {}, completed {}, sent back {}, in time {}, late {}, {}",
            line.unit,
            line.unit_name,
            line.person,
            line.name,
            f.accepted,
            f.visits,
            f.completed,
            f.sent_back,
            f.on_time,
            f.late,
            used.join(" ")
        )
    };
    persons.lines(books).into_iter().map(line).collect()
}

fn act(desk: &mut Desk, when: &str, command: Command, person: &str) {
    let shown = format!("{when} {command:?}");
    if let Err(refusal) = desk.try_as(at(when), command, &by(person)) {
        panic!("{shown}: {refusal}");
    }
}

/// HUAN (stages of 4, 2, 2 and 1 working days): its review is late, sends it back, and is done again.
fn sent_back_once() -> Desk {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    act(&mut desk, "2011-10-17 10:00", Command::Accept, "HB-C");
    act(
        &mut desk,
        "2011-10-19 10:00",
        complete(Stage::Handling),
        "HB-H",
    );
    act(
        &mut desk,
        "2011-10-24 10:00",
        send_back(Stage::Handling),
        "HB-R",
    );
    act(
        &mut desk,
        "2011-10-25 10:00",
        complete(Stage::Handling),
        "HB-H",
    );
    act(
        &mut desk,
        "2011-10-25 11:00",
        complete(Stage::Review),
        "HB-R",
    );
    act(
        &mut desk,
        "2011-10-26 10:00",
        complete(Stage::Approval),
        "HB-A",
    );
    act(
        &mut desk,
        "2011-10-26 11:00",
        complete(Stage::Completion),
        "HB-C",
    );
    desk
}

#[test]
fn each_official_has_what_he_ended() {
    let desk = sent_back_once();
    let case = &desk.subject;
    let expected = [
        "HB 单位HB HB-A 人员HB-A: accepted 0, ended 2, completed 0, sent back 0, in time 2, late 0, 1d×2",
        "HB 单位HB HB-C 人员HB-C: accepted 2, ended 2, completed 2, sent back 0, in time 2, late 0, 0d×2",
        "HB 单位HB HB-H 人员HB-H: accepted 0, ended 4, completed 0, sent back 0, in time 4, late 0, 1d×2 2d×2",
        "HB 单位HB HB-R 人员HB-R: accepted 0, ended 4, completed 0, sent back 2, in time 2, late 2, 0d×2 3d×2",
    ];
    // Counted in twice, as two cases of one course would be.
    assert_eq!(told(&[case, case], &desk.books, "2011-10"), expected);
    // What lies before the period isn't in it; what nobody in particular did is nobody's.
    let last = told(&[case], &desk.books, "2011-10-26..2011-10-31");
    let expected = [
        "HB 单位HB HB-A 人员HB-A: accepted 0, ended 1, completed 0, sent back 0, in time 1, late 0, 1d×1",
        "HB 单位HB HB-C 人员HB-C: accepted 0, ended 1, completed 1, sent back 0, in time 1, late 0, 0d×1",
    ];
    assert_eq!(last, expected);
    let mut unnamed = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    unnamed.at("2011-10-17 10:00", Command::Accept);
    unnamed.at("2011-10-18 10:00", complete(Stage::Handling));
    assert_eq!(
        told(&[&unnamed.subject], &unnamed.books, "2011-10"),
        [""; 0]
    );
}

/// Whom the directory doesn't know any more is told by his code; an item without limits has nothing to be late for.
#[test]
fn who_has_gone_is_told_by_his_code() {
    let mut desk = Desk::receive(books("limits"), "DUAN", "2011-10-17 10:00");
    act(&mut desk, "2011-10-17 10:00", Command::Accept, "HB-C");
    act(
        &mut desk,
        "2011-10-24 10:00",
        complete(Stage::Handling),
        "HB-H",
    );
    let mut books = books("limits");
    books.directory = approval::people::Directory::new([], []);
    let expected = [
        "HB HB HB-C HB-C: accepted 1, ended 0, completed 0, sent back 0, in time 0, late 0, ",
        "HB HB HB-H HB-H: accepted 0, ended 1, completed 0, sent back 0, in time 0, late 0, 5d×1",
    ];
    assert_eq!(told(&[&desk.subject], &books, "2011-10"), expected);
    // An acceptance that was annulled was nobody's; the one in its place counts.
    let mut again = Desk::receive(self::books("limits"), "DUAN", "2011-10-17 10:00");
    act(&mut again, "2011-10-17 10:00", Command::Accept, "HB-C");
    again.at("2011-10-17 11:00", annul(2));
    act(&mut again, "2011-10-17 12:00", Command::Accept, "HB-C");
    let lines = told(&[&again.subject], &books, "2011-10");
    assert!(
        lines.len() == 1 && lines.iter().all(|l| l.contains("accepted 1,")),
        "{lines:?}"
    );
}

/// Two cases with limits of 4 and of 6 days for the handling, one of an item that has none: 10 of 2.
#[test]
fn stages_are_allowed_what_their_items_allowed_at_the_end() {
    let mut books = books("limits");
    let limits = |handling| StageLimits {
        handling,
        ..StageLimits::default()
    };
    let version = |version, handling| Item {
        version,
        stages: limits(handling),
        ..item("YI", 10, 20)
    };
    put(&mut books, version(1, Some(3)), "2004-01-01 00:00");
    put(&mut books, version(2, Some(6)), "2011-10-20 00:00");
    // In force from the first instant after the period on: it isn't looked at.
    put(&mut books, version(3, Some(9)), "2011-11-01 00:00");
    let mut sheet = Sheet::default();
    for code in ["HUAN", "YI", "DUAN"] {
        let mut desk = Desk::receive(books.clone(), code, "2011-10-17 10:00");
        desk.at("2011-10-17 10:00", Command::Accept);
        desk.finish("2011-10-17 11:00");
        count(&mut sheet, &desk.subject, &window("2011-10"), &calendar()).expect("covered days");
    }
    let period = Period::parse("2011-10").expect("a period");
    let counted = vec![(period, sheet)];
    let standing = Standing::default();
    let statement = Statement::new(period, counted, &books, standing, at(LATER), None);
    let limits = stage_limits(&statement, &books);
    let told: Vec<String> = limits
        .iter()
        .map(|(stage, sum)| format!("{stage} {}/{}", sum.numerator, sum.denominator))
        .collect();
    assert_eq!(
        told,
        [
            "handling 10/2",
            "review 2/1",
            "approval 2/1",
            "completion 1/1"
        ]
    );
    // A stage of cases that couldn't be measured, since they ended before they began, has none.
    let mut unmeasured = Sheet::default();
    let figures = unmeasured.at(&UNIT.into(), Some(&"HUAN".into()));
    let stage = figures.stages.entry(Stage::Handling).or_default();
    stage.visits = 1;
    let counted = vec![(period, unmeasured)];
    let standing = Standing::default();
    let statement = Statement::new(period, counted, &books, standing, at(LATER), None);
    assert_eq!(statement.items.len(), 1);
    assert!(stage_limits(&statement, &books).is_empty());
}

/// What is named one by one of some subjects in a period, in the order in which it is read.
fn lists(subjects: &[&Subject], books: &Books, period: &str) -> Lists {
    let mut lists = Lists::default();
    for subject in subjects {
        lists.add(subject, &window(period), books);
    }
    lists.sort();
    lists
}

fn card_told(card: &CardLine) -> String {
    let day = card
        .due_on
        .map_or_else(|| "-".to_owned(), |day| day.to_string());
    let over = card.over_working_days.unwrap_or_default();
    let runs = if card.still_runs { " and runs" } else { "" };
    format!(
        "{} {} {} {} {} {} due {day} issued {} over {over}{runs} {:?} {}",
        card.place.unit_name,
        card.place.item_name.as_deref().unwrap_or("-"),
        card.seq,
        card.level.as_str(),
        card.clock,
        card.stage.map_or("-", Stage::as_str),
        shown(card.issued_at),
        card.persons,
        card.state.as_str()
    )
}

fn order_told(order: &OrderLine) -> String {
    let instant = |at: Option<_>| at.map_or_else(|| "-".to_owned(), shown);
    let day = order
        .due_on
        .map_or_else(|| "-".to_owned(), |day| day.to_string());
    format!(
        "{} {} issued {} due {day} replied {} in time {:?} back {} closed {} {}",
        order.place.unit_name,
        order.text,
        shown(order.issued_at),
        instant(order.replied_at),
        order.in_time,
        order.sent_back,
        instant(order.closed_at),
        order.state
    )
}

#[test]
fn a_case_names_its_cards_stops_notices_and_what_is_irregular() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    for notified in ["2011-10-17 10:00", "2011-10-17 11:00"] {
        desk.at(notified, correct());
        desk.at("2011-10-17 11:00", Command::Supply);
    }
    desk.at("2011-10-17 12:00", Command::Accept);
    let unnoticed = Command::Stop {
        procedure: approval::stage::Procedure::Hearing,
        notice: None,
        term: None,
        basis: None,
        approver: None,
    };
    desk.at("2011-10-18 10:00", unnoticed);
    desk.at("2011-10-18 11:00", resume());
    desk.at("2011-10-18 12:00", extend(3));
    act(
        &mut desk,
        "2011-10-24 10:00",
        complete(Stage::Handling),
        "HB-H",
    );
    desk.sweep("2011-11-30 10:00");
    let case = &desk.subject;
    let october = lists(&[case], &desk.books, "2011-10");
    let cards: Vec<String> = october.cards.iter().map(card_told).collect();
    assert_eq!(
        cards,
        [
            "单位HB 事项HUAN 11 yellow review#1 review due 2011-10-26 issued 2011-10-27 00:00 over 3 and runs [\"人员HB-R\"] issued"
        ]
    );
    let corrections = october.corrections.iter().map(|line| {
        let supplied = line.supplied_at.map(shown);
        format!("{} {} {supplied:?}", line.number, shown(line.notified_at))
    });
    let expected = [
        "1 2011-10-17 10:00 Some(\"2011-10-17 11:00\")",
        "2 2011-10-17 11:00 Some(\"2011-10-17 11:00\")",
    ];
    assert_eq!(corrections.collect::<Vec<_>>(), expected);
    let stops = october
        .stops
        .iter()
        .map(|line| (shown(line.from), line.to.map(shown)));
    let expected = (
        "2011-10-18 10:00".to_owned(),
        Some("2011-10-18 11:00".to_owned()),
    );
    assert_eq!(stops.collect::<Vec<_>>(), [expected]);
    let extensions = october
        .extensions
        .iter()
        .map(|line| (shown(line.at), line.working_days));
    assert_eq!(
        extensions.collect::<Vec<_>>(),
        [("2011-10-18 12:00".to_owned(), 3)]
    );
    let irregular = october.irregular.iter();
    let irregular =
        irregular.map(|line| format!("{} {} {}", line.seq, line.kind, line.defect.as_str()));
    let expected = [
        "7 stop_opened stop_without_notice",
        "4 correction_notified second_correction",
    ];
    assert_eq!(irregular.collect::<Vec<_>>(), expected);
    let november = lists(&[case], &desk.books, "2011-11");
    let cards: Vec<String> = november.cards.iter().map(card_told).collect();
    // The gravest first. The days over are those of the month, the first of December isn't one.
    let expected = [
        "单位HB 事项HUAN 16 red statutory review due 2011-11-17 issued 2011-11-18 00:00 over 9 and runs [\"人员HB-R\"] issued",
        "单位HB 事项HUAN 14 yellow promised review due 2011-11-03 issued 2011-11-04 00:00 over 19 and runs [\"人员HB-R\"] issued",
    ];
    assert_eq!(cards, expected);
    assert!(november.corrections.is_empty() && november.stops.is_empty());
    assert!(november.extensions.is_empty() && november.irregular.is_empty());
    // For the unit's own part nothing of others is kept, and all of its own.
    assert_eq!(october.of_unit(&UnitCode::from(UNIT)), october);
    assert_eq!(
        october.of_unit(&UnitCode::from(PARTNER_UNIT)),
        Lists::default()
    );
}

/// In October's list it still runs, since it ended later; in the year's it is told how long it was over.
#[test]
fn a_clock_runs_on_in_the_list_of_a_month_before_its_end() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-10-17 10:00");
    desk.at("2011-10-17 10:00", Command::Accept);
    desk.at("2011-10-24 10:00", complete(Stage::Handling));
    for stage in [Stage::Review, Stage::Approval, Stage::Completion] {
        desk.at("2011-11-07 10:00", complete(stage));
    }
    let runs = |period| {
        let lists = lists(&[&desk.subject], &desk.books, period);
        let line = |card: &CardLine| (card.clock.to_string(), card.still_runs);
        lists.cards.iter().map(line).collect::<Vec<_>>()
    };
    let cards = |runs| {
        vec![
            ("review#1".to_owned(), runs),
            ("handling#1".to_owned(), false),
        ]
    };
    assert_eq!(runs("2011-10"), cards(true));
    let year = lists(&[&desk.subject], &desk.books, "2011");
    let over = year.cards.iter().map(|card| {
        (
            card.clock.to_string(),
            card.still_runs,
            card.over_working_days,
        )
    });
    // 27, 28, 31, four days of the next week and Monday; the promise ended on the 31st: those five.
    let expected = [
        ("review#1".to_owned(), false, Some(8)),
        ("promised".to_owned(), false, Some(5)),
        ("handling#1".to_owned(), false, Some(1)),
    ];
    assert_eq!(over.collect::<Vec<_>>(), expected);
}

/// The first visit was ended by whoever stood in, the second by the handler himself: the card of the second is his.
#[test]
fn a_stages_card_names_who_ended_that_visit() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-30 10:00");
    desk.at("2011-09-30 10:00", Command::Accept);
    let stands_in = Act {
        stands_for: Some("HB-H".into()),
        ..by("HB-B")
    };
    desk.try_as(
        at("2011-10-08 10:00"),
        complete(Stage::Handling),
        &stands_in,
    )
    .expect("he stands in");
    desk.at("2011-10-08 11:00", send_back(Stage::Handling));
    act(
        &mut desk,
        "2011-10-17 10:00",
        complete(Stage::Handling),
        "HB-H",
    );
    let october = lists(&[&desk.subject], &desk.books, "2011-10");
    let cards = october.cards.iter();
    let handling = cards.filter(|card| card.stage == Some(Stage::Handling));
    let persons: Vec<String> = handling
        .map(|card| format!("{} {}", card.clock, card.persons.join(",")))
        .collect();
    assert!(
        persons.contains(&"handling#2 人员HB-H".to_owned()),
        "{persons:?}"
    );
}

#[test]
fn an_order_is_named_with_its_present_term() {
    let mut desk = Desk::order(books("limits"), Term::WorkingDays(2), "2011-10-17 10:00");
    let line = |desk: &Desk, period: &str| {
        let lists = lists(&[&desk.subject], &desk.books, period);
        lists.orders.iter().map(order_told).collect::<Vec<_>>()
    };
    let running = line(&desk, "2011-10");
    let reply = || Command::ReplyOrder {
        text: "已办结".to_owned(),
    };
    desk.at("2011-10-18 10:00", reply());
    let answered = line(&desk, "2011-10");
    let back = Command::SendBackOrder {
        reason: "未说明原因".to_owned(),
        term: None,
    };
    desk.at("2011-10-18 11:00", back);
    let again = line(&desk, "2011-10");
    desk.at("2011-10-24 10:00", reply());
    desk.at("2011-10-24 11:00", Command::CloseOrder { remark: None });
    let closed = line(&desk, "2011-10");
    let expected = [
        "单位HB 限期办结 issued 2011-10-17 10:00 due 2011-10-19 replied - in time None back 0 closed - issued",
        "单位HB 限期办结 issued 2011-10-17 10:00 due 2011-10-19 replied 2011-10-18 10:00 in time Some(true) back 0 closed - replied",
        "单位HB 限期办结 issued 2011-10-17 10:00 due 2011-10-20 replied 2011-10-18 10:00 in time None back 1 closed - issued",
        "单位HB 限期办结 issued 2011-10-17 10:00 due 2011-10-20 replied 2011-10-24 10:00 in time Some(false) back 1 closed 2011-10-24 11:00 closed",
    ];
    assert_eq!([running, answered, again, closed].concat(), expected);
    assert_eq!(line(&desk, "2011-11"), [""; 0]);
    let wrong = desk.seq_of("order_closed");
    desk.at("2011-11-01 10:00", annul(wrong));
    // In November somebody found out that it isn't closed.
    let opened = line(&desk, "2011-11");
    let expected = "单位HB 限期办结 issued 2011-10-17 10:00 due 2011-10-20 replied 2011-10-24 10:00 in time Some(false) back 1 closed - replied";
    assert_eq!(opened, [expected]);
}

/// A card that waited is of the month in which the inspector issued it, by the date that it rests on.
#[test]
fn a_card_that_waited_counts_from_its_issue() {
    let waiting = "issue = \"wait-for-inspector\"";
    let text = one_rule("wait", "promised", "after_working_days = 0", waiting);
    let mut desk = Desk::receive(books_of(rules("one", &text, 1)), "HUAN", "2011-10-10 10:00");
    desk.at("2011-10-10 10:00", Command::Accept);
    desk.sweep("2011-10-28 10:00");
    let card = desk.seq_of("warning_raised");
    let waits = lists(&[&desk.subject], &desk.books, "2011-10");
    assert_eq!(waits.cards, []);
    desk.at("2011-11-01 10:00", Command::IssueWarning { warning: card });
    let october = lists(&[&desk.subject], &desk.books, "2011-10");
    assert_eq!(october.cards, []);
    let november = lists(&[&desk.subject], &desk.books, "2011-11");
    let cards: Vec<String> = november.cards.iter().map(card_told).collect();
    assert_eq!(
        cards,
        [
            "单位HB 事项HUAN 4 yellow promised handling due 2011-10-24 issued 2011-11-01 10:00 over 27 and runs [\"人员HB-H\"] issued"
        ]
    );
}
