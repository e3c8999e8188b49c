//! What is counted of single subjects, days and periods, told by the names of the numbers.

use approval::appeal::AppealDecision;
use approval::ids::{ItemCode, UnitCode};
use approval::rule::Level;
use approval::stage::{Outcome, Stage};
use approval::statistics::{
    Balance, Count, Counted, Counts, DailyFacts, Figures, Fold, Histogram, Indicator, Leaf,
    Measure, Period, Ratio, Sheet, by_month, contribute, count, years_before, years_of,
};
use approval::track::ClockKey;
use approval::{Command, Defect, Subject};
use calendar::Term;
use chrono::NaiveDate;

use crate::appeals::file;
use crate::fixtures::*;

/// Monday; the three working days of DUAN end on Thursday the 20th, the ten of HUAN on Monday the 31st.
const WHEN: &str = "2011-10-17 10:00";

/// All numbers above zero in a line.
fn told(figures: &Figures) -> String {
    let named = figures.named();
    let numbers = named.iter().map(|(name, n)| format!("{name} {n}"));
    numbers.collect::<Vec<_>>().join(", ")
}

fn sheet(subject: &Subject, period: &str) -> Sheet {
    let mut sheet = Sheet::default();
    count(&mut sheet, subject, &window(period), &calendar()).expect("covered days");
    sheet
}

fn figures(subject: &Subject, period: &str) -> Figures {
    sheet(subject, period).total()
}

/// What a subject adds to a period, by unit and item.
fn counted(subject: &Subject, period: &str) -> String {
    let sheet = sheet(subject, period);
    let leaves = sheet.leaves().map(|((unit, item), figures)| {
        let item = item.as_ref().map_or("-", ItemCode::as_str);
        format!("{} {item}: {}", unit.as_str(), told(figures))
    });
    leaves.collect::<Vec<_>>().join("; ")
}

/// A period in which a subject counts, and what it adds.
fn check(what: &str, subject: &Subject, expected: &[(&str, &str)]) {
    for (period, expected) in expected {
        assert_eq!(counted(subject, period), *expected, "{what} in {period}");
    }
}

fn leaf(unit: &str, item: &str) -> Leaf {
    (UnitCode::from(unit), Some(ItemCode::from(item)))
}

fn accepted(item: &str) -> Desk {
    Desk::accepted(books("limits"), item, WHEN)
}

#[test]
fn facts_that_are_merged_are_those_of_both() {
    let (first, second) = (date("2011-10-17"), date("2011-10-18"));
    let (huan, duan) = (leaf(UNIT, "HUAN"), leaf(UNIT, "DUAN"));
    let mut facts = DailyFacts::default();
    assert!(facts.is_empty());
    facts.add(first, &huan, Measure::Count(Count::Received), 2);
    facts.add(first, &huan, Measure::Change(Balance::Open), 1);
    assert!(!facts.is_empty());
    let mut others = DailyFacts::default();
    others.add(first, &huan, Measure::Count(Count::Received), 3);
    others.add(first, &huan, Measure::Change(Balance::Open), -1);
    others.add(first, &duan, Measure::Used(4), 1);
    others.add(second, &huan, Measure::Used(5), 1);
    facts.merge(&others);
    let rows: Vec<(NaiveDate, &Leaf, Counted)> = facts
        .iter()
        .map(|(day, leaf, c)| (day, leaf, c.clone()))
        .collect();
    let expected = [
        (first, &duan, Counted::from([(Measure::Used(4), 1)])),
        (
            first,
            &huan,
            Counted::from([(Measure::Count(Count::Received), 5)]),
        ),
        (second, &huan, Counted::from([(Measure::Used(5), 1)])),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn months_are_counted_over_the_turn_of_the_year() {
    for (day, days, months) in [
        ("2012-01-31", 30, 0),
        ("2012-01-31", 31, 1),
        ("2012-01-03", 3, 1),
        ("2012-01-03", 34, 2),
        ("2012-12-01", 366, 12),
        ("2011-12-01", 0, 0),
    ] {
        let counted = Counted::from([
            (Measure::CompletedAfter(days), 2),
            (Measure::Warned(Level::Yellow, Some(days)), 3),
        ]);
        let expected = Counted::from([
            (Measure::CompletedAfter(months), 2),
            (Measure::Warned(Level::Yellow, Some(months)), 3),
        ]);
        assert_eq!(
            by_month(date(day), &counted),
            expected,
            "{days} days before {day}"
        );
    }
}

#[test]
fn a_window_holds_its_first_instant_and_not_the_one_after_it() {
    let window = window("2011-10");
    for (when, holds) in [
        ("2010-10-15 10:00", false),
        ("2011-09-30 23:59:59.999999", false),
        ("2011-10-01 00:00", true),
        ("2011-10-15 10:00", true),
        ("2011-10-31 23:59:59.999999", true),
        ("2011-11-01 00:00", false),
        ("2011-11-15 10:00", false),
    ] {
        assert_eq!(window.holds(at(when)), holds, "{when}");
    }
}

#[test]
fn an_appeal_counts_when_it_is_filed_and_when_it_is_answered() {
    let mut desk = accepted("DUAN");
    desk.sweep("2011-10-21 10:00");
    let promised = desk.live(Level::Yellow, ClockKey::Promised);
    let card = promised.first().expect("a card").seq;
    let filed = file(&mut desk, card, "2011-10-21 11:00", &by("HB-D")).expect("an appeal");
    for (decision, expected) in [
        (AppealDecision::Revoked, "HB DUAN: appeals_upheld 1"),
        (AppealDecision::Rejected, "HB DUAN: appeals_rejected 1"),
        (AppealDecision::Referred, ""),
    ] {
        let mut appeal = filed.clone();
        let reason = "经核实".to_owned();
        appeal.at(
            "2011-10-24 10:00",
            Command::DecideAppeal { decision, reason },
        );
        check(
            decision.as_str(),
            &appeal.subject,
            &[
                ("2011-10-21..2011-10-21", "HB DUAN: appeals_filed 1"),
                ("2011-10-24..2011-10-24", expected),
            ],
        );
    }
}

#[test]
fn an_open_case_is_late_from_the_end_of_its_last_day_on() {
    let desk = accepted("DUAN");
    check(
        "promised to the 20th",
        &desk.subject,
        &[
            (
                "2011-10-17..2011-10-19",
                "HB DUAN: accepted 1, open_at_end 1, received 1",
            ),
            (
                "2011-10-18..2011-10-19",
                "HB DUAN: open_at_end 1, open_at_start 1",
            ),
            (
                "2011-10-18..2011-10-20",
                "HB DUAN: open_at_end 1, open_at_start 1, open_late 1",
            ),
        ],
    );
}

/// However long afterwards it is looked at: the 20th is the last day of either limit.
#[test]
fn what_is_late_is_so_from_its_last_day_on_in_the_facts_of_days() {
    let order = Desk::order(books("limits"), Term::WorkingDays(3), WHEN);
    for (what, desk, expected) in [
        (
            "a case",
            accepted("DUAN"),
            [
                "2011-10-17 HB DUAN: received 1, accepted 1, open_change 1",
                "2011-10-20 HB DUAN: open_late_change 1",
            ],
        ),
        (
            "an order",
            order,
            [
                "2011-10-17 HB -: orders_issued 1",
                "2011-10-20 HB -: orders_overdue_change 1",
            ],
        ),
    ] {
        let mut facts = DailyFacts::default();
        contribute(&mut facts, &desk.subject, &calendar(), at(LATER)).expect("covered days");
        let rows = facts.iter().map(|(day, (unit, item), counted)| {
            let item = item.as_ref().map_or("-", ItemCode::as_str);
            let numbers = counted
                .iter()
                .map(|(measure, n)| format!("{} {n}", measure.name().0));
            let numbers = numbers.collect::<Vec<_>>().join(", ");
            format!("{day} {} {item}: {numbers}", unit.as_str())
        });
        assert_eq!(rows.collect::<Vec<_>>(), expected, "{what}");
    }
}

/// The work was resumed on the 19th, but that was recorded after an extension of the 25th. Without the extension the
/// promise was over with the 21st, and only the days from the 25th on are excused.
#[test]
fn an_extension_does_not_excuse_the_days_before_it() {
    let mut desk = accepted("DUAN");
    desk.at("2011-10-18 10:00", stop(None));
    desk.at("2011-10-25 10:00", extend(5));
    desk.late("2011-10-26 10:00", "2011-10-19 10:00", resume());
    desk.check_due(ClockKey::Promised, "2011-10-28");
    check(
        "extended",
        &desk.subject,
        &[
            (
                "2011-10-18..2011-10-18",
                "HB DUAN: notice_cases 1, notices_issued 1, open_at_end 1, open_at_start 1, stops 1, \
                 stops_open_at_end 1",
            ),
            (
                "2011-10-20..2011-10-20",
                "HB DUAN: open_at_end 1, open_at_start 1",
            ),
            (
                "2011-10-20..2011-10-21",
                "HB DUAN: open_at_end 1, open_at_start 1, open_late 1",
            ),
            (
                "2011-10-22..2011-10-24",
                "HB DUAN: open_at_end 1, open_at_start 1, open_late 1",
            ),
            (
                "2011-10-25..2011-10-25",
                "HB DUAN: extensions 1, open_at_end 1, open_at_start 1",
            ),
            (
                "2011-10-27..2011-10-27",
                "HB DUAN: open_at_end 1, open_at_start 1",
            ),
            (
                "2011-10-27..2011-10-28",
                "HB DUAN: open_at_end 1, open_at_start 1, open_late 1",
            ),
        ],
    );
}

#[test]
fn a_case_is_early_only_if_it_ends_before_its_last_day() {
    for (when, on_time, early, late, days) in [
        ("2011-10-17 15:00", 1, 1, 0, 0),
        ("2011-10-19 23:59", 1, 1, 0, 2),
        ("2011-10-20 00:00", 1, 0, 0, 3),
        ("2011-10-20 23:59", 1, 0, 0, 3),
        ("2011-10-21 00:00", 0, 0, 1, 4),
    ] {
        let mut desk = accepted("DUAN");
        desk.finish(when);
        let found = figures(&desk.subject, "2011-10");
        let c = &found.counts;
        let times = (c.completed_on_time, c.completed_early, c.completed_late);
        assert_eq!(times, (on_time, early, late), "{when}");
        assert!(found.used.iter().eq([(days, 1)]), "{when}");
    }
}

#[test]
fn visits_after_the_limit_of_their_stage_are_late() {
    let mut desk = accepted("HUAN");
    // Four working days of handling end on the 21st, two of review that begins on the 24th on the 26th.
    desk.at("2011-10-24 10:00", complete(Stage::Handling));
    desk.at("2011-10-27 10:00", complete(Stage::Review));
    desk.at("2011-10-28 10:00", complete(Stage::Approval));
    desk.at("2011-10-28 10:00", complete(Stage::Completion));
    let expected = "HB HUAN: completed 1, completed_early 1, completed_on_time 1, open_at_start 1, outcome/granted 1, \
                    promised_limit_days 10, promised_used_days 9, stage_late_visits/handling 1, \
                    stage_late_visits/review 1, stage_used_working_days/acceptance/0 1, \
                    stage_used_working_days/approval/1 1, stage_used_working_days/completion/0 1, \
                    stage_used_working_days/handling/5 1, stage_used_working_days/review/3 1, \
                    stage_visits/acceptance 1, stage_visits/approval 1, stage_visits/completion 1, \
                    stage_visits/handling 1, stage_visits/review 1, statutory_limit_days 20, statutory_on_time 1, \
                    statutory_used_days 9, timed 1, used_working_days/9 1";
    check(
        "two late stages",
        &desk.subject,
        &[("2011-10-28..2011-10-28", expected)],
    );
}

#[test]
fn an_order_that_is_closed_without_a_reply_has_none() {
    let reply = || Command::ReplyOrder {
        text: "已办结".to_owned(),
    };
    let shut = || Command::CloseOrder { remark: None };
    let order = || Desk::order(books("limits"), Term::WorkingDays(3), WHEN);
    let mut silent = order();
    silent.at("2011-10-18 10:00", shut());
    let mut replied = order();
    replied.at("2011-10-18 10:00", reply());
    replied.at("2011-10-18 11:00", shut());
    let mut late = order();
    late.at("2011-10-21 10:00", reply());
    for (what, desk, expected) in [
        (
            "no term is over",
            order(),
            [("2011-10-17..2011-10-19", "HB -: orders_issued 1")],
        ),
        (
            "silent",
            silent,
            [("2011-10", "HB -: orders_closed 1, orders_issued 1")],
        ),
        (
            "replied",
            replied,
            [(
                "2011-10",
                "HB -: order_replies_in_time 1, orders_closed 1, orders_issued 1",
            )],
        ),
        (
            "late",
            late,
            [(
                "2011-10",
                "HB -: notices_issued 1, order_replies_late 1, orders_issued 1, yellow_issued 1",
            )],
        ),
    ] {
        check(what, &desk.subject, &expected);
    }
}

#[test]
fn a_warning_counts_by_what_became_of_it() {
    let text = one_rule(
        "wait",
        "promised",
        "after_working_days = 0",
        "issue = \"wait-for-inspector\"",
    );
    let mut desk = Desk::receive(books_of(rules("one", &text, 1)), "DUAN", WHEN);
    desk.at(WHEN, Command::Accept);
    desk.sweep("2011-10-21 10:00");
    let card = desk.seq_of("warning_raised");
    let pending = desk.clone();
    desk.at("2011-10-22 10:00", Command::IssueWarning { warning: card });
    let issued = desk.clone();
    let mut revoked = issued.clone();
    revoked.at("2011-10-23 10:00", revoke(card));
    let mut annulled = issued.clone();
    // Without its acceptance the case had no promise to break.
    annulled.at("2011-10-23 10:00", annul(annulled.seq_of("accepted")));
    let open = "HB DUAN: open_at_end 1, open_at_start 1, open_late 1";
    let open_and = |more: &str| format!("{open}, {more}");
    let alone = |more: &str| format!("HB DUAN: {more}");
    let still = || open.to_owned();
    for (what, desk, expected) in [
        (
            "pending",
            pending,
            [open_and("yellow_pending 1"), still(), still()],
        ),
        (
            "issued",
            issued,
            [
                still(),
                open_and("yellow_cards 1, yellow_issued 1"),
                still(),
            ],
        ),
        (
            "revoked",
            revoked,
            [
                still(),
                open_and("yellow_issued 1"),
                open_and("yellow_revoked 1"),
            ],
        ),
        (
            "annulled",
            annulled,
            [
                String::new(),
                alone("yellow_issued 1"),
                alone("yellow_annulled 1"),
            ],
        ),
    ] {
        let days = [
            "2011-10-21..2011-10-21",
            "2011-10-22..2011-10-22",
            "2011-10-23..2011-10-23",
        ];
        for (day, expected) in days.into_iter().zip(&expected) {
            check(what, &desk.subject, &[(day, expected)]);
        }
    }
}

/// One figure of each kind.
fn some() -> Figures {
    let mut figures = Figures::default();
    figures.counts.received = 7;
    figures.counts.accepted = 5;
    figures.outcomes = [
        (None, 2),
        (Some(Outcome::Granted), 3),
        (Some(Outcome::Refused), 0),
    ]
    .into();
    figures.used.add_cases(4, 2);
    figures.used.add_cases(0, 1);
    figures.used_immediate.add(0);
    let handling = figures.stages.entry(Stage::Handling).or_default();
    (handling.visits, handling.late_visits) = (6, 4);
    handling.used.add_cases(2, 3);
    figures.stages.entry(Stage::Review).or_default().visits = 1;
    figures.defects = [(Defect::LateRecording, 8), (Defect::NoLateReason, 0)].into();
    figures
}

#[test]
fn figures_are_named_where_they_are_not_zero() {
    assert_eq!(told(&Figures::default()), "");
    let names = "accepted 5, irregular/late_recording 8, outcome/granted 3, outcome/unstated 2, received 7, \
                 stage_late_visits/handling 4, stage_used_working_days/handling/2 3, stage_visits/handling 6, \
                 stage_visits/review 1, used_working_days/0 1, used_working_days/4 2, \
                 used_working_days_immediate/0 1";
    assert_eq!(told(&some()), names);
}

#[test]
fn figures_that_are_merged_add_up() {
    let mut twice = some();
    twice.merge(&some());
    let names = "accepted 10, irregular/late_recording 16, outcome/granted 6, outcome/unstated 4, received 14, \
                 stage_late_visits/handling 8, stage_used_working_days/handling/2 6, stage_visits/handling 12, \
                 stage_visits/review 2, used_working_days/0 2, used_working_days/4 4, \
                 used_working_days_immediate/0 2";
    assert_eq!(told(&twice), names);
}

#[test]
fn same_day_completions_are_a_share_of_the_timed() {
    let counts = Counts {
        same_day: 3,
        timed: 8,
        completed: 11,
        received: 13,
        ..Counts::default()
    };
    let figures = Figures {
        counts,
        ..Figures::default()
    };
    assert_eq!(figures.same_day_rate(), Ratio::new(3, 8));
    assert_eq!(Figures::default().same_day_rate(), Ratio::new(0, 0));
}

#[test]
fn business_is_what_came_in_or_ended() {
    let none = Counts::default;
    for (counts, expected) in [
        (none(), false),
        (
            Counts {
                received: 1,
                ..none()
            },
            true,
        ),
        (
            Counts {
                accepted: 1,
                ..none()
            },
            true,
        ),
        (
            Counts {
                completed: 1,
                ..none()
            },
            true,
        ),
        (
            Counts {
                declined: 1,
                ..none()
            },
            true,
        ),
        (
            Counts {
                open_at_start: 1,
                open_at_end: 1,
                open_late: 1,
                yellow_issued: 1,
                ..none()
            },
            false,
        ),
    ] {
        let figures = Figures {
            counts,
            ..Figures::default()
        };
        assert_eq!(figures.has_business(), expected, "{}", told(&figures));
    }
}

#[test]
fn days_of_stages_add_up_over_a_period() {
    let stage = Stage::Approval;
    let place = leaf(UNIT, "HUAN");
    let mut facts = DailyFacts::default();
    for (day, late) in [("2011-10-17", 2), ("2011-10-18", 3), ("2011-11-01", 9)] {
        facts.add(date(day), &place, Measure::StageVisits(stage), 10);
        facts.add(date(day), &place, Measure::StageLate(stage), late);
        facts.add(date(day), &place, Measure::StageUsed(stage, 1), 4);
    }
    let mut fold = Fold::new(vec![(date("2011-10-01"), date("2011-10-31"))]);
    fold.add_all(&facts);
    let sheets = fold.sheets();
    let sums: Vec<String> = sheets.iter().map(|sheet| told(&sheet.total())).collect();
    let expected = "stage_late_visits/approval 5, stage_used_working_days/approval/1 8, stage_visits/approval 20";
    assert_eq!(sums, [expected]);
}

#[test]
fn a_histogram_has_each_number_of_days_once() {
    let mut histogram = Histogram::default();
    for (days, cases) in [(5, 1), (5, 2), (9, 1), (2, 4), (9, 3), (5, 1), (12, 1)] {
        histogram.add_cases(days, cases);
    }
    assert!(
        histogram.iter().eq([(2, 4), (5, 4), (9, 4), (12, 1)]),
        "{histogram:?}"
    );
    assert_eq!((histogram.cases(), histogram.days()), (13, 76));
}

#[test]
fn an_indicator_reads_its_own_number() {
    for (word, of_some) in [
        ("accepted", 5),
        ("completed", 0),
        ("measured", 3),
        ("immediate", 1),
        ("outcome.unknown", 2),
        ("outcome.granted", 3),
        ("outcome.refused", 0),
        ("outcome.withdrawn", 0),
        ("visits.handling", 6),
        ("late_visits.handling", 4),
        ("visits.review", 1),
        ("late_visits.review", 0),
        ("visits.approval", 0),
        ("late_visits.approval", 0),
    ] {
        let indicator = Indicator::parse(word).expect(word);
        assert_eq!(indicator.value(&some()), of_some, "{word}");
        assert_eq!(indicator.value(&Figures::default()), 0, "{word}");
    }
}

#[test]
fn a_period_and_the_one_before_have_chinese_names() {
    for (text, name, before) in [
        ("2011", "2011年", "上年"),
        ("2011-H1", "2011年上半年", "上一个半年"),
        ("2011-H2", "2011年下半年", "上一个半年"),
        ("2011-Q1", "2011年第一季度", "上季度"),
        ("2011-Q2", "2011年第二季度", "上季度"),
        ("2011-Q3", "2011年第三季度", "上季度"),
        ("2011-Q4", "2011年第四季度", "上季度"),
        ("2011-01", "2011年1月", "上月"),
        ("2011-10", "2011年10月", "上月"),
        ("2011-W04", "2011年第4周", "上周"),
        (
            "2011-10-08..2011-11-01",
            "2011年10月8日至2011年11月1日",
            "前一时段",
        ),
    ] {
        let period = Period::parse(text).expect(text);
        assert_eq!(
            (period.zh().as_str(), period.zh_before()),
            (name, before),
            "{text}"
        );
    }
}

/// The years are numbered from 1897. A span ends with its year and is as long as the largest power of two that divides
/// its number.
#[test]
fn a_span_is_told_by_its_last_year() {
    let shown = |days: &mut dyn Iterator<Item = NaiveDate>| -> Vec<String> {
        days.map(|d| d.to_string()).collect()
    };
    let day = date("2011-10-17");
    // 115 is 64 + 32 + 16 + 2 + 1.
    let own = ["2011-01-01", "2012-01-01", "2016-01-01", "2024-01-01"];
    assert_eq!(shown(&mut years_of(day)), own);
    let before = ["2010-01-01", "2008-01-01", "1992-01-01", "1960-01-01"];
    assert_eq!(shown(&mut years_before(day)), before);
    assert_eq!(shown(&mut years_before(date("2025-03-01"))), ["2024-01-01"]);
    assert_eq!(
        shown(&mut years_of(date("2025-03-01"))),
        [
            "2025-01-01",
            "2026-01-01",
            "2028-01-01",
            "2032-01-01",
            "2040-01-01",
            "2056-01-01",
            "2088-01-01",
        ]
    );
}
