//! Schemes that read, mistakes with their places, scores counted by hand, and a naive second implementation.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::ids::{PersonCode, UnitCode};
use crate::statistics::{Figures, Period, Ratio};

const HUNDRED: &str = include_str!("../../../../config/scoring/hundred.toml");
const PLAIN: &str = include_str!("../../../../config/scoring/plain.toml");

fn hundred() -> Arc<Scheme> {
    static READ: OnceLock<Arc<Scheme>> = OnceLock::new();
    let read = || Scheme::parse("hundred.toml", HUNDRED).expect("a preset that reads");
    Arc::clone(READ.get_or_init(|| Arc::new(read())))
}

fn month(text: &str) -> Period {
    read_month(text).expect("a month")
}

fn entry(part: &str, points: &str, acts: &[EntryActKind]) -> Entry {
    let at = DateTime::from_timestamp(1_320_000_000, 0).expect("an instant");
    let act = |kind: &EntryActKind| EntryAct {
        kind: *kind,
        by: PersonCode::from("P"),
        at,
        reason: "r".to_owned(),
    };
    Entry {
        number: "PF-1".to_owned(),
        unit: UnitCode::from("HBJ"),
        month: month("2011-10"),
        part: part.to_owned(),
        points: Points::parse(points).expect("points"),
        reason: "投诉查实".to_owned(),
        entered_by: PersonCode::from("JC-1"),
        entered_at: at,
        object_until: at + chrono::Duration::days(5),
        acts: acts.iter().map(act).collect(),
    }
}

fn score(figures: &Figures, cut: Option<Ratio>, runs: &[u64], entries: &[Entry]) -> MonthScore {
    let facts = UnitFacts {
        figures,
        least_cut: cut,
        notice_runs: runs,
        entries,
    };
    month_score(&hundred(), facts)
}

#[test]
fn presets_read() {
    for (name, text, points) in [("hundred", HUNDRED, 100), ("plain", PLAIN, 100)] {
        let scheme = Scheme::parse(name, text).expect("a preset that reads");
        assert_eq!(scheme.name, name);
        let sum: Points = scheme.parts.iter().map(|part| part.points).sum();
        assert_eq!(sum, Points::whole(points), "{name}");
        assert_eq!(
            (scheme.first, scheme.last, scheme.months_in_row),
            (10, 3, 3)
        );
    }
    assert_eq!(hundred().parts.len(), 9);
}

#[test]
fn nothing_wrong_is_full_points() {
    let found = score(&Figures::default(), None, &[], &[]);
    assert_eq!(found.points, Points::whole(100));
    assert_eq!(found.lines().count(), 0);
    let known: Vec<&str> = found.parts.iter().map(|p| p.known.as_str()).collect();
    let (counted, unknown) = ("counted", "not_recorded");
    assert_eq!(
        known,
        [
            unknown, counted, counted, unknown, unknown, unknown, counted, unknown, unknown
        ]
    );
}

#[test]
fn deductions_are_those_of_the_published_scheme() {
    // Notices in a row, yellow, red → points of 期限合法, which has 14.
    for (runs, yellow, red, limits) in [
        (&[][..], 0, 0, 14),
        (&[2], 0, 0, 14),
        (&[3], 0, 0, 11),
        (&[2, 2], 0, 0, 14), // two rows of two are no row of three
        (&[7], 0, 0, 8),     // 3 + 3, one is left
        (&[3, 4], 0, 0, 8),
        (&[], 1, 0, 9),
        (&[], 2, 0, 4),
        (&[], 0, 1, 4),
        (&[], 1, 1, 0), // −15 of 14: never below 0
        (&[30], 9, 9, 0),
    ] {
        let mut figures = Figures::default();
        figures.counts.notice_cases = runs.iter().sum();
        figures.counts.yellow_cards = yellow;
        figures.counts.red_cards = red;
        let found = score(&figures, None, runs, &[]);
        let part = found.parts.get(2).expect("a third part");
        assert_eq!(
            part.points,
            Points::whole(limits),
            "{runs:?} {yellow} {red}"
        );
        assert_eq!(found.points, Points::whole(86 + limits));
    }
    let mut figures = Figures::default();
    figures.counts.yellow_cards = 2;
    let told: Vec<String> = score(&figures, None, &[], &[])
        .lines()
        .map(Line::zh)
        .collect();
    assert_eq!(told, ["黄牌2件次，扣10分"]);
}

#[test]
fn bonuses_come_in_full_steps() {
    // Completed early of 100, all on time → points above 100.
    for (early, bonus) in [
        (0, 0),
        (9, 0),
        (10, 1),
        (19, 1),
        (20, 2),
        (99, 9),
        (100, 10),
    ] {
        let mut figures = Figures::default();
        figures.counts.completed_on_time = 100;
        figures.counts.completed_early = early;
        let found = score(&figures, None, &[], &[]);
        assert_eq!(found.points, Points::whole(100 + bonus), "{early} early");
    }
    // The least cut, days of days.
    for (cut, whole, bonus) in [
        (0, 20, 0),
        (5, 20, 0),
        (2_999, 10_000, 0), // 29.99 % isn't 30 %
        (6, 20, 3),
        (7, 20, 3),
        (8, 20, 4),
        (20, 20, 10),
    ] {
        let found = score(&Figures::default(), Some(Ratio::new(cut, whole)), &[], &[]);
        assert_eq!(found.points, Points::whole(100 + bonus), "{cut} of {whole}");
    }
}

#[test]
fn incomplete_reports_cost_five_points_at_most() {
    // Ended cases without an outcome, measured wrongly, ended in all → points off.
    for (unsaid, unmeasured, ended, off) in [
        (0, 0, 100, 0),
        (0, 1, 100, 1),
        (1, 1, 100, 2),
        (1, 0, 101, 0), // less than 1 %
        (4, 0, 99, 4),
        (50, 10, 100, 5),
        (0, 0, 0, 0),
    ] {
        let mut figures = Figures::default();
        figures.counts.completed = ended;
        figures.counts.unmeasured = unmeasured;
        figures.outcomes.insert(None, unsaid);
        let found = score(&figures, None, &[], &[]);
        assert_eq!(
            found.points,
            Points::whole(100 - off),
            "{unsaid} {unmeasured} {ended}"
        );
    }
}

#[test]
fn entries_count_until_they_are_withdrawn() {
    use EntryActKind::{Objected, Rejected, Upheld};
    for (part, points, acts, sum, known) in [
        ("attitude", "-2.5", &[][..], "97.5", "entered"),
        ("attitude", "-2.5", &[Objected], "97.5", "entered"),
        ("attitude", "-2.5", &[Objected, Rejected], "97.5", "entered"),
        (
            "attitude",
            "-2.5",
            &[Objected, Upheld],
            "100",
            "not_recorded",
        ),
        ("attitude", "-30", &[], "90", "entered"), // the part has 10
        ("attitude", "3", &[], "100", "entered"),  // never above its points
        (TOTAL, "-30", &[], "70", "not_recorded"),
        (TOTAL, "-300", &[], "0", "not_recorded"),
        (TOTAL, "2", &[], "102", "not_recorded"),
        ("gone", "-1", &[], "99", "not_recorded"), // a part of an earlier scheme
    ] {
        let found = score(&Figures::default(), None, &[], &[entry(part, points, acts)]);
        assert_eq!(found.points.to_string(), sum, "{part} {points} {acts:?}");
        let part = found.parts.get(5).expect("a sixth part");
        assert_eq!(part.known.as_str(), known);
    }
}

#[test]
fn weights_caps_and_caps_of_bonuses() {
    let text = PLAIN
        .replacen("points = 60", "points = 60\nweight_percent = 50", 1)
        .replacen("objection", "most = 85\nbonus_most = \"0.5\"\nobjection", 1)
        + "[[bonus]]\nid = \"early\"\nshare = \"early\"\nfrom_percent = 10\npoints = 10\ntext = \"早\"\ntext_en = \"early\"\n";
    let scheme = Scheme::parse("t", &text).expect("a scheme");
    let mut figures = Figures::default();
    figures.counts.completed_late = 1;
    figures.counts.completed_on_time = 9;
    figures.counts.completed_early = 9;
    let of = |scheme: &Scheme, entries: &[Entry]| {
        let facts = UnitFacts {
            figures: &figures,
            least_cut: None,
            notice_runs: &[],
            entries,
        };
        month_score(scheme, facts).points.to_string()
    };
    // (60 − 2) × 50 % + 20 + 20 + 0.5
    assert_eq!(of(&scheme, &[]), "69.5");
    assert_eq!(of(&scheme, &[entry(TOTAL, "30", &[])]), "85");
}

/// What is changed in the plain preset, and what is told of it.
const MISTAKES: [(&str, &str, &str); 26] = [
    ("name = \"plain\"", "name = \"Plain\"", "t.toml:3: name"),
    ("name = \"plain\"", "nam = \"plain\"", "unknown key"),
    ("objection = \"5wd\"", "", "objection: missing"),
    ("objection = \"5wd\"", "objection = \"5\"", "objection"),
    (
        "volume = \"completed\"",
        "volume = \"size\"",
        "accepted, completed",
    ),
    ("[ranking]", "[rankings]", "unknown key"),
    ("months_in_row = 3", "months_in_row = 1", "2 to 12"),
    ("months_in_row = 3", "", "ranking.months_in_row: missing"),
    (
        "points = 60",
        "points = 0",
        "part.points: must be points above 0",
    ),
    ("points = 60", "points = \"6.125\"", "part.points"),
    ("points = 60", "points = -1", "part.points"),
    (
        "points = 60",
        "points = 60\nhint_en = \"x\"",
        "goes with hint",
    ),
    (
        "points = 60",
        "points = 60\nweight_percent = 0",
        "1 to 10000",
    ),
    ("key = \"service\"", "key = \"limits\"", "there already"),
    ("key = \"service\"", "key = \"total\"", "isn't a key"),
    (
        "id = \"open-late\"",
        "id = \"late-completed\"",
        "there already",
    ),
    (
        "count = \"open_late\"",
        "count = \"late\"",
        "notices_in_row",
    ),
    ("count = \"open_late\"", "", "either count or share"),
    (
        "count = \"open_late\"",
        "count = \"open_late\"\nshare = \"late\"",
        "not both",
    ),
    (
        "count = \"open_late\"",
        "count = \"open_late\"\nfrom_percent = 3",
        "goes with share",
    ),
    (
        "count = \"open_late\"",
        "share = \"late\"",
        "deduction.from_percent: missing",
    ),
    (
        "count = \"open_late\"",
        "share = \"late\"\nfrom_percent = 0",
        "1 to 100",
    ),
    (
        "count = \"open_late\"",
        "share = \"late\"\nfrom_percent = 1\neach = 2",
        "goes with count",
    ),
    (
        "part = \"procedure\"",
        "part = \"procedur\"",
        "limits, procedure, service, total",
    ),
    ("from = 90", "from = 70", "must fall"),
    ("from = 0", "from = 1", "must begin at 0"),
];

#[test]
fn wrong_files_are_named_with_line_and_key() {
    for (from, to, wanted) in MISTAKES {
        let text = PLAIN.replacen(from, to, 1);
        assert_ne!(text, PLAIN, "{from}");
        let error = Scheme::parse("t.toml", &text).expect_err(to);
        let (told, zh) = (error.to_string(), error.message_zh());
        assert!(
            told.starts_with("t.toml:") && told.contains(wanted),
            "{to}: {told}"
        );
        assert!(zh.starts_with("t.toml 第") && zh.contains('：'), "{zh}");
    }
}

#[test]
fn months_are_months() {
    let text = |months: Vec<Period>| {
        let months: Vec<String> = months.iter().map(Period::to_string).collect();
        months.join(" ")
    };
    let of = |period: &str| text(months_of(&Period::parse(period).expect("a period")));
    assert_eq!(of("2011-10"), "2011-10");
    assert_eq!(of("2011-Q1"), "2011-01 2011-02 2011-03");
    assert_eq!(of("2011-12-01..2012-02-29"), "2011-12 2012-01 2012-02");
    for other in [
        "2011-W40",
        "2011-10-02..2011-10-31",
        "2012-02-01..2012-02-28",
    ] {
        assert_eq!(of(other), "");
    }
    let day = |day: &str| day.parse().expect("a day");
    let needed = |period: &str, today: &str| {
        let period = Period::parse(period).expect("a period");
        text(months_needed(&hundred(), &period, day(today)))
    };
    assert_eq!(needed("2012-01", "2012-03-01"), "2011-11 2011-12 2012-01");
    assert_eq!(
        needed("2011-Q4", "2011-11-01"),
        "2011-08 2011-09 2011-10 2011-11"
    );
    assert_eq!(needed("2011-W40", "2012-01-01"), "");
    assert!(read_month("2011-Q4").is_none() && read_month("2011-10-01..2011-10-31").is_none());
}

#[test]
fn an_objection_has_its_term_and_comes_once() {
    use EntryActKind::{Objected, Rejected, Upheld};
    let at = |days: i64| entry(TOTAL, "-1", &[]).entered_at + chrono::Duration::days(days);
    for (acts, kind, day, wanted) in [
        (&[][..], Objected, 4, None),
        (&[], Objected, 5, Some("objection_too_late")),
        (&[], Upheld, 1, Some("nothing_to_decide")),
        (&[Objected], Objected, 1, Some("objected_already")),
        (&[Objected], Upheld, 100, None),
        (&[Objected], Rejected, 100, None),
        (&[Objected, Rejected], Objected, 1, Some("objected_already")),
        (&[Objected, Rejected], Upheld, 1, Some("nothing_to_decide")),
        (&[Objected, Upheld], Rejected, 1, Some("nothing_to_decide")),
    ] {
        let found = entry(TOTAL, "-1", acts).check(kind, at(day));
        assert_eq!(found.err().map(|e| e.kind()), wanted, "{acts:?} {kind:?}");
    }
}

/// A unit with so many completed, yellow cards and whether it has items.
fn unit(completed: u64, yellow: u64) -> UnitInput {
    let mut figures = Figures::default();
    figures.counts.accepted = completed;
    figures.counts.completed = completed;
    figures.counts.yellow_cards = yellow;
    UnitInput {
        figures,
        has_items: true,
        ..UnitInput::default()
    }
}

fn input(text: &str, units: &[(&str, u64, u64)]) -> MonthInput {
    let units = units.iter();
    MonthInput {
        month: month(text),
        scheme: hundred(),
        units: units
            .map(|(code, done, yellow)| (UnitCode::from(*code), unit(*done, *yellow)))
            .collect(),
    }
}

fn scores(period: &str, months: &[MonthInput]) -> Scores {
    let period = Period::parse(period).expect("a period");
    let name = |code: &UnitCode| format!("{code}局");
    Scores::new(hundred(), &period, months, name).expect("months")
}

fn table(scores: &Scores) -> String {
    let rows = scores.units.iter().map(|p| {
        let score = p.score.map_or("—".to_owned(), |s| s.to_string());
        let rank = p.rank.map_or_else(
            || p.unranked.map_or("?", Unranked::as_str).to_owned(),
            |rank| rank.to_string(),
        );
        format!("{rank} {} {score} {}", p.unit, p.volume)
    });
    rows.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_month_is_ranked() {
    let units = [
        ("A", 50, 0),
        ("B", 80, 0),
        ("C", 50, 0),
        ("D", 90, 1),
        ("E", 4, 0),
        ("F", 0, 0),
        ("G", 5, 3),
    ];
    let found = scores("2011-10", &[input("2011-10", &units)]);
    insta::assert_snapshot!(table(&found), @r"
    1 B 100.00 80
    2 A 100.00 50
    2 C 100.00 50
    4 D 95.00 90
    5 G 86.00 5
    few_cases E 100.00 4
    no_business F — 0
    ");
    let codes = |units: Vec<&Placed>| units.iter().map(|p| p.unit.as_str()).collect::<String>();
    assert_eq!(codes(found.first().collect()), "BACDG");
    // Two of five are before A and C: they aren't among the last three.
    assert_eq!(codes(found.last().collect()), "DG");
    let grades: Vec<_> = found
        .ranked()
        .filter_map(|p| p.grade.as_ref())
        .map(|g| g.name.as_str())
        .collect();
    assert_eq!(grades, ["优秀", "优秀", "优秀", "优秀", "良好"]);
    // Of three units none is singled out.
    let few = scores("2011-10", &[input("2011-10", &units[..3])]);
    assert_eq!(few.last().count(), 0);
}

#[test]
fn late_cases_that_lie_still_are_no_reason_to_go_free() {
    let mut months = input("2011-10", &[("A", 9, 0), ("B", 0, 1)]);
    let idle = months.units.get_mut(&UnitCode::from("B")).expect("a unit");
    idle.figures.counts.open_at_end = 1;
    insta::assert_snapshot!(table(&scores("2011-10", &[months])), @r"
    1 A 100.00 9
    no_business B 95.00 0
    ");
}

#[test]
fn a_half_year_is_the_mean_of_its_months() {
    let months = [
        input("2011-07", &[("A", 9, 0), ("B", 9, 1), ("C", 9, 0)]),
        input("2011-08", &[("A", 9, 1), ("B", 9, 1), ("C", 0, 0)]),
        input("2011-09", &[("A", 9, 0), ("B", 9, 0), ("C", 9, 1)]),
    ];
    let found = scores("2011-H2", &months);
    // A (100 + 95 + 100)/3, B (95 + 95 + 100)/3, C (100 + 95)/2: a month without business counts for nothing.
    insta::assert_snapshot!(table(&found), @r"
    1 A 98.33 27
    2 C 97.50 18
    3 B 96.66 27
    ");
    assert_eq!(found.months.len(), 3);
    let week = Period::parse("2011-W40").expect("a week");
    assert!(Scores::new(hundred(), &week, &months, |_| String::new()).is_none());
}

#[test]
fn three_months_in_a_row_among_the_last_are_flagged() {
    let all = |bad: &[&str]| -> Vec<(&'static str, u64, u64)> {
        let codes = ["A", "B", "C", "D", "E", "F", "G"];
        codes
            .map(|code| (code, 9, u64::from(bad.contains(&code))))
            .to_vec()
    };
    let months = [
        input("2011-08", &all(&["A", "B", "C"])),
        input("2011-09", &all(&["A", "B", "D"])),
        input("2011-10", &all(&["A", "C", "D"])),
        input("2011-11", &all(&["A", "D", "E"])),
    ];
    let flagged = |period: &str, months: &[MonthInput]| {
        let found = scores(period, months);
        let flagged = found.flagged();
        let told = flagged.map(|p| {
            let (from, to) = p.in_row.expect("a row");
            format!("{} {from} {to}", p.unit)
        });
        told.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(flagged("2011-10", &months[..3]), "A 2011-08 2011-10");
    assert_eq!(
        flagged("2011-11", &months[1..]),
        "A 2011-09 2011-11, D 2011-09 2011-11"
    );
    assert_eq!(
        flagged("2011-Q4", &months),
        "A 2011-09 2011-11, D 2011-09 2011-11"
    );
    // A month that is missing breaks the row.
    let gap = [months[0].clone(), months[1].clone(), months[3].clone()];
    assert_eq!(flagged("2011-11", &gap), "");
    assert_eq!(flagged("2011-09", &months[..2]), "");
}

/// The same scheme once more, told in plain whole points: for comparison with the program's.
fn naively(f: &Figures, cut: (u64, u64), runs: &[u64], entered: i64) -> i64 {
    let c = &f.counts;
    let off = |full: i64, points: u64| (full - i64::try_from(points).unwrap_or(i64::MAX)).max(0);
    let mut in_row = 0;
    for row in runs {
        let mut left = *row;
        while left >= 3 {
            left -= 3;
            in_row += 1;
        }
    }
    let mut sum = 10 + 8 + 10 + 10 + 10; // publicity, fees, satisfaction, liability, integrity
    sum += off(14, c.second_corrections + c.stops_without_notice);
    sum += off(14, in_row * 3 + c.yellow_cards * 5 + c.red_cards * 10);
    sum += off(14, (c.order_replies_late + c.orders_overdue) * 2);
    sum += (10 + entered).clamp(0, 10);
    let percent = |part: u64, whole: u64| (part * 100).checked_div(whole).unwrap_or(0);
    let plus = |points: u64| i64::try_from(points).unwrap_or(i64::MAX);
    sum += plus(percent(c.completed_early, c.completed_on_time + c.completed_late) / 10);
    let cut = percent(cut.0, cut.1);
    if cut >= 30 {
        sum += 3 + plus((cut - 30) / 10);
    }
    let bad = f.outcomes.get(&None).copied().unwrap_or(0) + c.unmeasured;
    sum -= plus(percent(bad, c.completed + c.declined).min(5));
    sum.max(0)
}

fn any_figures() -> impl Strategy<Value = Figures> {
    let small = || 0_u64..6;
    let cards = (small(), small(), small(), small(), small(), small());
    let cases = (0_u64..60, 0_u64..60, 0_u64..60, small(), small(), small());
    (cards, cases).prop_map(|(cards, cases)| {
        let mut figures = Figures::default();
        let c = &mut figures.counts;
        (c.yellow_cards, c.red_cards, c.second_corrections) = (cards.0 / 2, cards.1 / 3, cards.2);
        (
            c.stops_without_notice,
            c.order_replies_late,
            c.orders_overdue,
        ) = (cards.3, cards.4, cards.5);
        (c.completed_on_time, c.completed_late) = (cases.0, cases.1);
        c.completed_early = cases.2.min(cases.0);
        (c.completed, c.declined) = (cases.0 + cases.1, cases.3);
        c.accepted = c.completed;
        c.unmeasured = cases.4.min(c.completed);
        figures.outcomes.insert(None, cases.5.min(c.declined));
        figures
    })
}

proptest! {
    #[test]
    fn a_naive_second_count_agrees(
        figures in any_figures(),
        cut in (0_u64..40, 0_u64..40),
        runs in prop::collection::vec(1_u64..9, 0..4),
        entered in -15_i64..5,
    ) {
        let entries = [entry("attitude", &entered.to_string(), &[])];
        let cut = (cut.0.min(cut.1), cut.1);
        let found = score(&figures, Some(Ratio::new(cut.0, cut.1)), &runs, &entries);
        prop_assert_eq!(found.points, Points::whole(naively(&figures, cut, &runs, entered)));
        // What is told adds up to what is given, part by part.
        for (part, scheme) in found.parts.iter().zip(&hundred().parts) {
            let told: Points = part.lines.iter().map(|line| line.points).sum();
            prop_assert_eq!(scheme.points.plus(told).clamp(Points::ZERO, scheme.points), part.points);
        }
    }

    #[test]
    fn nobody_stands_before_a_better_one(units in prop::collection::vec((0_u64..12, 0_u64..3), 1..12)) {
        let codes: Vec<String> = (0..units.len()).map(|n| format!("U{n:02}")).collect();
        let told: BTreeMap<UnitCode, (i64, u64)> = codes.iter().zip(&units).map(|(code, (done, yellow))| {
            (UnitCode::from(code.as_str()), (100 - (5 * i64::try_from(*yellow).unwrap()).min(14), *done))
        }).collect();
        let units: Vec<(&str, u64, u64)> = codes.iter().zip(&units).map(|(c, (d, y))| (c.as_str(), *d, *y)).collect();
        let found = scores("2011-10", &[input("2011-10", &units)]);
        let ranked: Vec<(i64, u64)> = told.values().copied().filter(|(_, done)| *done >= 5).collect();
        prop_assert_eq!(found.ranked().count(), ranked.len());
        for placed in &found.units {
            let own = told.get(&placed.unit).copied().expect("a unit that was told");
            let better = ranked.iter().filter(|other| **other > own).count();
            let rank = (own.1 >= 5).then(|| u64::try_from(better + 1).unwrap());
            prop_assert_eq!(placed.rank, rank, "{}", placed.unit);
        }
    }
}
