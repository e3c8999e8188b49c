//! The figures of small histories, counted by hand.

use approval::ids::UnitCode;
use approval::stage::{Outcome, Stage};
use approval::statistics::{Figures, LimitSums, Period, Ratio, Sheet, Window, count};
use approval::{Command, Subject};
use calendar::Term;

use crate::fixtures::{
    Desk, EMPTY_UNIT, UNIT, annul, at, books, calendar, close, complete, complete_with, correct,
    extend, item, put, resume, revoke, send_back, stop,
};

/// Long after all of it.
const LATER: &str = "2012-06-01 09:00";

fn figures_at(subjects: &[&Subject], period: &str, now: &str) -> Figures {
    let period = Period::parse(period).expect("a period");
    let calendar = calendar();
    let window = Window::new(&period, &calendar, at(now));
    let mut sheet = Sheet::default();
    for subject in subjects {
        count(&mut sheet, subject, &window, &calendar).expect("covered days");
    }
    let total = sheet.total();
    let mut units = Figures::default();
    sheet.units().values().for_each(|unit| units.merge(unit));
    assert_eq!(units, total, "units add up");
    total
}

fn figures(desk: &Desk, period: &str) -> Figures {
    figures_at(&[&desk.subject], period, LATER)
}

/// All stages at the given instants.
fn through(desk: &mut Desk, whens: [&str; 4]) {
    let stages = [
        Stage::Handling,
        Stage::Review,
        Stage::Approval,
        Stage::Completion,
    ];
    for (stage, when) in stages.into_iter().zip(whens) {
        desk.at(when, complete(stage));
    }
}

fn used(figures: &Figures) -> Vec<(u64, u64)> {
    figures.used.iter().collect()
}

#[test]
fn a_case_counts_where_its_events_happened() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-26 09:00");
    desk.at("2011-09-26 10:00", Command::Accept);
    through(
        &mut desk,
        [
            "2011-09-28 10:00",
            "2011-09-29 10:00",
            "2011-09-30 10:00",
            "2011-10-08 10:00",
        ],
    );

    let september = figures(&desk, "2011-09");
    let c = &september.counts;
    assert_eq!((c.received, c.accepted, c.completed), (1, 1, 0));
    assert_eq!((c.open_at_start, c.open_at_end, c.open_late), (0, 1, 0));
    assert_eq!(september.completion_rate().percent(2), Some(0));
    assert_eq!(september.used.median(), None);

    // 27, 28, 29, 30 September and the Saturday that works: five working days of ten.
    let october = figures(&desk, "2011-10");
    let c = &october.counts;
    assert_eq!((c.received, c.accepted, c.completed), (0, 0, 1));
    assert_eq!((c.open_at_start, c.open_at_end), (1, 0));
    assert_eq!(
        (c.completed_on_time, c.completed_early, c.completed_late),
        (1, 1, 0)
    );
    assert_eq!((c.statutory_on_time, c.same_day, c.timed), (1, 0, 1));
    assert_eq!(used(&october), [(5, 1)]);
    assert_eq!(october.saved_of_promised().percent(2), Some(5_000));
    assert_eq!(october.saved_of_statutory().percent(2), Some(7_500));
    assert_eq!(
        october.completion_rate().percent(2),
        None,
        "nothing was accepted"
    );
    assert_eq!(october.clearance_rate(), Ratio::new(1, 1));
    assert_eq!(october.outcomes[&Some(Outcome::Granted)], 1);
    let days: Vec<(Stage, Option<u64>)> = october
        .stages
        .iter()
        .map(|(stage, s)| (*stage, s.used.median()))
        .collect();
    assert_eq!(
        days,
        [
            (Stage::Acceptance, Some(0)),
            (Stage::Handling, Some(2)),
            (Stage::Review, Some(1)),
            (Stage::Approval, Some(1)),
            (Stage::Completion, Some(1)),
        ]
    );

    let quarter = figures(&desk, "2011-09-26..2011-10-08");
    assert_eq!(quarter.completion_rate().percent(2), Some(10_000));
    assert_eq!(quarter.cohort_rate(), Ratio::new(1, 1));
    let one_day = figures(&desk, "2011-09-26..2011-09-26").counts;
    assert_eq!((one_day.accepted, one_day.open_at_end), (1, 1));
    assert_eq!(figures(&desk, "2011-11"), Figures::default());
    assert_eq!(figures(&desk, "2011-08"), Figures::default());
}

#[test]
fn late_is_late_whether_it_is_done_or_not() {
    let mut desk = Desk::receive(books("limits"), "DUAN", "2011-09-26 09:00");
    desk.at("2011-09-26 10:00", Command::Accept);
    // Promised to 09-29, statutory to 10-08; 10-01 to 10-07 rest.
    desk.sweep("2011-10-01 00:00");
    let c = figures(&desk, "2011-09").counts;
    assert_eq!((c.open_at_end, c.open_late), (1, 1));
    assert_eq!((c.notices_issued, c.yellow_issued, c.red_issued), (1, 1, 0));
    assert_eq!((c.notice_cases, c.yellow_cards, c.red_cards), (0, 1, 0));
    assert_eq!(figures(&desk, "2011-09").on_time_rate(), Ratio::new(0, 1));

    through(
        &mut desk,
        [
            "2011-10-09 09:00",
            "2011-10-09 10:00",
            "2011-10-09 11:00",
            "2011-10-10 10:00",
        ],
    );
    let october = figures(&desk, "2011-10");
    let c = &october.counts;
    assert_eq!((c.completed_on_time, c.completed_late), (0, 1));
    assert_eq!((c.statutory_on_time, c.statutory_late), (0, 1));
    assert_eq!((c.yellow_issued, c.red_issued), (0, 1));
    assert_eq!((c.yellow_cards, c.red_cards), (0, 1));
    assert_eq!(used(&october), [(7, 1)]);
    // Seven days for a promise of three: slower by 133.33 %.
    assert_eq!(october.saved_of_promised().percent(2), Some(-13_333));
    // What September was stays what it was; over both, the case has one highest card.
    let c = figures(&desk, "2011-09").counts;
    assert_eq!((c.open_late, c.yellow_cards, c.red_cards), (1, 1, 0));
    let c = figures(&desk, "2011").counts;
    assert_eq!((c.yellow_issued, c.red_issued), (1, 1));
    assert_eq!((c.yellow_cards, c.red_cards), (0, 1));

    let red = desk.seq_of("warning_raised");
    desk.at("2011-11-02 10:00", revoke(red));
    let c = figures(&desk, "2011-10").counts;
    assert_eq!((c.red_issued, c.red_revoked, c.red_cards), (1, 0, 0));
    let c = figures(&desk, "2011-11").counts;
    assert_eq!((c.red_issued, c.red_revoked), (0, 1));
}

#[test]
fn a_month_that_runs_is_looked_at_now() {
    let mut desk = Desk::receive(books("limits"), "DUAN", "2011-09-26 09:00");
    desk.at("2011-09-26 10:00", Command::Accept);
    let late = |now| {
        figures_at(&[&desk.subject], "2011-09", now)
            .counts
            .open_late
    };
    // Promised to the end of 09-29.
    assert_eq!(late("2011-09-26 10:00"), 0);
    assert_eq!(late("2011-09-29 23:59"), 0);
    assert_eq!(late("2011-09-30 00:00"), 1);
    let now = figures_at(&[&desk.subject], "2011-09", "2011-09-26 10:00").counts;
    assert_eq!(
        (now.accepted, now.open_at_end),
        (1, 1),
        "what happens now counts"
    );
}

#[test]
fn what_came_later_does_not_excuse_an_earlier_end_of_month() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-08 09:00");
    desk.at("2011-09-08 10:00", Command::Accept);
    // Promised to 09-23; stopped over the end of September, and resumed.
    desk.at("2011-09-20 10:00", stop(None));
    desk.at("2011-10-10 10:00", resume());
    desk.at("2011-10-10 11:00", extend(5));
    let september = figures(&desk, "2011-09").counts;
    assert_eq!((september.stops, september.stops_open_at_end), (1, 1));
    assert_eq!(september.open_late, 0, "the clock was held then");
    assert_eq!(september.extensions, 0);
    let october = figures(&desk, "2011-10").counts;
    assert_eq!(
        (october.stops, october.stops_open_at_end, october.extensions),
        (0, 0, 1)
    );
    assert_eq!(
        october.open_late, 1,
        "8 used by the stop's days off, the rest is over"
    );

    // The stop comes after the limit: what was late stays late.
    let mut desk = Desk::receive(books("limits"), "DUAN", "2011-09-26 09:00");
    desk.at("2011-09-26 10:00", Command::Accept);
    desk.at("2011-10-08 10:00", stop(None));
    assert_eq!(figures(&desk, "2011-09").counts.open_late, 1);
    // An extension of October holds no September.
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-15 09:00");
    desk.at("2011-09-15 10:00", Command::Accept);
    desk.at("2011-09-28 10:00", extend(10));
    assert_eq!(
        figures(&desk, "2011-09").counts.open_late,
        0,
        "extended before its end"
    );
    assert_eq!(figures(&desk, "2011-09-15..2011-09-27").counts.open_late, 0);
}

#[test]
fn stops_are_taken_off_what_was_used() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-13 09:00");
    desk.at("2011-09-13 10:00", Command::Accept);
    desk.at("2011-09-15 10:00", stop(None));
    desk.at("2011-09-20 10:00", resume());
    through(
        &mut desk,
        [
            "2011-09-21 10:00",
            "2011-09-21 11:00",
            "2011-09-22 10:00",
            "2011-09-22 11:00",
        ],
    );
    // 14, 15, 21, 22; the 16th, 19th and 20th were stopped.
    let september = figures(&desk, "2011-09");
    assert_eq!(used(&september), [(4, 1)]);
    assert_eq!(september.stages[&Stage::Handling].used.days(), 3);
    assert_eq!(september.counts.stops_open_at_end, 0);
}

#[test]
fn withdrawn_and_void_cases_say_nothing_about_time() {
    for outcome in [
        Outcome::Withdrawn,
        Outcome::Void,
        Outcome::Deleted,
        Outcome::Returned,
    ] {
        let mut desk = Desk::receive(books("limits"), "DUAN", "2011-09-01 09:00");
        desk.at("2011-09-01 10:00", Command::Accept);
        desk.at("2011-09-02 10:00", close(outcome));
        let found = figures(&desk, "2011-09");
        let c = &found.counts;
        assert_eq!(
            (c.completed, c.timed, c.completed_on_time, c.same_day),
            (1, 0, 0, 0)
        );
        assert_eq!((used(&found), found.stages.len()), (Vec::new(), 0));
        assert_eq!(found.outcomes[&Some(outcome)], 1);
    }
    // A refusal is a decision like any other.
    let mut desk = Desk::receive(books("limits"), "DUAN", "2011-09-01 09:00");
    desk.at("2011-09-01 10:00", Command::Accept);
    desk.at("2011-09-02 10:00", complete(Stage::Handling));
    desk.at("2011-09-02 10:00", complete(Stage::Review));
    let refused = complete_with(Stage::Approval, Some(Outcome::Refused), Some("不符合条件"));
    desk.at("2011-09-02 10:00", refused);
    desk.at("2011-09-02 10:00", complete(Stage::Completion));
    assert_eq!(figures(&desk, "2011-09").counts.timed, 1);
}

#[test]
fn what_was_never_accepted_is_declined() {
    let mut desk = Desk::receive(books("limits"), "DUAN", "2011-09-01 09:00");
    let reason = "不属于本机关职权".to_owned();
    desk.at("2011-09-01 10:00", Command::RefuseAcceptance { reason });
    let found = figures(&desk, "2011-09");
    let c = &found.counts;
    assert_eq!(
        (c.received, c.accepted, c.completed, c.declined),
        (1, 0, 0, 1)
    );
    assert_eq!((c.open_at_start, c.open_at_end), (0, 0));
    assert_eq!(found.outcomes[&Some(Outcome::NotAccepted)], 1);
    assert!(found.has_business());
}

#[test]
fn annulled_acts_never_happened() {
    let mut desk = Desk::receive(books("limits"), "DUAN", "2011-09-01 09:00");
    desk.at("2011-09-01 10:00", Command::Accept);
    through(
        &mut desk,
        [
            "2011-09-02 10:00",
            "2011-09-02 10:00",
            "2011-09-02 10:00",
            "2011-09-02 11:00",
        ],
    );
    assert_eq!(figures(&desk, "2011-09").counts.completed, 1);
    let completion = desk.seq_of("stage_completed");
    desk.at("2011-09-05 10:00", annul(completion));
    let c = figures(&desk, "2011-09").counts;
    assert_eq!((c.completed, c.open_at_end, c.open_late), (0, 1, 1));
}

#[test]
fn corrections_are_counted_and_second_ones_flagged() {
    let mut desk = Desk::receive(books("limits"), "DUAN", "2011-09-01 09:00");
    desk.at("2011-09-01 10:00", correct());
    desk.at("2011-09-05 10:00", Command::Supply);
    desk.at("2011-09-06 10:00", Command::Accept);
    let c = figures(&desk, "2011-09").counts;
    assert_eq!((c.corrections, c.second_corrections), (1, 0));
    let mut desk = Desk::receive(books("limits"), "DUAN", "2011-09-01 09:00");
    desk.at("2011-09-01 10:00", correct());
    desk.at("2011-09-05 10:00", Command::Supply);
    desk.at("2011-09-06 10:00", correct());
    let september = figures(&desk, "2011-09");
    let c = &september.counts;
    assert_eq!((c.corrections, c.second_corrections), (2, 1));
    assert_eq!(september.defects.values().sum::<u64>(), 1);
}

#[test]
fn visits_to_a_stage_are_summed() {
    let mut desk = Desk::receive(books("limits"), "HUAN", "2011-09-13 09:00");
    desk.at("2011-09-13 10:00", Command::Accept);
    desk.at("2011-09-14 10:00", complete(Stage::Handling));
    desk.at("2011-09-15 10:00", send_back(Stage::Handling));
    through(
        &mut desk,
        [
            "2011-09-19 10:00",
            "2011-09-19 11:00",
            "2011-09-20 10:00",
            "2011-09-20 11:00",
        ],
    );
    let found = figures(&desk, "2011-09");
    let handling = &found.stages[&Stage::Handling];
    // The 14th, then 16 and 19.
    assert_eq!(
        (handling.visits, handling.late_visits, handling.used.days()),
        (2, 0, 3)
    );
    assert_eq!(handling.used.cases(), 1);
    assert_eq!(found.counts.sent_back, 1);
}

#[test]
fn orders_and_their_replies() {
    let reply = || Command::ReplyOrder {
        text: "已办结".to_owned(),
    };
    let mut in_time = Desk::order(books("limits"), Term::WorkingDays(3), "2011-09-01 09:00");
    in_time.at("2011-09-06 23:59", reply());
    let mut late = Desk::order(books("limits"), Term::WorkingDays(3), "2011-09-01 09:00");
    late.at("2011-09-07 00:00", reply());
    late.at("2011-10-08 09:00", Command::CloseOrder { remark: None });
    let silent = Desk::order(books("limits"), Term::WorkingDays(3), "2011-09-01 09:00");
    let all = [&in_time.subject, &late.subject, &silent.subject];
    let c = figures_at(&all, "2011-09", LATER).counts;
    assert_eq!(c.orders_issued, 3);
    assert_eq!(
        (
            c.order_replies_in_time,
            c.order_replies_late,
            c.orders_overdue
        ),
        (1, 1, 1)
    );
    assert_eq!(c.orders_closed, 0);
    assert_eq!(figures_at(&all, "2011-10", LATER).counts.orders_closed, 1);
}

#[test]
fn limits_are_those_of_the_last_day() {
    let mut books = books("limits");
    put(&mut books, item("NEU", 4, 12), "2011-10-10 09:00");
    let mut faster = item("NEU", 2, 12);
    faster.version = 2;
    put(&mut books, faster, "2011-11-15 09:00");
    let unit = |before: &str| LimitSums::in_force(&books, at(before))[&UnitCode::from(UNIT)];
    // HUAN, LIAN, SHANG, ZHI, DUAN in working days; RI, YUE, SHI, RIZHI count as items only.
    let (statutory, promised) = (20 + 45 + 20 + 20 + 5, 10 + 30 + 15 + 10 + 3);
    let found = unit("2011-10-01 00:00");
    assert_eq!((found.approval_items, found.service_items), (9, 1));
    assert_eq!(
        (found.statutory_days, found.promised_days),
        (statutory, promised)
    );
    let found = unit("2011-11-01 00:00");
    assert_eq!(
        (found.statutory_days, found.promised_days),
        (statutory + 12, promised + 4)
    );
    let found = unit("2011-12-01 00:00");
    assert_eq!(
        (found.statutory_days, found.promised_days),
        (statutory + 12, promised + 2)
    );
    assert!(
        !LimitSums::in_force(&books, at("2011-12-01 00:00"))
            .contains_key(&UnitCode::from(EMPTY_UNIT))
    );
}
